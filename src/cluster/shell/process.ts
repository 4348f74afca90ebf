import type { Agenda } from '../../time/agenda.ts';
import type { SimMs } from '../../time/sim-time.ts';
import type { AgendaEntry } from '../agenda-entry.ts';

/**
 * What a program is while it runs: it yields for how many ms it waits (Infinity: until it is woken) and returns its exit
 * code. It may be woken early, so whoever waits for something asks again whether it is there.
 */
export type Steps<Result = number> = Generator<number, Result, void>;

export type Signal = 'HUP' | 'INT' | 'QUIT' | 'KILL' | 'USR1' | 'USR2' | 'TERM' | 'CONT' | 'CHLD' | 'PIPE';

export const SIGNALS = { HUP: 1, INT: 2, QUIT: 3, KILL: 9, USR1: 10, USR2: 12, PIPE: 13, TERM: 15, CHLD: 17, CONT: 18 } as const satisfies Record<Signal, number>;

/** A process ends at once with this code, wherever it stands. */
export class Exit extends Error {
  readonly code: number;

  constructor(code: number) {
    super(`exit ${code}`);
    this.code = code;
  }
}

/** All processes of one container, or of a node. The first one that is started is its own: when it ends, all end. */
export class ProcessTable {
  readonly agenda: Agenda<AgendaEntry>;
  readonly all = new Map<number, Process>();
  #lastPid = 0;
  #second = 0;
  #startsInSecond = 0;

  /** `lastPid`: of the last process before the first one in here. */
  constructor(agenda: Agenda<AgendaEntry>, lastPid = 0) {
    this.agenda = agenda;
    this.#lastPid = lastPid;
  }

  /** Starts a process; its first step comes on the agenda. `onExit` hears its code. */
  start(title: readonly string[], parent: number, program: (task: Process) => Steps, onExit: (code: number) => void): Process {
    const task = new Process(this, ++this.#lastPid, parent, title, program, onExit);
    this.all.set(task.pid, task);
    return task;
  }

  /** Whether another process may be started: not where there are too many, or too many came within a second. */
  mayStart(): boolean {
    const second = Math.floor(this.agenda.nowMs / 1000);
    if (second !== this.#second) this.#startsInSecond = 0;
    this.#second = second;
    return this.all.size < MOST_PROCESSES && this.#startsInSecond++ < MOST_STARTS_A_SECOND;
  }

  /** Ends whatever runs, unheard. */
  clear(): void {
    const running = [...this.all.values()];
    this.all.clear();
    for (const task of running) task.abandon();
  }
}

/** One process. It is stepped by the agenda alone, never inside of somebody's call. */
export class Process implements AgendaEntry {
  readonly pid: number;
  readonly parent: number;
  readonly startedAtMs: SimMs;
  readonly table: ProcessTable;
  title: readonly string[];
  /** Signals that it handles: the handler runs inside of the signal's sender and must only note what came. */
  readonly handlers = new Map<Signal, () => void>();
  /** Ctrl-C reaches an interactive shell's command, not the shell: it is thrown into what runs. */
  interruptible = false;
  readonly #steps: Steps;
  readonly #onExit: (code: number) => void;
  #ticket: number | null = null;
  #code: number | null = null;
  #running = false;
  #wokenMeanwhile = false;
  /** Commands since it last slept for a while: a busy loop gets slower, as on a throttled CPU. */
  #busy = 0;
  #tired = false;

  constructor(table: ProcessTable, pid: number, parent: number, title: readonly string[], program: (task: Process) => Steps, onExit: (code: number) => void) {
    this.table = table;
    this.pid = pid;
    this.parent = parent;
    this.title = title;
    this.startedAtMs = table.agenda.nowMs;
    this.#steps = program(this);
    this.#onExit = onExit;
    this.#ticket = table.agenda.addAfter(1, this);
  }

  get nowMs(): SimMs {
    return this.table.agenda.nowMs;
  }

  /** Its exit code; null while it runs. */
  get code(): number | null {
    return this.#code;
  }

  /** To be yielded after each command, or so many KiB of work: 0 most of the time, more for whoever never rests. */
  tire(work = 1): number {
    const before = this.#busy;
    const busy = before + work;
    this.#busy = busy;
    if (Math.floor(busy / 64) === Math.floor(before / 64)) return 0;
    this.#tired = true;
    return busy < 4_096 ? 1 : busy < 32_768 ? 50 : 1_000;
  }

  wake(): void {
    if (this.#code !== null) return;
    if (this.#running) {
      this.#wokenMeanwhile = true;
      return;
    }
    if (this.#ticket !== null) this.table.agenda.cancel(this.#ticket);
    this.#ticket = this.table.agenda.addAfter(1, this);
  }

  /** As the kernel delivers it: the first process of a container ignores what it does not handle, but for KILL. */
  signal(signal: Signal): void {
    if (this.#code !== null) return;
    if (signal === 'KILL') return this.#end(137);
    const handler = this.handlers.get(signal);
    if (handler !== undefined) {
      handler();
      this.wake();
    } else if (this.pid !== 1 && signal !== 'CHLD' && signal !== 'CONT') this.#end(128 + SIGNALS[signal]);
  }

  due(): void {
    this.#ticket = null;
    this.#step(() => this.#steps.next());
  }

  /** Throws into what it does now. */
  interrupt(error: Error): void {
    if (this.#code !== null || this.#running) return;
    if (this.#ticket !== null) this.table.agenda.cancel(this.#ticket);
    this.#ticket = null;
    this.#step(() => this.#steps.throw(error));
  }

  /** Gone with its container: nobody hears of it. */
  abandon(): void {
    if (this.#code !== null) return;
    this.#code = 137;
    if (this.#ticket !== null) this.table.agenda.cancel(this.#ticket);
    if (!this.#running) this.#close();
  }

  #step(go: () => IteratorResult<number, number>): void {
    this.#running = true;
    this.#wokenMeanwhile = false;
    try {
      const next = go();
      this.#running = false;
      if (this.#code !== null) return this.#close();
      if (next.done === true) return this.#end(next.value);
      this.#rest(next.value);
    } catch (error) {
      this.#running = false;
      // A script may nest deeper than our own stack allows.
      if (error instanceof Exit) this.#end(error.code);
      else if (error instanceof RangeError) this.#end(139);
      else throw error;
    }
  }

  #rest(waitMs: number): void {
    if (waitMs >= 100 && !this.#tired) this.#busy = 0;
    this.#tired = false;
    if (this.#wokenMeanwhile) this.#ticket = this.table.agenda.addAfter(1, this);
    else if (waitMs !== Infinity) this.#ticket = this.table.agenda.addAfter(waitMs >= 0 ? Math.ceil(waitMs) : 1, this);
  }

  #end(code: number): void {
    if (this.#code !== null) return;
    this.#code = code;
    if (this.#ticket !== null) this.table.agenda.cancel(this.#ticket);
    this.table.all.delete(this.pid);
    if (!this.#running) this.#close();
    this.#onExit(code);
    this.table.all.get(this.parent)?.signal('CHLD');
  }

  /** Lets what it was doing close its streams. */
  #close(): void {
    try {
      this.#steps.return(0);
    } catch (error) {
      if (!(error instanceof Exit)) throw error;
    }
  }
}

const MOST_PROCESSES = 200;
const MOST_STARTS_A_SECOND = 400;

/** Waits so long, whoever wakes the process meanwhile. */
export function* sleep(task: Process, ms: number): Steps<void> {
  const untilMs = task.nowMs + ms;
  while (task.nowMs < untilMs) yield untilMs - task.nowMs;
}
