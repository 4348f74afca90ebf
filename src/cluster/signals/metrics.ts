import type { SimMs } from '../../time/sim-time.ts';

/** Length of one window of measurement. */
export const WINDOW_MS = 15_000;

/** What is measured of whom; `subject` is `namespace/service`, `namespace/workload`, or `namespace/workload→target`. */
export type Metric =
  | 'http.rate' | 'http.errors' | 'http.p50' | 'http.p95' | 'http.p99'
  | 'threads.busy' | 'queue.length' | 'cpu.cores' | 'cpu.share' | 'pods.ready'
  | 'pool.used' | 'pool.size' | 'pool.wait'
  | 'db.connections' | 'db.limit' | 'db.busy' | 'db.wait' | 'db.cpu'
  | 'call.rate' | 'call.ms' | 'call.errors'
  | 'cache.hit';

/** Every series, one number per window, NaN where nothing was measured. All series end with the newest window. */
export class Metrics {
  readonly startMs: SimMs;
  readonly #series = new Map<string, number[]>();
  #windows = 0;

  constructor(startMs: SimMs) {
    this.startMs = startMs;
  }

  /** How many windows have been closed. */
  get windows(): number {
    return this.#windows;
  }

  /** Records a value of the window that is being closed; the first of one window wins nothing: the last does. */
  record(metric: Metric, subject: string, value: number): void {
    const key = `${metric} ${subject}`;
    let values = this.#series.get(key);
    if (values === undefined) {
      values = [];
      this.#series.set(key, values);
    }
    while (values.length < this.#windows) values.push(Number.NaN);
    values[this.#windows] = value;
  }

  closeWindow(): void {
    this.#windows++;
  }

  /** The newest value of a series, NaN where there is none. */
  latest(metric: Metric, subject: string): number {
    return this.#series.get(`${metric} ${subject}`)?.[this.#windows - 1] ?? Number.NaN;
  }

  /** The last `count` windows, oldest first; null where nothing was measured. */
  recent(metric: Metric, subject: string, count: number): (number | null)[] {
    const values = this.#series.get(`${metric} ${subject}`) ?? [];
    const recent: (number | null)[] = [];
    for (let at = Math.max(0, this.#windows - count); at < this.#windows; at++) {
      const value = values[at];
      recent.push(value === undefined || Number.isNaN(value) ? null : value);
    }
    return recent;
  }

  /** Median of a series over the windows that ended by `untilMs`: what is normal. Null where nothing was measured. */
  median(metric: Metric, subject: string, untilMs: SimMs): number | null {
    const ended = Math.floor((untilMs - this.startMs) / WINDOW_MS);
    const values = (this.#series.get(`${metric} ${subject}`) ?? []).slice(0, Math.max(0, ended)).filter((value) => !Number.isNaN(value));
    if (values.length === 0) return null;
    const ordered = values.toSorted((one, other) => one - other);
    return ordered[ordered.length >> 1] as number;
  }

  /** Subjects of a metric, in order of their names. */
  subjects(metric: Metric): string[] {
    const prefix = `${metric} `;
    const found: string[] = [];
    for (const key of this.#series.keys()) if (key.startsWith(prefix)) found.push(key.slice(prefix.length));
    return found.toSorted((one, other) => (one < other ? -1 : one > other ? 1 : 0));
  }
}
