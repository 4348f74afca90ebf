import { addressOf, otherHost, serviceKey } from './addresses.ts';
import type { CallSpec, ConnectSpec, ProgramSpec, Step, TrafficSpec, VersionSpec } from '../spec.ts';
import type { Op, OpNow, PoolPlan, RouteFlow, Taking, Variant, Work } from './graph.ts';
import type { Places } from './places.ts';
import { tableOf } from './tables.ts';
import { OPEN_WAY } from './ways.ts';
import { isOn, numberOf, type Surroundings } from './settings.ts';

/** Requests that may queue for a thread of one pod before more are refused, where its program does not say. */
const LISTEN_BACKLOG = 512;
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
  const compiler = new Compiler(namespace, image.repository, surroundings, pools, places);
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
    // Who works by himself takes up as much as he can do.
    queue: program.job !== undefined ? 0 : program.queue === undefined ? LISTEN_BACKLOG : numberOf(program.queue, surroundings),
    lifo: program.order === 'lifo',
    sheds: program.sheds === undefined ? null : routes.map(({ name }) => program.sheds?.includes(name) === true),
    maxConnections: program.maxConnections === null ? 0 : numberOf(program.maxConnections, surroundings),
    pools,
    routes,
    routeIndex: new Map(routes.map((route, at) => [route.name, at])),
    pods: 0,
    breakers: routes.flatMap(({ ops }) => ops.flatMap((op) => (op.kind === 'call' && op.breaker !== null ? op.breaker : []))),
  };
}

/** What an image does, or undefined where the registry has none of that name: people type the names of images. */
export function programOf(spec: TrafficSpec, repository: string): ProgramSpec | undefined {
  return Object.hasOwn(spec.programs, repository) ? spec.programs[repository] : undefined;
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
  readonly #repository: string;
  readonly #surroundings: Surroundings;
  readonly #pools: PoolPlan[];
  readonly #places: Places;

  constructor(namespace: string, repository: string, surroundings: Surroundings, pools: PoolPlan[], places: Places) {
    this.#places = places;
    this.#namespace = namespace;
    this.#repository = repository;
    this.#surroundings = surroundings;
    this.#pools = pools;
  }

  /** The pools of a variant are known only when all its routes were read, hence the second step. */
  route(name: string, steps: readonly Step[]): (pools: number) => RouteFlow {
    const plan: Plan = { ops: [], work: [], takings: [] };
    this.#walk(steps, { behindCache: -1, pool: -1 }, plan);
    return (pools) => ({
      name, ...plan, bursty: plan.work.some(({ burst }) => burst !== null),
      cpuMs: 0, poolCpuMs: new Float64Array(pools), poolShare: new Float64Array(pools), poolHoldMs: new Float64Array(pools), poolVariance: new Float64Array(pools), poolFail: new Float64Array(pools), callMs: 0, callVariance: 0, failShare: 0, startedPerS: 0,
    });
  }

  /** Adds what the steps do to the plan. */
  #walk(steps: readonly Step[], place: Place, plan: Plan): void {
    const { ops, work, takings } = plan;
    for (const step of steps) {
      switch (step.do) {
        case 'cpu':
          work.push({ ms: step.ms, ...place, burst: burstOf(step, this.#surroundings) });
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
      to: outside ? this.#outside(target) : this.#places.route(addressOf(call.to, this.#namespace, this.#surroundings), call.route),
      timeoutMs: numberOf(call.timeoutMs, this.#surroundings),
      retries: Math.min(10, Math.round(numberOf(call.retries, this.#surroundings))),
      // Full jitter halves a pause in the mean.
      backoffMs: call.backoffMs === undefined ? 0 : numberOf(call.backoffMs, this.#surroundings) / 2,
      budget: call.budgetEnv === undefined ? (call.budget ?? Infinity) : numberOf({ default: call.budget ?? Infinity, env: call.budgetEnv }, this.#surroundings),
      ports: call.keepAlive === undefined || keeps(call.keepAlive, this.#surroundings) ? null : { taken: 0, lacking: 0 },
      breaker: call.breaker === undefined ? null : { failures: call.breaker.failures, openMs: numberOf(call.breaker.openMs, this.#surroundings), state: 'closed', leftMs: 0, through: 1, failed: 0, wantedPerS: 0 },
    };
  }

  /** The party that is meant, or nobody where the environment names another host. */
  #outside(target: string): ReturnType<Places['external']> {
    const external = this.#places.external(target);
    const other = otherHost(target, external.host, this.#surroundings);
    return other === null ? external : this.#places.external(`external/${other}`);
  }

  #query(step: Extract<Step, { do: 'query' }>, place: Place): Op {
    const { database } = this.#pools[place.pool] as PoolPlan;
    const lock = step.lock === null ? null : this.#places.lock(`${database.key}/${step.lock}`);
    return { ...place, share: 1, critical: true, ...FRESH, kind: 'query', target: database.key, database, workMs: step.ms, lock, writes: step.writes ?? lock !== null, table: tableOf(step, this.#repository), freshMs: step.freshMs ?? Infinity };
  }

  #look(step: Extract<Step, { do: 'cached' }>, place: Place): Op {
    const target = serviceKey(step.on, this.#namespace);
    // Without its cache a program asks the source.
    return { ...place, share: 1, critical: false, ...FRESH, kind: 'cache', target, cache: this.#places.service(addressOf(step.on, this.#namespace, this.#surroundings)), workMs: step.ms, hit: step.hit, nowHit: 0, expiry: step.expiry ?? null, missMs: 0, filled: 1 };
  }

  #pool(step: Extract<Step, { do: 'transaction' }>): number {
    const database = this.#places.database(addressOf(step.on, this.#namespace, this.#surroundings));
    const known = this.#pools.findIndex((pool) => pool.database === database);
    if (known !== -1) return known;
    return (
      this.#pools.push({
        database,
        size: Math.round(numberOf(step.pool, this.#surroundings)),
        acquireTimeoutMs: numberOf(step.acquireTimeoutMs, this.#surroundings),
        connectTimeoutMs: Math.max(1, numberOf(step.connect?.timeoutMs ?? CONNECT.timeoutMs, this.#surroundings)),
        connectPauseMs: numberOf(step.connect?.pauseMs ?? CONNECT.pauseMs, this.#surroundings),
        lifetimeMs: Math.max(1_000, numberOf(step.connect?.lifetimeMs ?? CONNECT.lifetimeMs, this.#surroundings)),
        asked: 0,
        denied: 0,
        waitMs: 0,
      }) - 1
    );
  }
}

/** Work on several threads at once; null on one. */
function burstOf({ threads }: Extract<Step, { do: 'cpu' }>, surroundings: Surroundings): Work['burst'] {
  const count = threads === undefined ? 1 : numberOf(threads, surroundings);
  return count > 1 ? { threads: count, share: 0 } : null;
}

/** Whether connections are kept, by the variable where one is set. */
function keeps({ env, default: byDefault }: NonNullable<CallSpec['keepAlive']>, surroundings: Surroundings): boolean {
  return env === null ? byDefault : isOn(env, byDefault ? 'on' : 'off', surroundings);
}

/** How most pools open connections: at once, again and again. */
const CONNECT: ConnectSpec = { timeoutMs: { default: 5_000, env: null }, pauseMs: { default: 0, env: null }, lifetimeMs: { default: 1_800_000, env: null } };

const FRESH: OpNow = { nowShare: 0, wanted: 0, ms: 0, variance: 0, fail: 0, late: 0, attempts: 1, way: OPEN_WAY };
