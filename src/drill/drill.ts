import type { AgendaEntry } from '../cluster/agenda-entry.ts';
import { Cluster, CLUSTER_BORN_MS } from '../cluster/cluster.ts';
import type { PodResponse, ProcessReceiver, Processes, Started } from '../cluster/processes.ts';
import type { Fact, GhostRun, Happening, SeatId, SeatRecord } from '../journal/timeline.ts';
import { countWhenAsked } from '../prometheus/served-pages.ts';
import type { Scenario } from '../scenario/scenario.ts';
import { Agenda } from '../time/agenda.ts';
import { MINUTE_MS, type SimMs } from '../time/sim-time.ts';
import { ApiDesk } from './api/api-desk.ts';
import type { ApiDoor, ApiRequest } from './api/api-door.ts';
import { type PodCall, ProcessDesk, type ProcessInput, type ProcessStart } from './api/process-desk.ts';
import { beforeChanges } from './changes.ts';
import { CommandTable } from './command-table.ts';
import { DungeonMaster } from './dungeon-master.ts';
import { Judge } from './judge.ts';
import type { OutputBlock, Screen } from './screen.ts';
import { SeatView } from './seat-view.ts';
import { BURN_WINDOW_MS, MEASURE_MS, SAMPLE_MS, ServiceLevelMeter } from './service-level.ts';
import { type DrillState, evolve, nameOf, openingState } from './state.ts';
import type { CommandContext, LevelNow, Restore } from './tools/tool.ts';
import { failedWords } from './verdict/check.ts';
import { WorkloadWatch } from './workload-watch.ts';

/** The pair sleeps on after `/resolve` where no alert fires for so long. */
const DURABLE_MS = 60 * MINUTE_MS;
/** Whoever resolved is woken again where the burn rate stays above this for so long. */
const WAKE_BURN = 6;
const WAKE_AFTER_MS = MINUTE_MS;

/** How a program that a seat ran came to its end. */
export type ToolEnd = Pick<Fact<'tool-ended'>, 'exit' | 'lines' | 'shown' | 'tail'>;

export interface DrillOptions {
  readonly scenario: Scenario;
  readonly seed: number;
  readonly seats: readonly SeatRecord[];
  /** Told of each fact at once, in order. */
  readonly onFact: (fact: Fact) => void;
  /** Runs the ghosts of this scenario and seed once the drill is over; none in a ghost run itself. */
  readonly ghosts?: () => readonly GhostRun[];
  /** Told of the cluster before any time passes in it, for one who measures it. */
  readonly onCluster?: (cluster: Cluster) => void;
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
  readonly #master: DungeonMaster;
  readonly #commands: CommandTable;
  readonly #workloads: WorkloadWatch;
  readonly #api: ApiDesk;
  readonly #processes = new ProcessDesk((happening, causeSeq) => this.#emit(happening, causeSeq));
  readonly #restores = new Map<number, Restore>();
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
    countWhenAsked(this.cluster);
    options.onCluster?.(this.cluster);
    this.#level = new ServiceLevelMeter(this.cluster, scenario.slo);
    this.#workloads = new WorkloadWatch(this.cluster);
    this.#commands = new CommandTable(this.#restores);
    this.#api = new ApiDesk({ cluster: this.cluster, emit: (happening, causeSeq) => this.#emit(happening, causeSeq), wrote: (fact, tool, restore) => this.#wrote(fact, tool, restore) });
    this.#judge = new Judge(this);
    this.#master = new DungeonMaster(this, {
      holds: (expression) => this.#judge.holds(expression),
      emit: (happening, causeSeq) => this.#emit(happening, causeSeq),
      at: (atMs, due) => this.#at(atMs, due),
      cancel: (ticket) => this.#agenda.cancel(ticket),
    });
    for (const change of scenario.changes) this.#at(change.atMs, () => this.#master.change(change));
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
    return this.#master.activeStages;
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

  /** Opens the cluster's API to a seat, once, in a role; returns a sentence where there is no such role, else null. */
  openApi(door: ApiDoor<unknown>, seat: SeatId, { user, role }: { readonly user: string; readonly role: string }): string | null {
    if (this.ended || this.#state.users.has(seat)) return null;
    const admitted = door.admit(user, role);
    if ('problem' in admitted) return admitted.problem;
    this.#emit({ type: 'api-opened', seat, user, groups: admitted.groups, role });
    return null;
  }

  /**
   * A seat's own client asks the cluster's API, now. `causeSeq` is the tool that asks, where the drill started it. After
   * the end nothing is written down any more: callers let only reads through.
   */
  request<Answer>(door: ApiDoor<Answer>, request: ApiRequest, causeSeq: number | null): Answer {
    return this.ended ? door.ask(request).answer : this.#api.ask(door, request, causeSeq);
  }

  /** A seat's client runs something in a container, or joins what runs there. */
  startProcess(processes: Processes, start: ProcessStart, receiver: ProcessReceiver): Started {
    return this.ended ? { ok: false, code: 500, message: 'the drill is over' } : this.#processes.start(processes, start, receiver);
  }

  /** A seat's client asks what listens on a port of a pod; nothing answers any more once the drill is over. */
  askPod(processes: Processes, call: PodCall, respond: (response: PodResponse) => void): void {
    if (this.ended) respond({ status: 503, headers: {}, body: new Uint8Array() });
    else this.#processes.ask(processes, call, respond);
  }

  /** What it does to its process; nothing once that has ended. */
  tellProcess(started: number, input: ProcessInput): void {
    if (!this.ended) this.#processes.tell(started, input);
  }

  /** A seat's real program begins to run a line; returns the number by which its requests and its end are told. Null after the end. */
  toolStarted(seat: SeatId, line: string): number | null {
    return this.ended ? null : this.#emit({ type: 'tool-started', seat, line }).seq;
  }

  /** It ended; `text` is what the seat goes on seeing of it. Returns whether the drill still heard of it. */
  toolEnded(started: number, ended: ToolEnd, text: readonly string[]): boolean {
    const begun = this.facts[started - 1];
    if (this.ended || begun?.type !== 'tool-started') return false;
    const { seat, line } = begun;
    this.#emit({ type: 'tool-ended', seat, ...ended }, started);
    this.#outputsOf(seat).push({ seq: started, atMs: begun.atMs, line, text, status: ended.exit === 0 || ended.exit === null ? 'ok' : 'failed' });
    return true;
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
    this.#level.begin();
    this.#master.begin();
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
    // After the time box nobody plays on: who is woken then had no quiet hour, and the drill is over.
    if (fact.type === 'page-sent' && this.nowMs >= this.scenario.timeboxMs) this.#lastAt(this.nowMs, () => this.#finish());
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

  /** Audit: what clients change stands in the change log like everybody else's changes. */
  #wrote(fact: Fact<'api-written'>, tool: string, restore: Restore | null): void {
    const { seat, resource, name, code, undoClass } = fact;
    if (restore !== null) this.#restores.set(fact.seq, restore);
    const cause = fact.causeSeq === null ? undefined : this.facts[fact.causeSeq - 1];
    const by = cause?.type === 'tool-started' ? cause.line : tool;
    if (code < 400 && undoClass !== 'U0') this.cluster.changes.add({ atMs: this.nowMs, who: nameOf(this.#state, seat), what: `${resource}/${name}: ${by}` });
    this.#afterCommand(fact);
  }

  #refused(seq: number, line: string, reason: string): OutputBlock {
    return { seq, atMs: this.nowMs, line, text: [reason], status: 'refused' };
  }

  #context(seat: SeatId, seq: number): CommandContext {
    const { scenario, cluster, nowMs } = this;
    return { state: this.#state, scenario, cluster, level: this.#level.now, shown: () => this.#judge.shown(), seat, nowMs, namespace: scenario.slo.service.split('/')[0] as string, seq };
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
    const { mitigated, resolved } = this.#judge.standing();
    return { ...happening, failing: failedWords([...mitigated, ...resolved]) };
  }

  #afterCommand(fact: Fact): void {
    this.#judge.hear(fact);
    if (fact.type === 'resolve-claimed') {
      this.#burningSinceMs = null;
      this.#at(Math.max(this.scenario.timeboxMs, this.nowMs + DURABLE_MS), () => this.#finishIfDue());
    }
    this.#master.hear(fact);
  }

  /** Every five seconds: the level, the workloads, the verdict, the stages. Every thirty the level becomes a fact. */
  #sample(): void {
    this.#level.sample();
    this.#judge.sample();
    for (const happening of this.#workloads.changed()) this.#emit(happening);
    if (this.nowMs % MEASURE_MS === 0) this.#measure();
    this.#judgeNow();
    this.#wakeAgain();
    this.#master.look();
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
    const known = this.#state.mitigatedAtMs !== null;
    const { mitigated, violated } = this.#judge.look(known);
    if (violated.length > 0 && !this.#state.violated) this.#emit({ type: 'verdict-reached', verdict: 'violated', checks: violated });
    if (mitigated) {
      this.#master.hear(this.#emit({ type: 'verdict-reached', verdict: 'mitigated', checks: this.scenario.verdict.mitigated.map((condition) => condition.if) }));
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
    if (last !== undefined) this.#master.wake(last);
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
    // What was reached since the last page counts: a blip an hour later takes nothing back.
    const mitigated = this.#state.mitigatedAtMs !== null;
    const missed = this.#missed();
    const resolved = missed.length === 0;
    if (resolved) this.#emit({ type: 'verdict-reached', verdict: 'resolved', checks: this.scenario.verdict.resolved.map((condition) => condition.if) });
    else this.#emit({ type: 'verdict-missed', checks: missed });
    const ghosts = this.#options.ghosts?.() ?? [];
    for (const ghost of ghosts) this.#emit({ type: 'ghost-measured', ghost });
    const noop = ghosts.find((ghost) => ghost.as === 'noop');
    const worse = noop !== undefined && this.badMinutes > noop.badMinutes;
    this.#emit({ type: 'drill-ended', outcome: worse ? 'worse' : resolved ? 'resolved' : mitigated ? 'mitigated' : 'timebox' });
  }

  /** What keeps the verdict from being `resolved`, each with what was seen; [] where nothing does. */
  #missed(): string[] {
    const { resolvedAtMs, mitigatedAtMs, violated } = this.#state;
    const standing = this.#judge.standing();
    const quiet = resolvedAtMs !== null && this.nowMs >= resolvedAtMs + DURABLE_MS;
    return failedWords([
      ...(mitigatedAtMs === null ? [{ check: 'the service came back', holds: false, seen: '' }, ...standing.mitigated] : []),
      { check: 'it is said to be over, and nobody is woken again within an hour', holds: quiet, seen: resolvedAtMs === null ? 'nobody said so, or they were woken since' : '' },
      { check: 'nothing happened that may never happen', holds: !violated, seen: '' },
      ...standing.resolved,
      ...(quiet ? standing.quiet : []),
    ]);
  }
}
