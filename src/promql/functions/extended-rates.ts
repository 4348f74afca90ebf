import { wasReset } from '../histogram-arithmetic.ts';
import { isCustom, type NativeHistogram } from '../native-histogram.ts';
import { between } from '../smoothed.ts';
import type { Value } from '../series.ts';
import { boundsOf, endValues } from '../window.ts';
import { combined, mixed } from './histogram-rates.ts';
import type { Frame } from './range-functions.ts';

/** What grew within an anchored or smoothed range, from values at its very ends. Source: extendedRate of promql/functions.go. */
export function extendedGrowth(frame: Frame, counter: boolean): Value | null {
  return frame.window.histograms.length > 0 ? ofHistograms(frame, counter) : ofFloats(frame, counter);
}

function ofFloats({ window, fromMs, toMs, extended }: Frame, counter: boolean): number | null {
  const { times, floats } = window;
  const bounds = boundsOf(times, fromMs, toMs, extended === 'smoothed');
  if (bounds === null) return null;
  const { left, right } = endValues(window, bounds, fromMs, toMs, extended === 'smoothed', counter);
  let grown = right - left;
  if (!counter) return grown;
  const first = (times[bounds.first] as number) <= fromMs ? bounds.first + 1 : bounds.first;
  const last = (times[bounds.last] as number) >= toMs ? bounds.last - 1 : bounds.last;
  let before = left;
  for (const value of [...floats.slice(first, last + 1), right]) {
    if (value < before) grown += before;
    before = value;
  }
  return grown;
}

/** The histograms at both ends of a range, and the samples in between that tell of resets. */
function ofHistograms(frame: Frame, counter: boolean): NativeHistogram | null {
  const { window: { histograms, histogramTimes: times }, fromMs, toMs, extended, notes, place, metric } = frame;
  const smoothed = extended === 'smoothed';
  const bounds = boundsOf(times, fromMs, toMs, smoothed);
  if (bounds === null) return null;
  const used = histograms.slice(bounds.first, bounds.last + 1) as [NativeHistogram, ...NativeHistogram[]];
  if (used.some((one) => isCustom(one) !== isCustom(used[0]))) return mixed(frame);
  if (counter && used.some(({ hint }) => hint === 'gauge')) notes.warn(`this native histogram metric is not a counter: ${JSON.stringify(metric)}`, place);
  const at = (nth: number, atMs: number): NativeHistogram | null => {
    const share = (atMs - (times[nth] as number)) / ((times[nth + 1] as number) - (times[nth] as number));
    if (share === 0) return histograms[nth] as NativeHistogram;
    return share === 1 ? (histograms[nth + 1] as NativeHistogram) : between(histograms[nth] as NativeHistogram, histograms[nth + 1] as NativeHistogram, share, counter, notes, place);
  };
  const cutLeft = smoothed && (times[bounds.first] as number) < fromMs;
  const left = cutLeft ? at(bounds.first, fromMs) : (histograms[bounds.first] as NativeHistogram);
  const right = smoothed && bounds.last > 0 && (times[bounds.last] as number) > toMs ? at(bounds.last - 1, toMs) : (histograms[bounds.last] as NativeHistogram);
  if (left === null || right === null) return mixed(frame);
  if (!counter && (left.hint !== 'gauge' || right.hint !== 'gauge')) notes.warn(`this native histogram metric is not a gauge: ${JSON.stringify(metric)}`, place);
  let grown = combined(frame, right, left, -1);
  if (counter) grown = withResets(frame, grown, left, right, bounds, cutLeft);
  return grown === null ? null : { ...grown, hint: 'gauge' };
}

function withResets(frame: Frame, own: NativeHistogram | null, left: NativeHistogram, right: NativeHistogram, bounds: { readonly first: number; readonly last: number }, cutLeft: boolean): NativeHistogram | null {
  const { histograms } = frame.window;
  let grown = own;
  let first = bounds.first + 1;
  let before = left;
  const second = histograms[first];
  // A reset that the left end lies in the middle of is part of that end already.
  if (cutLeft && second !== undefined && wasReset(second, histograms[bounds.first] as NativeHistogram)) {
    before = second;
    first++;
  }
  if (first > bounds.last) return grown;
  for (const now of [...histograms.slice(first, bounds.last), right]) {
    if (grown !== null && wasReset(now, before)) grown = combined(frame, grown, before, 1);
    before = now;
  }
  return grown;
}
