import { type ErlangTable, erlangTable } from './erlang.ts';

/**
 * Somewhere a request takes one of a limited number of places and holds it for a while: the threads of a pod, the
 * connections of its pool, a lock. A fluid of requests by class (route), stepped implicitly, so that it is stable for
 * any length of a tick:
 *
 *   n' = (n + admitted) / (1 + dt/hold)      for each class, with admission such that Σ n' ≤ places
 *
 * What is not admitted waits in `backlog`, which leaves in order of arrival.
 */
export class Station {
  places: number;
  /** Requests inside, by class. */
  readonly inside: Float64Array;
  /** Requests admitted in the last tick, by class. */
  readonly admitted: Float64Array;
  /** Requests that left in the last tick, by class. */
  readonly left: Float64Array;
  /** Requests that wait for a place, by class. */
  readonly waiting: Float64Array;
  /** Wait of the next arrival behind the backlog, in ms. */
  backlogWaitMs = 0;
  /** Mean wait of arrivals by chance alone, where there is no backlog, in ms. */
  chanceWaitMs = 0;
  /** Share of arrivals that have to wait by chance. */
  chanceWaitShare = 0;
  /** Places taken, as a share. */
  utilisation = 0;
  #table: ErlangTable;

  constructor(places: number, classes: number) {
    this.places = places;
    this.inside = new Float64Array(classes);
    this.admitted = new Float64Array(classes);
    this.left = new Float64Array(classes);
    this.waiting = new Float64Array(classes);
    this.#table = erlangTable(places);
  }

  resize(places: number): void {
    if (places === this.places) return;
    this.places = places;
    this.#table = erlangTable(places);
  }

  /** Forgets everybody, as a restart does; returns how many were inside or waiting. */
  clear(): number {
    let lost = 0;
    for (let at = 0; at < this.inside.length; at++) lost += (this.inside[at] as number) + (this.waiting[at] as number);
    this.inside.fill(0);
    this.waiting.fill(0);
    this.admitted.fill(0);
    this.left.fill(0);
    this.backlogWaitMs = 0;
    this.chanceWaitMs = 0;
    this.utilisation = 0;
    return lost;
  }

  /** Everybody who waits. */
  get backlog(): number {
    let total = 0;
    for (let at = 0; at < this.waiting.length; at++) total += this.waiting[at] as number;
    return total;
  }

  /**
   * One tick of `tickMs`. `arriving` are requests by class in this tick, `holdMs` how long one holds its place.
   * At most `room` wait; returns how many were turned away. `scv` is the squared coefficient of variation of the time that
   * places are held: 1 is exponential. `atMost` is the share of those who want a place that anything else lets in.
   */
  step(tickMs: number, arriving: Float64Array, holdMs: Float64Array, room: number, scv = 1, atMost = 1): number {
    const classes = this.inside.length;
    let staying = 0;
    let wanting = 0;
    let offered = 0;
    let weighted = 0;
    for (let at = 0; at < classes; at++) {
      const hold = holdMs[at] as number;
      const keep = hold / (hold + tickMs);
      const want = (this.waiting[at] as number) + (arriving[at] as number);
      staying += (this.inside[at] as number) * keep;
      wanting += want * keep;
      offered += ((arriving[at] as number) * hold) / tickMs;
      weighted += arriving[at] as number;
    }
    const free = this.places - staying;
    const share = Math.min(atMost, wanting <= free ? 1 : free <= 0 ? 0 : free / wanting);
    let taken = 0;
    let waits = 0;
    let leaving = 0;
    for (let at = 0; at < classes; at++) {
      const hold = holdMs[at] as number;
      const want = (this.waiting[at] as number) + (arriving[at] as number);
      const entering = want * share;
      const before = (this.inside[at] as number) + entering;
      const after = (before * hold) / (hold + tickMs);
      this.admitted[at] = entering;
      this.inside[at] = after;
      this.left[at] = before - after;
      leaving += before - after;
      taken += after;
      waits += this.waiting[at] = want - entering;
    }
    let turnedAway = 0;
    if (waits > room) {
      const keep = room / waits;
      for (let at = 0; at < classes; at++) this.waiting[at] = (this.waiting[at] as number) * keep;
      turnedAway = waits - room;
      waits = room;
    }
    this.utilisation = this.places > 0 ? taken / this.places : 1;
    this.#waits(tickMs, waits, leaving, offered, weighted, scv);
    return turnedAway;
  }

  /** The wait by chance is M/M/c's, longer as holding times vary more. Source: A. O. Allen, "Probability, Statistics and Queueing Theory", 1978. */
  #waits(tickMs: number, waits: number, leaving: number, offered: number, arrived: number, scv: number): void {
    if (this.places <= 0) {
      this.backlogWaitMs = waits > 0 || arrived > 0 ? LONGEST_WAIT_MS : 0;
      this.chanceWaitMs = 0;
      this.chanceWaitShare = 0;
      return;
    }
    this.backlogWaitMs = waits <= 1e-9 ? 0 : leaving > 0 ? Math.min(LONGEST_WAIT_MS, (waits / leaving) * tickMs) : LONGEST_WAIT_MS;
    const load = offered / this.places;
    if (arrived <= 0 || load <= 0.02) {
      this.chanceWaitMs = 0;
      this.chanceWaitShare = 0;
      return;
    }
    const meanHoldMs = (offered * tickMs) / arrived;
    // A line of those who came by chance grows as far as a walk of so many steps gets.
    const most = Math.sqrt(this.chanceWaitMs * this.chanceWaitMs + ((1 + scv) * tickMs * meanHoldMs) / this.places);
    this.chanceWaitMs = Math.min(most, this.#table.meanWait(load) * meanHoldMs * ((1 + scv) / 2));
    this.chanceWaitShare = this.#table.waitProbability(load);
  }
}

/** Where nothing leaves, a wait has no end; this stands for it. */
const LONGEST_WAIT_MS = 600_000;
