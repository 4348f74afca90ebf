import { erlangTable } from './erlang.ts';
import { REFUSED_MS } from './call.ts';
import type { PodFlow, ServiceFlow, ServiceRoute } from './layout.ts';
import type { RouteFlow } from './program.ts';

/** Requests that may queue for a thread of one pod before more are refused: a listen backlog. */
const QUEUE_ROOM = 512;
/** Relative variance of CPU and query times. */
export const WORK_VARIANCE = 0.35;

/** Index of a route in a pod's program; its `default` where it has no such route; −1 where it has neither. */
export function routeAt(pod: PodFlow, name: string): number {
  return pod.variant.routeIndex.get(name) ?? pod.variant.routeIndex.get('default') ?? -1;
}

/** How many times as long work takes while a program is cold. */
export function coldStretch(pod: PodFlow): number {
  const cold = pod.variant.program.cold;
  return cold === null ? 1 : 1 + (cold.factor - 1) * (1 - pod.warmth);
}

export function sum(values: Float64Array): number {
  let total = 0;
  for (let at = 0; at < values.length; at++) total += values[at] as number;
  return total;
}

/** CPU as a processor-sharing station: the wait by chance is M/M/c's; what exceeds the limit piles up and is worked off. */
export function stepCpu(pod: PodFlow, demandCores: number, tickMs: number, atMost: number): void {
  pod.cpuDemand = demandCores;
  const load = demandCores / pod.cores;
  pod.cpuBacklog = Math.min(Math.max(0, pod.cpuBacklog + (demandCores - pod.cores) * tickMs), atMost * pod.cores * 1000);
  pod.stretch = 1 + erlangTable(Math.ceil(pod.cores)).meanWait(load) + pod.cpuBacklog / (pod.cores * 1000);
}

/** One tick of a pod: its threads, its CPU, its pools. */
export function stepPod(pod: PodFlow, tickMs: number): void {
  const { variant, threads } = pod;
  const routes = variant.routes;
  if (variant.program.kind === 'database') return;
  const cpuFactor = variant.version.cpuFactor * coldStretch(pod);
  for (let at = 0; at < routes.length; at++) {
    const route = routes[at] as RouteFlow;
    let hold = route.cpuMs * cpuFactor * pod.stretch + route.callMs;
    for (let pool = 0; pool < pod.pools.length; pool++) {
      const share = route.poolShare[pool] as number;
      if (share > 0) hold += share * poolMs(pod, pool, route);
    }
    pod.holdMs[at] = hold;
  }
  const arrived = sum(pod.arriving);
  const refused = threads.step(tickMs, pod.arriving, pod.holdMs, QUEUE_ROOM);
  pod.refusedShare = arrived > 0 ? Math.min(1, refused / arrived) : 0;
  let cpu = 0;
  for (let at = 0; at < routes.length; at++) {
    const route = routes[at] as RouteFlow;
    const began = threads.admitted[at] as number;
    cpu += began * route.cpuMs;
    route.startedPerS += (began * 1000) / tickMs;
  }
  stepCpu(pod, (cpu * cpuFactor) / tickMs, tickMs, 60);
  for (let pool = 0; pool < pod.pools.length; pool++) stepPool(pod, pool, tickMs);
}

/** Time that a request spends on a pool: waiting for a connection, at most until it gives up, then holding it. */
export function poolMs(pod: PodFlow, at: number, route: RouteFlow): number {
  const pool = pod.pools[at];
  const plan = pod.variant.pools[at];
  if (pool === undefined || plan === undefined) return 0;
  const wait = Math.min(plan.acquireTimeoutMs, pool.station.backlogWaitMs + pool.station.chanceWaitMs);
  return wait + (1 - pool.fail) * (route.poolHoldMs[at] as number);
}

function stepPool(pod: PodFlow, at: number, tickMs: number): void {
  const pool = pod.pools[at];
  const plan = pod.variant.pools[at];
  if (pool === undefined || plan === undefined) return;
  const routes = pod.variant.routes;
  for (let route = 0; route < routes.length; route++) {
    const flow = routes[route] as RouteFlow;
    pool.arriving[route] = (pod.threads.admitted[route] as number) * (flow.poolShare[at] as number);
    pool.holdMs[route] = flow.poolHoldMs[at] as number;
  }
  const { station } = pool;
  // Whoever waits longer than the pool allows gives up, so no more wait than can be served in that time.
  const meanHoldMs = weightedMean(pool.holdMs, pool.arriving);
  const room = meanHoldMs > 0 ? (station.places * plan.acquireTimeoutMs) / meanHoldMs : pod.threads.places;
  const arrived = sum(pool.arriving);
  const turnedAway = station.step(tickMs, pool.arriving, pool.holdMs, Math.min(pod.threads.places, room));
  const now = arrived > 0 ? Math.min(1, turnedAway / arrived) : 0;
  pool.fail += (now - pool.fail) * 0.5;
}

function weightedMean(values: Float64Array, weights: Float64Array): number {
  let total = 0;
  let weight = 0;
  for (let at = 0; at < values.length; at++) {
    total += (values[at] as number) * (weights[at] as number);
    weight += weights[at] as number;
  }
  return weight > 0 ? total / weight : 0;
}

/** What callers of a route meet from now on: mean and variance over its pods. */
export function answerRoute(service: ServiceFlow, route: ServiceRoute, tickMs: number): void {
  const arrived = (route.ratePerS * tickMs) / 1000;
  if (service.pods.length === 0) {
    route.failShare = 1;
    route.detMs = REFUSED_MS;
    route.spreadMs = 0;
    route.done += arrived;
    route.failed += arrived;
    return;
  }
  let mean = 0;
  let square = 0;
  let variance = 0;
  let spared = 0;
  for (const pod of service.pods) {
    const at = routeAt(pod, route.name);
    const flow = at === -1 ? undefined : pod.variant.routes[at];
    if (flow === undefined) continue;
    const { threads } = pod;
    const podMean = threads.backlogWaitMs + threads.chanceWaitMs + (pod.holdMs[at] as number);
    const cpuMs = flow.cpuMs * pod.stretch;
    let poolVariance = 0;
    let good = 1 - flow.failShare;
    for (let pool = 0; pool < pod.pools.length; pool++) {
      const share = flow.poolShare[pool] as number;
      if (share === 0) continue;
      const time = poolMs(pod, pool, flow);
      poolVariance += share * WORK_VARIANCE * time * time;
      good *= 1 - Math.min(1, share) * (pod.pools[pool]?.fail ?? 0);
    }
    mean += podMean;
    square += podMean * podMean;
    variance += threads.chanceWaitMs * threads.chanceWaitMs + WORK_VARIANCE * cpuMs * cpuMs + flow.callVariance + poolVariance;
    spared += good * (1 - pod.refusedShare);
  }
  const count = service.pods.length;
  mean /= count;
  const spread = Math.sqrt(Math.max(0, variance / count + square / count - mean * mean));
  route.failShare = 1 - spared / count;
  route.spreadMs = Math.min(spread, mean);
  route.detMs = mean - route.spreadMs;
  route.done += arrived;
  route.failed += arrived * route.failShare;
}
