import type { Metric, Metrics, Series } from './metrics.ts';

/** One metric of one subject, for whoever measures it window after window. Its series begins when it is first set. */
export class Gauge {
  readonly #metrics: Metrics;
  readonly #metric: Metric;
  readonly #subject: string;
  #series: Series | null = null;

  constructor(metrics: Metrics, metric: Metric, subject: string) {
    this.#metrics = metrics;
    this.#metric = metric;
    this.#subject = subject;
  }

  /** The value of the window that is open. */
  set(value: number): void {
    this.#series ??= this.#metrics.series(this.#metric, this.#subject);
    this.#series.set(this.#metrics.windows, value);
  }
}

/** Gauges of one subject by the names that its measurer gives them. */
export function gauges<Name extends string>(metrics: Metrics, subject: string, named: Readonly<Record<Name, Metric>>): Readonly<Record<Name, Gauge>> {
  return Object.fromEntries(Object.entries<Metric>(named).map(([name, metric]) => [name, new Gauge(metrics, metric, subject)])) as Record<Name, Gauge>;
}
