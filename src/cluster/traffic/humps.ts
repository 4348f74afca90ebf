import type { PodFlow, PoolFlow, RouteFlow, ServiceFlow, ServiceRoute } from './graph.ts';
import { poolMs, poolVarianceOf, varianceOf } from './pod-flow.ts';

/**
 * How long the answers of a route take where some requests take a long way that others do not, as the misses of a cache do:
 * each part a certain time plus an exponential one. One curve through both would have too many of the short ones come late.
 */
export interface Humps {
  /** Share of the requests that take the long way, and of those the share that fails on it; 0 where all take the same. */
  longShare: number;
  longFail: number;
  shortDetMs: number;
  shortSpreadMs: number;
  longDetMs: number;
  longSpreadMs: number;
}

export function oneHump(): Humps {
  return { longShare: 0, longFail: 0, shortDetMs: 0, shortSpreadMs: 0, longDetMs: 0, longSpreadMs: 0 };
}

/** Fills in the humps of a route, over the pods that answer it; to be called when those have had their tick. */
export function answerHumps({ pods }: ServiceFlow, route: ServiceRoute): void {
  const { humps } = route;
  if (pods.length === 0) humps.longShare = 0;
  if (pods.length === 0 || route.ratePerS === 0) return;
  let share = 0;
  let fail = 0;
  let shortMs = 0;
  let shortSquare = 0;
  let longMs = 0;
  let longSquare = 0;
  for (let nth = 0; nth < pods.length; nth++) {
    const pod = pods[nth] as PodFlow;
    const at = route.at[nth] as number;
    const flow = pod.variant.routes[at];
    const pool = flow === undefined ? -1 : longestOf(pod, flow);
    if (flow === undefined || pool === -1) {
      humps.longShare = 0;
      return;
    }
    const taking = flow.poolShare[pool] as number;
    const held = pod.pools[pool] as PoolFlow;
    const awayMs = poolMs(held, pool, flow);
    const awayVariance = poolVarianceOf(held, pool, flow);
    const { threads } = pod;
    const ms = threads.backlogWaitMs + threads.chanceWaitMs + (pod.holdMs[at] as number) - taking * awayMs;
    const variance = Math.max(0, varianceOf(pod, at) - taking * awayVariance - taking * (1 - taking) * awayMs * awayMs);
    share += taking;
    fail += taking * (1 - (1 - held.fail) * (1 - (flow.poolFail[pool] as number)));
    shortMs += ms;
    shortSquare += ms * ms + variance;
    longMs += ms + awayMs;
    longSquare += (ms + awayMs) * (ms + awayMs) + variance + awayVariance;
  }
  const count = pods.length;
  humps.longShare = share / count;
  humps.longFail = fail / share;
  humps.shortSpreadMs = spreadOf(shortMs / count, shortSquare / count);
  humps.shortDetMs = Math.max(0, shortMs / count - humps.shortSpreadMs);
  humps.longSpreadMs = spreadOf(longMs / count, longSquare / count);
  humps.longDetMs = longMs / count - humps.longSpreadMs;
}

/** The pool that parts the requests of a route furthest: taken by some of them, for long; −1 where there is none. */
function longestOf(pod: PodFlow, flow: RouteFlow): number {
  let found = -1;
  let most = 0;
  for (let nth = 0; nth < pod.pools.length; nth++) {
    const share = flow.poolShare[nth] as number;
    if (share <= 0 || share >= 1) continue;
    const ms = poolMs(pod.pools[nth] as PoolFlow, nth, flow);
    const parted = share * (1 - share) * ms * ms;
    if (parted > most) [found, most] = [nth, parted];
  }
  return found;
}

function spreadOf(mean: number, square: number): number {
  return Math.max(0, Math.min(mean, Math.sqrt(Math.max(0, square - mean * mean))));
}
