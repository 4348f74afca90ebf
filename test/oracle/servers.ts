import type { EventQueue } from './event-queue.ts';

/** A limited number of places, first come first served: the threads of a pod, the connections of a pool, a lock. */
export class Places {
  readonly #queue: EventQueue;
  readonly #waiting: (() => void)[] = [];
  /** Who waits beyond this is turned away. */
  readonly #room: number;
  #places: number;
  #taken = 0;
  #head = 0;

  constructor(queue: EventQueue, places: number, room = Infinity) {
    this.#queue = queue;
    this.#places = places;
    this.#room = room;
  }

  /** Calls `enter` when a place is free, or `leave` when none was for `patienceMs`, or at once where too many wait. */
  take(enter: () => void, leave: () => void, patienceMs = Infinity): void {
    if (this.#taken < this.#places) {
      this.#taken++;
      enter();
      return;
    }
    if (this.waiting >= this.#room) return leave();
    let gone = false;
    let inside = false;
    this.#waiting.push(() => {
      if (gone) return this.free();
      inside = true;
      enter();
    });
    if (patienceMs >= 1e8) return;
    this.#queue.in(patienceMs, () => {
      if (inside) return;
      gone = true;
      leave();
    });
  }

  /** Gives a place back: to who has waited longest. */
  free(): void {
    this.#taken--;
    this.#admit();
  }

  /** Changes how many places there are; nobody who has one is sent away. */
  set places(places: number) {
    this.#places = places;
    while (this.#admit());
  }

  get places(): number {
    return this.#places;
  }

  /** Lets in who has waited longest, where there is a place; whether there was one for somebody. */
  #admit(): boolean {
    const next = this.#waiting[this.#head];
    if (next === undefined || this.#taken >= this.#places) return false;
    this.#taken++;
    this.#head++;
    if (this.#head > 1_000 && this.#head * 2 > this.#waiting.length) {
      this.#waiting.splice(0, this.#head);
      this.#head = 0;
    }
    next();
    return true;
  }

  get waiting(): number {
    return this.#waiting.length - this.#head;
  }
}

/** Cores that all who work share alike, each at most one: processor sharing, by a clock of work done for each. */
export class Cores {
  readonly #queue: EventQueue;
  readonly #cores: number;
  /** Who works, by the value of the clock at which each is done: a heap. */
  readonly #jobs: { readonly doneAt: number; readonly done: () => void }[] = [];
  #clock = 0;
  #steppedMs = 0;
  #round = 0;

  constructor(queue: EventQueue, cores: number) {
    this.#queue = queue;
    this.#cores = cores;
  }

  /** Calls `done` when `workMs` of CPU time are done. */
  work(workMs: number, done: () => void): void {
    this.#step();
    this.#push({ doneAt: this.#clock + workMs, done });
    this.#plan();
  }

  get busy(): number {
    return this.#jobs.length;
  }

  #speed(): number {
    return this.#jobs.length === 0 ? 0 : Math.min(1, this.#cores / this.#jobs.length);
  }

  #step(): void {
    this.#clock += (this.#queue.nowMs - this.#steppedMs) * this.#speed();
    this.#steppedMs = this.#queue.nowMs;
  }

  #plan(): void {
    const [next] = this.#jobs;
    if (next === undefined) return;
    const round = ++this.#round;
    this.#queue.in(Math.max(0, next.doneAt - this.#clock) / this.#speed(), () => {
      if (round !== this.#round) return;
      this.#step();
      const { done } = this.#pop();
      this.#plan();
      done();
    });
  }

  #push(job: { readonly doneAt: number; readonly done: () => void }): void {
    const jobs = this.#jobs;
    let at = jobs.length;
    jobs.push(job);
    for (let parent = (at - 1) >> 1; at > 0 && job.doneAt < (jobs[parent] as typeof job).doneAt; parent = (at - 1) >> 1) {
      jobs[at] = jobs[parent] as typeof job;
      at = parent;
    }
    jobs[at] = job;
  }

  #pop(): { readonly doneAt: number; readonly done: () => void } {
    const jobs = this.#jobs;
    const first = jobs[0] as (typeof jobs)[number];
    const last = jobs.pop() as (typeof jobs)[number];
    if (jobs.length === 0) return first;
    let at = 0;
    for (let child = 1; child < jobs.length; child = 2 * at + 1) {
      if (child + 1 < jobs.length && (jobs[child + 1] as typeof last).doneAt < (jobs[child] as typeof last).doneAt) child++;
      if (last.doneAt <= (jobs[child] as typeof last).doneAt) break;
      jobs[at] = jobs[child] as typeof last;
      at = child;
    }
    jobs[at] = last;
    return first;
  }
}
