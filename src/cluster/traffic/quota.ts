import { exp, ln } from '../../time/exact-math.ts';
import type { PodFlow, RouteFlow, Work } from './graph.ts';
import { WORK_VARIANCE } from './sharing.ts';

/**
 * The kernel hands out CPU in periods: a container that has spent its quota before the period is over stands still until the
 * next one, however little it uses in the mean. Work on many threads at once spends it sooner.
 * Source: Linux, Documentation/scheduler/sched-bwc.rst.
 */
export const PERIOD_MS = 100;

/** What work on several threads at once does to the requests of a route: how much sooner it is done, and how long it is throttled. */
export interface Stall {
  savedMs: number;
  /** Share of the requests that are throttled, for up to `longestMs`; and what the rest of long work is beyond that, in the mean. */
  share: number;
  longestMs: number;
  moreMs: number;
}

/** Throttling of one pod in a tick, beside that by chance: periods and their time. */
export interface Throttled {
  periods: number;
  ms: number;
}

/** A piece of work takes this share of its mean for certain; the rest is exponential. */
const CERTAIN = 0.41;
const NONE: Stall = { savedMs: 0, share: 0, longestMs: 0, moreMs: 0 };

/** What a request of a route gains and loses by working on several threads at once. `cpuFactor` as of the pod now. */
export function stallOf(pod: PodFlow, route: RouteFlow, cpuFactor: number): Stall {
  if (!route.bursty) return NONE;
  const stall = { ...NONE };
  let spared = 1;
  for (const work of route.work) if (work.burst !== null) spared *= 1 - addBurst(stall, pod, work, work.burst, cpuFactor);
  stall.share = 1 - spared;
  return stall;
}

/** Adds one piece of work; returns the share of requests that it throttles. */
function addBurst(stall: Stall, pod: PodFlow, { ms }: Work, { threads, share }: NonNullable<Work['burst']>, cpuFactor: number): number {
  const workMs = ms * cpuFactor;
  const parallel = Math.max(1, Math.min(threads, pod.node.cores));
  stall.savedMs += share * (workMs - workMs / parallel) * pod.stretch;
  const cores = pod.cores * pod.hardship.coresFactor;
  const quotaMs = cores * PERIOD_MS;
  if (!pod.limited || parallel <= cores || workMs <= 0) return 0;
  // What others have left of the quota when it begins, somewhere in a period.
  const leftMs = quotaMs * Math.max(0.05, 1 - Math.min(1, pod.cpuDemand / cores) / 2);
  const longer = longerThan(leftMs / workMs);
  const waitsMs = PERIOD_MS - leftMs / parallel;
  if (waitsMs <= 0) return 0;
  stall.longestMs = Math.max(stall.longestMs, waitsMs);
  const beyondMs = leftMs <= CERTAIN * workMs ? workMs - leftMs : (1 - CERTAIN) * workMs * longer;
  stall.moreMs += share * (beyondMs / quotaMs) * Math.max(0, PERIOD_MS - quotaMs / parallel);
  return (share * longer * waitsMs) / PERIOD_MS;
}

/** Mean of what a stall adds to a request, and its variance. */
export function stallMeanMs({ savedMs, share, longestMs, moreMs }: Stall): number {
  return (share * longestMs) / 2 + moreMs - savedMs;
}

export function stallVariance({ share, longestMs, moreMs }: Stall): number {
  const mean = (share * longestMs) / 2;
  return (share * longestMs * longestMs) / 3 - mean * mean + moreMs * moreMs;
}

/**
 * Share of the periods in which a container asks for more than its quota, by chance alone: what arrives in one is a compound
 * Poisson sum, near enough to a gamma variable (Wilson and Hilferty's cube root, 1931). `load` is CPU asked for over cores.
 */
export function throttledByChance(load: number, pieceMs: number, quotaMs: number): number {
  if (load >= 1) return 1;
  if (load <= 0.01 || pieceMs <= 0) return 0;
  const mean = load * quotaMs;
  const shape = mean / (pieceMs * (1 + WORK_VARIANCE));
  const third = 1 / (9 * shape);
  const root = exp(ln(quotaMs / mean) / 3);
  return beyond((root - (1 - third)) / Math.sqrt(third));
}

/** P(a standard normal variable > z). Source: Abramowitz and Stegun, 26.2.17; error below 1e-7. */
function beyond(z: number): number {
  if (z < 0) return 1 - beyond(-z);
  const t = 1 / (1 + 0.2316419 * z);
  const series = t * (0.31938153 + t * (-0.356563782 + t * (1.781477937 + t * (-1.821255978 + t * 1.330274429))));
  return (exp((-z * z) / 2) / 2.5066282746310002) * series;
}

/** P(a piece of work takes longer than so many times its mean). */
function longerThan(times: number): number {
  return times <= CERTAIN ? 1 : exp(-(times - CERTAIN) / (1 - CERTAIN));
}
