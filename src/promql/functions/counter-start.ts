import type { InstantMs } from '../series.ts';

/** Whether a counter's own word on when it began says that it began anew since the sample before. Source: isStartTimestampReset of promql/functions.go. */
export function startedAnew(beforeStartMs: InstantMs, beforeMs: InstantMs, startMs: InstantMs, atMs: InstantMs): boolean {
  if (startMs === 0 || startMs >= atMs || startMs < beforeMs) return false;
  if (startMs > beforeMs) return true;
  // A start at the very time of the last sample is that of deltas, unless the last one said nothing or the same.
  return beforeStartMs <= beforeMs && beforeStartMs !== 0 && beforeStartMs !== beforeMs;
}

/** Whether it says that it began before the last sample was taken, and yet differs from what that said. */
export function startsOverlap(beforeStartMs: InstantMs, beforeMs: InstantMs, startMs: InstantMs): boolean {
  return startMs !== 0 && startMs < beforeMs && startMs !== beforeStartMs;
}
