import { createMachine, initialTransition, transition } from 'xstate';
import type { AnyMachineSnapshot, AnyStateMachine } from 'xstate';
import { ConditionTimer } from './conditions.ts';
import { machineConfig, stagePaths } from './machine-config.ts';
import type { GuardUse } from './machine-config.ts';
import type { ActionSpec, StageEvent, StagesSpec } from './scenario.ts';

/** What one step of the stages asks of the drill, in the order in which it happened. */
export interface StageStep {
  /** Paths of the stages that were entered: `night.paged`. */
  readonly entered: readonly string[];
  readonly actions: readonly ActionSpec[];
  /** Delays that began: after `delayMs` the drill calls {@link Stages.due} with the id. An id that waits already begins anew. */
  readonly schedule: readonly { readonly id: string; readonly delayMs: number }[];
  /** Delays that are to be forgotten. Applies before `schedule`. */
  readonly cancel: readonly string[];
  /** Whether the stages have come to their end. */
  readonly done: boolean;
  /** A sentence where the stages went round in circles and had to stop; else null. */
  readonly trouble: string | null;
}

/**
 * The stages of one drill: an XState machine, stepped only by the pure transition functions. Its delays are data for
 * the agenda; its guards are conditions of the drill. Owned by the drill; not to be shared.
 */
export class Stages {
  readonly #machine: StageMachine;
  readonly #timers = new Map<number, ConditionTimer>();
  /** Guards that held at the last look, so that only a change is an event. */
  readonly #held = new Set<number>();
  readonly #holds: (expression: string) => boolean;
  #snapshot: AnyMachineSnapshot | null = null;
  #active: ReadonlySet<string> = new Set();
  #nowMs = 0;
  #stuck = false;

  /** `holds` evaluates an expression now. */
  constructor(spec: StagesSpec, holds: (expression: string) => boolean) {
    this.#machine = machineOf(spec);
    this.#holds = holds;
  }

  /** Paths of the active stages, parents before children. */
  get active(): readonly string[] {
    return [...this.#active];
  }

  get done(): boolean {
    return this.#stuck || this.#snapshot?.status === 'done';
  }

  /** Enters the initial stages. */
  start(nowMs: number): StageStep {
    this.#nowMs = nowMs;
    return this.#accept(() => initialTransition(this.#machine.machine));
  }

  /** Something happened in the drill. */
  send(event: StageEvent, nowMs: number): StageStep {
    return this.#step(event, nowMs);
  }

  /** A delay that an earlier step scheduled has passed. One that was cancelled does nothing. */
  due(id: string, nowMs: number): StageStep {
    return this.#step(id, nowMs);
  }

  /** Looks at the guards of the active stages; null where none of them has come to hold since the last look. */
  poll(nowMs: number): StageStep | null {
    if (this.#snapshot === null || this.done) return null;
    this.#nowMs = nowMs;
    let risen = false;
    for (const [nth, { stage, waits }] of this.#machine.guards.entries()) {
      if (stage !== '' && !this.#active.has(stage)) continue;
      const held = this.#guardHolds(nth);
      if (held && waits && !this.#held.has(nth)) risen = true;
      if (held) this.#held.add(nth);
      else this.#held.delete(nth);
    }
    return risen ? this.#step(LOOK, nowMs) : null;
  }

  #step(type: string, nowMs: number): StageStep {
    this.#nowMs = nowMs;
    const snapshot = this.#snapshot;
    if (snapshot === null || this.done) return { ...NOTHING, done: this.done };
    return this.#accept(() => transition(this.#machine.machine, snapshot, { type }));
  }

  #guardHolds(nth: number): boolean {
    const { condition } = this.#machine.guards[nth] as GuardUse;
    const holdsNow = this.#holds(condition.if);
    if (condition.forMs === 0) return holdsNow;
    let timer = this.#timers.get(nth);
    if (timer === undefined) {
      timer = new ConditionTimer(condition);
      this.#timers.set(nth, timer);
    }
    return timer.update(this.#nowMs, holdsNow);
  }

  #accept(move: () => readonly [unknown, readonly unknown[]]): StageStep {
    let executables: readonly unknown[];
    this.#machine.holds = (nth) => this.#guardHolds(nth);
    try {
      const [snapshot, those] = move();
      this.#snapshot = snapshot as AnyMachineSnapshot;
      executables = those;
      this.#stuck = this.#snapshot.status === 'error';
    } catch {
      this.#stuck = true;
      executables = [];
    }
    if (this.#stuck || this.#snapshot === null) return { ...NOTHING, done: true, trouble: `The stages go round in circles from ${this.active.join(', ') || 'the start'}.` };
    const step = readStep(executables as readonly Executable[], this.done);
    const active = new Set(this.#snapshot._nodes.map((node) => node.path.join('.')));
    this.#active = new Set(this.#machine.paths.filter((path) => active.has(path)));
    for (const [nth, { stage }] of this.#machine.guards.entries()) {
      // A stage that was left, or entered again, waits from the beginning.
      if (stage === '' || (this.#active.has(stage) && !step.entered.includes(stage))) continue;
      this.#timers.delete(nth);
      this.#held.delete(nth);
    }
    return step;
  }
}

/** XState's machine of a scenario. It serves all drills of it: making one anew took a fiftieth of a rehearsal. */
interface StageMachine {
  readonly machine: AnyStateMachine;
  readonly guards: readonly GuardUse[];
  /** Every stage, parents before children, in the author's order. */
  readonly paths: readonly string[];
  /** Whether a guard holds for the stages that are being moved. */
  holds: (nth: number) => boolean;
}

const machines = new WeakMap<StagesSpec, StageMachine>();

function machineOf(spec: StagesSpec): StageMachine {
  let made = machines.get(spec);
  if (made === undefined) {
    const { config, guards } = machineConfig(spec);
    const implementations = Object.fromEntries(guards.map((_, nth) => [`guard-${nth}`, () => made?.holds(nth) === true]));
    made = { machine: createMachine(config as never, { guards: implementations as never }), guards, paths: stagePaths(spec), holds: () => false };
    machines.set(spec, made);
  }
  return made;
}

/** The event that makes XState look at its eventless transitions. */
const LOOK = 'gameday.look';

const NOTHING: StageStep = { entered: [], actions: [], schedule: [], cancel: [], done: false, trouble: null };

interface Executable {
  readonly type: string;
  readonly params?: unknown;
}

function readStep(executables: readonly Executable[], done: boolean): StageStep {
  const entered: string[] = [];
  const actions: ActionSpec[] = [];
  const schedule = new Map<string, number>();
  const cancel = new Set<string>();
  for (const { type, params } of executables) {
    if (type === 'entered') entered.push((params as { path: string }).path);
    if (type === 'act') actions.push((params as { action: ActionSpec }).action);
    if (type === 'xstate.raise') {
      const { event, delay } = params as { event: { type: string }; delay: number };
      schedule.set(event.type, delay);
    }
    if (type === 'xstate.cancel') {
      const { sendId } = params as { sendId: string };
      schedule.delete(sendId);
      cancel.add(sendId);
    }
  }
  return { entered, actions, schedule: [...schedule].map(([id, delayMs]) => ({ id, delayMs })), cancel: [...cancel], done, trouble: null };
}
