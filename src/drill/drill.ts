import type { AgendaEntry } from '../cluster/agenda-entry.ts';
import { Cluster, CLUSTER_BORN_MS } from '../cluster/cluster.ts';
import type { Fact, GhostRun, Happening, SeatId, SeatRecord } from '../journal/timeline.ts';
import type { ActionSpec, Scenario, StageEvent } from '../scenario/scenario.ts';
import { Stages, type StageStep } from '../scenario/statechart.ts';
import { Agenda } from '../time/agenda.ts';
import { MINUTE_MS, type SimMs } from '../time/sim-time.ts';
import { applyChange, beforeChanges } from './changes.ts';
import { CommandTable } from './command-table.ts';
import { Judge } from './judge.ts';
import type { OutputBlock, Screen } from './screen.ts';
import { SeatView } from './seat-view.ts';
import { BURN_WINDOW_MS, MEASURE_MS, SAMPLE_MS, ServiceLevelMeter } from './service-level.ts';
import { type DrillState, evolve, openingState, type PageState, responders } from './state.ts';
import type { CommandContext, LevelNow, Restore } from './tools/tool.ts';
import { WorkloadWatch } from './workload-watch.ts';

/** The pair sleeps on after `/resolve` where no alert fires for so long. */
const DURABLE_MS = 60 * MINUTE_MS;
/** Whoever resolved is woken again where the burn rate stays above this for so long. */
const WAKE_BURN = 6;
const WAKE_AFTER_MS = MINUTE_MS;

export interface DrillOptions {
  readonly scenario: Scenario;
  readonly seed: number;
  readonly seats: readonly SeatRecord[];
  /** Told of each fact at once, in order. */
  readonly onFact: (fact: Fact) => void;
  /** Runs the ghosts of this scenario and seed once the drill is over; none in a ghost run itself. */
  readonly ghosts?: () => readonly GhostRun[];
}

/**
 * One drill: a scenario, a seed, and what comes in. It is driven only by {@link advance} and its inputs, and answers
 * with facts; given the same, it answers the same. A machine that changes: nobody but its driver may hold it.
 */
export class Drill {
  readonly scenario: Scenario;
  readonly cluster: Cluster;
  readonly facts: Fact[] = [];
  readonly #options: DrillOptions;
  readonly #agenda = new Agenda<AgendaEntry>(CLUSTER_BORN_MS);
  readonly #level: ServiceLevelMeter;
  readonly #judge: Judge;
  readonly #stages: Stages;
  readonly #commands: CommandTable;
  readonly #workloads: WorkloadWatch;
  readonly #restores = new Map<number, Restore>();
  readonly #delays = new Map<string, number>();
  readonly #faults = new Map<string, () => void>();
  readonly #outputs = new Map<SeatId, OutputBlock[]>();
  readonly #views = new Map<SeatId, SeatView>();
  #state: DrillState;
  #burningSinceMs: SimMs | null = null;
  #badMs = 0;

  constructor(options: DrillOptions) {
    const { scenario, seed } = options;
    this.#options = options;
    this.scenario = scenario;
    this.#state = openingState(options.seats);
    this.cluster = new Cluster({
      agenda: this.#agenda, seed, epochMs: scenario.startsAtMs, spec: { ...scenario.cluster, objects: beforeChanges(scenario) },
      tooSlowMs: (service) => (service === scenario.slo.service ? scenario.slo.latencyMs : Infinity),
      onAlert: ({ rule, firing, value }) => {
        if (this.nowMs < 0) return;
        if (firing) this.#emit({ type: 'alert-fired', alert: rule.name, service: rule.service, text: rule.text, value: Math.round(value * 1000) / 1000 });
        else this.#emit({ type: 'alert-cleared', alert: rule.name, service: rule.service });
      },
    });
    this.#level = new ServiceLevelMeter(this.cluster, scenario.slo);
    this.#workloads = new WorkloadWatch(this.cluster);
    this.#commands = new CommandTable(this.#restores);
    this.#judge = new Judge(this);
    this.#stages = new Stages(scenario.stages, (expression) => this.#judge.holds(expression));
    for (const change of scenario.changes) this.#at(change.atMs, () => this.#change(change));
    this.#run(0);
    this.#begin();
  }

  get nowMs(): SimMs {
    return this.#agenda.nowMs;
  }

  get state(): DrillState {
    return this.#state;
  }

  get level(): LevelNow {
    return this.#level.now;
  }

  get activeStages(): readonly string[] {
    return this.#stages.active;
  }

  get ended(): boolean {
    return this.#state.outcome !== null;
  }

  /** ∫ bad share dt over the horizon so far, in minutes. */
  get badMinutes(): number {
    return this.#badMs / MINUTE_MS;
  }

  /** Lets simulated time pass until `untilMs`, or until the drill ends. */
  advance(untilMs: SimMs): void {
    if (untilMs > this.nowMs) this.#run(untilMs);
  }

  /** A line that a seat typed, now. The answer is also on that seat's screen. */
  command(seat: SeatId, line: string): OutputBlock {
    const block = this.ended ? this.#refused(this.facts.length, line, 'The drill is over.') : this.#carriedOut(seat, line);
    this.#outputsOf(seat).push(block);
    return block;
  }

  /** Somebody acknowledged a page in the pager itself. */
  pagerAnswered(page: string, person: string): void {
    if (this.ended) return;
    const answered = this.#emit({ type: 'pager-answered', page, person, via: 'pagerduty' });
    const known = this.#state.pages.find(({ id }) => id === page);
    const seat = this.#state.seats.find(({ name }) => name === person)?.seat;
    if (known === undefined || seat === undefined || known.resolved || known.acknowledged.some((by) => by.seat === seat)) return;
    this.#afterCommand(this.#emit({ type: 'page-acknowledged', page, seat, via: 'pagerduty' }, answered.seq));
  }

  /** The people stop or go on; simulated time does not pass between. */
  pause(reason: 'quit' | 'asked'): void {
    if (!this.ended && this.#state.pausedAtMs === null) this.#emit({ type: 'drill-paused', reason });
  }

  resume(): void {
    if (!this.ended && this.#state.pausedAtMs !== null) this.#emit({ type: 'drill-continued' });
  }

  /** All that a seat may see now. */
  screen(seat: SeatId): Screen {
    let view = this.#views.get(seat);
    if (view === undefined) {
      view = new SeatView(this, seat);
      this.#views.set(seat, view);
    }
    return view.screen(this.#outputsOf(seat), this.#commands.help(this.#context(seat, 0)));
  }

  complete(seat: SeatId, typed: string): string[] {
    return this.#commands.complete(this.#context(seat, 0), typed);
  }

  #begin(): void {
    this.#lastAt(SAMPLE_MS, () => this.#sample());
    this.#at(this.scenario.timeboxMs, () => this.#finishIfDue());
    for (const inject of this.scenario.injects) if (inject.state === null) this.#at(inject.afterMs, () => this.#inject(inject.id));
    this.#level.begin();
    this.#follow(this.#stages.start(0));
  }

  #at(atMs: SimMs, due: () => void): number {
    return this.#agenda.add(Math.max(atMs, this.#agenda.nowMs), { due });
  }

  /** After all else that is on the agenda for that moment. */
  #lastAt(atMs: SimMs, due: () => void): void {
    this.#at(atMs, () => this.#at(atMs, due));
  }

  #run(untilMs: SimMs): void {
    while (!this.ended) {
      const entry = this.#agenda.take(untilMs);
      if (entry === null) break;
      entry.due(this.#agenda.nowMs);
    }
    if (!this.ended) this.#agenda.moveTo(untilMs);
  }

  #emit(happening: Happening, causeSeq: number | null = null): Fact {
    const fact = { seq: this.facts.length + 1, atMs: this.nowMs, causeSeq, ...happening } as Fact;
    this.facts.push(fact);
    this.#state = evolve(this.#state, fact);
    this.#options.onFact(fact);
    return fact;
  }

  #carriedOut(seat: SeatId, line: string): OutputBlock {
    const given = this.#emit({ type: 'command-given', seat, line });
    const result = this.#commands.decide(this.#context(seat, given.seq), line);
    if ('refusal' in result) {
      this.#emit({ type: 'command-refused', seat, line, reason: result.refusal }, given.seq);
      return this.#refused(given.seq, line, result.refusal);
    }
    for (const [at, happening] of result.happenings.entries()) {
      const fact = this.#emit(this.#completed(happening), given.seq);
      const restore = result.restores?.get(at);
      if (restore !== undefined) this.#restores.set(fact.seq, restore);
      this.#afterCommand(fact);
    }
    return { seq: given.seq, atMs: this.nowMs, line, text: result.text, status: result.failed === true ? 'failed' : 'ok' };
  }

  #refused(seq: number, line: string, reason: string): OutputBlock {
    return { seq, atMs: this.nowMs, line, text: [reason], status: 'refused' };
  }

  #context(seat: SeatId, seq: number): CommandContext {
    const { scenario, cluster, nowMs } = this;
    return { state: this.#state, scenario, cluster, level: this.#level.now, seat, nowMs, namespace: scenario.slo.service.split('/')[0] as string, seq };
  }

  #outputsOf(seat: SeatId): OutputBlock[] {
    let outputs = this.#outputs.get(seat);
    if (outputs === undefined) {
      outputs = [];
      this.#outputs.set(seat, outputs);
    }
    return outputs;
  }

  /** What only the drill knows of a happening: which checks of the verdict fail when somebody says that it is over. */
  #completed(happening: Happening): Happening {
    if (happening.type !== 'resolve-claimed') return happening;
    const { mitigated, unresolved } = this.#judge.look();
    return { ...happening, failing: [...(mitigated ? [] : this.scenario.verdict.mitigated.map((condition) => condition.if)), ...unresolved] };
  }

  #afterCommand(fact: Fact): void {
    const events: Partial<Record<Fact['type'], StageEvent>> = {
      'page-acknowledged': 'ACKNOWLEDGED', claimed: 'CLAIMED', 'resolve-claimed': 'RESOLVED', 'update-posted': 'UPDATED', 'hint-given': 'HELP',
    };
    const event = events[fact.type];
    if (fact.type === 'resolve-claimed') {
      this.#burningSinceMs = null;
      this.#at(Math.max(this.scenario.timeboxMs, this.nowMs + DURABLE_MS), () => this.#finishIfDue());
    }
    if (event !== undefined) this.#follow(this.#stages.send(event, this.nowMs), fact.seq);
  }

  #follow(step: StageStep, causeSeq: number | null = null): void {
    for (const stage of step.entered) {
      const fact = this.#emit({ type: 'stage-entered', stage }, causeSeq);
      for (const inject of this.scenario.injects) {
        if (inject.state === stage) this.#at(this.nowMs + inject.afterMs, () => this.#inject(inject.id));
      }
      causeSeq ??= fact.seq;
    }
    for (const id of step.cancel) this.#cancelDelay(id);
    for (const { id, delayMs } of step.schedule) {
      this.#cancelDelay(id);
      this.#delays.set(id, this.#at(this.nowMs + delayMs, () => {
        this.#delays.delete(id);
        this.#follow(this.#stages.due(id, this.nowMs));
      }));
    }
    for (const action of step.actions) this.#act(action, causeSeq);
  }

  #cancelDelay(id: string): void {
    const ticket = this.#delays.get(id);
    if (ticket !== undefined) this.#agenda.cancel(ticket);
    this.#delays.delete(id);
  }

  #act(action: ActionSpec, causeSeq: number | null): void {
    switch (action.do) {
      case 'begin':
      case 'complication': return this.#beginFault(action.fault, causeSeq);
      case 'end': return this.#endFault(action.fault, causeSeq);
      case 'page': return this.#page(action.page, causeSeq);
      case 'say': this.#emit({ type: 'inject-said', inject: '', from: 'Dungeon master', text: action.text }, causeSeq); return;
      case 'change': return this.#change(action.change);
      case 'inject': return this.#inject(action.inject);
    }
  }

  #beginFault(name: string, causeSeq: number | null): void {
    const spec = this.scenario.faults[name];
    if (spec === undefined || this.#faults.has(name)) return;
    this.#faults.set(name, this.cluster.beginFault(spec.kind, spec.target, spec.settings));
    this.#emit({ type: 'fault-began', fault: name, kind: spec.kind, target: spec.target }, causeSeq);
  }

  #endFault(name: string, causeSeq: number | null): void {
    const end = this.#faults.get(name);
    if (end === undefined) return;
    end();
    this.#faults.delete(name);
    this.#emit({ type: 'fault-ended', fault: name, how: 'ended' }, causeSeq);
  }

  /** A page that is still open is not sent twice. The first one starts the clock of the hints. */
  #page(name: string, causeSeq: number | null): void {
    const spec = this.scenario.pages[name];
    if (spec === undefined || this.#state.pages.some((page) => !page.resolved && page.text === spec.text)) return;
    const first = this.#state.pages.length === 0;
    this.#wake(spec, causeSeq);
    if (first) for (const hint of this.scenario.hints) this.#at(this.nowMs + hint.afterMs, () => this.#hint(hint.text, hint.unless));
  }

  /** Wakes the pair, both at once. After the time box nobody plays on: who is woken then had no quiet hour, and the drill is over. */
  #wake({ severity, text }: Pick<PageState, 'severity' | 'text'>, causeSeq: number | null = null): void {
    const { pages } = this.#state;
    this.#emit({ type: 'page-sent', page: `P${pages.length + 1}`, seats: responders(this.#state), severity, text, again: pages.length > 0 }, causeSeq);
    if (this.nowMs >= this.scenario.timeboxMs) this.#lastAt(this.nowMs, () => this.#finish());
  }

  #change(change: Scenario['changes'][number]): void {
    applyChange(this.cluster, change);
    this.cluster.changes.add({ atMs: this.nowMs, who: change.who, what: change.what });
    this.#emit({ type: 'change-made', who: change.who, what: change.what, target: change.effect.do === 'image' || change.effect.do === 'scale' ? `deployment/${change.effect.deployment}` : '' });
  }

  #inject(id: string): void {
    const inject = this.scenario.injects.find((one) => one.id === id);
    if (inject === undefined || this.facts.some((fact) => fact.type === 'inject-said' && fact.inject === id)) return;
    if (this.#state.resolvedAtMs !== null || (inject.unless !== null && this.#judge.holds(inject.unless))) return;
    this.#emit({ type: 'inject-said', inject: inject.id, from: inject.from, text: inject.text });
  }

  #hint(text: string, unless: string | null): void {
    if (this.#state.mitigatedAtMs !== null || this.#state.resolvedAtMs !== null || (unless !== null && this.#judge.holds(unless))) return;
    if (!this.#state.hints.includes(text)) this.#emit({ type: 'hint-given', seat: null, text });
  }

  /** Every five seconds: the level, the workloads, the verdict, the stages. Every thirty the level becomes a fact. */
  #sample(): void {
    this.#level.sample();
    for (const happening of this.#workloads.changed()) this.#emit(happening);
    if (this.nowMs % MEASURE_MS === 0) this.#measure();
    this.#judgeNow();
    this.#wakeAgain();
    const step = this.#stages.poll(this.nowMs);
    if (step !== null) this.#follow(step);
    this.#lastAt(this.nowMs + SAMPLE_MS, () => this.#sample());
  }

  #measure(): void {
    const slo = this.#level.measure();
    if (slo.total > 0 && this.nowMs <= this.scenario.timeboxMs) this.#badMs += (slo.bad / slo.total) * MEASURE_MS;
    const { burn, budgetUsed } = this.#level.now;
    this.#emit({
      type: 'service-level-measured', slo, burn: Math.round(burn * 1000) / 1000, budgetUsed: Math.round(budgetUsed * 1e7) / 1e7,
      services: this.#level.unwell(),
    });
  }

  #judgeNow(): void {
    if (this.#state.pages.length === 0) return;
    const { mitigated, violated } = this.#judge.look();
    if (violated.length > 0 && !this.#state.violated) this.#emit({ type: 'verdict-reached', verdict: 'violated', checks: violated });
    if (mitigated && this.#state.mitigatedAtMs === null) {
      const fact = this.#emit({ type: 'verdict-reached', verdict: 'mitigated', checks: this.scenario.verdict.mitigated.map((condition) => condition.if) });
      this.#follow(this.#stages.send('MITIGATED', this.nowMs), fact.seq);
    }
  }

  /** After `/resolve` the alert that paged first goes on watching. */
  #wakeAgain(): void {
    const { resolvedAtMs } = this.#state;
    if (resolvedAtMs === null) return;
    // What burned before they said that it is over has to leave the window first.
    if (this.nowMs <= resolvedAtMs + BURN_WINDOW_MS || this.#level.now.burn <= WAKE_BURN) {
      this.#burningSinceMs = null;
      return;
    }
    this.#burningSinceMs ??= this.nowMs;
    if (this.nowMs - this.#burningSinceMs < WAKE_AFTER_MS) return;
    this.#burningSinceMs = null;
    const last = this.#state.pages.at(-1);
    if (last !== undefined) this.#wake(last);
  }

  /** Called when time may be up. What is measured at the same moment still counts. */
  #finishIfDue(): void {
    const { resolvedAtMs } = this.#state;
    if (this.nowMs < this.scenario.timeboxMs) return;
    if (resolvedAtMs === null || this.nowMs >= resolvedAtMs + DURABLE_MS) this.#lastAt(this.nowMs, () => this.#finish());
  }

  #finish(): void {
    if (this.ended) return;
    for (const page of this.#state.pages) if (!page.resolved) this.#emit({ type: 'page-resolved', page: page.id });
    const { mitigated, unresolved } = this.#judge.look();
    const slept = this.#state.resolvedAtMs !== null && this.nowMs >= this.#state.resolvedAtMs + DURABLE_MS;
    const resolved = slept && mitigated && unresolved.length === 0 && !this.#state.violated;
    if (resolved) this.#emit({ type: 'verdict-reached', verdict: 'resolved', checks: this.scenario.verdict.resolved.map((condition) => condition.if) });
    const ghosts = this.#options.ghosts?.() ?? [];
    for (const ghost of ghosts) this.#emit({ type: 'ghost-measured', ghost });
    const noop = ghosts.find((ghost) => ghost.as === 'noop');
    const worse = noop !== undefined && this.badMinutes > noop.badMinutes;
    this.#emit({ type: 'drill-ended', outcome: worse ? 'worse' : resolved ? 'resolved' : mitigated ? 'mitigated' : 'timebox' });
  }
}
