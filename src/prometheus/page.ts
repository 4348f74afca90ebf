/** What a metric is, as OpenMetrics names it. */
export type MetricType = 'counter' | 'gauge' | 'histogram' | 'unknown';

/** Labels in the order in which they are written. */
export type LabelSet = Readonly<Record<string, string>>;

/** One line of a page. */
export interface PageSample {
  /** The whole name, such as `http_request_duration_seconds_bucket`. */
  readonly name: string;
  readonly labels: LabelSet;
  readonly value: number;
}

/** A metric with all its samples. */
export interface Family {
  readonly name: string;
  readonly type: MetricType;
  readonly help: string;
  readonly samples: PageSample[];
}

/** All that one target says of itself at a time, metrics in the order in which they were first told. */
export class Page {
  readonly #families = new Map<string, Family>();

  get families(): Iterable<Family> {
    return this.#families.values();
  }

  /** A counter's name ends in `_total`. */
  counter(name: string, help: string, labels: LabelSet, value: number): void {
    this.#family(name, 'counter', help).samples.push({ name, labels, value });
  }

  gauge(name: string, help: string, labels: LabelSet, value: number): void {
    this.#family(name, 'gauge', help).samples.push({ name, labels, value });
  }

  /** `buckets` are upper bounds with how many were at most that, the one without bound left out: it is `count`. */
  histogram(name: string, help: string, labels: LabelSet, of: { readonly buckets: Iterable<readonly [number, number]>; readonly sum: number; readonly count: number }): void {
    const { samples } = this.#family(name, 'histogram', help);
    for (const [bound, value] of of.buckets) samples.push({ name: `${name}_bucket`, labels: { ...labels, le: String(bound) }, value });
    samples.push({ name: `${name}_bucket`, labels: { ...labels, le: '+Inf' }, value: of.count });
    samples.push({ name: `${name}_sum`, labels, value: of.sum }, { name: `${name}_count`, labels, value: of.count });
  }

  #family(name: string, type: MetricType, help: string): Family {
    let family = this.#families.get(name);
    if (family === undefined) {
      family = { name, type, help, samples: [] };
      this.#families.set(name, family);
    }
    return family;
  }
}
