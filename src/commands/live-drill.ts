import type { ApiDoor, ApiRequest } from '../drill/api/api-door.ts';
import type { Drill } from '../drill/drill.ts';
import type { EndView, OutputBlock, Screen } from '../drill/screen.ts';
import type { Fact, SeatId } from '../journal/timeline.ts';
import { type JournalFile, JournalStopped } from '../outside/journal-file.ts';
import type { PageRelay } from '../paging/relay.ts';
import type { Driver } from '../responders/driver.ts';
import type { Player } from '../ui/player.ts';
import type { Plan, PromptTools, ToolRun } from './prompt-tools.ts';

/** How often simulated time is brought in step with the wall clock, in real ms. */
const BEAT_MS = 100;
/** Pace while everybody sleeps after `/resolve`. */
const ASLEEP_PACE = 400;
/** No beat moves simulated time further than this: a laptop that slept does not play an hour at once. */
const LONGEST_BEAT_MS = 1_000;
/** However fast time goes, somebody looks this often, in simulated ms, whether a page rings. */
const STEP_MS = 1_000;

/** Programs show what they print this often at most, in real ms. */
const PRINT_MS = 50;

/** A request that waits for its turn. */
interface Asked {
  /** Whether its answer has to wait until it is on the disk. */
  readonly writes: boolean;
  readonly ask: () => void;
  readonly settle: (safe: boolean) => void;
}

/**
 * A drill that runs against the wall clock for one seat. Whatever happens goes to the journal first; only when it is
 * on the disk does the seat see it. One thing at a time: beats and lines wait for each other.
 */
export class LiveDrill implements Player {
  readonly #drill: Drill;
  readonly #driver: Driver;
  readonly #journal: JournalFile;
  readonly #relay: PageRelay;
  readonly #seat: SeatId;
  readonly #debrief: (facts: readonly Fact[]) => EndView;
  readonly #tools: PromptTools | null;
  readonly #kubeconfig: string | null;
  #run: ToolRun | null = null;
  /** When what it printed is shown next. */
  #printing: NodeJS.Timeout | null = null;
  #asked: Asked[] = [];
  readonly #listeners = new Set<() => void>();
  #screen: Screen;
  /** The screen with what the running program has printed so far, where it was made already. */
  #shown: Screen | null = null;
  #end: EndView | null = null;
  #written: number;
  #pace: number;
  /** The pace that was asked for at the start: nobody is paged at a faster one. */
  readonly #usualPace: number;
  #owedMs = 0;
  #lastBeatMs = performance.now();
  #timer: NodeJS.Timeout | null = null;
  /** The newest of the things that are done one after the other. Never rejects. */
  #turn: Promise<void> = Promise.resolve();
  #beating = false;
  #stopping: Promise<void> | null = null;
  #note: string | null = null;
  /** What was told while a program runs; it goes with it. */
  #busy: string | null = null;
  /** Why nothing is done any more, or null. */
  #broken: string | null = null;

  /** `written` facts of the drill are in the journal already. */
  constructor(options: {
    readonly drill: Drill;
    readonly driver: Driver;
    readonly journal: JournalFile;
    readonly relay: PageRelay;
    readonly seat: SeatId;
    readonly written: number;
    readonly pace: number;
    /** Makes what the end of the drill shows. */
    readonly debrief: (facts: readonly Fact[]) => EndView;
    /** The real programs of the prompt; without them every line is the drill's own. */
    readonly tools?: PromptTools;
    /** What this seat's own clients find the cluster by. */
    readonly kubeconfig?: string;
  }) {
    this.#drill = options.drill;
    this.#driver = options.driver;
    this.#journal = options.journal;
    this.#relay = options.relay;
    this.#seat = options.seat;
    this.#debrief = options.debrief;
    this.#tools = options.tools ?? null;
    this.#kubeconfig = options.kubeconfig ?? null;
    this.#written = options.written;
    this.#pace = options.pace;
    this.#usualPace = options.pace;
    this.#screen = this.#drill.screen(this.#seat);
    if (options.kubeconfig !== undefined) this.#screen = { ...this.#screen, kubeconfig: options.kubeconfig };
  }

  get running(): boolean {
    return this.#run !== null;
  }

  /** What the program that runs for the prompt is told by in the facts; null where none runs. */
  get tool(): number | null {
    return this.#run?.seq ?? null;
  }

  get pace(): number {
    return this.#pace;
  }

  get trouble(): string | null {
    return this.#broken ?? this.#busy ?? this.#note;
  }

  screen(): Screen {
    const run = this.#run;
    return run === null ? this.#screen : (this.#shown ??= { ...this.#screen, outputs: [...this.#screen.outputs, blockOf(run)] });
  }

  subscribe(onChange: () => void): () => void {
    this.#listeners.add(onChange);
    return () => this.#listeners.delete(onChange);
  }

  setPace(pace: number): void {
    this.#pace = pace;
    this.#tell();
  }

  complete(typed: string): readonly string[] {
    return this.#drill.complete(this.#seat, typed);
  }

  submit(line: string): Promise<void> {
    const plan = this.#tools?.plan(line) ?? null;
    if (plan === null || this.#tools === null) return this.#next(() => this.#drill.command(this.#seat, line));
    if (this.#run !== null) {
      this.#busyWith(this.#run);
      return this.#turn;
    }
    return this.#runTool(line, this.#tools, plan);
  }

  /** Runs something that takes the terminal. Its line and its end are facts like those of a program in the prompt; what it prints is not seen. */
  async onTerminal(line: string, run: () => Promise<number | null>): Promise<void> {
    if (this.#run !== null) return this.#busyWith(this.#run);
    let seq: number | null = null;
    await this.#next(() => (seq = this.#drill.toolStarted(this.#seat, line)));
    const started = seq;
    if (started !== null) this.#run = { seq: started, atMs: this.#drill.nowMs, line, text: [], ended: Promise.resolve({ exit: 0, lines: 0, shown: '', tail: [] }), stop: () => undefined };
    const exit = await run();
    this.#run = null;
    if (started !== null) await this.#next(() => this.#drill.toolEnded(started, { exit, lines: 0, shown: '', tail: [] }, []));
  }

  /** Tells the running program to stop; told again, ends it. */
  interrupt(): void {
    this.#run?.stop();
  }

  /**
   * A client asks the cluster's API. `request` is called when it is its turn, at its simulated time. Those that wait at the
   * same time go to the disk together. Settles with the answer: of a write once it is durable. Rejects where the drill is over.
   */
  ask<Answer>(door: ApiDoor<Answer>, writes: boolean, request: () => { readonly request: ApiRequest; readonly causeSeq: number | null }): Promise<Answer> {
    return new Promise((resolve, reject) => {
      let answer: { readonly is: Answer } | null = null;
      this.#asked.push({
        writes,
        ask: () => {
          const { request: made, causeSeq } = request();
          answer = { is: this.#drill.request(door, made, causeSeq) };
        },
        settle: (safe) => (safe && answer !== null ? resolve(answer.is) : reject(new Error('the drill stopped'))),
      });
      if (this.#asked.length === 1) void this.#answerAsked();
    });
  }

  /** How far the clients' clock is ahead of the simulated one. */
  get behindMs(): number {
    return Date.now() - (this.#drill.scenario.startsAtMs + this.#drill.nowMs);
  }

  /** Somebody acknowledged in the pager itself. */
  pagerAnswered(page: string, person: string): void {
    void this.#next(() => this.#drill.pagerAnswered(page, person));
  }

  /** Writes what is not in the journal yet, and starts the clock. */
  async start(): Promise<void> {
    await this.#next(() => undefined);
    if (this.#stopping !== null || this.#broken !== null) return;
    this.#lastBeatMs = performance.now();
    this.#timer ??= setInterval(() => this.#beat(), BEAT_MS);
  }

  /** Stops the clock, notes that the drill pauses, and waits until all is on the disk. What comes later is not heard. */
  stop(): Promise<void> {
    if (this.#stopping === null) {
      this.#stopClock();
      this.#run?.stop();
      this.#run?.stop();
      this.#stopping = this.#next(() => this.#drill.pause('quit')).then(() => this.#journal.close());
    }
    return this.#stopping;
  }

  /** Shows a sentence of the pager or the like until there is another. */
  note(sentence: string): void {
    this.#note = sentence;
    this.#tell();
  }

  async #runTool(line: string, tools: PromptTools, plan: Plan): Promise<void> {
    let seq: number | null = null;
    await this.#next(() => (seq = this.#drill.toolStarted(this.#seat, line)));
    if (seq === null || this.#broken !== null) return this.#next(() => this.#drill.command(this.#seat, line));
    const started = seq;
    const run = tools.run(plan, { seq: started, line, atMs: this.#drill.nowMs }, () => this.#printSoon());
    this.#run = run;
    this.#printSoon();
    const ended = await run.ended;
    return this.#next(() => {
      this.#run = null;
      this.#busy = null;
      this.#drill.toolEnded(started, ended, run.text);
    });
  }

  #busyWith({ line }: ToolRun): void {
    this.#busy = `${line} still runs. ^C stops it; what is the drill's own (dash, logs, /claim …) can be given meanwhile.`;
    this.#tell();
  }

  #printSoon(): void {
    if (this.#printing !== null) return;
    this.#printing = setTimeout(() => {
      this.#printing = null;
      this.#tell();
    }, PRINT_MS);
  }

  async #answerAsked(): Promise<void> {
    let turn: Asked[] = [];
    await this.#next(() => {
      turn = this.#asked;
      this.#asked = [];
      if (this.#pace > 0 && !this.#drill.ended) this.#pass(this.#sinceBeatMs());
      for (const asked of turn) {
        asked.ask();
        if (!asked.writes) asked.settle(true);
      }
    });
    if (turn.length === 0) {
      // The turn never came: the drill was stopped, or broke.
      turn = this.#asked;
      this.#asked = [];
    }
    for (const asked of turn) asked.settle(this.#broken === null);
  }

  #sinceBeatMs(): number {
    const nowMs = performance.now();
    const passedMs = Math.min(LONGEST_BEAT_MS, nowMs - this.#lastBeatMs);
    this.#lastBeatMs = nowMs;
    return passedMs;
  }

  #beat(): void {
    const passedMs = this.#sinceBeatMs();
    // What is done inside of containers does not wait for a turn, also in a pause.
    const idle = this.#pace === 0 && this.#drill.facts.length === this.#written;
    if (this.#beating || idle || this.#drill.ended) return;
    this.#beating = true;
    void this.#next(() => this.#pass(passedMs)).then(() => (this.#beating = false));
  }

  /** Lets time pass, a second at a time. Where a page rings, time goes on as usual from there: nobody is woken in fast motion. */
  #pass(passedMs: number): void {
    const drill = this.#drill;
    const pages = drill.state.pages.length;
    const asleep = drill.state.resolvedAtMs !== null;
    this.#owedMs += passedMs * (asleep ? Math.max(ASLEEP_PACE, this.#pace) : this.#pace);
    const whole = Math.floor(this.#owedMs);
    this.#owedMs -= whole;
    const untilMs = drill.nowMs + whole;
    while (drill.nowMs < untilMs && drill.state.pages.length === pages && !drill.ended) this.#driver.advance(Math.min(untilMs, drill.nowMs + STEP_MS));
    if (drill.state.pages.length === pages) return;
    this.#owedMs = 0;
    this.#pace = Math.min(this.#pace, this.#usualPace);
  }

  /** Does one thing to the drill, then writes what came of it, then shows it. Whatever goes wrong ends the play, not the program. */
  #next(act: () => void): Promise<void> {
    if (this.#stopping !== null) return this.#turn;
    this.#turn = this.#turn.then(async () => {
      if (this.#broken !== null) return;
      try {
        act();
        await this.#write();
        const screen = this.#drill.screen(this.#seat);
        this.#screen = { ...screen, kubeconfig: this.#kubeconfig, end: this.#end ?? screen.end };
      } catch (error) {
        this.#broken = brokenBy(error);
        this.#stopClock();
      }
      this.#tell();
    });
    return this.#turn;
  }

  async #write(): Promise<void> {
    const fresh = this.#drill.facts.slice(this.#written);
    if (fresh.length === 0) return;
    await this.#journal.append(fresh);
    this.#written += fresh.length;
    for (const fact of fresh) this.#relay.tell(fact);
    if (this.#drill.ended) this.#end ??= this.#debrief(this.#drill.facts);
  }

  #stopClock(): void {
    if (this.#timer !== null) clearInterval(this.#timer);
    this.#timer = null;
  }

  #tell(): void {
    this.#shown = null;
    for (const listener of this.#listeners) listener();
  }
}

function blockOf({ seq, atMs, line, text }: ToolRun): OutputBlock {
  return { seq, atMs, line, text: [...text], status: 'running' };
}

function brokenBy(error: unknown): string {
  if (error instanceof JournalStopped) return error.message;
  const what = error instanceof Error ? error.message : String(error);
  return `gameday met a mistake of its own, and the drill stops here: ${what}. All that you have seen is safe; go on with --resume.`;
}
