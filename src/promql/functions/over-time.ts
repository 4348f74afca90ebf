import { extreme } from '../aggregation-reduce.ts';
import { meanOfHistograms, sumOfHistograms } from '../histogram-sum.ts';
import type { InstantMs, Value } from '../series.ts';
import { meanOf, quantileOf, sumOf, varianceOf } from '../summation.ts';
import type { Frame, RangeFunction } from './range-functions.ts';

/** The functions that sum up what lies in a range. */
export const OVER_TIME: readonly (readonly [string, RangeFunction])[] = [
  ['sum_over_time', (frame) => ofEither(frame, sumOf, sumOfHistograms)],
  ['avg_over_time', (frame) => ofEither(frame, meanOf, meanOfHistograms)],
  ['count_over_time', ({ window }) => window.floats.length + window.histograms.length],
  ['present_over_time', () => 1],
  ['first_over_time', (frame) => endOf(frame, true).value],
  ['last_over_time', (frame) => endOf(frame, false).value],
  ['ts_of_first_over_time', (frame) => endOf(frame, true).takenMs / 1000],
  ['ts_of_last_over_time', (frame) => endOf(frame, false).takenMs / 1000],
  ['min_over_time', (frame) => ofFloats(frame, (floats) => extreme(floats, (value, least) => value < least))],
  ['max_over_time', (frame) => ofFloats(frame, (floats) => extreme(floats, (value, most) => value > most))],
  ['ts_of_min_over_time', (frame) => ofFloats(frame, (floats) => timeOf(frame, floats, (value, least) => value <= least))],
  ['ts_of_max_over_time', (frame) => ofFloats(frame, (floats) => timeOf(frame, floats, (value, most) => value >= most))],
  ['stddev_over_time', (frame) => ofFloats(frame, (floats) => Math.sqrt(varianceOf(floats)))],
  ['stdvar_over_time', (frame) => ofFloats(frame, varianceOf)],
  ['quantile_over_time', (frame) => ofFloats(frame, (floats) => quantileOf(frame.params[0] as number, floats))],
  ['mad_over_time', (frame) => ofFloats(frame, medianDeviation)],
];

/** Of floats alone or of histograms alone; a mix of both has no result. */
function ofEither({ window: { floats, histograms }, metric, notes, place }: Frame, floatsTo: (floats: readonly number[]) => number, histogramsTo: typeof sumOfHistograms): Value | null {
  if (histograms.length === 0) return floatsTo(floats);
  if (floats.length === 0) return histogramsTo(notes, histograms, metric, place);
  notes.warn(`encountered a mix of histograms and floats for metric name ${JSON.stringify(metric)}`, place);
  return null;
}

/** Of the floats; histograms among them are left out, and that is said. */
export function ofFloats({ window: { floats, histograms }, metric, notes, place }: Frame, apply: (floats: readonly number[]) => number | null, least = 1): number | null {
  if (floats.length === 0) return null;
  if (histograms.length > 0) notes.inform(`ignored histograms in a range containing both floats and histograms for metric name ${JSON.stringify(metric)}`, place);
  return floats.length < least ? null : apply(floats);
}

/** The first or last sample of either type. */
function endOf({ window: { times, floats, histogramTimes, histograms } }: Frame, first: boolean): { readonly value: Value; readonly takenMs: InstantMs } {
  const at = first ? 0 : -1;
  const floatMs = times.at(at);
  const histogramMs = histogramTimes.at(at);
  const isFloat = histogramMs === undefined || (floatMs !== undefined && (first ? floatMs < histogramMs : floatMs > histogramMs));
  return isFloat ? { value: floats.at(at) as number, takenMs: floatMs as InstantMs } : { value: histograms.at(at) as Value, takenMs: histogramMs };
}

function timeOf({ window: { times } }: Frame, floats: readonly number[], beats: (value: number, best: number) => boolean): number {
  let best = 0;
  floats.forEach((value, at) => {
    if (beats(value, floats[best] as number) || Number.isNaN(floats[best])) best = at;
  });
  return (times[best] as number) / 1000;
}

/** The median of distances from the median. */
function medianDeviation(floats: readonly number[]): number {
  if (floats.some(Number.isNaN)) return Number.NaN;
  const median = quantileOf(0.5, floats);
  return quantileOf(0.5, floats.map((value) => Math.abs(value - median)));
}
