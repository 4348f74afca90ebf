import type { KubeApi, LabelSelector } from '../../../cluster/api.ts';
import { resourceOf } from '../../../cluster/custom-kind.ts';
import type { Kind, KindMap, KubeObject } from '../../../cluster/objects.ts';
import { isAllNamespaces, serverError } from './call.ts';
import type { Call } from './call.ts';
import { ALL_KINDS, kindOf } from './kinds.ts';
import { readFieldSelector, readLabelSelector } from './selectors.ts';

/** What the words after a verb name: one object, or (name null) all of a kind. */
export interface Target {
  readonly kind: Kind;
  readonly name: string | null;
}

/**
 * Reads `TYPE`, `TYPE NAME...`, `TYPE/NAME...`, `TYPE,TYPE` and `all` as kubectl does.
 * `only` is the kind that a bare name means where the verb works on one kind alone (`logs`, `top`, `cordon`).
 */
export function readTargets(api: KubeApi, words: readonly string[], only: Kind | null = null): readonly Target[] | { readonly error: string } {
  if (words.some((word) => word.includes('/'))) return readSlashed(api, words, only);
  if (only !== null) return words.map((name) => ({ kind: only, name }));
  const [types = '', ...names] = words;
  const kinds: Kind[] = [];
  for (const type of types.split(',')) {
    if (type === 'all') kinds.push(...ALL_KINDS);
    else {
      const kind = kindOf(type, api);
      if (kind === null) return { error: unknownKind(type) };
      kinds.push(kind);
    }
  }
  if (names.length === 0) return kinds.map((kind) => ({ kind, name: null }));
  return kinds.flatMap((kind) => names.map((name) => ({ kind, name })));
}

function readSlashed(api: KubeApi, words: readonly string[], only: Kind | null): readonly Target[] | { readonly error: string } {
  const targets: Target[] = [];
  for (const word of words) {
    const parts = word.split('/');
    if (parts.length === 1 && only === null) {
      return { error: "error: there is no need to specify a resource type as a separate argument when passing arguments in resource/name form (e.g. 'kubectl get resource/<resource_name>' instead of 'kubectl get resource resource/<resource_name>'" };
    }
    if (parts.length > 2) return { error: 'error: arguments in resource/name form may not have more than one slash' };
    const [type = '', name = ''] = parts.length === 1 ? [only as Kind, word] : parts;
    if (type === '' || name === '') return { error: 'error: arguments in resource/name form must have a single resource and name' };
    const kind = kindOf(type, api);
    if (kind === null) return { error: unknownKind(type) };
    targets.push({ kind, name });
  }
  return targets;
}

function unknownKind(type: string): string {
  return `error: the server doesn't have a resource type "${type}"`;
}

/** Objects that a call's words and selectors name, grouped by kind in the order given. Errors are told to the answer. */
export interface Found<K extends Kind = Kind> {
  readonly kind: K;
  /** False where all of the kind were asked for. */
  readonly byName: boolean;
  readonly objects: readonly KindMap[K][];
}

/** Looks the targets up, honouring `-l`, `--field-selector`, `-A`; null where the selectors cannot be read. */
export function find(call: Call, targets: readonly Target[]): readonly Found[] | null {
  const selector = labelSelector(call);
  if (selector === null) return null;
  const groups = new Map<Kind, { byName: boolean; objects: KubeObject[] }>();
  for (const { kind, name } of targets) {
    const group = groups.get(kind) ?? { byName: name !== null, objects: [] };
    groups.set(kind, group);
    if (name !== null) {
      const object = findOne(call, kind, name);
      if (object !== null) group.objects.push(object);
      continue;
    }
    const fields = call.flags.value('field-selector');
    const test = fields === null ? null : readFieldSelector(fields, kind);
    if (test !== null && 'error' in test) {
      call.answer.fail(test.error);
      return null;
    }
    const namespace = !resourceOf(kind).namespaced ? null : isAllNamespaces(call) ? null : call.namespace;
    const listed: readonly KubeObject[] = call.api.list(kind, namespace, selector);
    group.objects.push(...(test === null ? listed : listed.filter(test)));
  }
  return Array.from(groups, ([kind, { byName, objects }]) => ({ kind, byName, objects: objects as KindMap[Kind][] }));
}

/** One object by its name, or null with the server's error told. */
export function findOne<K extends Kind>(call: Call, kind: K, name: string): KindMap[K] | null {
  const namespace = resourceOf(kind).namespaced ? call.namespace : '';
  const result = call.api.get(kind, namespace, name);
  if (result.ok) return result.object;
  if (kind === 'EndpointSlice') {
    const [slice] = call.api.list(kind, namespace, [{ key: 'kubernetes.io/service-name', operator: 'In', values: [name] }]);
    if (slice !== undefined) return slice;
  }
  if (!(call.flags.on('ignore-not-found') && result.status.reason === 'NotFound')) call.answer.fail(serverError(result.status));
  return null;
}

/** The label selector of `-l`, [] without one, null with the error told. */
export function labelSelector(call: Call): LabelSelector | null {
  const text = call.flags.value('selector');
  if (text === null) return [];
  const selector = readLabelSelector(text);
  if (!('error' in selector)) return selector;
  call.answer.fail(selector.error);
  return null;
}
