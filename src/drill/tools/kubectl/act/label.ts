import type { KubeObject } from '../../../../cluster/objects.ts';
import type { Call } from '../call.ts';
import { printedKind } from '../kinds.ts';
import { find, readTargets } from '../targets.ts';
import { dryRunMark, sendPatch, slashed } from './write.ts';

type What = 'label' | 'annotate';

/** `kubectl label|annotate TYPE NAME KEY=VALUE KEY-`. */
export function changeMetadata(call: Call, what: What): void {
  const { answer, args, flags } = call;
  const changes = new Map(args.filter(isChange).map((word): [string, string | null] => {
    const equals = word.indexOf('=');
    return equals < 0 ? [word.slice(0, -1), null] : [word.slice(0, equals), word.slice(equals + 1)];
  }));
  const words = args.filter((word) => !isChange(word));
  if (words.length === 0) return answer.fail('error: one or more resources must be specified as <resource> <name> or <resource>/<name>');
  if (changes.size === 0) return answer.fail(`error: at least one ${what === 'label' ? 'label' : 'annotation'} update is required`);
  const targets = readTargets(call.api, words);
  if ('error' in targets) return answer.fail(targets.error);
  if (targets.some(({ name }) => name === null) && !flags.on('all') && !flags.given('selector')) return answer.fail('error: one or more resources must be specified as <resource> <name> or <resource>/<name>');
  for (const group of find(call, targets) ?? []) for (const object of group.objects as readonly KubeObject[]) apply(call, what, object, changes);
}

/** `KEY=VALUE` or `KEY-`. */
export function isChange(word: string): boolean {
  return word.includes('=') || word.endsWith('-');
}

function apply(call: Call, what: What, object: KubeObject, changes: ReadonlyMap<string, string | null>): void {
  const { answer, flags } = call;
  const field = what === 'label' ? 'labels' : 'annotations';
  const before: Readonly<Record<string, string>> = object.metadata[field] ?? {};
  const wanted: Record<string, string | null> = {};
  const undo: string[] = [];
  for (const [key, value] of changes) {
    const old = Object.hasOwn(before, key) ? (before[key] as string) : null;
    if (old !== null && value !== null && old !== value && !flags.on('overwrite')) return answer.fail(`error: '${key}' already has a value (${old}), and --overwrite is false`);
    if (old === null && value === null) answer.print(`${what} "${key}" not found.`);
    if (old === value) continue;
    Object.defineProperty(wanted, key, { value, enumerable: true, configurable: true, writable: true });
    undo.push(old === null ? `${key}-` : `${key}=${old}`);
  }
  const head = `${printedKind(object.kind)}/${object.metadata.name}`;
  const past = what === 'annotate' ? 'annotated' : Object.values(wanted).every((value) => value === null) ? 'unlabeled' : 'labeled';
  if (undo.length === 0) return answer.print(`${head} not ${what === 'label' ? 'labeled' : 'annotated'}`);
  const written = sendPatch(call, object, { type: 'merge', body: { metadata: { [field]: wanted } } }, {
    undoClass: 'U1', undo: [what, slashed(object), ...undo, '--overwrite'],
  });
  if (written !== null) answer.print(`${head} ${past}${dryRunMark(call)}`);
}
