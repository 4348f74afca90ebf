import type { Annotations } from './annotations.ts';
import type { Place } from './ast.ts';
import { add, divide, overflows } from './histogram-arithmetic.ts';
import type { NativeHistogram } from './native-histogram.ts';
import { Summation } from './summation.ts';

/** The sum of histograms, at least one; null, with a warning, where they do not fit. */
export function sumOfHistograms(notes: Annotations, histograms: readonly NativeHistogram[], metric: string, place: Place): NativeHistogram | null {
  return folded(notes, histograms, metric, place, (histogram) => histogram);
}

/** The mean of histograms, at least one; null, with a warning, where they do not fit. */
export function meanOfHistograms(notes: Annotations, histograms: readonly NativeHistogram[], metric: string, place: Place): NativeHistogram | null {
  const sum = folded(notes, histograms, metric, place, (histogram) => histogram);
  if (sum === null) return null;
  if (!overflows(sum)) return divide(sum, histograms.length);
  return folded(notes, histograms, metric, place, (histogram) => divide(histogram, histograms.length));
}

function folded(notes: Annotations, histograms: readonly NativeHistogram[], metric: string, place: Place, each: (histogram: NativeHistogram) => NativeHistogram): NativeHistogram | null {
  const [first, ...others] = histograms as [NativeHistogram, ...NativeHistogram[]];
  let sum = each(first);
  const exact = new Summation().add(sum.sum);
  let reset = first.hint === 'reset';
  let notReset = first.hint === 'not_reset';
  for (const histogram of others) {
    reset ||= histogram.hint === 'reset';
    notReset ||= histogram.hint === 'not_reset';
    const next = each(histogram);
    const both = add(sum, next);
    exact.add(next.sum);
    if (both === null) {
      notes.warn(`vector contains a mix of histograms with exponential and custom buckets schemas for metric name ${JSON.stringify(metric)}`, place);
      return null;
    }
    if (both.reconciled) notes.inform('mismatched custom buckets were reconciled during aggregation', place);
    sum = both.histogram;
  }
  if (reset && notReset) notes.warn('conflicting counter resets during histogram aggregation', place);
  return { ...sum, sum: exact.value };
}
