/**
 * Numbers that only grow, a few of them together. They move once a tick; whoever reads in between sees them go on as in the
 * last tick, and never sees one fall.
 */
export class Counters {
  readonly #values: Float64Array;
  readonly #deltas: Float64Array;
  readonly #shown: Float64Array;

  constructor(count: number) {
    this.#values = new Float64Array(count);
    this.#deltas = new Float64Array(count);
    this.#shown = new Float64Array(count);
  }

  /** To be called before a tick is counted. */
  beginTick(): void {
    this.#deltas.fill(0);
  }

  add(at: number, by: number): void {
    this.#values[at] = (this.#values[at] as number) + by;
    this.#deltas[at] = (this.#deltas[at] as number) + by;
  }

  /** `since`: how much of another tick has passed since the last one, 0 right after it. */
  read(at: number, since: number): number {
    const now = (this.#values[at] as number) + (this.#deltas[at] as number) * Math.min(1, since);
    if (now > (this.#shown[at] as number)) this.#shown[at] = now;
    return this.#shown[at] as number;
  }
}
