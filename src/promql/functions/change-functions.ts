import { sameHistogram } from '../native-histogram.ts';
import { wasReset } from '../histogram-arithmetic.ts';
import { isHistogram, type InstantMs, type Value } from '../series.ts';
import { firstAfter } from '../window.ts';
import { startedAnew } from './counter-start.ts';
import type { Frame } from './range-functions.ts';

interface Taken {
  readonly takenMs: InstantMs;
  readonly value: Value;
  readonly startMs: InstantMs;
}

/** `changes`: how often a value differs from the one before. */
export function changes(frame: Frame): number | null {
  return countPairs(frame, ({ value: before }, { value }) => {
    if (isHistogram(before) && isHistogram(value)) return !sameHistogram(value, before);
    return value !== before && !(Number.isNaN(value) && Number.isNaN(before));
  });
}

/** `resets`: how often a counter began anew. */
export function resets(frame: Frame): number | null {
  return countPairs(frame, (before, now) => {
    if (isHistogram(before.value) !== isHistogram(now.value)) return true;
    if (startedAnew(before.startMs, before.takenMs, now.startMs, now.takenMs)) return true;
    if (isHistogram(before.value)) return isHistogram(now.value) && wasReset(now.value, before.value);
    return !isHistogram(now.value) && now.value < before.value;
  });
}

function countPairs(frame: Frame, counts: (before: Taken, now: Taken) => boolean): number | null {
  const taken = allTaken(frame);
  if (taken === null) return null;
  let count = 0;
  for (let at = 1; at < taken.length; at++) {
    if (counts(taken[at - 1] as Taken, taken[at] as Taken)) count++;
  }
  return count;
}

/** Samples of both types by time; an anchored range begins with the last one before it. Null where it has none of its own. */
function allTaken({ window, extended, fromMs }: Frame): Taken[] | null {
  const taken: Taken[] = [
    ...window.times.map((takenMs, at) => ({ takenMs, value: window.floats[at] as number, startMs: window.starts[at] ?? 0 })),
    ...window.histogramTimes.map((takenMs, at) => ({ takenMs, value: window.histograms[at] as Value, startMs: window.histogramStarts[at] ?? 0 })),
  ].toSorted((one, other) => one.takenMs - other.takenMs);
  if (extended !== 'anchored') return taken;
  const first = firstAfter(taken.map(({ takenMs }) => takenMs), fromMs);
  return first >= taken.length ? null : taken.slice(Math.max(0, first - 1));
}
