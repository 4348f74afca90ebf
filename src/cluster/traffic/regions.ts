import type { SimMs } from '../../time/sim-time.ts';
import type { GlobalSpec, LoadSpec, RegionSpec, TrafficSpec } from '../spec.ts';
import type { ObjectStore } from '../store.ts';
import type { Conditions } from './conditions.ts';
import type { ServiceFlow, ServiceRoute } from './graph.ts';
import type { Places } from './places.ts';

/** What a global load balancer knows of the Service of one region. */
interface Backend {
  readonly region: string;
  readonly service: ServiceFlow;
  healthy: boolean;
  /** Checks in a row that spoke against what is believed. */
  against: number;
  /** Somebody gave it no weight. */
  drained: boolean;
}

interface Balancer {
  readonly spec: GlobalSpec;
  readonly backends: readonly Backend[];
  nextCheckMs: SimMs;
}

/** How the users of one load are spread over the regions, by backend. */
export interface Spread {
  readonly balancer: Balancer;
  readonly routes: readonly ServiceRoute[];
  /** Share of the users now: those who follow the name at once, and those whose resolvers keep an old address. */
  readonly shares: Float64Array;
  readonly quick: Float64Array;
  readonly stubborn: Float64Array;
  /** A round trip from the users to each region. */
  readonly roundTripMs: readonly number[];
  /** Where they are. */
  readonly from: string;
}

/** Some resolvers and programs keep an address for longer than they should: this share of users, for so many times the TTL. */
const STUBBORN = 0.03;
const STUBBORN_TTLS = 20;
/** external-dns writes records by this annotation; a record of weight 0 gets nobody. Source: external-dns' documentation of routing policies. */
const WEIGHT = 'external-dns.alpha.kubernetes.io/aws-weight';

/** Names that users of all regions know, and the region that each of them gets to. A cluster in one place pays nothing. */
export class GlobalBalancers {
  readonly #balancers = new Map<string, Balancer>();
  readonly #spreads: Spread[] = [];
  readonly #regions: Readonly<Record<string, RegionSpec>>;
  readonly #places: Places;
  readonly #conditions: Conditions;

  constructor(spec: TrafficSpec, places: Places, conditions: Conditions) {
    this.#regions = spec.regions ?? {};
    this.#places = places;
    this.#conditions = conditions;
    for (const [name, global] of Object.entries(spec.globals ?? {})) {
      const backends = Object.entries(global.backends).map(([region, service]) => ({ region, service: places.service(service), healthy: true, against: 0, drained: false }));
      this.#balancers.set(name, { spec: global, backends, nextCheckMs: -Infinity });
    }
  }

  /** How a load is spread; null where its users know a Service by its own address. */
  spreadOf({ global, from = '', route, patienceMs }: LoadSpec): Spread | null {
    const balancer = global === undefined ? undefined : this.#balancers.get(global);
    if (balancer === undefined) return null;
    const routes = balancer.backends.map(({ service }) => this.#places.route(service.key, route));
    for (const { service } of routes) service.patienceMs = Math.min(service.patienceMs, patienceMs);
    const count = routes.length;
    const spread = { balancer, routes, from, shares: new Float64Array(count), quick: new Float64Array(count), stubborn: new Float64Array(count), roundTripMs: balancer.backends.map(({ region }) => roundTripMs(this.#regions, from, region)) };
    const at = this.#chosen(spread);
    for (const shares of [spread.shares, spread.quick, spread.stubborn]) shares[at] = 1;
    this.#spreads.push(spread);
    return spread;
  }

  /** Reads who was given no weight. To be called when objects changed. */
  refresh(store: ObjectStore): void {
    for (const { backends } of this.#balancers.values()) {
      for (const backend of backends) {
        const [namespace = '', name = ''] = backend.service.key.split('/');
        backend.drained = store.get('Service', namespace, name)?.metadata.annotations?.[WEIGHT] === '0';
      }
    }
  }

  /** What the checks of each name believe of each region, and whether they are right just now. */
  beliefs(): readonly { readonly host: string; readonly region: string; readonly answers: boolean; readonly healthy: boolean }[] {
    return [...this.#balancers].flatMap(([host, { backends }]) => backends.map((backend) => ({ host, region: backend.region, answers: this.#answers(backend), healthy: backend.healthy })));
  }

  /** Checks who is well and moves users. True while any of them move. */
  step(atMs: SimMs, tickMs: number): boolean {
    for (const balancer of this.#balancers.values()) this.#check(balancer, atMs);
    let moving = false;
    for (const spread of this.#spreads) if (this.#move(spread, tickMs)) moving = true;
    return moving;
  }

  /** Share of the requests of these users to a backend that get lost on the way. */
  lossTo(spread: Spread, at: number): number {
    const to = spread.balancer.backends[at]?.region ?? '';
    return spread.from === to ? 0 : regionLoss(this.#conditions, spread.from, to);
  }

  #check(balancer: Balancer, atMs: SimMs): void {
    const { everyMs, failures, successes } = balancer.spec.check;
    if (balancer.nextCheckMs === -Infinity) balancer.nextCheckMs = atMs;
    for (; balancer.nextCheckMs <= atMs; balancer.nextCheckMs += everyMs) {
      for (const backend of balancer.backends) {
        const well = this.#answers(backend);
        backend.against = well === backend.healthy ? 0 : backend.against + 1;
        if (backend.against < (backend.healthy ? failures : successes)) continue;
        backend.healthy = well;
        backend.against = 0;
      }
    }
  }

  /** Whether a region answers the checks, which come from the others: by most of its answers. */
  #answers({ region, service }: Backend): boolean {
    if (!service.exists || service.pods.length === 0 || this.#conditions.share('region-loss', region) >= 0.5) return false;
    let asked = 0;
    let failed = 0;
    for (const { ratePerS, failShare } of service.routes) {
      asked += ratePerS;
      failed += ratePerS * failShare;
    }
    return failed <= asked / 2;
  }

  /** The nearest region that is well; where none is, all are treated as if they were. */
  #chosen({ balancer: { backends }, roundTripMs: distances }: Spread): number {
    const offered = backends.some(({ drained }) => !drained) ? backends.filter(({ drained }) => !drained) : backends;
    const well = offered.some(({ healthy }) => healthy) ? offered.filter(({ healthy }) => healthy) : offered;
    let best = 0;
    let bestMs = Infinity;
    backends.forEach((backend, at) => {
      const ms = distances[at] as number;
      if (!well.includes(backend) || ms >= bestMs) return;
      best = at;
      bestMs = ms;
    });
    return best;
  }

  #move(spread: Spread, tickMs: number): boolean {
    const { by, ttlMs } = spread.balancer.spec;
    const to = this.#chosen(spread);
    if (by === 'address') {
      if (spread.shares[to] === 1) return false;
      spread.shares.fill(0);
      spread.shares[to] = 1;
      return true;
    }
    const moving = follow(spread.quick, to, tickMs / Math.max(1, ttlMs));
    const late = follow(spread.stubborn, to, tickMs / Math.max(1, ttlMs * STUBBORN_TTLS));
    for (let at = 0; at < spread.shares.length; at++) spread.shares[at] = (1 - STUBBORN) * (spread.quick[at] as number) + STUBBORN * (spread.stubborn[at] as number);
    return moving || late;
  }
}

/** Addresses that end in this tick are looked up anew: all but the last thousandth come to `to`. */
function follow(shares: Float64Array, to: number, ended: number): boolean {
  if (shares[to] === 1) return false;
  let moved = 0;
  for (let at = 0; at < shares.length; at++) {
    if (at === to) continue;
    const before = shares[at] as number;
    const after = before < 0.001 ? 0 : before * (1 - Math.min(1, ended));
    shares[at] = after;
    moved += after;
  }
  shares[to] = 1 - moved;
  return true;
}

/** A round trip between two regions: as either of them says, 0 within one. */
export function roundTripMs(regions: Readonly<Record<string, RegionSpec>>, one: string, other: string): number {
  return one === other ? 0 : (regions[one]?.roundTripMs[other] ?? regions[other]?.roundTripMs[one] ?? 0);
}

/** Share of what goes between two regions that gets lost. */
export function regionLoss(conditions: Conditions, one: string, other: string): number {
  const pair = one < other ? `${one}~${other}` : `${other}~${one}`;
  return 1 - (1 - conditions.share('region-loss', one)) * (1 - conditions.share('region-loss', other)) * (1 - conditions.share('region-loss', pair));
}

/** The regions that have a namespace of their own, for who wants a context for each. */
export function regionContexts({ regions = {} }: Pick<TrafficSpec, 'regions'>): readonly { readonly name: string; readonly namespace: string }[] {
  return Object.entries(regions).flatMap(([name, { namespace }]) => (namespace === null ? [] : [{ name, namespace }]));
}

/** The backend that one of a load's users gets to, by a share of them from 0 to 1. */
export function backendOf({ shares }: Spread, place: number): number {
  let sum = 0;
  for (let at = 0; at < shares.length; at++) {
    sum += shares[at] as number;
    if (place < sum) return at;
  }
  return 0;
}
