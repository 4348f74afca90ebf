import type { ProgramSpec, Step, VersionSpec } from '../spec.ts';
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
  /** `namespace/service` of the database. */
  readonly database: string;
  readonly size: number;
  readonly acquireTimeoutMs: number;
}

/** One route of a variant and what it costs at the moment. */
export interface RouteFlow {
  readonly name: string;
  readonly cpuMs: number;
  readonly ops: readonly Op[];
  /** Share of requests that take a connection, by pool. */
  readonly poolShare: Float64Array;
  /** How long they hold it, by pool, in ms: filled in each tick. */
  readonly poolHoldMs: Float64Array;
  /** Time in calls outside of any pool, mean in ms and variance in ms². */
  callMs: number;
  callVariance: number;
  /** Share of requests that fail, but for failing to get a connection. */
  failShare: number;
  /** Requests a second that began, over all pods of the variant. */
  startedPerS: number;
}

/** Something that a request does away from its own CPU. `ms`, `variance`, `fail`, `attempts` are filled in each tick. */
export interface Op {
  readonly kind: 'call' | 'query' | 'cache';
  /** `namespace/service` or `external/NAME`. */
  readonly target: string;
  /** Calls: to a party outside of the cluster. */
  readonly outside: boolean;
  readonly route: string;
  /** Share of requests that get here, before any cache says otherwise; may be above 1. */
  readonly share: number;
  /** The cache whose misses alone get here, as an index of `ops`, or −1. */
  readonly behindCache: number;
  /** The pool whose connection is held meanwhile, or −1. */
  readonly pool: number;
  /** Calls: until the caller gives up. */
  readonly timeoutMs: number;
  readonly retries: number;
  readonly critical: boolean;
  /** Queries: work in the database; caches: time of a look-up. */
  readonly workMs: number;
  /** Queries: `namespace/service/lock`, or null. */
  readonly lock: string | null;
  /** Caches: share of look-ups that a warm cache answers. */
  readonly hit: number;
  /** Share of requests that get here now. */
  nowShare: number;
  ms: number;
  variance: number;
  fail: number;
  attempts: number;
  /** Share of look-ups answered now. */
  nowHit: number;
}

const PLAIN: VersionSpec = { cpuFactor: 1, errors: 0, crashAfterMs: null };

/** Builds what pods in `namespace` with these surroundings run. `resolve` turns a name in a step into `namespace/service`. */
export function compileVariant(
  key: string,
  namespace: string,
  image: { readonly repository: string; readonly tag: string },
  program: ProgramSpec,
  surroundings: Surroundings,
): Variant {
  const pools: PoolPlan[] = [];
  const compiler = new Compiler(namespace, surroundings, pools);
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
export function serviceKey(name: string, namespace: string): string {
  if (name.includes('/')) return name;
  const [service, inNamespace] = name.split('.');
  return `${inNamespace ?? namespace}/${service}`;
}

interface Place {
  readonly share: number;
  readonly behindCache: number;
  readonly pool: number;
}

class Compiler {
  readonly #namespace: string;
  readonly #surroundings: Surroundings;
  readonly #pools: PoolPlan[];

  constructor(namespace: string, surroundings: Surroundings, pools: PoolPlan[]) {
    this.#namespace = namespace;
    this.#surroundings = surroundings;
    this.#pools = pools;
  }

  /** The pools of a variant are known only when all its routes were read, hence the second step. */
  route(name: string, steps: readonly Step[]): (pools: number) => RouteFlow {
    const ops: Op[] = [];
    const poolShares: number[] = [];
    const cpuMs = this.#walk(steps, { share: 1, behindCache: -1, pool: -1 }, ops, poolShares);
    return (pools) => {
      const poolShare = new Float64Array(pools);
      poolShares.forEach((share, pool) => (poolShare[pool] = share));
      return {
        name, cpuMs, ops, poolShare, poolHoldMs: new Float64Array(pools),
        callMs: 0, callVariance: 0, failShare: 0, startedPerS: 0,
      };
    };
  }

  /** Appends what the steps do to `ops` and returns their CPU time in ms. */
  #walk(steps: readonly Step[], place: Place, ops: Op[], poolShares: number[]): number {
    let cpuMs = 0;
    for (const step of steps) {
      switch (step.do) {
        case 'cpu':
          cpuMs += step.ms * place.share;
          break;
        case 'call':
          ops.push(this.#call(step, place));
          break;
        case 'query':
          ops.push(this.#query(step, place));
          break;
        case 'cached':
          ops.push({ ...blank(place), kind: 'cache', target: serviceKey(step.on, this.#namespace), workMs: step.ms, hit: step.hit });
          cpuMs += this.#walk(step.miss, { ...place, behindCache: ops.length - 1 }, ops, poolShares);
          break;
        case 'transaction': {
          const pool = this.#pool(step);
          poolShares[pool] = (poolShares[pool] ?? 0) + place.share;
          cpuMs += this.#walk(step.steps, { ...place, pool }, ops, poolShares);
          break;
        }
        case 'when':
          if (isOn(step.env, step.default, this.#surroundings)) cpuMs += this.#walk(step.steps, place, ops, poolShares);
          break;
      }
    }
    return cpuMs;
  }

  #call({ call }: Extract<Step, { do: 'call' }>, place: Place): Op {
    return {
      ...blank(place),
      kind: 'call',
      target: call.to.startsWith('external/') ? call.to : serviceKey(call.to, this.#namespace),
      outside: call.to.startsWith('external/'),
      route: call.route,
      share: place.share * call.times,
      timeoutMs: numberOf(call.timeoutMs, this.#surroundings),
      retries: Math.min(10, Math.round(numberOf(call.retries, this.#surroundings))),
      critical: call.onFailure === 'fail',
    };
  }

  #query(step: Extract<Step, { do: 'query' }>, place: Place): Op {
    const database = (this.#pools[place.pool] as PoolPlan).database;
    return {
      ...blank(place),
      kind: 'query',
      target: database,
      workMs: step.ms,
      critical: true,
      lock: step.lock === null ? null : `${database}/${step.lock}`,
    };
  }

  #pool(step: Extract<Step, { do: 'transaction' }>): number {
    const database = serviceKey(step.on, this.#namespace);
    const known = this.#pools.findIndex((pool) => pool.database === database);
    if (known !== -1) return known;
    return (
      this.#pools.push({
        database,
        size: Math.round(numberOf(step.pool, this.#surroundings)),
        acquireTimeoutMs: numberOf(step.acquireTimeoutMs, this.#surroundings),
      }) - 1
    );
  }
}

function blank(place: Place): Op {
  return {
    kind: 'call', target: '', outside: false, route: 'default', share: place.share, behindCache: place.behindCache, pool: place.pool,
    timeoutMs: 0, retries: 0, critical: false, workMs: 0, lock: null, hit: 0,
    nowShare: place.share, ms: 0, variance: 0, fail: 0, attempts: 1, nowHit: 0,
  };
}
