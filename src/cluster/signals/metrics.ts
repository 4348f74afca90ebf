import type { SimMs } from '../../time/sim-time.ts';
import { WINDOW_MS } from '../traffic/traffic.ts';

/** What is measured of whom; `subject` is `namespace/service`, `namespace/workload`, or `namespace/workload→target`. */
export type Metric =
  | 'http.rate' | 'http.errors' | 'http.p50' | 'http.p95' | 'http.p99'
  | 'threads.busy' | 'queue.length' | 'cpu.cores' | 'cpu.share' | 'pods.ready'
  | 'pool.used' | 'pool.size' | 'pool.wait'
  | 'db.connections' | 'db.limit' | 'db.busy' | 'db.wait' | 'db.cpu'
  | 'call.rate' | 'call.ms' | 'call.errors'
  | 'cache.hit'
  | 'topic.lag';

/** One number per window, NaN where nothing was measured. */
export class Series {
  readonly values: number[] = [];

  /** Sets the value of the window of that number, from 0. */
  set(window: number, value: number): void {
    const { values } = this;
    while (values.length < window) values.push(Number.NaN);
    values[window] = value;
  }
}

/** Every series by metric and subject. All end with the newest window. */
export class Metrics {
  readonly startMs: SimMs;
  readonly #series = new Map<Metric, Map<string, Series>>();
  readonly #subjects = new Map<Metric, readonly string[]>();
  readonly #baselines = new Map<Series, number | null>();
  #windows = 0;

  constructor(startMs: SimMs) {
    this.startMs = startMs;
  }

  /** How many windows have been closed. The number of the one that is open. */
  get windows(): number {
    return this.#windows;
  }

  /** The series of that metric and subject; made on first use. */
  series(metric: Metric, subject: string): Series {
    let subjects = this.#series.get(metric);
    if (subjects === undefined) {
      subjects = new Map();
      this.#series.set(metric, subjects);
    }
    let series = subjects.get(subject);
    if (series === undefined) {
      series = new Series();
      subjects.set(subject, series);
    }
    return series;
  }

  closeWindow(): void {
    this.#windows++;
  }

  /** The newest value of a series, NaN where there is none. */
  latest(metric: Metric, subject: string): number {
    return this.#series.get(metric)?.get(subject)?.values[this.#windows - 1] ?? Number.NaN;
  }

  /** The last `count` windows, oldest first; null where nothing was measured. */
  recent(metric: Metric, subject: string, count: number): (number | null)[] {
    const values = this.#series.get(metric)?.get(subject)?.values ?? [];
    const recent: (number | null)[] = [];
    for (let at = Math.max(0, this.#windows - count); at < this.#windows; at++) {
      const value = values[at];
      recent.push(value === undefined || Number.isNaN(value) ? null : value);
    }
    return recent;
  }

  /** What is normal: the median over the windows that ended by simulated time 0. Null where nothing was measured then. */
  baseline(metric: Metric, subject: string): number | null {
    const series = this.#series.get(metric)?.get(subject);
    if (series === undefined) return null;
    const quiet = Math.floor(-this.startMs / WINDOW_MS);
    if (this.#windows < quiet) return medianOf(series.values);
    let baseline = this.#baselines.get(series);
    if (baseline === undefined) {
      baseline = medianOf(series.values.slice(0, quiet));
      this.#baselines.set(series, baseline);
    }
    return baseline;
  }

  /** Subjects of a metric, in order of their names. */
  subjects(metric: Metric): readonly string[] {
    const known = this.#series.get(metric);
    if (known === undefined) return [];
    const sorted = this.#subjects.get(metric);
    if (sorted !== undefined && sorted.length === known.size) return sorted;
    const again = [...known.keys()].toSorted((one, other) => (one < other ? -1 : one > other ? 1 : 0));
    this.#subjects.set(metric, again);
    return again;
  }
}

function medianOf(values: readonly number[]): number | null {
  const ordered = values.filter((value) => !Number.isNaN(value)).toSorted((one, other) => one - other);
  return ordered[ordered.length >> 1] ?? null;
}
