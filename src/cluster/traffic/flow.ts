import { Batches } from './batch.ts';
import { letThrough } from './breaker.ts';
import { connectCpuMs, Doors } from './connecting.ts';
import type { Builds } from './builds.ts';
import { attempt, priceCache, priceQuery } from './call.ts';
import type { Conditions } from './conditions.ts';
import { type DatabaseFlow, type ExternalFlow, isOutside, type Layout, type Op, type PodFlow, type PoolFlow, type PoolPlan, type QueryOp, type RouteFlow, type Variant } from './graph.ts';
import { hardshipOf } from './hardship.ts';
import { answerHumps } from './humps.ts';
import { restOfTransactionMs, stepLock } from './lock.ts';
import type { Mesh } from '../mesh/mesh.ts';
import { Machines } from './machines.ts';
import type { Places } from './places.ts';
import { answerRoute, cpuFactorOf, sparedBy, stepCpu, stepPod, sum } from './pod-flow.ts';
import { Ports } from './ports.ts';
import { Replication } from './replication.ts';
import { Topics } from './topics.ts';
import { Upkeep } from './upkeep.ts';
import { Ways } from './ways.ts';
import { stepWear, wears } from './wear.ts';

/** Work that is this warm counts as warm. */
const WARM = 0.9995;

/** The flow of requests through a layout, one tick after the other. All that changes from tick to tick is in the layout and its places. */
export class Flow {
  readonly layout: Layout = { pods: [], variants: [] };
  readonly places: Places;
  readonly machines: Machines;
  readonly topics: Topics;
  readonly batches = new Batches();
  readonly ports = new Ports();
  readonly upkeep = new Upkeep();
  readonly replication: Replication;
  /** Pods whose container the kernel ended for want of memory in the last tick. */
  readonly outOfMemory: PodFlow[] = [];
  readonly #conditions: Conditions;
  readonly #builds: Builds;
  readonly #ways: Ways;
  readonly #doors = new Doors();

  constructor(places: Places, conditions: Conditions, builds: Builds) {
    this.places = places;
    this.#builds = builds;
    this.machines = new Machines(conditions);
    this.topics = new Topics(conditions);
    this.replication = new Replication(places, conditions);
    this.#ways = new Ways(conditions, places.spec.regions);
    this.#conditions = conditions;
  }

  /** How look-ups of names fare: the share that fails, and what is added to each in ms. */
  get names(): { readonly errors: number; readonly lateMs: number } {
    return { errors: this.#conditions.share('dns-errors', 'cluster'), lateMs: this.#conditions.sum('dns-latency', 'cluster') };
  }

  /** What a new connection from one node to another costs; a node that nobody knows is nowhere. */
  across(from: string, to: string): ReturnType<Ways['across']> {
    return this.#ways.across(this.machines.node(from), this.machines.node(to));
  }

  /** What calls go through from now on. */
  goThrough(mesh: Mesh): void {
    this.#ways.mesh = mesh;
  }

  /**
   * One tick. What users send was added to the routes' `nextRatePerS` before. Returns how far the state moved in it: the
   * largest change of any route's latency (relative) or failures, 0 where all stays as it is.
   */
  step(tickMs: number): number {
    const { layout, places } = this;
    for (const service of places.serviceList) {
      for (const route of service.routes) {
        route.ratePerS = route.nextRatePerS;
        route.nextRatePerS = 0;
      }
    }
    for (const external of places.externals.values()) takeQuota(external);
    for (const database of places.databases.values()) survey(database);
    if (this.#conditions.moves('bandwidth')) places.squeeze();
    for (const variant of layout.variants) price(variant, tickMs);
    this.#deliver(tickMs);
    for (const pod of layout.pods) stepPod(pod, tickMs);
    this.machines.step(layout.pods);
    this.#wear(tickMs);
    let moved = 0;
    for (const service of places.serviceList) {
      for (const route of service.routes) {
        moved = Math.max(moved, answerRoute(service, route, tickMs));
        answerHumps(service, route);
      }
    }
    for (const variant of layout.variants) {
      send(variant);
      // One that is open will not stay so.
      if (variant.breakers.some(({ state }) => state !== 'closed')) moved = 1;
    }
    this.replication.step(tickMs);
    if (this.#doors.step(tickMs)) moved = 1;
    if (this.ports.step(tickMs)) moved = 1;
    for (const pod of layout.pods) moved = Math.max(moved, settlePod(pod, tickMs));
    for (const lock of places.locks.values()) stepLock(lock, tickMs);
    return moved;
  }

  /** Hands the databases' connections to their clients' pools: who has one keeps it; what is free goes to those who have lacked it longest. To be called when the layout changed; `begins` where the traffic does, with all that is usual in place. */
  grantConnections(begins: boolean): void {
    for (const database of this.places.databases.values()) {
      survey(database);
      database.open = 0;
    }
    const pools = this.layout.pods.flatMap((pod) => pod.pools.map((pool) => ({ pod, pool })));
    for (const { pool } of pools) {
      const { database, size } = pool.plan;
      if (!database.up) pool.station.clear();
      pool.granted = database.up ? Math.min(pool.granted * this.#doors.kept(database), size) : 0;
      database.open += pool.granted;
    }
    for (const { pod, pool } of pools.toSorted((one, other) => one.pod.startedAtMs - other.pod.startedAtMs)) {
      const { database, size } = pool.plan;
      // Where a connection costs something, it is not there at once.
      const more = !begins && connectCpuMs(database) > 0 ? 0 : database.up ? Math.max(0, Math.min(size - pool.granted, database.maxConnections - database.open)) : 0;
      pool.granted += more;
      database.open += more;
      pool.station.resize(Math.max(0, Math.floor(pool.granted - pod.leaked)));
    }
    for (const database of this.places.databases.values()) boundCrowd(database, pools.map(({ pool }) => pool));
    this.#doors.refresh(this.layout, this.places.databases.values());
    this.upkeep.refresh(this.places.databases.values());
  }

  /** To be called when the layout or a condition outside has changed, or a certificate has ended. `nowMs` is Unix time. */
  disturb(nowMs: number): void {
    this.machines.disturb();
    for (const variant of this.layout.variants) variant.pods = 0;
    for (const pod of this.layout.pods) pod.variant.pods++;
    for (const pod of this.layout.pods) pod.hardship = hardshipOf(this.#conditions, this.#builds, pod);
    this.#ways.find(this.layout, nowMs);
  }

  #wear(tickMs: number): void {
    this.outOfMemory.length = 0;
    for (const pod of this.layout.pods) {
      if (!wears(pod)) continue;
      if (stepWear(pod, tickMs)) this.outOfMemory.push(pod);
      if (pod.hardship.connectionsPerMinute > 0) leakFrom(pod, (pod.hardship.connectionsPerMinute * tickMs) / 60_000);
    }
  }

  /** Spreads what arrives at each Service over its ready pods. */
  #deliver(tickMs: number): void {
    for (const pod of this.layout.pods) clear(pod.arriving);
    this.topics.deliver(tickMs);
    this.batches.deliver(tickMs);
    for (const service of this.places.serviceList) {
      const { pods } = service;
      if (pods.length === 0) continue;
      for (const route of service.routes) {
        if (route.ratePerS === 0) continue;
        const each = (route.ratePerS * tickMs) / 1000 / pods.length;
        for (let nth = 0; nth < pods.length; nth++) {
          const at = route.at[nth] as number;
          const arriving = (pods[nth] as PodFlow).arriving;
          if (at !== -1) arriving[at] = (arriving[at] as number) + each;
        }
      }
    }
  }
}

/** No more statements can be under way in a database than its clients have connections for. */
function boundCrowd(database: DatabaseFlow, pools: readonly PoolFlow[]): void {
  const { pods } = database.service;
  let connections = 0;
  for (const { plan } of pools) if (plan.database === database) connections += plan.size;
  for (const pod of pods) pod.atOnce = Math.max(1, Math.min(connections, database.maxConnections) / pods.length);
}

function leakFrom(pod: PodFlow, connections: number): void {
  pod.leaked += connections;
  for (const pool of pod.pools) pool.station.resize(Math.max(0, Math.floor(pool.granted - pod.leaked)));
}

/** A party outside answers as many requests as it grants, and the rest with 429. */
function takeQuota(external: ExternalFlow): void {
  external.ratePerS = external.nextRatePerS;
  external.nextRatePerS = 0;
  external.refused = external.ratePerS > external.quotaPerS ? 1 - external.quotaPerS / external.ratePerS : 0;
}

/** How its clients find a database at the beginning of a tick. */
function survey(database: DatabaseFlow): void {
  const { pods, exists } = database.service;
  database.up = exists && pods.length > 0;
  database.stretch = 0;
  database.scv = 0;
  database.writesPerS = 0;
  database.maxConnections = 0;
  for (const pod of pods) {
    database.maxConnections += database.connectionsSet ?? pod.variant.maxConnections;
    database.stretch += (cpuFactorOf(pod) * pod.stretch) / pods.length;
    database.scv += pod.sharing.scv / pods.length;
  }
}

/** What each step of a variant's routes costs and how often it fails, as its targets stood at the end of the last tick. */
function price(variant: Variant, tickMs: number): void {
  for (const route of variant.routes) {
    route.startedPerS = 0;
    priceOps(variant, route, tickMs);
    route.cpuMs = 0;
    clear(route.poolCpuMs);
    for (const { ms, behindCache, pool, burst } of route.work) {
      const share = reaching(route, behindCache);
      const workMs = ms * share;
      if (burst !== null) burst.share = share;
      route.cpuMs += workMs;
      if (pool !== -1) route.poolCpuMs[pool] = (route.poolCpuMs[pool] as number) + workMs;
    }
    clear(route.poolShare);
    for (const { pool, behindCache } of route.takings) route.poolShare[pool] = (route.poolShare[pool] as number) + reaching(route, behindCache);
    // Time in a pool is per connection that is taken.
    for (let pool = 0; pool < route.poolHoldMs.length; pool++) {
      const taking = Math.max(route.poolShare[pool] as number, 1e-12);
      route.poolHoldMs[pool] = (route.poolHoldMs[pool] as number) / taking;
      route.poolVariance[pool] = (route.poolVariance[pool] as number) / taking;
      route.poolCpuMs[pool] = (route.poolCpuMs[pool] as number) / taking;
    }
  }
  for (const plan of variant.pools) {
    plan.asked = 0;
    plan.denied = 0;
    plan.waitMs = 0;
  }
}

/** Not `fill`: for the few numbers that these arrays hold, its call takes longer than all the rest. */
function clear(values: Float64Array): void {
  for (let at = 0; at < values.length; at++) values[at] = 0;
}

/** Whoever fails at a step, or gets no connection, does not come to the steps behind it. */
function priceOps(variant: Variant, route: RouteFlow, tickMs: number): void {
  route.callMs = 0;
  route.callVariance = 0;
  clear(route.poolHoldMs);
  clear(route.poolVariance);
  clear(route.poolFail);
  let spared = 1 - variant.version.errors;
  let connected = 1;
  let pool = -1;
  let taking = 0;
  let denied = 0;
  let sparedBefore = 1;
  for (let at = 0; at < route.ops.length; at++) {
    const op = route.ops[at] as Op;
    const reached = reaching(route, op.behindCache);
    op.wanted = op.share * reached;
    if (op.kind === 'call') attempt(op, variant.pods, tickMs);
    else if (op.kind === 'query') priceQuery(op);
    else priceCache(op);
    if (op.pool !== pool) {
      connected *= 1 - taking * denied;
      pool = op.pool;
      taking = reached;
      denied = pool === -1 ? 0 : deniedShare(variant.pools[pool] as PoolPlan);
      sparedBefore = spared;
    }
    op.nowShare = op.wanted * spared * connected * (1 - denied);
    if (op.behindCache !== -1) addMiss(variant, route, op, denied);
    if (op.kind === 'cache') {
      op.missMs = 0;
      op.filled = 1;
    }
    addCost(route, op, sparedBefore > 0 ? spared / sparedBefore : 0);
    if (!op.critical || op.fail === 0) continue;
    if (op.pool === -1) spared *= sparedBy(op.wanted, op.fail);
    else {
      route.poolFail[op.pool] = 1 - (1 - (route.poolFail[op.pool] as number)) * (1 - op.fail);
      // Who is denied a connection cannot fail with it.
      spared *= sparedBy(op.wanted, denied >= 1 ? 0 : (op.fail * (1 - denied)) / (1 - Math.min(1, taking) * denied));
    }
  }
  route.failShare = 1 - spared;
}

/** What a step behind a cache adds to the time in which its source answers, and how often it keeps it from answering. */
function addMiss(variant: Variant, route: RouteFlow, op: Op, denied: number): void {
  const cache = route.ops[op.behindCache] as Op & { kind: 'cache' };
  cache.filled = Math.min(cache.filled, (op.critical ? 1 - op.fail : 1) * (1 - denied));
  if (cache.expiry === null) return;
  const waitMs = op.pool === -1 ? 0 : (variant.pools[op.pool] as PoolPlan).waitMs;
  cache.missMs += op.ms * op.share + waitMs;
}

/** Share of requests that get past a cache of the route because it does not have what they ask; all where there is none. */
function reaching(route: RouteFlow, behindCache: number): number {
  if (behindCache === -1) return 1;
  const cache = route.ops[behindCache] as Op & { kind: 'cache' };
  return cache.wanted * (1 - cache.nowHit);
}

function deniedShare({ asked, denied }: PoolPlan): number {
  return asked > 0 ? denied / asked : 0;
}

/** `stillInside`: share of those who got the step's connection that come as far as the step. */
function addCost(route: RouteFlow, op: Op, stillInside: number): void {
  const { nowShare, ms, pool } = op;
  if (pool === -1) {
    route.callMs += nowShare * ms;
    route.callVariance += nowShare * op.variance + (nowShare < 1 ? nowShare * (1 - nowShare) * ms * ms : 0);
  } else {
    const times = op.wanted * stillInside;
    route.poolHoldMs[pool] = (route.poolHoldMs[pool] as number) + times * ms;
    route.poolVariance[pool] = (route.poolVariance[pool] as number) + times * op.variance + (times < 1 ? times * (1 - times) * ms * ms : 0);
  }
}

/** Calls that began in this tick arrive at their targets in the next. */
function send(variant: Variant): void {
  for (const route of variant.routes) {
    if (route.startedPerS === 0) continue;
    for (let at = 0; at < route.ops.length; at++) {
      const op = route.ops[at] as Op;
      const rate = route.startedPerS * op.nowShare * tries(op) * (op.kind === 'call' ? letThrough(op.breaker) : 1);
      if (op.kind === 'call') {
        if (op.breaker !== null) op.breaker.wantedPerS = route.startedPerS * op.nowShare;
        // What fails on its way arrives nowhere.
        op.to.nextRatePerS += rate * (1 - op.way.errors);
      } else if (op.kind === 'query') query(op, rate, route);
      else for (const pod of op.cache.pods) pod.queriesPerS += (rate * op.hit * op.filled) / op.cache.pods.length;
    }
  }
}

/** Tries that reach whom they are meant for: where nobody is, they are over at once, and whoever comes there meets none of them. */
function tries(op: Op): number {
  return op.kind === 'call' && !isOutside(op.to) && op.to.service.pods.length === 0 ? 1 : op.attempts;
}

function query(op: Op & QueryOp, ratePerS: number, route: RouteFlow): void {
  const { pods } = op.database.service;
  for (const pod of pods) {
    pod.queryDemand += (ratePerS * op.workMs * op.database.factor * op.way.factor * cpuFactorOf(pod)) / 1000 / pods.length;
    pod.queriesPerS += ratePerS / pods.length;
  }
  if (op.writes) op.database.writesPerS += ratePerS * (1 - op.fail);
  if (op.lock === null) return;
  op.lock.arrivals += ratePerS;
  op.lock.heldMs += ratePerS * Math.max(op.workMs, restOfTransactionMs(route, op));
}

/** Warms a pod up by what it served, and lets a database work. Returns how far it moved. */
function settlePod(pod: PodFlow, tickMs: number): number {
  const { kind, cold } = pod.variant.program;
  let moved = 0;
  if (cold === null) pod.warmth = 1;
  else if (pod.warmth < 1) {
    const served = kind === 'service' || kind === 'worker' ? sum(pod.threads.left) : (pod.queriesPerS * tickMs) / 1000;
    const warmer = pod.warmth + ((1 - pod.warmth) * served) / (cold.requests + served);
    moved = warmer - pod.warmth;
    pod.warmth = warmer > WARM ? 1 : warmer;
  }
  if (kind === 'database') stepCpu(pod, pod.queryDemand, (pod.queriesPerS * tickMs) / 1000, tickMs);
  pod.queryDemand = 0;
  pod.queriesPerS = 0;
  return moved;
}
