import { wasReset } from '../../src/promql/histogram-arithmetic.ts';
import { compareLabels, METRIC_NAME, type Labels } from '../../src/promql/labels.ts';
import type { Matcher } from '../../src/promql/matcher.ts';
import { numberOf } from '../../src/promql/literals.ts';
import { bucketCounts, CUSTOM_BUCKETS, EMPTY_HISTOGRAM, type NativeHistogram } from '../../src/promql/native-histogram.ts';
import { isHistogram, type Series, type SeriesStore, type Value } from '../../src/promql/series.ts';
import type { Command, LoadedSeries } from './case-language.ts';

interface Stored {
  readonly labels: Labels;
  readonly times: number[];
  readonly values: (Value | null)[];
  readonly starts: number[];
}

/** What a script has loaded. Histograms come back with the hints that a Prometheus database gives them. */
export class CaseStore implements SeriesStore {
  readonly #series = new Map<string, Stored>();

  load({ stepMs, withCustomHistograms, series }: Extract<Command, { kind: 'load' }>): void {
    for (const one of series) this.#append(one, stepMs);
    if (withCustomHistograms) for (const [labels, histograms] of customHistograms(series)) this.#appendHistograms(labels, histograms, stepMs);
  }

  select(matchers: readonly Matcher[]): readonly Series[] {
    const found = [...this.#series.values()].filter(({ labels }) => matchers.every(({ name, meets }) => meets(labels.get(name))));
    return found.toSorted((one, other) => compareLabels(one.labels, other.labels));
  }

  #append({ labels, points, startOffsetsMs }: LoadedSeries, stepMs: number): void {
    points.forEach((point, at) => {
      if (point === 'none') return;
      const offset = startOffsetsMs[at] ?? null;
      this.#push(labels, at * stepMs, point === 'stale' ? null : point.value, offset === null ? 0 : at * stepMs + offset);
    });
  }

  #appendHistograms(labels: Labels, histograms: ReadonlyMap<number, NativeHistogram>, stepMs: number): void {
    for (const [at, histogram] of histograms) this.#push(labels, at * stepMs, histogram, 0);
  }

  #push(labels: Labels, atMs: number, own: Value | null, startMs: number): void {
    let stored = this.#series.get(labels.key);
    if (stored === undefined) {
      stored = { labels, times: [], values: [], starts: [] };
      this.#series.set(labels.key, stored);
    }
    const before = stored.values.at(-1);
    const value = own !== null && isHistogram(own) ? hinted(own, before !== undefined && before !== null && isHistogram(before) ? before : null) : own;
    stored.times.push(atMs);
    stored.values.push(value);
    stored.starts.push(startMs);
  }
}

/** Hints as chunks of a database keep them: what follows in the same chunk was not reset; a reset begins a new one. */
function hinted(histogram: NativeHistogram, before: NativeHistogram | null): NativeHistogram {
  if (histogram.hint === 'gauge' || histogram.hint === 'reset') return histogram;
  if (before === null || before.hint === 'gauge') return { ...histogram, hint: 'unknown' };
  if (wasReset({ ...histogram, hint: 'unknown' }, before)) return { ...histogram, hint: 'reset' };
  return { ...histogram, hint: histogram.schema === before.schema && histogram.zeroThreshold === before.zeroThreshold ? 'not_reset' : 'unknown' };
}

interface Partial {
  readonly buckets: Map<number, number>;
  count: number | null;
  sum: number;
}

/** Series of classic buckets once more as histograms with custom bounds, by labels and number of the point. */
function customHistograms(series: readonly LoadedSeries[]): Map<Labels, Map<number, NativeHistogram>> {
  const partials = new Map<string, { labels: Labels; points: Map<number, Partial> }>();
  for (const { labels, points } of series) {
    const named = /^(.*)_(bucket|count|sum)$/.exec(labels.get(METRIC_NAME));
    if (named === null) continue;
    const upper = named[2] === 'bucket' ? numberOf(labels.get('le')) : 0;
    if (upper === null || Number.isNaN(upper)) continue;
    const base = labels.without(['le']).with(METRIC_NAME, named[1] as string);
    const known = partials.get(base.key) ?? { labels: base, points: new Map<number, Partial>() };
    partials.set(base.key, known);
    points.forEach((point, at) => {
      if (typeof point === 'string' || isHistogram(point.value)) return;
      const partial = known.points.get(at) ?? { buckets: new Map<number, number>(), count: null, sum: 0 };
      known.points.set(at, partial);
      if (named[2] === 'bucket') partial.buckets.set(upper, point.value);
      else if (named[2] === 'count') partial.count = point.value;
      else partial.sum = point.value;
    });
  }
  return new Map([...partials.values()].map(({ labels, points }) => [labels, new Map([...points].toSorted(([one], [other]) => one - other).map(([at, partial]) => [at, converted(partial)] as const))]));
}

function converted({ buckets, count, sum }: Partial): NativeHistogram {
  const ordered = [...buckets].toSorted(([one], [other]) => one - other);
  const total = count ?? ordered.at(-1)?.[1] ?? 0;
  const bounds = ordered.map(([upper]) => upper).filter((upper) => upper !== Infinity);
  let before = 0;
  const counts = ordered.filter(([upper]) => upper !== Infinity).map(([, upTo], at) => {
    const own = upTo - before;
    before = upTo;
    return [at, own] as const;
  });
  return { ...EMPTY_HISTOGRAM, schema: CUSTOM_BUCKETS, bounds, count: total, sum, positive: bucketCounts([...counts, [bounds.length, total - before]]) };
}
