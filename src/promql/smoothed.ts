import type { Annotations } from './annotations.ts';
import type { Place } from './ast.ts';
import { add, multiply, subtract, wasReset } from './histogram-arithmetic.ts';
import { METRIC_NAME } from './labels.ts';
import { isCustom, type NativeHistogram } from './native-histogram.ts';
import type { InstantMs, Series, Value } from './series.ts';
import { firstAfter, windowOf } from './window.ts';

/** A series' value at a time, between the samples before and after it. Null where there is none within the look-back. */
export function smoothedAt(series: Series, atMs: InstantMs, lookbackMs: number, notes: Annotations, place: Place): Value | null {
  const { times, floats, histogramTimes, histograms } = windowOf(series, atMs - lookbackMs, atMs + lookbackMs);
  const metric = series.labels.get(METRIC_NAME);
  if (times.length > 0 && histograms.length > 0) {
    notes.warn(`encountered a mix of histograms and floats for metric name ${JSON.stringify(metric)}`, place);
    return null;
  }
  const taken = histograms.length > 0 ? histogramTimes : times;
  const next = firstAfter(taken, atMs - 1);
  const values: readonly Value[] = histograms.length > 0 ? histograms : floats;
  if (taken[next] === atMs) return values[next] as Value;
  if (next === 0) return null;
  const before = values[next - 1] as Value;
  const after = values[next];
  if (after === undefined) return typeof before === 'number' ? before : { ...before, hint: 'unknown' };
  const share = (atMs - (taken[next - 1] as number)) / ((taken[next] as number) - (taken[next - 1] as number));
  if (typeof before === 'number' || typeof after === 'number') return (before as number) + ((after as number) - (before as number)) * share;
  if (isCustom(before) !== isCustom(after)) {
    notes.warn(`vector contains a mix of histograms with exponential and custom buckets schemas for metric name ${JSON.stringify(metric)}`, place);
    return null;
  }
  return between(before, after, share, before.hint !== 'gauge' || after.hint !== 'gauge', notes, place);
}

/** A histogram between two others; a counter that was reset began at nothing. Null where they do not fit. */
export function between(before: NativeHistogram, after: NativeHistogram, share: number, counter: boolean, notes: Annotations, place: Place): NativeHistogram | null {
  if (counter && wasReset(after, before)) return multiply(after, share);
  const grown = subtract(after, before);
  if (grown === null) return null;
  if (grown.reconciled) notes.inform('mismatched custom buckets were reconciled during subtraction', place);
  const sum = add(multiply(grown.histogram, share), before);
  if (sum?.reconciled === true) notes.inform('mismatched custom buckets were reconciled during addition', place);
  return sum?.histogram ?? null;
}
