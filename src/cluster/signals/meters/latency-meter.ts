import { exp } from '../../../time/exact-math.ts';
import { Counters } from './counters.ts';

/** Upper bounds in seconds of the buckets that client libraries of Prometheus use unless told otherwise. */
export const BUCKET_BOUNDS_S = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10] as const;

const GOOD = 0;
const FAILED = 1;
const SUM = 2;
const FIRST_BUCKET = 3;

/** Requests of one kind: how many ended well or failed, and how long they took. */
export class LatencyMeter {
  readonly #counters = new Counters(FIRST_BUCKET + BUCKET_BOUNDS_S.length);

  beginTick(): void {
    this.#counters.beginTick();
  }

  /** Counts requests that took `meanMs` with that variance: part of it for certain, the rest an exponential time, as everywhere in the flow. */
  add(good: number, failed: number, meanMs: number, varianceMs2: number): void {
    const count = good + failed;
    if (!(count > 0)) return;
    const spreadMs = Math.min(meanMs, Math.sqrt(varianceMs2));
    const certainMs = meanMs - spreadMs;
    this.#counters.add(GOOD, good);
    this.#counters.add(FAILED, failed);
    this.#counters.add(SUM, (count * meanMs) / 1000);
    for (let at = 0; at < BUCKET_BOUNDS_S.length; at++) {
      const overMs = (BUCKET_BOUNDS_S[at] as number) * 1000 - certainMs;
      if (overMs < 0) continue;
      this.#counters.add(FIRST_BUCKET + at, spreadMs > 0 ? count * (1 - exp(-overMs / spreadMs)) : count);
    }
  }

  read(since: number): LatencyReading {
    const good = Math.floor(this.#counters.read(GOOD, since));
    const failed = Math.floor(this.#counters.read(FAILED, since));
    const count = good + failed;
    const buckets = BUCKET_BOUNDS_S.map((_, at) => Math.min(count, Math.floor(this.#counters.read(FIRST_BUCKET + at, since) + FLOAT_ERROR)));
    return { good, failed, count, sumS: this.#counters.read(SUM, since), buckets };
  }
}

/** Sums of shares may stay below the whole by so much. */
const FLOAT_ERROR = 1e-6;

/** What a meter has counted since it began: nobody counts parts of a request. */
export interface LatencyReading {
  readonly good: number;
  readonly failed: number;
  readonly count: number;
  readonly sumS: number;
  /** How many took at most each of {@link BUCKET_BOUNDS_S}. */
  readonly buckets: readonly number[];
}
