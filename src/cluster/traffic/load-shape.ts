import { DAY_MS } from '../../time/sim-time.ts';
import type { LoadSpec } from '../spec.ts';

/** How many times its usual rate a stream of users sends at a time of day: 1 where its description knows no shape. */
export function shapeOf({ daily, bursts }: LoadSpec, sinceMidnightMs: number): number {
  let factor = 1;
  if (daily !== undefined) factor = daily.lowest + (1 - daily.lowest) * smooth(1 - fromPeak(sinceMidnightMs, daily.peakMs) / (DAY_MS / 2));
  if (bursts !== undefined && sinceMidnightMs % bursts.everyMs < bursts.lengthMs) factor *= bursts.factor;
  return factor;
}

/** The way round the clock to the peak, at most half a day. */
function fromPeak(atMs: number, peakMs: number): number {
  const apart = Math.abs(atMs - peakMs) % DAY_MS;
  return Math.min(apart, DAY_MS - apart);
}

/** 0 at 0, 1 at 1, level at both ends: near enough to a cosine. */
function smooth(share: number): number {
  return share * share * (3 - 2 * share);
}

/** Whether a description knows any shape. */
export function hasShape({ daily, bursts }: LoadSpec): boolean {
  return daily !== undefined || bursts !== undefined;
}
