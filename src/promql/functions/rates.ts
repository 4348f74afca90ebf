import { divide, multiply, subtract, wasReset } from '../histogram-arithmetic.ts';
import type { NativeHistogram } from '../native-histogram.ts';
import { isHistogram, type InstantMs, type Value } from '../series.ts';
import { startedAnew, startsOverlap } from './counter-start.ts';
import { extendedGrowth } from './extended-rates.ts';
import { combined, histogramGrowth } from './histogram-rates.ts';
import type { Frame } from './range-functions.ts';

/**
 * `rate`, `increase` and `delta`: what was counted within a range, extrapolated to its ends where samples come near them.
 * Source: extrapolatedRate of promql/functions.go.
 */
export function extrapolated(frame: Frame, counter: boolean, perSecond: boolean): Value | null {
  const { window, fromMs, toMs, notes, place, metric } = frame;
  if (window.floats.length > 0 && window.histograms.length > 0) {
    notes.warn(`encountered a mix of histograms and floats for metric name ${JSON.stringify(metric)}`, place);
    return null;
  }
  const rangeS = (toMs - fromMs) / 1000;
  if (frame.extended !== null) {
    const grown = extendedGrowth(frame, counter);
    if (grown === null || !perSecond) return grown;
    return isHistogram(grown) ? divide(grown, rangeS) : grown / rangeS;
  }
  const ofHistograms = window.histograms.length > 0;
  const times = ofHistograms ? window.histogramTimes : window.times;
  const starts = ofHistograms ? window.histogramStarts : window.starts;
  const growth = growthOf(frame, times, starts, counter);
  if (growth === null) return null;
  let factor = (growth.sampledS + growth.beforeS + afterOf(times, toMs)) / growth.sampledS;
  if (growth.sampledS === 0) factor = 1;
  if (perSecond) factor /= rangeS;
  return isHistogram(growth.value) ? multiply(growth.value, factor) : growth.value * factor;
}

interface Growth {
  readonly value: Value;
  readonly sampledS: number;
  /** For so long before the first sample the same growth is taken for granted. */
  readonly beforeS: number;
}

function growthOf(frame: Frame, times: readonly InstantMs[], starts: readonly InstantMs[], counter: boolean): Growth | null {
  const { window, fromMs } = frame;
  const first = times[0] as number;
  const sampledS = ((times.at(-1) as number) - first) / 1000;
  const value: Value | null = window.histograms.length > 0 ? (times.length > 1 ? histogramGrowth(frame, counter) : null) : floatGrowth(frame, starts, counter);
  const firstValue = (window.histograms[0] ?? window.floats[0]) as Value;
  const began = starts[0] ?? 0;
  // Where the counter is known to have begun within the range, it was 0 then.
  if (counter && began !== 0 && began > fromMs && began < first) {
    const whole = times.length === 1 ? firstValue : value === null ? null : isHistogram(value) ? combined(frame, value, firstValue as NativeHistogram, 1) : value + (firstValue as number);
    return whole === null ? null : { value: whole, sampledS: ((times.at(-1) as number) - began) / 1000, beforeS: 0 };
  }
  if (times.length < 2 || value === null) return null;
  const averageS = sampledS / (times.length - 1);
  let beforeS = (first - fromMs) / 1000;
  if (beforeS >= averageS * 1.1) beforeS = averageS / 2;
  if (counter) beforeS = Math.min(beforeS, sinceZero(value, firstValue, sampledS));
  return { value, sampledS, beforeS };
}

/** A counter cannot have been below zero: so many seconds before its first sample it would have been there. */
function sinceZero(grown: Value, first: Value, sampledS: number): number {
  const [of, from] = isHistogram(grown) ? [grown.count, (first as NativeHistogram).count] : [grown, first as number];
  return of > 0 && from >= 0 ? sampledS * (from / of) : Infinity;
}

function afterOf(times: readonly InstantMs[], toMs: InstantMs): number {
  const last = times.at(-1) as number;
  const averageS = times.length > 1 ? (last - (times[0] as number)) / 1000 / (times.length - 1) : 0;
  const afterS = (toMs - last) / 1000;
  return afterS >= averageS * 1.1 ? averageS / 2 : afterS;
}

function floatGrowth({ window: { floats, times }, notes, place, metric }: Frame, starts: readonly InstantMs[], counter: boolean): number {
  let grown = (floats.at(-1) as number) - (floats[0] as number);
  if (!counter) return grown;
  let warned = false;
  for (let at = 1; at < floats.length; at++) {
    const before = floats[at - 1] as number;
    const [beforeMs, beforeStart, start] = [times[at - 1] as number, starts[at - 1] ?? 0, starts[at] ?? 0];
    if (!warned && startsOverlap(beforeStart, beforeMs, start)) {
      notes.warn(`sample has start time that overlaps with previous sample timestamp for metric ${JSON.stringify(metric)}`, place);
      warned = true;
    }
    if ((floats[at] as number) < before || startedAnew(beforeStart, beforeMs, start, times[at] as number)) grown += before;
  }
  return grown;
}

interface Taken {
  readonly takenMs: InstantMs;
  readonly value: Value;
  readonly startMs: InstantMs;
}

/** `irate` and `idelta`: from the last two samples alone. */
export function instantly(frame: Frame, counter: boolean): Value | null {
  const { window, notes, place, metric } = frame;
  const taken: Taken[] = [
    ...window.times.map((takenMs, at) => ({ takenMs, value: window.floats[at] as number, startMs: window.starts[at] ?? 0 })).slice(-2),
    ...window.histogramTimes.map((takenMs, at) => ({ takenMs, value: window.histograms[at] as Value, startMs: window.histogramStarts[at] ?? 0 })).slice(-2),
  ];
  const [before, last] = taken.toSorted((one, other) => one.takenMs - other.takenMs).slice(-2) as [Taken, Taken?];
  if (last === undefined) return null;
  const seconds = (last.takenMs - before.takenMs) / 1000;
  if (seconds === 0) return null;
  const anew = startedAnew(before.startMs, before.takenMs, last.startMs, last.takenMs);
  if (!isHistogram(before.value) && !isHistogram(last.value)) {
    const grown = counter && (last.value < before.value || anew) ? last.value : last.value - before.value;
    return counter ? grown / seconds : grown;
  }
  if (!isHistogram(before.value) || !isHistogram(last.value)) {
    notes.warn(`encountered a mix of histograms and floats for metric name ${JSON.stringify(metric)}`, place);
    return null;
  }
  return histogramInstantly(frame, before.value, last.value, counter, counter && (anew || wasReset(last.value, before.value)), seconds);
}

function histogramInstantly({ notes, place, metric }: Frame, before: NativeHistogram, last: NativeHistogram, counter: boolean, reset: boolean, seconds: number): NativeHistogram | null {
  const gauges = [before, last].filter(({ hint }) => hint === 'gauge').length;
  if (counter && gauges > 0) notes.warn(`this native histogram metric is not a counter: ${JSON.stringify(metric)}`, place);
  if (!counter && gauges < 2) notes.warn(`this native histogram metric is not a gauge: ${JSON.stringify(metric)}`, place);
  let grown = last;
  if (!reset) {
    const difference = subtract(last, before);
    if (difference === null) {
      notes.warn(`vector contains a mix of histograms with exponential and custom buckets schemas for metric name ${JSON.stringify(metric)}`, place);
      return null;
    }
    if (difference.reconciled) notes.inform('mismatched custom buckets were reconciled during subtraction', place);
    grown = difference.histogram;
  }
  return { ...(counter ? divide(grown, seconds) : grown), hint: 'gauge' };
}
