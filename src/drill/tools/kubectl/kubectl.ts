import { nearest } from '../../../yaml/did-you-mean.ts';
import type { Verb } from './call.ts';
import { Answer } from './context.ts';
import type { KubectlContext, KubectlResult } from './context.ts';
import { CONTEXT_NAME, GLOBAL_FLAGS, readFlags } from './flags.ts';
import { generalHelp, verbHelp } from './help.ts';
import { INSTEAD } from './instead.ts';
import { VERBS, verbOf } from './verbs.ts';

/**
 * A small kubectl over the cluster's API. `words` are those behind `kubectl`, as `splitLine` cut them. It answers every
 * line, whatever it is, in real kubectl's words and layout, and never throws for what a person typed.
 * Commands that would wait or stream answer for the moment, or say what to type instead.
 */
export function runKubectl(words: readonly string[], context: KubectlContext): KubectlResult {
  const answer = new Answer();
  run(words[0] === 'kubectl' ? words.slice(1) : words, context, answer);
  return answer.result();
}

function run(words: readonly string[], context: KubectlContext, answer: Answer): void {
  const at = verbIndex(words);
  const name = words[at];
  if (name === undefined) return generalWords(words, answer);
  if (name === 'help') return help(words[at + 1], answer);
  const verb = verbOf(name);
  if (verb === null) return answer.fail(Object.hasOwn(INSTEAD, name) ? `error: ${INSTEAD[name]}` : unknownVerb(name));
  const read = readFlags(words.filter((_, index) => index !== at), { ...GLOBAL_FLAGS, ...verb.flags });
  if ('error' in read) return answer.fail(`${read.error}\nSee 'kubectl ${name} --help' for usage.`);
  const { flags } = read;
  if (flags.on('help')) return answer.print(...verbHelp(name, verb));
  const elsewhere = flags.value('context');
  if (elsewhere !== null && elsewhere !== CONTEXT_NAME) return answer.fail(`error: context "${elsewhere}" does not exist`);
  const namespace = flags.value('namespace') ?? context.defaultNamespace;
  const call = { context, api: context.api, namespace, flags, answer, behindDash: read.behindDash, nowUnixMs: context.epochMs + context.nowMs };
  if (verb.verbs === undefined || read.rest[0] === undefined) return verb.run({ ...call, args: read.rest, command: name });
  const [second, ...args] = read.rest;
  const inner = Object.hasOwn(verb.verbs, second) ? verb.verbs[second] : undefined;
  if (inner === undefined) return answer.fail(unknownSecond(name, second, verb));
  inner({ ...call, args, command: `${name} ${second}` });
}

/** Where the verb is: the first word that is no flag and no flag's value. */
function verbIndex(words: readonly string[]): number {
  let at = 0;
  while (at < words.length && (words[at] as string).startsWith('-')) {
    const word = words[at] as string;
    const takesNext = Object.entries(GLOBAL_FLAGS).some(([flag, spec]) => spec.takes === 'value' && (word === `--${flag}` || ('short' in spec && word === `-${spec.short}`)));
    at += takesNext ? 2 : 1;
  }
  return at;
}

function generalWords(words: readonly string[], answer: Answer): void {
  const read = readFlags(words, GLOBAL_FLAGS);
  if ('error' in read) return answer.fail(`${read.error}\nSee 'kubectl --help' for usage.`);
  answer.print(...generalHelp());
}

function help(name: string | undefined, answer: Answer): void {
  const verb = name === undefined ? null : verbOf(name);
  if (name === undefined) answer.print(...generalHelp());
  else if (verb !== null) answer.print(...verbHelp(name, verb));
  else answer.fail(unknownVerb(name));
}

function unknownVerb(name: string): string {
  return `error: unknown command "${name}" for "kubectl"${suggestion(name, Object.keys(VERBS))}`;
}

function unknownSecond(name: string, second: string, verb: Verb): string {
  const known = Object.keys(verb.verbs ?? {});
  const hint = suggestion(second, known);
  return `error: unknown command "${second}" for "kubectl ${name}"${hint === '' ? `\n\nThere are: ${known.join(', ')}` : hint}`;
}

function suggestion(word: string, known: readonly string[]): string {
  const near = nearest(word, known) ?? known.find((one) => word.length > 1 && one.startsWith(word)) ?? null;
  return near === null ? '' : `\n\nDid you mean this?\n\t${near}`;
}
