import type { Labels } from './labels.ts';
import type { Matcher } from './matcher.ts';
import type { NativeHistogram } from './native-histogram.ts';

/** Unix time in milliseconds, as all of PromQL counts it. */
export type InstantMs = number;

/** A sample's value. */
export type Value = number | NativeHistogram;

/** One stored series, oldest sample first. */
export interface Series {
  readonly labels: Labels;
  readonly times: readonly InstantMs[];
  /** As many as `times`. Null is a stale marker: from then on the series is gone. */
  readonly values: readonly (Value | null)[];
  /** When the counter behind each sample began, 0 where that is not known; as many as `times`. */
  readonly starts?: readonly InstantMs[];
}

/** Where queries find their series. Samples before `fromMs` or after `toMs` may be left out. */
export interface SeriesStore {
  select(matchers: readonly Matcher[], fromMs: InstantMs, toMs: InstantMs): readonly Series[];
}

/** One element of an instant vector. */
export interface Sample {
  readonly labels: Labels;
  readonly value: Value;
  /** Whether the metric's name goes away when the query is done; until then label functions still see it. */
  readonly dropName: boolean;
}

/** One series of an answer, oldest point first. */
export interface Points {
  readonly labels: Labels;
  readonly times: InstantMs[];
  readonly values: Value[];
}

/** The samples of one series within a range. Floats and histograms apart, each oldest first. */
export interface Window {
  readonly labels: Labels;
  readonly dropName: boolean;
  readonly times: InstantMs[];
  readonly floats: number[];
  readonly starts: InstantMs[];
  readonly histogramTimes: InstantMs[];
  readonly histograms: NativeHistogram[];
  readonly histogramStarts: InstantMs[];
}

/** Whether a value is a histogram. */
export function isHistogram(value: Value): value is NativeHistogram {
  return typeof value !== 'number';
}
