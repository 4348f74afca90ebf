import { PromqlError } from './promql-error.ts';
import { isHistogram, type InstantMs, type Points, type Series, type Value, type Window } from './series.ts';

/** The samples of a series after `fromMs` up to `toMs`. Stale markers are none. */
export function windowOf({ labels, times, values, starts }: Series, fromMs: InstantMs, toMs: InstantMs): Window {
  const window: Window = { labels, dropName: false, times: [], floats: [], starts: [], histogramTimes: [], histograms: [], histogramStarts: [] };
  for (let at = firstAfter(times, fromMs); at < times.length && (times[at] as number) <= toMs; at++) {
    const value = values[at] as Value | null;
    if (value === null) continue;
    if (isHistogram(value)) {
      window.histogramTimes.push(times[at] as number);
      window.histograms.push(value);
      if (starts !== undefined) window.histogramStarts.push(starts[at] as number);
    } else {
      window.times.push(times[at] as number);
      window.floats.push(value);
      if (starts !== undefined) window.starts.push(starts[at] as number);
    }
  }
  return window;
}

/** The place of the first time after `atMs`. */
export function firstAfter(times: readonly InstantMs[], atMs: InstantMs): number {
  let low = 0;
  let high = times.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((times[middle] as number) <= atMs) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** A window as an answer; where it is extended, with a value at either end of the range. */
export function extendedPoints(window: Window, extended: 'anchored' | 'smoothed' | null, fromMs: InstantMs, toMs: InstantMs): Points {
  const { labels, times, floats, histograms } = window;
  if (extended === null) return merged(window);
  if (histograms.length > 0) throw new PromqlError(`${extended} modifier is not supported with histograms`);
  const bounds = boundsOf(window.times, fromMs, toMs, extended === 'smoothed');
  if (bounds === null) return { labels, times: [], values: [] };
  const { first, last } = bounds;
  const inside = times.map((_, at) => at).slice((times[first] as number) <= fromMs ? first + 1 : first, (times[last] as number) >= toMs ? last : last + 1);
  const ends = endValues(window, bounds, fromMs, toMs, extended === 'smoothed', false);
  return {
    labels,
    times: [fromMs, ...inside.map((at) => times[at] as number), toMs],
    values: [ends.left, ...inside.map((at) => floats[at] as number), ends.right],
  };
}

function merged({ labels, times, floats, histogramTimes, histograms }: Window): Points {
  const points: Points = { labels, times: [], values: [] };
  let at = 0;
  let histogramAt = 0;
  while (at < times.length || histogramAt < histogramTimes.length) {
    const isFloat = histogramAt >= histogramTimes.length || (at < times.length && (times[at] as number) < (histogramTimes[histogramAt] as number));
    points.times.push((isFloat ? times[at] : histogramTimes[histogramAt]) as number);
    points.values.push((isFloat ? floats[at++] : histograms[histogramAt++]) as Value);
  }
  return points;
}

/** Which samples an extended range begins and ends with; null where none of them counts. */
export function boundsOf(times: readonly InstantMs[], fromMs: InstantMs, toMs: InstantMs, smoothed: boolean): { readonly first: number; readonly last: number } | null {
  if (times.length === 0) return null;
  const end = times.length - 1;
  const first = Math.max(0, Math.min(firstAfter(times, fromMs), end) - 1);
  const last = smoothed ? Math.min(firstAfter(times, toMs - 1), end) : end;
  if ((times[last] as number) <= fromMs || (smoothed && (times[first] as number) > toMs)) return null;
  return { first, last };
}

/** The values at both ends of an extended range: those of the samples there, or between them where it is smoothed. */
export function endValues({ times, floats }: Pick<Window, 'times' | 'floats'>, { first, last }: { readonly first: number; readonly last: number }, fromMs: InstantMs, toMs: InstantMs, smoothed: boolean, counter: boolean): { readonly left: number; readonly right: number } {
  const between = (at: number, atMs: InstantMs): number => {
    const from = counter && (floats[at + 1] as number) < (floats[at] as number) ? 0 : (floats[at] as number);
    return from + (((floats[at + 1] as number) - from) * (atMs - (times[at] as number))) / ((times[at + 1] as number) - (times[at] as number));
  };
  return {
    left: smoothed && (times[first] as number) < fromMs ? between(first, fromMs) : (floats[first] as number),
    right: smoothed && last > 0 && (times[last] as number) > toMs ? between(last - 1, toMs) : (floats[last] as number),
  };
}
