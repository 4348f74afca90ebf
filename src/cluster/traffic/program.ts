import type { ProgramSpec, Step, VersionSpec } from '../spec.ts';
import type { DatabaseFlow, ExternalFlow, LockFlow, Places, ServiceFlow, ServiceRoute } from './places.ts';
import { isOn, numberOf, type Surroundings } from './settings.ts';

/**
 * A program as one set of pods runs it: a tag of an image with its settings resolved. Pods with the same image and
 * the same settings share one variant. What a route does is flattened into `ops`, each with the share of requests
 * that reach it; the flow fills in what each costs now.
 */
export interface Variant {
  readonly key: string;
  readonly namespace: string;
  readonly repository: string;
  readonly tag: string;
  readonly program: ProgramSpec;
  readonly version: VersionSpec;
  readonly threads: number;
  readonly maxConnections: number;
  readonly pools: readonly PoolPlan[];
  readonly routes: readonly RouteFlow[];
  readonly routeIndex: ReadonlyMap<string, number>;
}

/** A pool of connections to one database that each pod of a variant keeps. */
export interface PoolPlan {
  readonly database: DatabaseFlow;
  readonly size: number;
  readonly acquireTimeoutMs: number;
  /** Within a tick, over all pods of the variant: requests that want a connection, and those of them that give up. */
  asked: number;
  denied: number;
}

/** One route of a variant and what it costs at the moment. */
export interface RouteFlow {
  readonly name: string;
  readonly ops: readonly Op[];
  readonly work: readonly Work[];
  readonly takings: readonly Taking[];
  // Filled in each tick:
  /** CPU time of a request, in ms. */
  cpuMs: number;
  /** Connections that a request takes, by pool, and how long it holds each, in ms. */
  readonly poolShare: Float64Array;
  readonly poolHoldMs: Float64Array;
  /** Variance of that time, in ms². */
  readonly poolVariance: Float64Array;
  /** Time in calls outside of any pool, mean in ms and variance in ms². */
  callMs: number;
  callVariance: number;
  /** Share of requests that fail, but for failing to get a connection. */
  failShare: number;
  /** Requests a second that began, over all pods of the variant. */
  startedPerS: number;
}

/** CPU time that all requests take, or those that the cache at that place of `ops` misses. */
interface Work {
  readonly ms: number;
  readonly behindCache: number;
}

/** A connection of a pool that all requests take, or those that the cache at that place of `ops` misses. */
interface Taking {
  readonly pool: number;
  readonly behindCache: number;
}

/** Something that a request does away from its own CPU. The fields of {@link OpNow} are filled in each tick. */
export type Op = OpNow & OpPlace & (CallOp | QueryOp | CacheOp);

/** Where in a request a step stands. */
interface OpPlace {
  /** How often a request that gets here does it; below 1 it is a share of them. */
  readonly share: number;
  /** The cache whose misses alone get here, as an index of `ops`, or −1. */
  readonly behindCache: number;
  /** The pool whose connection is held meanwhile, or −1. */
  readonly pool: number;
  /** Whether the request fails with it. */
  readonly critical: boolean;
}

/**
 * What a step costs now: share of requests that get here, and that would if none had failed before; ms and variance in ms²
 * each time; share that fails, and of those the share that came too late; tries each time.
 */
interface OpNow {
  nowShare: number;
  wanted: number;
  ms: number;
  variance: number;
  fail: number;
  late: number;
  attempts: number;
}

export interface CallOp {
  readonly kind: 'call';
  /** `namespace/service` or `external/NAME`. */
  readonly target: string;
  readonly route: string;
  readonly to: ServiceRoute | ExternalFlow;
  /** Until the caller gives up. */
  readonly timeoutMs: number;
  readonly retries: number;
}

export interface QueryOp {
  readonly kind: 'query';
  readonly target: string;
  readonly database: DatabaseFlow;
  readonly workMs: number;
  readonly lock: LockFlow | null;
}

export interface CacheOp {
  readonly kind: 'cache';
  readonly target: string;
  readonly cache: ServiceFlow;
  readonly workMs: number;
  /** Share of look-ups that a warm cache answers, and that it answers now. */
  readonly hit: number;
  nowHit: number;
}

const PLAIN: VersionSpec = { cpuFactor: 1, errors: 0, crashAfterMs: null };

/** Builds what pods in `namespace` with these surroundings run. */
export function compileVariant(
  key: string,
  namespace: string,
  image: { readonly repository: string; readonly tag: string },
  program: ProgramSpec,
  surroundings: Surroundings,
  places: Places,
): Variant {
  const pools: PoolPlan[] = [];
  const compiler = new Compiler(namespace, surroundings, pools, places);
  const plans = Object.entries(program.routes).map(([name, steps]) => compiler.route(name, steps));
  const routes = plans.map((plan) => plan(pools.length));
  return {
    key,
    namespace,
    repository: image.repository,
    tag: image.tag,
    program,
    version: program.versions[image.tag] ?? PLAIN,
    threads: numberOf(program.threads, surroundings),
    maxConnections: program.maxConnections === null ? 0 : numberOf(program.maxConnections, surroundings),
    pools,
    routes,
    routeIndex: new Map(routes.map((route, at) => [route.name, at])),
  };
}

/** `payments` is the Service of that name in the caller's namespace, `payments.shop` the one in `shop`. */
function serviceKey(name: string, namespace: string): string {
  if (name.includes('/')) return name;
  const [service, inNamespace] = name.split('.');
  return `${inNamespace ?? namespace}/${service}`;
}

interface Place {
  readonly behindCache: number;
  readonly pool: number;
}

/** What the steps of a route come to. */
interface Plan {
  readonly ops: Op[];
  readonly work: Work[];
  readonly takings: Taking[];
}

class Compiler {
  readonly #namespace: string;
  readonly #surroundings: Surroundings;
  readonly #pools: PoolPlan[];
  readonly #places: Places;

  constructor(namespace: string, surroundings: Surroundings, pools: PoolPlan[], places: Places) {
    this.#places = places;
    this.#namespace = namespace;
    this.#surroundings = surroundings;
    this.#pools = pools;
  }

  /** The pools of a variant are known only when all its routes were read, hence the second step. */
  route(name: string, steps: readonly Step[]): (pools: number) => RouteFlow {
    const plan: Plan = { ops: [], work: [], takings: [] };
    this.#walk(steps, { behindCache: -1, pool: -1 }, plan);
    return (pools) => ({
      name, ...plan,
      cpuMs: 0, poolShare: new Float64Array(pools), poolHoldMs: new Float64Array(pools), poolVariance: new Float64Array(pools), callMs: 0, callVariance: 0, failShare: 0, startedPerS: 0,
    });
  }

  /** Adds what the steps do to the plan. */
  #walk(steps: readonly Step[], place: Place, plan: Plan): void {
    const { ops, work, takings } = plan;
    for (const step of steps) {
      switch (step.do) {
        case 'cpu':
          work.push({ ms: step.ms, behindCache: place.behindCache });
          break;
        case 'call':
          ops.push(this.#call(step, place));
          break;
        case 'query':
          ops.push(this.#query(step, place));
          break;
        case 'cached':
          ops.push(this.#look(step, place));
          this.#walk(step.miss, { ...place, behindCache: ops.length - 1 }, plan);
          break;
        case 'transaction': {
          const pool = this.#pool(step);
          takings.push({ pool, behindCache: place.behindCache });
          this.#walk(step.steps, { ...place, pool }, plan);
          break;
        }
        case 'when':
          if (isOn(step.env, step.default, this.#surroundings)) this.#walk(step.steps, place, plan);
          break;
      }
    }
  }

  #call({ call }: Extract<Step, { do: 'call' }>, place: Place): Op {
    const outside = call.to.startsWith('external/');
    const target = outside ? call.to : serviceKey(call.to, this.#namespace);
    return {
      ...place,
      share: call.times,
      critical: call.onFailure === 'fail',
      ...FRESH,
      kind: 'call',
      target,
      route: call.route,
      to: outside ? this.#places.external(target) : this.#places.route(target, call.route),
      timeoutMs: numberOf(call.timeoutMs, this.#surroundings),
      retries: Math.min(10, Math.round(numberOf(call.retries, this.#surroundings))),
    };
  }

  #query(step: Extract<Step, { do: 'query' }>, place: Place): Op {
    const { database } = this.#pools[place.pool] as PoolPlan;
    const lock = step.lock === null ? null : this.#places.lock(`${database.key}/${step.lock}`);
    return { ...place, share: 1, critical: true, ...FRESH, kind: 'query', target: database.key, database, workMs: step.ms, lock };
  }

  #look(step: Extract<Step, { do: 'cached' }>, place: Place): Op {
    const target = serviceKey(step.on, this.#namespace);
    // Without its cache a program asks the source.
    return { ...place, share: 1, critical: false, ...FRESH, kind: 'cache', target, cache: this.#places.service(target), workMs: step.ms, hit: step.hit, nowHit: 0 };
  }

  #pool(step: Extract<Step, { do: 'transaction' }>): number {
    const database = this.#places.database(serviceKey(step.on, this.#namespace));
    const known = this.#pools.findIndex((pool) => pool.database === database);
    if (known !== -1) return known;
    return (
      this.#pools.push({
        database,
        size: Math.round(numberOf(step.pool, this.#surroundings)),
        acquireTimeoutMs: numberOf(step.acquireTimeoutMs, this.#surroundings),
        asked: 0,
        denied: 0,
      }) - 1
    );
  }
}

const FRESH: OpNow = { nowShare: 0, wanted: 0, ms: 0, variance: 0, fail: 0, late: 0, attempts: 1 };

/** Whether a call goes to a party outside of the cluster. */
export function isOutside(to: ServiceRoute | ExternalFlow): to is ExternalFlow {
  return 'host' in to;
}
