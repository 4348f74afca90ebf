import { exp, ln } from '../../time/exact-math.ts';

const BUCKETS = 64;
const LOWEST_MS = 0.5;
/** Upper bounds in ms: each a quarter above the one before, from 0.5 ms to 10 min. */
const BOUNDS = Float64Array.from({ length: BUCKETS }, (_, at) => LOWEST_MS * exp(at * ln(1.25)));

/** Latencies in buckets of equal ratio; a quantile is right within 12%. */
export class Histogram {
  readonly #counts = new Float64Array(BUCKETS);
  #total = 0;

  get total(): number {
    return this.#total;
  }

  add(ms: number, weight: number): void {
    let low = 0;
    let high = BUCKETS - 1;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (ms <= (BOUNDS[middle] as number)) high = middle;
      else low = middle + 1;
    }
    this.#counts[low] = (this.#counts[low] as number) + weight;
    this.#total += weight;
  }

  /** Lets what was added count for half from now on: a quantile looks back over the last few windows, not over one alone. */
  halve(): void {
    for (let at = 0; at < BUCKETS; at++) this.#counts[at] = (this.#counts[at] as number) / 2;
    this.#total /= 2;
  }

  /** The latency in ms that `share` of all stay below, interpolated within its bucket; NaN where nothing was added. */
  quantile(share: number): number {
    if (this.#total === 0) return Number.NaN;
    const wanted = share * this.#total;
    let seen = 0;
    for (let at = 0; at < BUCKETS; at++) {
      const count = this.#counts[at] as number;
      if (count > 0 && seen + count >= wanted) {
        const from = at === 0 ? 0 : (BOUNDS[at - 1] as number);
        return from + (((BOUNDS[at] as number) - from) * (wanted - seen)) / count;
      }
      seen += count;
    }
    return BOUNDS[BUCKETS - 1] as number;
  }
}
