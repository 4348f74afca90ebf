import type { JsonPatchOperation, Patch } from '../../../../cluster/api.ts';
import type { KubeObject } from '../../../../cluster/objects.ts';
import type { Call } from '../call.ts';
import { printedKind } from '../kinds.ts';
import { findOne, readTargets } from '../targets.ts';
import { dryRunMark, sendPatch, slashed, without } from './write.ts';

const LONGEST_PATCH = 20_000;
const DEEPEST_PATCH = 40;

/** `kubectl patch TYPE NAME -p JSON [--type strategic|merge|json]`. The way back is the merge patch that turns the outcome into what was before. */
export function patch(call: Call): void {
  const { answer, args, flags } = call;
  if (flags.given('patch-file')) return answer.fail('error: there are no files here. Give the patch itself: -p \'{"spec": …}\'');
  const text = flags.value('patch');
  if (text === null) return answer.fail('error: must specify --patch or --patch-file containing the contents of the patch');
  const targets = args.length === 0 ? { error: 'error: one or more resources must be specified as <resource> <name> or <resource>/<name>' } : readTargets(call.api, args);
  if ('error' in targets) return answer.fail(targets.error);
  const body = readPatch(text, flags.value('type') ?? 'strategic');
  if ('error' in body) return answer.fail(body.error);
  for (const { kind, name } of targets) {
    if (name === null) return answer.fail('error: resource(s) were provided, but no name was specified');
    const object = findOne(call, kind, name);
    if (object !== null) apply(call, object, body);
  }
}

function apply(call: Call, object: KubeObject, body: Patch): void {
  const tried = call.api.patch({ kind: object.kind, namespace: object.metadata.namespace ?? '', name: object.metadata.name }, body, { dryRun: true });
  const inverse = tried.ok ? inversePatch(essence(object), essence(tried.object)) : undefined;
  const written = sendPatch(call, object, body, {
    undoClass: 'U1', undo: inverse === undefined ? null : ['patch', slashed(object), '--type=merge', '-p', JSON.stringify(inverse)],
  });
  if (written !== null) call.answer.print(`${printedKind(object.kind)}/${object.metadata.name} patched${inverse === undefined ? ' (no change)' : ''}${dryRunMark(call)}`);
}

function readPatch(text: string, type: string): Patch | { readonly error: string } {
  if (type !== 'strategic' && type !== 'merge' && type !== 'json') return { error: `error: --type must be one of [json merge strategic], not "${type}"` };
  if (text.length > LONGEST_PATCH) return { error: `error: a patch may have ${LONGEST_PATCH} characters here, this one has ${text.length}` };
  let body: unknown;
  try {
    body = JSON.parse(text);
  } catch {
    return { error: `error: unable to parse "${text.slice(0, 200)}": it is no JSON. Put single quotes around it: -p '{"spec":{"replicas":3}}'` };
  }
  if (depthOf(body) > DEEPEST_PATCH) return { error: `error: a patch may be ${DEEPEST_PATCH} levels deep here` };
  if (type === 'json') {
    const operations = new Set(['add', 'remove', 'replace', 'test', 'move', 'copy']);
    const isOperation = (one: unknown): boolean => isRecord(one) && operations.has(String(one['op'])) && typeof one['path'] === 'string';
    if (!Array.isArray(body) || !body.every(isOperation)) return { error: 'error: a JSON patch is a list such as [{"op":"replace","path":"/spec/replicas","value":3}]' };
    return { type, body: body as JsonPatchOperation[] };
  }
  return isRecord(body) ? { type, body } : { error: 'error: a patch is an object such as {"spec":{"replicas":3}}' };
}

function depthOf(value: unknown): number {
  let level: unknown[] = [value];
  let depth = 0;
  while (level.length > 0 && depth <= DEEPEST_PATCH) {
    level = level.flatMap((one) => (typeof one === 'object' && one !== null ? Object.values(one) : []));
    depth++;
  }
  return depth;
}

/** The object without what the server keeps for itself. */
function essence(object: KubeObject): unknown {
  const { status: _status, ...rest } = object as KubeObject & { readonly status?: unknown };
  return { ...rest, metadata: without(rest.metadata, ['resourceVersion', 'generation', 'managedFields']) };
}

/** The RFC 7386 patch that turns `after` into `before`; undefined where they are the same. */
export function inversePatch(before: unknown, after: unknown): unknown {
  if (!isRecord(before) || !isRecord(after)) return JSON.stringify(before) === JSON.stringify(after) ? undefined : before;
  const entries: [string, unknown][] = [];
  for (const key of new Set([...Object.keys(before), ...Object.keys(after)])) {
    const had = Object.hasOwn(before, key) && before[key] !== undefined;
    const has = Object.hasOwn(after, key) && after[key] !== undefined;
    if (!had && !has) continue;
    const change = !had ? null : has ? inversePatch(before[key], after[key]) : before[key];
    if (change !== undefined) entries.push([key, change]);
  }
  return entries.length === 0 ? undefined : Object.fromEntries(entries);
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
