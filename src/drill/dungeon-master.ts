import type { Cluster } from '../cluster/cluster.ts';
import type { Fact, Happening } from '../journal/timeline.ts';
import type { ActionSpec, ChangeSpec, Scenario, StageEvent } from '../scenario/scenario.ts';
import { Stages, type StageStep } from '../scenario/statechart.ts';
import type { SimMs } from '../time/sim-time.ts';
import { applyChange } from './changes.ts';
import { type DrillState, type PageState, responders } from './state.ts';

/** What the dungeon master sees of the drill. */
interface Mastered {
  readonly scenario: Scenario;
  readonly cluster: Cluster;
  readonly nowMs: SimMs;
  readonly state: DrillState;
}

/** What the dungeon master may do to it. */
interface Powers {
  /** Whether an expression of the scenario holds now. */
  holds(expression: string): boolean;
  emit(happening: Happening, causeSeq?: number | null): Fact;
  /** Puts something on the agenda, at once where `atMs` has passed; returns the ticket for `cancel`. */
  at(atMs: SimMs, due: () => void): number;
  cancel(ticket: number): void;
}

/** The automatic dungeon master: follows the scenario's stages, and does what they ask for to the cluster and the people. */
export class DungeonMaster {
  readonly #drill: Mastered;
  readonly #powers: Powers;
  readonly #stages: Stages;
  readonly #delays = new Map<string, number>();
  /** How to end each fault that is under way. */
  readonly #faults = new Map<string, () => void>();

  constructor(drill: Mastered, powers: Powers) {
    this.#drill = drill;
    this.#powers = powers;
    this.#stages = new Stages(drill.scenario.stages, (expression) => powers.holds(expression));
  }

  get activeStages(): readonly string[] {
    return this.#stages.active;
  }

  /** Enters the first stages, at time 0. */
  begin(): void {
    for (const inject of this.#drill.scenario.injects) if (inject.state === null) this.#powers.at(inject.afterMs, () => this.#inject(inject.id));
    this.#follow(this.#stages.start(this.#drill.nowMs));
  }

  /** Looks whether the stages' guards have come to hold. */
  look(): void {
    const step = this.#stages.poll(this.#drill.nowMs);
    if (step !== null) this.#follow(step);
  }

  /** Tells the stages what the responders did, where they listen for it. */
  hear(fact: Fact): void {
    const event = stageEvent(fact);
    if (event !== null) this.#follow(this.#stages.send(event, this.#drill.nowMs), fact.seq);
  }

  /** Does a change, of before the drill or of a stage. */
  change(change: ChangeSpec): void {
    const { cluster, nowMs } = this.#drill;
    const { who, what, effect } = change;
    const details = applyChange(cluster, change);
    cluster.changes.add({ atMs: nowMs, who, what, ...(details.length === 0 ? {} : { details }) });
    this.#powers.emit({ type: 'change-made', who, what, target: effect.do === 'image' || effect.do === 'scale' ? `deployment/${effect.deployment}` : '' });
  }

  /** Wakes the pair, both at once. */
  wake({ severity, text }: Pick<PageState, 'severity' | 'text'>, causeSeq: number | null = null): void {
    const { state } = this.#drill;
    this.#powers.emit({ type: 'page-sent', page: `P${state.pages.length + 1}`, seats: responders(state), severity, text, again: state.pages.length > 0 }, causeSeq);
  }

  #follow(step: StageStep, causeSeq: number | null = null): void {
    const drill = this.#drill;
    for (const stage of step.entered) {
      const fact = this.#powers.emit({ type: 'stage-entered', stage }, causeSeq);
      for (const inject of drill.scenario.injects) {
        if (inject.state === stage) this.#powers.at(drill.nowMs + inject.afterMs, () => this.#inject(inject.id));
      }
      causeSeq ??= fact.seq;
    }
    for (const id of step.cancel) this.#cancelDelay(id);
    for (const { id, delayMs } of step.schedule) {
      this.#cancelDelay(id);
      this.#delays.set(id, this.#powers.at(drill.nowMs + delayMs, () => {
        this.#delays.delete(id);
        this.#follow(this.#stages.due(id, drill.nowMs));
      }));
    }
    for (const action of step.actions) this.#act(action, causeSeq);
  }

  #cancelDelay(id: string): void {
    const ticket = this.#delays.get(id);
    if (ticket !== undefined) this.#powers.cancel(ticket);
    this.#delays.delete(id);
  }

  #act(action: ActionSpec, causeSeq: number | null): void {
    switch (action.do) {
      case 'begin':
      case 'complication': return this.#beginFault(action.fault, causeSeq);
      case 'end': return this.#endFault(action.fault, causeSeq);
      case 'page': return this.#page(action.page, causeSeq);
      case 'say': this.#powers.emit({ type: 'inject-said', inject: '', from: 'Dungeon master', text: action.text }, causeSeq); return;
      case 'change': return this.change(action.change);
      case 'inject': return this.#inject(action.inject);
    }
  }

  #beginFault(name: string, causeSeq: number | null): void {
    const spec = this.#drill.scenario.faults[name];
    if (spec === undefined || this.#faults.has(name)) return;
    this.#faults.set(name, this.#drill.cluster.beginFault(spec.kind, spec.target, spec.settings));
    this.#powers.emit({ type: 'fault-began', fault: name, kind: spec.kind, target: spec.target }, causeSeq);
  }

  #endFault(name: string, causeSeq: number | null): void {
    const end = this.#faults.get(name);
    if (end === undefined) return;
    end();
    this.#faults.delete(name);
    this.#powers.emit({ type: 'fault-ended', fault: name, how: 'ended' }, causeSeq);
  }

  /** A page that is still open is not sent twice. The first one starts the clock of the hints. */
  #page(name: string, causeSeq: number | null): void {
    const { scenario, state, nowMs } = this.#drill;
    const spec = scenario.pages[name];
    if (spec === undefined || state.pages.some((page) => !page.resolved && page.text === spec.text)) return;
    this.wake(spec, causeSeq);
    if (state.pages.length === 0) for (const hint of scenario.hints) this.#powers.at(nowMs + hint.afterMs, () => this.#hint(hint));
  }

  /** Says an inject once, and none to people who sleep. */
  #inject(id: string): void {
    const { scenario, state } = this.#drill;
    const inject = scenario.injects.find((one) => one.id === id);
    if (inject === undefined || state.injects.has(id) || state.resolvedAtMs !== null) return;
    if (inject.unless !== null && this.#powers.holds(inject.unless)) return;
    this.#powers.emit({ type: 'inject-said', inject: id, from: inject.from, text: inject.text });
  }

  /** Gives a hint once, and none to people who need no more. */
  #hint({ text, unless }: Scenario['hints'][number]): void {
    const { state } = this.#drill;
    if (state.mitigatedAtMs !== null || state.resolvedAtMs !== null || state.hints.includes(text)) return;
    if (unless !== null && this.#powers.holds(unless)) return;
    this.#powers.emit({ type: 'hint-given', seat: null, text });
  }
}

/** What a fact is to the stages, or null where they cannot listen for it. */
function stageEvent(fact: Fact): StageEvent | null {
  if (fact.type === 'verdict-reached') return fact.verdict === 'mitigated' ? 'MITIGATED' : null;
  return EVENTS[fact.type] ?? null;
}

const EVENTS: { readonly [Type in Fact['type']]?: StageEvent } = {
  'page-acknowledged': 'ACKNOWLEDGED',
  claimed: 'CLAIMED',
  'resolve-claimed': 'RESOLVED',
  'update-posted': 'UPDATED',
  'hint-given': 'HELP',
};
