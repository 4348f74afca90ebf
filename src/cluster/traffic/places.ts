import { Histogram } from '../signals/histogram.ts';
import type { TrafficSpec } from '../spec.ts';
import type { Conditions } from './conditions.ts';
import type { DatabaseFlow, ExternalFlow, PodFlow, ServiceFlow, ServiceRoute } from './graph.ts';
import { oneHump } from './humps.ts';
import type { LockFlow } from './lock.ts';
import { LOCK_TIMEOUT_MS } from './call.ts';
import { corruption, narrowWay } from './packets.ts';
import { Station } from './station.ts';

/**
 * All that requests may go to, by name. Each is made on first use, so that callers may name what does not exist (yet),
 * and kept while the drill runs, so that whoever holds one may go on holding it.
 */
export class Places {
  readonly services = new Map<string, ServiceFlow>();
  /** The same, for ticks, which go through it many times each. */
  readonly serviceList: ServiceFlow[] = [];
  readonly databases = new Map<string, DatabaseFlow>();
  readonly externals = new Map<string, ExternalFlow>();
  readonly locks = new Map<string, LockFlow>();
  readonly spec: TrafficSpec;
  readonly #conditions: Conditions;

  constructor(spec: TrafficSpec, conditions: Conditions) {
    this.spec = spec;
    this.#conditions = conditions;
  }

  service(key: string): ServiceFlow {
    let service = this.services.get(key);
    if (service === undefined) {
      service = { key, exists: false, silent: false, refuses: false, local: false, pods: [], routes: [], extraMs: 0, loss: 0, hitFactor: 1, patienceMs: Infinity, latencies: new Histogram() };
      this.services.set(key, service);
      this.serviceList.push(service);
      this.#disturbService(service);
    }
    return service;
  }

  route(key: string, name: string): ServiceRoute {
    const service = this.service(key);
    const known = service.routes.find((route) => route.name === name);
    if (known !== undefined) return known;
    const route = { service, name, ratePerS: 0, nextRatePerS: 0, detMs: 0, spreadMs: 0, humps: oneHump(), failShare: 0, refusedShare: 0, starvedShare: 0, done: 0, failed: 0, at: service.pods.map((pod) => routeAt(pod, name)) };
    service.routes.push(route);
    return route;
  }

  database(key: string): DatabaseFlow {
    let database = this.databases.get(key);
    if (database === undefined) {
      database = { key, service: this.service(key), stretch: 1, scv: 0, factor: 1, diskMs: 0, upkeepMs: 0, behindMs: 0, readOnly: false, writesPerS: 0, up: false, maxConnections: 0, open: 0, connectionsSet: null, lockTimeoutMs: LOCK_TIMEOUT_MS, statementTimeoutMs: Infinity };
      this.databases.set(key, database);
      this.#disturbDatabase(database);
    }
    return database;
  }

  /** `target` is `external/NAME`. One that nobody described fails. */
  external(target: string): ExternalFlow {
    let external = this.externals.get(target);
    if (external === undefined) {
      const name = target.slice('external/'.length);
      external = { target, host: this.spec.externals[name]?.host ?? name, latencyMs: 0, errors: 0, quotaPerS: Infinity, ratePerS: 0, nextRatePerS: 0, refused: 0 };
      this.externals.set(target, external);
      this.#disturbExternal(external);
    }
    return external;
  }

  /** `key` is `namespace/service/lock`. */
  lock(key: string): LockFlow {
    let lock = this.locks.get(key);
    if (lock === undefined) {
      lock = { key, station: new Station(1, 1), arrivals: 0, heldMs: 0, waitMs: 0, stuck: this.#conditions.sum('lock-held', key) > 0 };
      this.locks.set(key, lock);
    }
    return lock;
  }

  /** To be called when a condition outside has changed. */
  disturb(): void {
    for (const service of this.services.values()) this.#disturbService(service);
    for (const external of this.externals.values()) this.#disturbExternal(external);
    for (const database of this.databases.values()) this.#disturbDatabase(database);
    for (const lock of this.locks.values()) lock.stuck = this.#conditions.sum('lock-held', lock.key) > 0;
  }

  /** Narrow ways cost what they cost at the rates of now. To be called in each tick while there are some. */
  squeeze(): void {
    for (const service of this.services.values()) {
      const kibPerS = this.#conditions.sum('bandwidth', service.key);
      if (kibPerS <= 0) continue;
      this.#disturbService(service);
      let ratePerS = 0;
      for (const route of service.routes) ratePerS += route.ratePerS;
      const { ms, loss } = narrowWay(kibPerS, this.#conditions.sum('answer-size', service.key) || USUAL_ANSWER_KIB, ratePerS);
      service.extraMs += ms;
      service.loss = 1 - (1 - service.loss) * (1 - loss);
    }
  }

  #disturbService(service: ServiceFlow): void {
    const damaged = corruption(this.#conditions.share('packet-corruption', service.key));
    service.extraMs = this.#conditions.sum('network-latency', service.key) + damaged.ms;
    service.loss = 1 - (1 - this.#conditions.share('network-loss', service.key)) * (1 - damaged.loss);
    service.hitFactor = this.#conditions.product('cache-hit', service.key);
  }

  #disturbDatabase(database: DatabaseFlow): void {
    database.factor = this.#conditions.product('query-factor', database.key);
    database.diskMs = this.#conditions.sum('disk-latency', database.key);
  }

  #disturbExternal(external: ExternalFlow): void {
    const name = external.target.slice('external/'.length);
    const spec = this.spec.externals[name] ?? { host: name, latencyMs: 0, errors: 1 };
    external.latencyMs = spec.latencyMs + this.#conditions.sum('external-latency', name);
    external.quotaPerS = spec.limitPerS === undefined ? Infinity : Math.max(0, spec.limitPerS + this.#conditions.sum('external-quota', name));
    external.errors = 1 - (1 - spec.errors) * (1 - this.#conditions.share('external-errors', name));
  }
}

/** An answer of a program, with what it is wrapped in. */
const USUAL_ANSWER_KIB = 16;

/** Index of a route in a pod's program; its `default` where it has no such route; −1 where it has neither. */
export function routeAt(pod: PodFlow, name: string): number {
  return pod.variant.routeIndex.get(name) ?? pod.variant.routeIndex.get('default') ?? -1;
}
