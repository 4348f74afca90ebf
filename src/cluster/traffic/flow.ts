import type { ExternalSpec, TrafficSpec } from '../spec.ts';
import { attempt, REFUSED_MS, refuse } from './call.ts';
import type { Conditions } from './conditions.ts';
import { type Layout, routeOf, serviceOf } from './layout.ts';
import { type LockFlow, newLock, restOfTransactionMs, stepLock } from './lock.ts';
import { answerRoute, coldStretch, routeAt, stepCpu, stepPod, sum, WORK_VARIANCE } from './pod-flow.ts';
import type { Op, RouteFlow, Variant } from './program.ts';

/** A round trip between pods. */
const NETWORK_MS = 0.5;
/** A database gives up on a lock after this long. */
const LOCK_TIMEOUT_MS = 30_000;

/** A database as its clients find it. */
export interface DatabaseFlow {
  readonly key: string;
  /** How many times as long a query takes as on an idle, warm server. */
  stretch: number;
  up: boolean;
  maxConnections: number;
  /** Connections that are open, and that its clients would like. */
  open: number;
  wanted: number;
}

/** A party outside of the cluster, now. */
export interface ExternalNow {
  readonly latencyMs: number;
  readonly errors: number;
  readonly host: string;
}

/** The flow of requests through a layout, one tick after the other. All that changes from tick to tick is in here and in the layout. */
export class Flow {
  readonly layout: Layout;
  readonly databases = new Map<string, DatabaseFlow>();
  readonly locks = new Map<string, LockFlow>();
  readonly #spec: TrafficSpec;
  readonly #conditions: Conditions;
  readonly #externals = new Map<string, ExternalNow>();

  constructor(layout: Layout, spec: TrafficSpec, conditions: Conditions) {
    this.layout = layout;
    this.#spec = spec;
    this.#conditions = conditions;
  }

  /** One tick. What users send was added to the routes' `nextRatePerS` before. */
  step(tickMs: number): void {
    const { layout } = this;
    for (const service of layout.services.values()) {
      for (const route of service.routes.values()) {
        route.ratePerS = route.nextRatePerS;
        route.nextRatePerS = 0;
      }
    }
    this.#grantConnections(tickMs);
    for (const variant of layout.variants) this.#price(variant);
    this.#deliver(tickMs);
    for (const pod of layout.pods) stepPod(pod, tickMs);
    this.#answer(tickMs);
    for (const variant of layout.variants) this.#send(variant);
    this.#stepDatabases(tickMs);
    for (const lock of this.locks.values()) stepLock(lock, tickMs);
  }

  /** What each step of a variant's routes costs and how often it fails, as its targets stood at the end of the last tick. */
  #price(variant: Variant): void {
    for (const route of variant.routes) {
      route.startedPerS = 0;
      route.callMs = 0;
      route.callVariance = 0;
      route.poolHoldMs.fill(0);
      let spared = 1 - variant.version.errors;
      for (const op of route.ops) {
        const cache = op.behindCache === -1 ? null : (route.ops[op.behindCache] as Op);
        op.nowShare = cache === null ? op.share : op.share * (cache.nowShare / Math.max(cache.share, 1e-12)) * (1 - cache.nowHit);
        switch (op.kind) {
          case 'call': this.#priceCall(op); break;
          case 'query': this.#priceQuery(op); break;
          case 'cache': this.#priceCache(op); break;
        }
        if (op.pool === -1) {
          route.callMs += op.nowShare * op.ms;
          const partial = op.nowShare < 1 ? op.nowShare * (1 - op.nowShare) * op.ms * op.ms : 0;
          route.callVariance += op.nowShare * op.variance + partial;
        } else {
          // Time in a pool is per request that takes a connection.
          route.poolHoldMs[op.pool] = (route.poolHoldMs[op.pool] as number) + (op.nowShare / Math.max(route.poolShare[op.pool] as number, 1e-12)) * op.ms;
        }
        if (op.critical) spared *= 1 - Math.min(1, op.nowShare) * op.fail;
      }
      route.failShare = 1 - spared;
    }
  }

  #priceCall(op: Op): void {
    if (op.outside) {
      const external = this.external(op.target);
      attempt(op, external.latencyMs * 0.85, external.latencyMs * 0.15, external.errors, 0);
      return;
    }
    const service = serviceOf(this.layout, op.target);
    if (!service.exists || service.pods.length === 0) {
      refuse(op);
      return;
    }
    const route = routeOf(service, op.route);
    const extraMs = this.#conditions.sum('network-latency', op.target);
    attempt(op, route.detMs + NETWORK_MS + extraMs, route.spreadMs, route.failShare, this.#conditions.share('network-loss', op.target));
  }

  #priceQuery(op: Op): void {
    const database = this.database(op.target);
    op.attempts = 1;
    if (!database.up) {
      op.ms = REFUSED_MS;
      op.variance = 0;
      op.fail = 1;
      return;
    }
    const lock = op.lock === null ? null : this.lock(op.lock);
    const held = lock !== null && this.#conditions.sum('lock-held', op.lock as string) > 0;
    const lockMs = held ? LOCK_TIMEOUT_MS : lock === null ? 0 : Math.min(LOCK_TIMEOUT_MS, lock.waitMs);
    op.ms = op.workMs * database.stretch + lockMs;
    op.variance = WORK_VARIANCE * op.workMs * op.workMs * database.stretch * database.stretch + (held ? 0 : lockMs * lockMs);
    op.fail = held || lockMs >= LOCK_TIMEOUT_MS ? 1 : 0;
  }

  #priceCache(op: Op): void {
    const service = serviceOf(this.layout, op.target);
    let warmth = 0;
    for (const pod of service.pods) warmth += pod.warmth;
    const up = service.exists && service.pods.length > 0;
    op.nowHit = up ? (op.hit * warmth) / service.pods.length : 0;
    op.ms = up ? op.workMs + NETWORK_MS + this.#conditions.sum('network-latency', op.target) : REFUSED_MS;
    op.variance = WORK_VARIANCE * op.workMs * op.workMs;
    op.fail = 0; // without its cache a program asks the source
  }

  /** Spreads what arrives at each Service over its ready pods. */
  #deliver(tickMs: number): void {
    for (const pod of this.layout.pods) pod.arriving.fill(0);
    for (const service of this.layout.services.values()) {
      const pods = service.pods;
      if (pods.length === 0) continue;
      for (const route of service.routes.values()) {
        if (route.ratePerS === 0) continue;
        const each = (route.ratePerS * tickMs) / 1000 / pods.length;
        for (const pod of pods) {
          const at = routeAt(pod, route.name);
          if (at !== -1) pod.arriving[at] = (pod.arriving[at] as number) + each;
        }
      }
    }
  }

  /** What callers of each route meet from now on: mean and variance over its pods. */
  #answer(tickMs: number): void {
    for (const service of this.layout.services.values()) {
      for (const route of service.routes.values()) answerRoute(service, route, tickMs);
    }
  }

  /** Calls that began in this tick arrive at their targets in the next. */
  #send(variant: Variant): void {
    for (const route of variant.routes) {
      if (route.startedPerS === 0) continue;
      for (const op of route.ops) {
        const rate = route.startedPerS * op.nowShare * op.attempts;
        if (op.kind === 'call' && !op.outside) {
          routeOf(serviceOf(this.layout, op.target), op.route).nextRatePerS += rate;
        } else if (op.kind === 'query') {
          this.#query(op, rate, route);
        } else if (op.kind === 'cache') {
          this.#fill(op, rate);
        }
      }
    }
  }

  #query(op: Op, ratePerS: number, route: RouteFlow): void {
    const service = serviceOf(this.layout, op.target);
    for (const pod of service.pods) {
      pod.queryDemand += (ratePerS * op.workMs * coldStretch(pod)) / 1000 / service.pods.length;
      pod.queriesPerS += ratePerS / service.pods.length;
    }
    if (op.lock !== null) {
      const lock = this.lock(op.lock);
      const holdMs = Math.max(op.workMs, restOfTransactionMs(route, op));
      lock.arrivals += ratePerS;
      lock.heldMs += ratePerS * holdMs;
    }
  }

  #fill(op: Op, ratePerS: number): void {
    const service = serviceOf(this.layout, op.target);
    for (const pod of service.pods) pod.queriesPerS += (ratePerS * (1 - op.nowHit)) / service.pods.length;
  }

  #stepDatabases(tickMs: number): void {
    for (const pod of this.layout.pods) {
      const { kind, cold } = pod.variant.program;
      if (cold !== null && pod.warmth < 1) {
        const served = kind === 'service' || kind === 'worker' ? sum(pod.threads.left) : (pod.queriesPerS * tickMs) / 1000;
        pod.warmth = Math.min(1, pod.warmth + ((1 - pod.warmth) * served) / cold.requests);
      }
      if (kind === 'database') stepCpu(pod, pod.queryDemand, tickMs, pod.threads.places);
      pod.queryDemand = 0;
      pod.queriesPerS = 0;
    }
  }

  /** Hands the databases' connections to their clients' pools: who has one keeps it; what is free goes to those who lack. */
  #grantConnections(tickMs: number): void {
    for (const database of this.databases.values()) this.#survey(database);
    for (const pod of this.layout.pods) {
      const leakPerMinute = this.#conditions.sum('leak', `${pod.namespace}/${pod.workload}`);
      if (leakPerMinute > 0) pod.leaked += (leakPerMinute * tickMs) / 60_000;
      pod.pools.forEach((pool, at) => {
        const plan = pod.variant.pools[at];
        if (plan === undefined) return;
        const database = this.database(plan.database);
        if (!database.up) {
          pool.granted = 0;
          pool.station.clear();
        } else {
          pool.granted = Math.min(pool.granted, plan.size);
          database.wanted += plan.size;
          database.open += pool.granted;
        }
      });
    }
    for (const pod of this.layout.pods) {
      pod.pools.forEach((pool, at) => {
        const plan = pod.variant.pools[at];
        if (plan === undefined) return;
        const database = this.database(plan.database);
        const more = Math.min(plan.size - pool.granted, database.maxConnections - database.open);
        if (database.up && more > 0) {
          pool.granted += more;
          database.open += more;
        }
        pool.station.resize(Math.max(0, Math.floor(pool.granted - pod.leaked)));
      });
    }
  }

  #survey(database: DatabaseFlow): void {
    const service = serviceOf(this.layout, database.key);
    database.up = service.exists && service.pods.length > 0;
    database.open = 0;
    database.wanted = 0;
    database.stretch = 0;
    database.maxConnections = 0;
    for (const pod of service.pods) {
      database.maxConnections += pod.variant.maxConnections;
      database.stretch += (coldStretch(pod) * pod.stretch) / service.pods.length;
    }
  }

  /** A party outside as its callers find it now. `target` is `external/NAME`. */
  external(target: string): ExternalNow {
    let external = this.#externals.get(target);
    if (external === undefined) {
      const name = target.slice('external/'.length);
      const spec: ExternalSpec = this.#spec.externals[name] ?? { latencyMs: 0, errors: 1, host: name };
      external = {
        latencyMs: spec.latencyMs + this.#conditions.sum('external-latency', name),
        errors: 1 - (1 - spec.errors) * (1 - this.#conditions.share('external-errors', name)),
        host: spec.host,
      };
      this.#externals.set(target, external);
    }
    return external;
  }

  /** To be called when a condition outside has changed. */
  conditionsChanged(): void {
    this.#externals.clear();
  }

  database(key: string): DatabaseFlow {
    let database = this.databases.get(key);
    if (database === undefined) {
      database = { key, stretch: 1, up: false, maxConnections: 0, open: 0, wanted: 0 };
      this.databases.set(key, database);
      this.#survey(database);
    }
    return database;
  }

  lock(key: string): LockFlow {
    let lock = this.locks.get(key);
    if (lock === undefined) {
      lock = newLock();
      this.locks.set(key, lock);
    }
    return lock;
  }
}
