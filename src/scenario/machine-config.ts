import type { ActionSpec, Condition, StageSpec, StagesSpec, TransitionSpec } from './scenario.ts';

/** A guard of the machine: `guard-N` in XState's words, N being its place in the list. */
export interface GuardUse {
  readonly condition: Condition;
  /** Path of the stage it belongs to; '' for the whole. */
  readonly stage: string;
  /** True for guards of `always`, which wait for their condition; the others are only asked when an event comes. */
  readonly waits: boolean;
}

/** XState's configuration for stages, and the guards that it names. Delays and targets are written out; nothing is left to look up. */
export function machineConfig(spec: StagesSpec): { config: Readonly<Record<string, unknown>>; guards: readonly GuardUse[] } {
  const guards: GuardUse[] = [];
  const config = { ...stateConfig(spec, '', guards), id: ROOT, options: { maxIterations: 1000 } };
  return { config, guards };
}

/** Paths of all stages below `spec`: parents before children, in the author's order. */
export function stagePaths(spec: { readonly states?: Readonly<Record<string, object>> | undefined }, path = ''): string[] {
  return Object.entries(spec.states ?? {}).flatMap(([name, child]) => {
    const own = path === '' ? name : `${path}.${name}`;
    return [own].concat(stagePaths(child, own));
  });
}

const ROOT = 'stages';

function stateConfig(spec: StageSpec, path: string, guards: GuardUse[]): Readonly<Record<string, unknown>> {
  const arrows = (transitions: readonly TransitionSpec[], waits = false): unknown[] => transitions.map((each) => transitionConfig(each, path, waits, guards));
  if (spec.type === 'history') return { type: 'history', history: spec.history, ...(spec.target === null ? {} : { target: idOf(spec.target) }) };
  const entered = path === '' ? [] : [{ type: 'entered', params: { path } }];
  return {
    ...(spec.type === 'parallel' || spec.type === 'final' ? { type: spec.type } : {}),
    ...(spec.initial === null ? {} : { initial: spec.initial }),
    states: Object.fromEntries(Object.entries(spec.states).map(([name, child]) => [name, stateConfig(child, path === '' ? name : `${path}.${name}`, guards)])),
    entry: [...entered, ...spec.entry.map(act)],
    exit: spec.exit.map(act),
    on: Object.fromEntries(Object.entries(spec.on).map(([event, transitions]) => [event, arrows(transitions)])),
    after: Object.fromEntries(spec.after.map(({ delayMs, transitions }) => [delayMs, arrows(transitions)])),
    always: arrows(spec.always, true),
    ...(spec.onDone.length === 0 ? {} : { onDone: arrows(spec.onDone) }),
  };
}

function transitionConfig(spec: TransitionSpec, stage: string, waits: boolean, guards: GuardUse[]): unknown {
  const guard = spec.guard === null ? {} : { guard: `guard-${guards.push({ condition: spec.guard, stage, waits }) - 1}` };
  const target = spec.target === null ? {} : { target: idOf(spec.target) };
  return { ...guard, ...target, actions: spec.actions.map(act), reenter: spec.reenter };
}

function act(action: ActionSpec): unknown {
  return { type: 'act', params: { action } };
}

function idOf(path: string): string {
  return `#${ROOT}.${path}`;
}
