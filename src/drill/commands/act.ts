import type { Happening } from '../../journal/timeline.ts';
import { digest } from '../../time/dice.ts';
import { nameOf, responders, type UndoStep } from '../state.ts';
import { runKubectl } from '../tools/kubectl/kubectl.ts';
import type { KubectlContext, KubectlResult, KubectlWrite } from '../tools/kubectl/context.ts';
import { pipe } from '../tools/pipe.ts';
import { splitLine } from '../tools/words.ts';
import type { CommandContext, CommandLine, CommandResult, Restore } from '../tools/tool.ts';
import { always, type Command } from './command.ts';

/** What changes the cluster. */

/** Only what is deleted can be gone for good: such lines are tried before they are run. */
const MAY_BE_FINAL = /\bdelete\b/;

const kubectl: Command = {
  name: 'kubectl',
  usage: 'kubectl VERB …',
  summary: 'Look at the cluster and change it: get, describe, logs, top, rollout, scale, set, delete, events and more.',
  group: 'act',
  examples: ['kubectl get pods', 'kubectl get deploy', 'kubectl describe deploy ', 'kubectl logs deploy/', 'kubectl top pods', 'kubectl rollout undo deploy/', 'kubectl set env deploy/'],
  disabled: always,
  run(context, { line }) {
    const tried = MAY_BE_FINAL.test(line) ? dryRun(context, line) : [];
    const irreversible = tried.find(({ undoClass, code }) => undoClass === 'U4' && code < 400);
    if (irreversible !== undefined) {
      return {
        happenings: [{ type: 'confirm-asked', seat: context.seat, line }],
        text: [`Nothing takes this back (${irreversible.verb} ${irreversible.resource}/${irreversible.name}). It waits for ${responders(context.state).length > 1 ? "your partner's" : 'a'} /confirm.`],
      };
    }
    return kubectlNow(context, line, null);
  },
};

/** Runs a kubectl line; `undoes` is the fact that it takes back, or null. */
function kubectlNow(context: CommandContext, line: string, undoes: number | null): CommandResult {
  const split = splitLine(line);
  if ('refusal' in split) return split;
  const [words = [], ...stages] = split.stages;
  const unfit = pipe([], stages); // before anything is changed
  if (stages.length > 0 && 'refusal' in unfit) return unfit;
  const result = runKubectl(words.slice(1), kubectlContext(context, false));
  const piped = stages.length === 0 ? { text: result.text, exitCode: result.exitCode } : pipe(result.text, stages);
  if ('refusal' in piped) return piped;
  const happenings: Happening[] = [];
  const restores = new Map<number, Restore>();
  if (result.observation !== null && result.exitCode === 0) {
    const { kind, tool, target } = result.observation;
    happenings.push({ type: 'observed', seat: context.seat, kind, tool, target, shown: digest(piped.text.join('\n')) });
  }
  for (const write of result.writes) {
    if (write.restore !== null) restores.set(happenings.length, restoreOf(context, write));
    happenings.push(written(context, write, undoes));
    if (write.code < 400) noteChange(context, `${write.resource}/${write.name}: ${line}`);
  }
  return { happenings, text: piped.text, failed: result.exitCode !== 0, restores };
}

function written(context: CommandContext, write: KubectlWrite, undoes: number | null): Happening {
  const { verb, resource, namespace, name, code, undoClass } = write;
  const undo = write.restore === null ? write.undo : `re-create ${write.resource}/${write.name}`;
  return { type: 'api-written', seat: context.seat, verb, resource, namespace, name, code, undoClass, undo, undoes };
}

/** Audit: what responders change stands in the change log like everybody else's changes. */
function noteChange({ cluster, nowMs, state, seat }: CommandContext, what: string): void {
  cluster.changes.add({ atMs: nowMs, who: nameOf(state, seat), what });
}

function restoreOf({ cluster }: CommandContext, { restore, resource, namespace, name }: KubectlWrite): Restore {
  return { resource, namespace, name, verb: 'create', run: () => restore !== null && cluster.restore(restore) };
}

function dryRun(context: CommandContext, line: string): KubectlResult['writes'] {
  const split = splitLine(line);
  return 'refusal' in split ? [] : runKubectl((split.stages[0] ?? []).slice(1), kubectlContext(context, true)).writes;
}

function kubectlContext({ cluster, nowMs, scenario, namespace }: CommandContext, tryOnly: boolean): KubectlContext {
  return {
    api: cluster.api,
    nowMs,
    epochMs: scenario.startsAtMs,
    defaultNamespace: namespace,
    logs: (inNamespace, pod, _container, { previous, sinceMs, tail }) => {
      const lines = cluster.podLogs(inNamespace, pod, previous).filter(({ atMs }) => sinceMs === null || atMs >= nowMs - sinceMs);
      return tail === null ? lines : lines.slice(Math.max(0, lines.length - tail));
    },
    usage: (kind, inNamespace, name) => cluster.usage(kind, inNamespace, name),
    execute: (target, command) => cluster.execute(target, command),
    executeOnNode: (node, image, command) => cluster.executeOnNode(node, image, command),
    tryOnly,
  };
}

const flag: Command = {
  name: '/flag',
  usage: '/flag [NAME on|off]',
  summary: 'Read the feature flags, or flip one. Programs read them live.',
  group: 'act',
  examples: ['/flag'],
  disabled: always,
  run(context, { words }) {
    const { cluster, seat } = context;
    const flags = cluster.flags();
    const [typed, to] = words;
    const text = flags.map(({ name, value, configMap }) => `${name.padEnd(24)} ${value.padEnd(8)} (configmap/${configMap.name})`);
    if (typed === undefined) {
      return { happenings: [{ type: 'observed', seat, kind: 'state', tool: '/flag', target: 'flags', shown: digest(text.join('\n')) }], text: text.length === 0 ? ['There are no feature flags here.'] : text };
    }
    const wanted = typed.toUpperCase().replaceAll('-', '_');
    const known = flags.find(({ name }) => name === typed || name.toUpperCase() === wanted);
    if (known === undefined) return { refusal: `There is no flag ${typed}. There are: ${flags.map(({ name }) => name).join(', ') || 'none'}.` };
    if (to === undefined) return { refusal: `${known.name} is ${known.value}. Flip it with: /flag ${known.name} ${known.value === 'off' ? 'on' : 'off'}` };
    if (to === known.value) return { refusal: `${known.name} is ${known.value} already.` };
    const failure = cluster.setFlag(known, to);
    if (failure !== null) return { refusal: failure };
    noteChange(context, `flag ${known.name} ${known.value} to ${to}`);
    return { happenings: [{ type: 'flag-flipped', seat, flag: known.name, from: known.value, to }], text: [`${known.name}: ${known.value} → ${to}`] };
  },
};

/** `/undo` runs the newest way back. `restoring` makes again what a write removed. */
export function undoCommand(restoring: ReadonlyMap<number, Restore>): Command {
  return {
    name: '/undo',
    usage: '/undo',
    summary: 'Take the newest change of yours or your partner back.',
    group: 'act',
    examples: ['/undo'],
    disabled: ({ state }) => (state.undos.length === 0 ? 'There is nothing to undo.' : null),
    run(context) {
      const newest = context.state.undos.at(-1);
      if (newest === undefined) return { refusal: 'There is nothing to undo.' };
      const steps = context.state.undos.filter(({ command }) => command === newest.command).toReversed();
      return together(steps.map((step) => takenBack(context, step, restoring.get(step.seq))));
    },
  };
}

function takenBack(context: CommandContext, { seq, line }: UndoStep, restore: Restore | undefined): CommandResult {
  if (restore !== undefined) return restored(context, seq, restore);
  if (!line.startsWith('/flag ')) return prefixed(kubectlNow(context, line, seq), line);
  const words = line.split(' ').slice(1);
  return prefixed(flag.run(context, { line, name: '/flag', words, rest: words.join(' ') }), line);
}

/** One answer out of several. Where one is refused the others stand, and its sentence among them. */
function together(results: readonly CommandResult[]): CommandResult {
  const [only] = results;
  if (only !== undefined && results.length === 1) return only;
  return {
    happenings: results.flatMap((result) => ('refusal' in result ? [] : result.happenings)),
    text: results.flatMap((result) => ('refusal' in result ? [result.refusal] : result.text)),
    failed: results.some((result) => 'refusal' in result || result.failed === true),
  };
}

function prefixed(result: CommandResult, line: string): CommandResult {
  return 'refusal' in result ? result : { ...result, text: [`$ ${line}`, ...result.text] };
}

function restored(context: CommandContext, undoes: number, { resource, namespace, name, verb, run }: Restore): CommandResult {
  const { done, failed, code } = RESTORED[verb];
  if (!run()) return { refusal: `${resource}/${name} ${failed}` };
  noteChange(context, `${resource}/${name}: ${done}`);
  return {
    happenings: [{ type: 'api-written', seat: context.seat, verb, resource, namespace, name, code, undoClass: 'U1', undo: null, undoes }],
    text: [`${resource}/${name} ${done}${verb === 'delete' ? '' : ' as it was'}.`],
  };
}

const RESTORED = {
  create: { done: 'made again', failed: 'cannot be made again: there is one of that name.', code: 201 },
  update: { done: 'put back', failed: 'cannot be put back: it is gone, or may not be as it was.', code: 200 },
  delete: { done: 'deleted again', failed: 'cannot be deleted: it is gone.', code: 200 },
} as const satisfies Record<Restore['verb'], { readonly done: string; readonly failed: string; readonly code: number }>;

const confirm: Command = {
  name: '/confirm',
  usage: '/confirm',
  summary: "Let your partner's command run that nothing takes back.",
  group: 'act',
  examples: ['/confirm'],
  disabled: ({ state, seat }) => (state.awaiting === null ? 'No command waits for a confirmation.' : state.awaiting.seat === seat && responders(state).length > 1 ? 'Your partner has to confirm it, not you.' : null),
  run(context: CommandContext, _line: CommandLine) {
    const { awaiting } = context.state;
    if (awaiting === null) return { refusal: 'No command waits for a confirmation.' };
    const result = kubectlNow({ ...context, seat: awaiting.seat }, awaiting.line, null);
    if ('refusal' in result) return result;
    const shift = new Map([...(result.restores ?? [])].map(([at, restore]) => [at + 1, restore]));
    return { ...result, restores: shift, happenings: [{ type: 'confirmed', seat: context.seat, command: awaiting.seq }, ...result.happenings], text: [`$ ${awaiting.line}`, ...result.text] };
  },
};

export const ACT_COMMANDS: readonly Command[] = [kubectl, flag, confirm];
