import { LatencyMeter } from './latency-meter.ts';

/** Share of calls for which a program looks a name up, and queries for each: both kinds of addresses, in the search domains before the right one too. */
const LOOKED_UP = 0.05;
const QUERIES = 4;
/** Of those, names that are in none of the domains before. */
const ABSENT = 0.5;
/** How long a healthy resolver takes, in ms: most answers come from its cache. */
const USUAL_MS = 0.4;

/** How the resolver of a cluster fares. */
export interface NameService {
  /** Share of queries that end in SERVFAIL, and how much later than usual it answers, in ms. */
  readonly errors: number;
  readonly lateMs: number;
}

/** Queries that the resolver of a cluster has answered, all its pods together. They only grow. */
export class NameMeter {
  /** Those that it answered, and those that ended in SERVFAIL. */
  readonly latency = new LatencyMeter();
  #answered = 0;
  #failed = 0;

  /** One tick with so many calls in it. */
  tick(calls: number, { errors, lateMs }: NameService): void {
    this.latency.beginTick();
    const queries = calls * LOOKED_UP * QUERIES;
    const meanMs = USUAL_MS + lateMs;
    this.latency.add(queries * (1 - errors), queries * errors, meanMs, meanMs * meanMs);
    this.#answered += queries * (1 - errors);
    this.#failed += queries * errors;
  }

  /** By the code of the answer. */
  get byCode(): Readonly<Record<'NOERROR' | 'NXDOMAIN' | 'SERVFAIL', number>> {
    return { NOERROR: this.#answered * (1 - ABSENT), NXDOMAIN: this.#answered * ABSENT, SERVFAIL: this.#failed };
  }
}
