import { REFUSED_MS } from './call.ts';
import { connectCpuMs } from './connecting.ts';
import { cpuTableOf } from './erlang.ts';
import type { PodFlow, PoolFlow, RouteFlow, ServiceFlow, ServiceRoute } from './graph.ts';
import { PERIOD_MS, type Stall, stallMeanMs, stallOf, stallVariance } from './quota.ts';
import { type Sharing, shareCores } from './sharing.ts';
import type { Station } from './station.ts';

/** How many times as long work takes while a program is cold. */
function coldStretch(pod: PodFlow): number {
  const cold = pod.variant.program.cold;
  return cold === null ? 1 : 1 + (cold.factor - 1) * (1 - pod.warmth);
}

/** Share of requests that something lets pass which each does `times` times, and once more a share of them; `fail` of it fails. */
export function sparedBy(times: number, fail: number): number {
  let spared = 1;
  let left = times;
  for (; left >= 1; left--) spared *= 1 - fail;
  return spared * (1 - left * fail);
}

export function sum(values: Float64Array): number {
  let total = 0;
  for (let at = 0; at < values.length; at++) total += values[at] as number;
  return total;
}

/**
 * CPU as a processor-sharing station: the wait by chance is M/M/c's; what exceeds the limit piles up and is worked off.
 * `began` are the pieces of work that began in this tick; no more can wait than there are places for them.
 */
export function stepCpu(pod: PodFlow, demandCores: number, began: number, tickMs: number): void {
  pod.cpuDemand = demandCores + pod.hardship.spinners;
  if (began > 0) pod.cpuPieceMs = (demandCores * tickMs) / began;
  const { hardship, node } = pod;
  const running = 1 - Math.max(hardship.pauses, pod.wear.collecting);
  const granted = pod.cores * hardship.coresFactor * node.given * running;
  // The kernel gives each thread the same; those that always want some take what others leave.
  const cores = hardship.spinners === 0 ? granted : Math.max(granted - hardship.spinners, granted / (1 + hardship.spinners));
  pod.given = cores / pod.cores;
  // Alone on less than a core, work takes longer too; so it does while others hold the node, or a collector everything.
  pod.pace = Math.max(1 / (node.given * running), hardship.coresFactor < 1 || hardship.spinners > 0 ? 1 / cores : 1);
  const load = demandCores / cores;
  if (cores !== pod.cpuTable.servers && (cores >= 1 || pod.cpuTable.servers > 1)) pod.cpuTable = cpuTableOf(cores);
  const most = Math.min(pod.threads.places, pod.atOnce);
  pod.cpuBacklog = Math.min(Math.max(0, pod.cpuBacklog + (demandCores - cores) * tickMs), most * pod.cpuPieceMs);
  const behindMs = pod.cpuBacklog / cores;
  const before = pod.sharing.excess;
  shareCores(pod.sharing, pod.cpuTable, load);
  steady(pod.sharing, before, load, tickMs / pod.cpuPieceMs, cores);
  // No more can share the cores than there are threads, or connections.
  const crowded = Math.max(1, most / cores);
  pod.stretch = Math.min((1 + pod.sharing.excess) * pod.pace + (behindMs > 0 ? behindMs / pod.cpuPieceMs : 0), crowded * pod.pace);
}

/**
 * A crowd does not come at once, nor go: by chance it grows as far as a walk of `pieces` steps for each core gets, and what is
 * idle works it off.
 */
function steady(sharing: Sharing, before: number, load: number, pieces: number, cores: number): void {
  const most = Math.sqrt(before * before + (2 * pieces) / cores);
  const least = before - (1 - load) * pieces;
  sharing.excess = Math.min(most, Math.max(sharing.excess, load < 1 ? least : 0));
}

/** How many times as long as described CPU work takes here, before anybody has to share. */
export function cpuFactorOf(pod: PodFlow): number {
  return pod.variant.version.cpuFactor * coldStretch(pod) * pod.hardship.cpuFactor;
}

/** Share of requests that fail in the program itself, for what it suffers. */
export function brokenShare({ hardship, wear }: PodFlow): number {
  return 1 - (1 - hardship.errors) * (1 - wear.starved);
}

/** Share of the requests to a route of a pod's program that it serves, of those that it takes in. */
export function servedShare(pod: PodFlow, at: number): number {
  const route = pod.variant.routes[at] as RouteFlow;
  let good = (1 - route.failShare) * (1 - brokenShare(pod));
  for (let nth = 0; nth < pod.pools.length; nth++) {
    const share = route.poolShare[nth] as number;
    if (share > 0) good *= sparedBy(share, (pod.pools[nth] as PoolFlow).fail);
  }
  return good;
}

/** One tick of a pod: its threads, its CPU, its pools. */
export function stepPod(pod: PodFlow, tickMs: number): void {
  const { variant, threads, pools } = pod;
  if (variant.program.kind === 'database') return;
  const { routes } = variant;
  if (variant.sheds !== null) shed(pod, variant.sheds);
  const { hardship } = pod;
  const cpuFactor = cpuFactorOf(pod);
  let arrived = 0;
  let held = 0;
  let squares = 0;
  for (let at = 0; at < routes.length; at++) {
    const route = routes[at] as RouteFlow;
    let hold = route.cpuMs * cpuFactor * pod.stretch + route.callMs + hardship.delayMs;
    if (pod.stalls !== null) hold = Math.max(0, hold + stallMeanMs((pod.stalls[at] = stallOf(pod, route, cpuFactor))));
    for (let nth = 0; nth < pools.length; nth++) {
      const share = route.poolShare[nth] as number;
      if (share > 0) hold += share * poolMs(pools[nth] as PoolFlow, nth, route);
    }
    const arriving = pod.arriving[at] as number;
    pod.holdMs[at] = hold;
    if (arriving <= 0) continue;
    const variance = holdVarianceOf(pod, route, cpuFactor);
    pod.holdVariance[at] = variance;
    arrived += arriving;
    held += arriving * hold;
    squares += arriving * (hold * hold + variance);
  }
  // Users who have waited longer than they care to are gone, and so is their place in the queue.
  const patient = held > 0 ? Math.min(variant.queue, (threads.places * pod.patienceMs * arrived) / held) : variant.queue;
  // Whoever is the newest is served next: those whom others overtake are as good as gone.
  const room = variant.lifo ? Math.min(patient, threads.places) : patient;
  const refused = threads.step(tickMs, pod.arriving, pod.holdMs, room, scvOf(arrived, held, squares), cpuShare(pod, cpuFactor, tickMs));
  const left = arrived > 0 ? Math.min(1, refused / arrived) : 0;
  pod.refusedShare = variant.lifo ? 0 : left;
  pod.starvedShare = variant.lifo ? left : 0;
  let cpu = 0;
  let pieces = 0;
  for (let at = 0; at < routes.length; at++) {
    const route = routes[at] as RouteFlow;
    const began = threads.admitted[at] as number;
    cpu += began * route.cpuMs;
    if (route.cpuMs > 0) pieces += began;
    route.startedPerS += (began * 1000) / tickMs;
  }
  stepCpu(pod, (cpu * cpuFactor) / tickMs, pieces, tickMs);
  if (pod.stalls !== null) throttle(pod, pod.stalls);
  for (let nth = 0; nth < pools.length; nth++) stepPool(pod, pools[nth] as PoolFlow, nth, cpuFactor, tickMs);
}

/** What the quota of the pod cost those whose work began in this tick. */
function throttle({ threads, throttled }: PodFlow, stalls: readonly Stall[]): void {
  throttled.periods = 0;
  throttled.ms = 0;
  for (const [at, { share, longestMs, moreMs }] of stalls.entries()) {
    const began = threads.admitted[at] as number;
    throttled.periods += began * (share + moreMs / PERIOD_MS);
    throttled.ms += began * ((share * longestMs) / 2 + moreMs);
  }
}

/** Whether those who want a connection of an empty pool may still hope: the first ones are being set up. */
function awaits({ station, connecting, plan }: PoolFlow, tickMs: number): boolean {
  connecting.emptyMs = station.places === 0 && plan.database.up && connectCpuMs(plan.database) > 0 ? connecting.emptyMs + tickMs : 0;
  return connecting.emptyMs > 0 && connecting.emptyMs <= plan.acquireTimeoutMs;
}

/** From half a full queue on, what can be done without is not let in. */
function shed(pod: PodFlow, sheds: readonly boolean[]): void {
  pod.shedding = pod.threads.backlog > pod.variant.queue / 2;
  if (!pod.shedding) return;
  for (let at = 0; at < sheds.length; at++) if (sheds[at] === true) pod.arriving[at] = 0;
}

/** Whether a pod turns a route away at once now. */
export function isShed(pod: PodFlow, at: number): boolean {
  return pod.shedding && pod.variant.sheds?.[at] === true;
}

/** Share of those who want a thread whose work the cores can take on: what they do in a tick, and a piece for each thread that waits. */
function cpuShare(pod: PodFlow, cpuFactor: number, tickMs: number): number {
  const { threads, variant } = pod;
  let wanted = 0;
  for (let at = 0; at < variant.routes.length; at++) {
    wanted += ((threads.waiting[at] as number) + (pod.arriving[at] as number)) * (variant.routes[at] as RouteFlow).cpuMs;
  }
  wanted *= cpuFactor;
  const room = pod.cores * pod.given * tickMs + Math.max(0, threads.places * pod.cpuPieceMs - pod.cpuBacklog);
  return wanted > room ? room / wanted : 1;
}

/** Time that a request spends on a pool: waiting for a connection, at most until it gives up, then holding it. */
export function poolMs(pool: PoolFlow, nth: number, route: RouteFlow): number {
  const { station } = pool;
  const wait = Math.min(pool.plan.acquireTimeoutMs, station.backlogWaitMs + station.chanceWaitMs);
  return wait + (1 - pool.fail) * (route.poolHoldMs[nth] as number);
}

function stepPool(pod: PodFlow, pool: PoolFlow, nth: number, cpuFactor: number, tickMs: number): void {
  const { routes } = pod.variant;
  const { station, plan, arriving, holdMs } = pool;
  let arrived = 0;
  let held = 0;
  let squares = 0;
  for (let at = 0; at < routes.length; at++) {
    const route = routes[at] as RouteFlow;
    const taking = (pod.threads.admitted[at] as number) * (route.poolShare[nth] as number);
    const cpuMs = (route.poolCpuMs[nth] as number) * cpuFactor * pod.stretch;
    const hold = (route.poolHoldMs[nth] as number) + cpuMs;
    arriving[at] = taking;
    holdMs[at] = hold;
    arrived += taking;
    held += taking * hold;
    squares += taking * (hold * hold + (route.poolVariance[nth] as number) + pod.sharing.scv * cpuMs * cpuMs);
  }
  // Whoever waits longer than the pool allows gives up, so no more wait than can be served in that time.
  const room = held > 0 ? (station.places * plan.acquireTimeoutMs * arrived) / held : pod.threads.places;
  const turnedAway = station.step(tickMs, arriving, holdMs, awaits(pool, tickMs) ? pod.threads.places : Math.min(pod.threads.places, room), scvOf(arrived, held, squares));
  const now = arrived > 0 ? Math.min(1, turnedAway / arrived) : 0;
  pool.fail += (now - pool.fail) * 0.5;
  if (pool.fail < 1e-9) pool.fail = 0;
  plan.asked += arrived;
  plan.waitMs = Math.max(plan.waitMs, Math.min(plan.acquireTimeoutMs, station.backlogWaitMs + station.chanceWaitMs));
  plan.denied += arrived * pool.fail;
}

/**
 * What callers of a route meet from now on: mean and variance over its pods. Returns how far that moved: the change of
 * the latency, relative (changes below 5 ms do not count), or of the share of failures.
 */
export function answerRoute(service: ServiceFlow, route: ServiceRoute, tickMs: number): number {
  const { pods } = service;
  const arrived = (route.ratePerS * tickMs) / 1000;
  route.done += arrived;
  const before = route.detMs + route.spreadMs;
  const failedBefore = route.failShare;
  if (pods.length === 0) {
    route.refusedShare = 0;
    route.starvedShare = 0;
    route.failShare = 1;
    route.detMs = REFUSED_MS;
    route.spreadMs = 0;
  } else if (arrived > 0) {
    average(service, route);
  }
  route.failed += arrived * route.failShare;
  const after = route.detMs + route.spreadMs;
  const moved = Math.abs(after - before);
  return Math.max(moved <= 5 ? 0 : moved / Math.max(after, before), Math.abs(route.failShare - failedBefore));
}

/** Variance in ms² of what one request of a route takes on a pod: its wait for a thread, then all it does. */
export function varianceOf(pod: PodFlow, at: number): number {
  return waitVariance(pod.threads) + (pod.holdVariance[at] as number);
}

/** Variance in ms² of the time for which a request holds its thread: its CPU, its calls, its transactions. */
function holdVarianceOf(pod: PodFlow, route: RouteFlow, cpuFactor: number): number {
  const cpuMs = route.cpuMs * cpuFactor * pod.stretch;
  let variance = pod.sharing.scv * cpuMs * cpuMs + route.callVariance;
  const stall = pod.stalls?.[pod.variant.routes.indexOf(route)];
  if (stall !== undefined) variance += stallVariance(stall);
  for (let nth = 0; nth < pod.pools.length; nth++) {
    const share = route.poolShare[nth] as number;
    if (share === 0) continue;
    const pool = pod.pools[nth] as PoolFlow;
    const heldMs = poolMs(pool, nth, route);
    // Who takes no connection, or is denied one, is done sooner than the rest.
    const mixed = share < 1 ? share * (1 - share) * heldMs * heldMs : 0;
    variance += share * poolVarianceOf(pool, nth, route) + mixed;
  }
  return variance;
}

/** Variance in ms² of {@link poolMs}. */
export function poolVarianceOf({ station }: PoolFlow, nth: number, route: RouteFlow): number {
  return (route.poolVariance[nth] as number) + waitVariance(station);
}

/** Nobody waits but for a share, and those an exponential time. */
function waitVariance({ chanceWaitMs, chanceWaitShare }: Station): number {
  return chanceWaitShare > 0 ? chanceWaitMs * chanceWaitMs * (2 / chanceWaitShare - 1) : 0;
}

/** Squared coefficient of variation of a time, by the number of times, their sum and the sum of their squares. */
function scvOf(count: number, total: number, squares: number): number {
  return total > 0 ? Math.max(0, (squares * count) / (total * total) - 1) : 1;
}

function average(service: ServiceFlow, route: ServiceRoute): void {
  const { pods } = service;
  let mean = 0;
  let square = 0;
  let variance = 0;
  let spared = 0;
  let refused = 0;
  let starved = 0;
  for (let nth = 0; nth < pods.length; nth++) {
    const pod = pods[nth] as PodFlow;
    const at = route.at[nth] as number;
    const flow = pod.variant.routes[at];
    if (flow === undefined) continue; // the program has no such route: 404 for all
    const { threads } = pod;
    const podMean = threads.backlogWaitMs + threads.chanceWaitMs + (pod.holdMs[at] as number);
    let good = (1 - flow.failShare) * (1 - pod.refusedShare) * (1 - pod.starvedShare) * (1 - brokenShare(pod));
    for (let pool = 0; pool < pod.pools.length; pool++) {
      const share = flow.poolShare[pool] as number;
      if (share === 0) continue;
      good *= sparedBy(share, (pod.pools[pool] as PoolFlow).fail);
    }
    mean += podMean;
    square += podMean * podMean;
    variance += varianceOf(pod, at);
    const turnedAway = isShed(pod, at) ? 1 : pod.refusedShare;
    spared += turnedAway === 1 ? 0 : good;
    refused += turnedAway;
    starved += pod.starvedShare;
  }
  const count = pods.length;
  mean /= count;
  const spread = Math.sqrt(Math.max(0, variance / count + square / count - mean * mean));
  route.failShare = 1 - spared / count;
  route.refusedShare = refused / count;
  route.starvedShare = starved / count;
  route.spreadMs = Math.min(spread, mean);
  route.detMs = mean - route.spreadMs;
}
