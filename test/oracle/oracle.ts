import type { Step } from '../../src/cluster/spec.ts';
import { EventQueue } from './event-queue.ts';
import { Cores, Places } from './servers.ts';
import type { PodOf, World } from './world.ts';

/** A round trip between pods, and how soon a refusal is known: facts of the model's description. */
const NETWORK_MS = 0.5;
const REFUSED_MS = 3;
const QUEUE_ROOM = 512;
/** Whoever waits longer than this waits for ever: nobody has to be told. */
const NEVER_MS = 1e8;
/** How soon a user whose request failed tries again. */
const RETRY_MS = 1_000;

export interface OracleOptions {
  readonly seed: number;
  /** Of the time of a piece of work so much is certain, the rest exponential; 0 is exponential, for closed forms. */
  readonly certain?: number;
  readonly outsideCertain?: number;
}

type Ended = (failed: boolean) => void;

/**
 * The graph request by request: every request of every user walks through threads, cores, pools, locks and calls, one
 * event after the other. Slow and plain: what the flow model is held against. It shares the description of programs with
 * the model, and nothing else.
 */
export class Oracle {
  readonly queue = new EventQueue();
  /** Latencies in ms of what users asked, and how many failed, since {@link forget}. */
  readonly latencies = new Map<string, number[]>();
  readonly failures = new Map<string, number>();
  readonly #world: World;
  readonly #dice: () => number;
  readonly #certain: number;
  readonly #outsideCertain: number;
  readonly #pods = new Map<PodOf, PodState>();
  readonly #locks = new Map<string, Places>();
  #factor = 1;

  constructor(world: World, { seed, certain = 0.41, outsideCertain = 0.85 }: OracleOptions) {
    this.#world = world;
    this.#dice = mulberry(seed);
    this.#certain = certain;
    this.#outsideCertain = outsideCertain;
    for (const pods of world.services.values()) for (const pod of pods) this.#pods.set(pod, this.#stateOf(pod));
    for (const load of world.loads) this.#arrive(load);
  }

  /** From now on users send this many times as much. */
  set loadFactor(factor: number) {
    this.#factor = factor;
  }

  /** Requests of users that ended so far. */
  get ended(): number {
    let total = 0;
    for (const all of this.latencies.values()) total += all.length;
    return total;
  }

  forget(): void {
    this.latencies.clear();
    this.failures.clear();
  }

  /** Requests that wait for a thread anywhere. */
  get queued(): number {
    let total = 0;
    for (const { threads } of this.#pods.values()) total += threads.waiting;
    return total;
  }

  #stateOf(pod: PodOf): PodState {
    const pools = new Map([...pod.connections].map(([database, size]) => [database, new Places(this.queue, size)]));
    return { threads: new Places(this.queue, pod.threads, QUEUE_ROOM), cores: new Cores(this.queue, pod.cores), pools };
  }

  #arrive(load: World['loads'][number]): void {
    this.queue.in(this.#exponential(1000 / (load.ratePerS * this.#factor)), () => {
      this.#user(load, load.retries);
      this.#arrive(load);
    });
  }

  /** One user's request, and once more where it fails. */
  #user(load: World['loads'][number], retries: number): void {
    const startMs = this.queue.nowMs;
    const key = `${load.service}/${load.route}`;
    let left = false;
    const end: Ended = (failed) => {
      if (left) return;
      left = true;
      const list = this.latencies.get(key) ?? [];
      list.push(this.queue.nowMs - startMs);
      this.latencies.set(key, list);
      if (failed) this.failures.set(key, (this.failures.get(key) ?? 0) + 1);
      // As in the model: a share `retries` of those who failed tries again.
      if (failed && retries > 0 && this.#dice() < retries) this.queue.in(RETRY_MS, () => this.#user(load, retries));
    };
    if (load.patienceMs < NEVER_MS) this.queue.in(load.patienceMs, () => end(true));
    this.#ask(load.service, load.route, end, load.patienceMs);
  }

  #ask(service: string, route: string, end: Ended, patienceMs = Infinity): void {
    const pods = this.#world.services.get(service) ?? [];
    if (pods.length === 0) return this.queue.in(REFUSED_MS, () => end(true));
    const pod = pods[Math.floor(this.#dice() * pods.length)] as PodOf;
    const steps = pod.routes[route] ?? pod.routes['default'];
    const state = this.#pods.get(pod) as PodState;
    if (steps === undefined || this.#dice() < pod.errors) return this.queue.in(REFUSED_MS, () => end(true));
    state.threads.take(() => {
      this.#steps(pod, state, steps, 0, null, (failed) => {
        state.threads.free();
        end(failed);
      });
    }, () => end(true), patienceMs);
  }

  /** Does the steps from `at` on, one after the other, until one fails. */
  #steps(pod: PodOf, state: PodState, steps: readonly Step[], at: number, held: Held | null, end: Ended): void {
    const step = steps[at];
    if (step === undefined) return end(false);
    this.#step(pod, state, step, held, (failed) => (failed ? end(true) : this.#steps(pod, state, steps, at + 1, held, end)));
  }

  #step(pod: PodOf, state: PodState, step: Step, held: Held | null, end: Ended): void {
    switch (step.do) {
      case 'cpu':
        return state.cores.work(this.#work(step.ms * pod.cpuFactor), () => end(false));
      case 'when':
        return pod.isOn(step.env, step.default) ? this.#steps(pod, state, step.steps, 0, held, end) : end(false);
      case 'call':
        return this.#calls(pod, step, step.call.times, end);
      case 'cached':
        this.queue.in(this.#work(step.ms + NETWORK_MS), () => (this.#dice() < step.hit ? end(false) : this.#steps(pod, state, step.miss, 0, held, end)));
        return;
      case 'transaction':
        return this.#transaction(pod, state, step, end);
      case 'query':
        return this.#query(step, held as Held, end);
    }
  }

  #transaction(pod: PodOf, state: PodState, step: Extract<Step, { do: 'transaction' }>, end: Ended): void {
    const database = keyOf(step.on, pod.namespace);
    const pool = state.pools.get(database) as Places;
    pool.take(() => {
      const held: Held = { database, locks: new Set() };
      this.#steps(pod, state, step.steps, 0, held, (failed) => {
        for (const lock of held.locks) lock.free();
        pool.free();
        end(failed);
      });
    }, () => end(true), pod.number(step.acquireTimeoutMs));
  }

  /** Works in the database, with its rows in hand until the transaction ends. */
  #query(step: Extract<Step, { do: 'query' }>, held: Held, end: Ended): void {
    const servers = this.#world.services.get(held.database) ?? [];
    const server = servers[Math.floor(this.#dice() * servers.length)];
    if (server === undefined) return this.queue.in(REFUSED_MS, () => end(true));
    const work = (): void => (this.#pods.get(server) as PodState).cores.work(this.#work(step.ms), () => end(false));
    if (step.lock === null) return work();
    const key = `${held.database}/${step.lock}`;
    const lock = this.#locks.get(key) ?? new Places(this.queue, 1);
    this.#locks.set(key, lock);
    if (held.locks.has(lock)) return work();
    lock.take(() => {
      held.locks.add(lock);
      work();
    }, () => end(true), 30_000);
  }

  /** Calls `times` times; a rest below one is the chance of one more. */
  #calls(pod: PodOf, step: Extract<Step, { do: 'call' }>, times: number, end: Ended): void {
    if (times <= 0 || (times < 1 && this.#dice() >= times)) return end(false);
    const { call } = step;
    this.#tries(pod, step, Math.min(10, Math.round(pod.number(call.retries))), (failed) => {
      if (failed && call.onFailure === 'fail') return end(true);
      this.#calls(pod, step, times - 1, end);
    });
  }

  #tries(pod: PodOf, step: Extract<Step, { do: 'call' }>, retries: number, end: Ended): void {
    this.#once(pod, step, (failed) => (failed && retries > 0 ? this.#tries(pod, step, retries - 1, end) : end(failed)));
  }

  /** One try: who waits longer than the time-out gives up, and the work goes on without them. */
  #once(pod: PodOf, { call }: Extract<Step, { do: 'call' }>, end: Ended): void {
    let over = false;
    const finish: Ended = (failed) => {
      if (over) return;
      over = true;
      end(failed);
    };
    const timeoutMs = pod.number(call.timeoutMs);
    if (timeoutMs < NEVER_MS) this.queue.in(timeoutMs, () => finish(true));
    if (call.to.startsWith('external/')) {
      const { latencyMs, errors } = this.#world.externals.get(call.to) ?? { latencyMs: 0, errors: 1 };
      const failed = this.#dice() < errors;
      this.queue.in(latencyMs * this.#outsideCertain + this.#exponential(latencyMs * (1 - this.#outsideCertain)), () => finish(failed));
      return;
    }
    this.queue.in(NETWORK_MS, () => this.#ask(keyOf(call.to, pod.namespace), call.route, finish));
  }

  #work(meanMs: number): number {
    return meanMs * this.#certain + this.#exponential(meanMs * (1 - this.#certain));
  }

  #exponential(meanMs: number): number {
    return meanMs === 0 ? 0 : -meanMs * Math.log(1 - this.#dice());
  }
}

interface PodState {
  readonly threads: Places;
  readonly cores: Cores;
  readonly pools: ReadonlyMap<string, Places>;
}

/** What a transaction holds. */
interface Held {
  readonly database: string;
  readonly locks: Set<Places>;
}

/** `payments` is the Service of that name in the caller's namespace, `payments.shop` the one in `shop`. */
function keyOf(name: string, namespace: string): string {
  if (name.includes('/')) return name;
  const [service, inNamespace] = name.split('.');
  return `${inNamespace ?? namespace}/${service ?? ''}`;
}

/** Uniform numbers in [0, 1). Source: Tommy Ettinger's mulberry32, in the public domain. */
function mulberry(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

export function mean(values: readonly number[]): number {
  let total = 0;
  for (const value of values) total += value;
  return total / values.length;
}

export function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((one, other) => one - other);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}
