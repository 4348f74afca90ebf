import type { ErlangTable } from './erlang.ts';

/** Relative variance of CPU and query times: 0.41 of the mean for certain, the rest exponential. */
export const WORK_VARIANCE = 0.35;

/**
 * How many times as long CPU work takes because cores are shared by all who work: 1 + `excess` in the mean. A short piece
 * meets the crowd of one moment, and so varies by `variance`; a long one sees crowds come and go, and varies less.
 */
export interface Sharing {
  /** Mean of what is beyond 1 by chance. */
  excess: number;
  /** Variance of that for a very short piece. */
  variance: number;
  /** A piece of the mean length, in units of the time in which a crowd forgets itself that nobody comes back to. */
  settle: number;
  /** Cores that are idle in the mean. */
  free: number;
  /** Squared coefficient of variation of a piece's time, its own variance included. */
  scv: number;
}

export function idle(): Sharing {
  return { excess: 0, variance: 0, settle: 0, free: 0, scv: WORK_VARIANCE };
}

/**
 * Fills in what sharing does at `load` (CPU asked for over cores). The crowd that a piece of work finds is M/M/c's: none
 * beyond the cores but for `waitProbability`, then geometric. How it evens out over a longer piece is M/M/1's conditional
 * variance under processor sharing, 2ρ(y − 1 + e^−y)/y², with the effective rate of work that varies less.
 * Source: E. G. Coffman, R. R. Muntz, H. Trotter, "Waiting time distributions for processor-sharing systems", 1970.
 */
export function shareCores(sharing: Sharing, table: ErlangTable, load: number): void {
  sharing.excess = table.meanWait(load);
  if (sharing.excess <= 0) {
    sharing.variance = 0;
    sharing.settle = 0;
    sharing.scv = WORK_VARIANCE;
    return;
  }
  const busy = Math.min(load, 0.98);
  const probability = table.waitProbability(load);
  const free = table.servers * (1 - busy);
  sharing.free = free;
  sharing.variance = (probability * (1 + busy - probability)) / (free * free);
  sharing.settle = (2 * free) / (1 + WORK_VARIANCE);
  const mean = 1 + sharing.excess;
  sharing.scv = WORK_VARIANCE + ((1 + WORK_VARIANCE) * sharing.variance * evenedOut(sharing.settle * (1 + WORK_VARIANCE))) / (mean * mean);
}

/** 2(y − 1 + e^−y)/y² for y ≥ 0, by a fraction with the same beginning and the same end, within 1%. */
function evenedOut(y: number): number {
  return (1 + y / 6) / (1 + y / 2 + (y * y) / 12);
}

/**
 * How many times as long a piece takes, by two rolls: `happens` in [0, 1) and an exponential one of mean 1. `lasts` is how
 * long the piece is, in units of the time in which the crowd forgets itself. Fitted to mean and variance: nothing but for a share, or a certain part, then exponential.
 */
export function stretchOf({ excess, variance }: Sharing, lasts: number, happens: number, exponential: number): number {
  if (excess <= 0) return 1;
  const spread = variance * evenedOut(lasts);
  const square = excess * excess;
  if (spread < square) {
    const deviation = Math.sqrt(spread);
    return 1 + excess - deviation + deviation * exponential;
  }
  const probability = (2 * square) / (spread + square);
  return happens < probability ? 1 + (excess / probability) * exponential : 1;
}
