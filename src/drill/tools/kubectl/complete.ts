import type { KubeApi } from '../../../cluster/api.ts';
import { resourceOf } from '../../../cluster/custom-kind.ts';
import { RESOURCES } from '../../../cluster/objects.ts';
import type { Kind } from '../../../cluster/objects.ts';
import type { Verb } from './call.ts';
import { GLOBAL_FLAGS } from './flags.ts';
import type { FlagSpec } from './flags.ts';
import { customResources, kindOf } from './kinds.ts';
import { VERBS, verbOf } from './verbs.ts';

/**
 * Words that may stand where the last one stands, best first: verbs, kinds, names, flags and a few flags' values.
 * `words` are those behind `kubectl`, the last of them the one being typed ('' for one not begun).
 */
export function completeKubectl(words: readonly string[], api: KubeApi, defaultNamespace: string): readonly string[] {
  const typed = words.at(-1) ?? '';
  const before = words.slice(0, -1);
  return candidates(before, typed, api, defaultNamespace).filter((word) => word.startsWith(typed) && word !== typed);
}

function candidates(before: readonly string[], typed: string, api: KubeApi, defaultNamespace: string): readonly string[] {
  const namespace = namespaceOf(before) ?? defaultNamespace;
  const flagValue = valuesOf(before.at(-1) ?? '', api, namespace);
  if (flagValue !== null) return flagValue;
  const plain = withoutFlags(before);
  const verb = verbOf(plain[0] ?? '');
  if (plain.length === 0) return typed.startsWith('-') ? ['-n', '--help'] : Object.keys(VERBS);
  if (verb === null) return [];
  if (typed.startsWith('-')) return Object.keys({ ...verb.flags, namespace: null, help: null }).map((flag) => `--${flag}`);
  const inner = Object.keys(verb.verbs ?? {});
  if (inner.length > 0 && plain.length === 1) return inner;
  return argumentsOf(verb, plain.slice(inner.length > 0 ? 2 : 1), typed, api, namespace);
}

function argumentsOf(verb: Verb, args: readonly string[], typed: string, api: KubeApi, namespace: string): readonly string[] {
  if (verb.completes === 'nothing') return [];
  const kinds: readonly Kind[] = verb.completes === 'all kinds' ? [...(Object.keys(RESOURCES) as Kind[]), ...customResources(api).map(({ kind }) => kind)] : verb.completes;
  const slash = typed.indexOf('/');
  if (slash > 0) {
    const kind = kindOf(typed.slice(0, slash), api);
    return kind === null ? [] : namesOf(kind, api, namespace).map((name) => `${typed.slice(0, slash)}/${name}`);
  }
  const kind = kindOf(args[0] ?? '', api);
  if (kind !== null) return namesOf(kind, api, namespace).filter((name) => !args.includes(name));
  if (args.length > 0) return [];
  const [only] = kinds;
  if (kinds.length === 1 && only !== undefined) return namesOf(only, api, namespace);
  if (verb === VERBS.logs) return kinds.flatMap((one) => namesOf(one, api, namespace).map((name) => (one === 'Pod' ? name : `${shortest(one)}/${name}`)));
  if (verb === VERBS.top || verb.completes === 'all kinds') return kinds.map((one) => resourceOf(one).plural);
  return kinds.flatMap((one) => namesOf(one, api, namespace).map((name) => `${resourceOf(one).singular}/${name}`));
}

function shortest(kind: Kind): string {
  return resourceOf(kind).short[0] ?? resourceOf(kind).singular;
}

function namesOf(kind: Kind, api: KubeApi, namespace: string): readonly string[] {
  return api.list(kind, resourceOf(kind).namespaced ? namespace : null).map(({ metadata }) => metadata.name);
}

function valuesOf(flag: string, api: KubeApi, namespace: string): readonly string[] | null {
  if (flag === '-n' || flag === '--namespace') return namesOf('Namespace', api, namespace);
  if (flag === '-o' || flag === '--output') return ['wide', 'yaml', 'json', 'name', 'jsonpath=', 'custom-columns='];
  return null;
}

function namespaceOf(words: readonly string[]): string | null {
  for (const [at, word] of words.entries()) {
    if (word === '-n' || word === '--namespace') return words[at + 1] ?? null;
    const inline = /^(?:--namespace=|-n=?)(.+)$/.exec(word);
    if (inline !== null) return inline[1] as string;
  }
  return null;
}

/** The words that are neither flags nor their values, as far as that can be told before the line is whole. */
function withoutFlags(words: readonly string[]): readonly string[] {
  const verb = words.map(verbOf).find((found) => found !== null);
  const table: Readonly<Record<string, FlagSpec>> = { ...GLOBAL_FLAGS, ...verb?.flags };
  const plain: string[] = [];
  for (let at = 0; at < words.length; at++) {
    const word = words[at] as string;
    if (!word.startsWith('-')) plain.push(word);
    else if (Object.entries(table).some(([flag, spec]) => spec.takes !== 'nothing' && spec.optional === undefined && (word === `--${flag}` || word === `-${spec.short}`))) at++;
  }
  return plain;
}
