import type { Place } from './ast.ts';
import { placeOf } from './promql-error.ts';

/** What is to be said about a result: a warning that it may be wrong, or an information that it may surprise. */
export type Severity = 'warning' | 'info';

interface Annotation {
  readonly severity: Severity;
  readonly sentence: string;
  readonly at: Place;
  /** What is told beyond the sentence; merged where the sentence is said again. */
  detail: BucketDetail | null;
}

/** How far buckets had to be corrected, over how many samples. */
interface BucketDetail {
  fromMs: number;
  toMs: number;
  lowest: number;
  highest: number;
  most: number;
  times: number;
}

/** All that one query gave rise to say; each sentence once. Texts of Prometheus' util/annotations. */
export class Annotations {
  readonly #all = new Map<string, Annotation>();

  warn(sentence: string, at: Place): void {
    this.#add('warning', sentence, at, null);
  }

  inform(sentence: string, at: Place): void {
    this.#add('info', sentence, at, null);
  }

  /** Buckets that did not grow with their bounds had to be corrected. */
  corrected(metric: string, at: Place, atMs: number, range: { readonly lowest: number; readonly highest: number; readonly most: number }): void {
    const sentence = `input to histogram_quantile needed to be fixed for monotonicity (see https://prometheus.io/docs/prometheus/latest/querying/functions/#histogram_quantile)${forMetric(metric)}`;
    this.#add('info', sentence, at, { fromMs: atMs, toMs: atMs, ...range, times: 1 });
  }

  /** As the HTTP API gives them: `PromQL warning: … (1:5)`. */
  texts(severity: Severity, query: string): string[] {
    return [...this.#all.values()].filter((one) => one.severity === severity).map(({ sentence, at, detail }) => `PromQL ${severity}: ${sentence}${detailText(detail)} (${placeOf(query, at.from)})`);
  }

  #add(severity: Severity, sentence: string, at: Place, detail: BucketDetail | null): void {
    const known = this.#all.get(sentence);
    if (known === undefined) {
      this.#all.set(sentence, { severity, sentence, at, detail });
      return;
    }
    if (detail === null || known.detail === null) return;
    known.detail = {
      fromMs: Math.min(known.detail.fromMs, detail.fromMs), toMs: Math.max(known.detail.toMs, detail.toMs),
      lowest: Math.min(known.detail.lowest, detail.lowest), highest: Math.max(known.detail.highest, detail.highest),
      most: Math.max(known.detail.most, detail.most), times: known.detail.times + 1,
    };
  }
}

/** ` for metric name "x"`, or nothing where no name is left. */
export function forMetric(metric: string): string {
  return metric === '' ? '' : ` for metric name ${JSON.stringify(metric)}`;
}

function detailText(detail: BucketDetail | null): string {
  if (detail === null) return '';
  const second = (ms: number): string => `${new Date(Math.floor(ms / 1000) * 1000).toISOString().slice(0, 19)}Z`;
  return `, from buckets ${detail.lowest} to ${detail.highest}, with a max diff of ${Number(detail.most.toPrecision(2))}, over ${detail.times} samples from ${second(detail.fromMs)} to ${second(detail.toMs)}`;
}
