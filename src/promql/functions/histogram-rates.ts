import { add, subtract, toSchema, wasReset } from '../histogram-arithmetic.ts';
import { EMPTY_HISTOGRAM, isCustom, type NativeHistogram } from '../native-histogram.ts';
import { startedAnew, startsOverlap } from './counter-start.ts';
import type { Frame } from './range-functions.ts';

/** What a range of histograms counted. Null, with a warning, where they do not fit. Source: histogramRate of promql/functions.go. */
export function histogramGrowth(frame: Frame, counter: boolean): NativeHistogram | null {
  const { window: { histograms, histogramTimes, histogramStarts }, notes, place, metric } = frame;
  const name = JSON.stringify(metric);
  const [first, second] = histograms as [NativeHistogram, NativeHistogram];
  const last = histograms.at(-1) as NativeHistogram;
  if (counter && histograms.some(({ hint }) => hint === 'gauge')) notes.warn(`this native histogram metric is not a counter: ${name}`, place);
  const anew = (at: number): boolean => startedAnew(histogramStarts[at - 1] ?? 0, histogramTimes[at - 1] as number, histogramStarts[at] ?? 0, histogramTimes[at] as number);
  // A first sample that was reset away has no part in it, so its layout does not matter.
  let before: NativeHistogram = counter && (anew(1) || wasReset(second, first)) ? { ...EMPTY_HISTOGRAM, schema: second.schema, bounds: second.bounds } : first;
  const used = counter ? [before, ...histograms.slice(1)] : [first, last];
  if (used.some((one) => isCustom(one) !== isCustom(before))) return mixed(frame);
  const coarsest = used.reduce((least, { schema }) => Math.min(least, schema), before.schema);
  let grown = combined(frame, toSchema(last, coarsest), before, -1);
  if (!counter) {
    if (first.hint !== 'gauge' || last.hint !== 'gauge') notes.warn(`this native histogram metric is not a gauge: ${name}`, place);
    return grown === null ? null : { ...grown, hint: 'gauge' };
  }
  let warned = false;
  for (let at = 1; at < histograms.length && grown !== null; at++) {
    if (!warned && startsOverlap(histogramStarts[at - 1] ?? 0, histogramTimes[at - 1] as number, histogramStarts[at] ?? 0)) {
      notes.warn(`sample has start time that overlaps with previous sample timestamp for metric ${name}`, place);
      warned = true;
    }
    const now = histograms[at] as NativeHistogram;
    if (anew(at) || wasReset(now, before)) grown = combined(frame, grown, before, 1);
    before = now;
  }
  return grown === null ? null : { ...grown, hint: 'gauge' };
}

/** Two histograms put together or taken apart; null, with a warning, where they do not fit. */
export function combined(frame: Frame, one: NativeHistogram, other: NativeHistogram, sign: 1 | -1): NativeHistogram | null {
  const result = sign === 1 ? add(one, other) : subtract(one, other);
  if (result === null) return mixed(frame);
  if (result.reconciled) frame.notes.inform(`mismatched custom buckets were reconciled during ${sign === 1 ? 'addition' : 'subtraction'}`, frame.place);
  return result.histogram;
}

export function mixed({ notes, place, metric }: Frame): null {
  notes.warn(`vector contains a mix of histograms with exponential and custom buckets schemas for metric name ${JSON.stringify(metric)}`, place);
  return null;
}
