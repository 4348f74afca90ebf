import type { CallSpec, Step } from '../../src/cluster/spec.ts';
import { type Caller, Quota } from './breakers.ts';
import { EventQueue } from './event-queue.ts';
import { mulberry } from './mulberry.ts';
import { callerOf, coldness, type Held, keyOf, type PodState, setPlaces, warm } from './pod-state.ts';
import { Cores, Places } from './servers.ts';
import { Shelf } from './shelf.ts';
import { Topic } from './topic.ts';
import { OPEN_WAY, type WayOf } from './ways.ts';
import type { PodOf, PoolOf, World } from './world.ts';

/** A round trip between pods, and how soon a refusal is known: facts of the model's description. */
const NETWORK_MS = 0.5;
const REFUSED_MS = 3;
/** Whoever waits longer than this waits for ever: nobody has to be told. */
const NEVER_MS = 1e8;
/** How soon a user whose request failed tries again. */
const RETRY_MS = 1_000;
const LOCK_TIMEOUT_MS = 30_000;

export interface OracleOptions {
  readonly seed: number;
  /** Of the time of a piece of work so much is certain, the rest exponential; 0 is exponential, for closed forms. */
  readonly certain?: number;
  readonly outsideCertain?: number;
}

type Ended = (failed: boolean) => void;
type CallStep = Extract<Step, { do: 'call' }>;

/**
 * The graph request by request: every request of every user walks through threads, cores, pools, locks, caches and calls,
 * one event after the other. Slow and plain: what the flow model is held against. It shares the description of programs
 * with the model, and nothing else.
 */
export class Oracle {
  readonly queue = new EventQueue();
  /** Latencies in ms of what users asked, and how many failed, since {@link forget}. */
  readonly latencies = new Map<string, number[]>();
  readonly failures = new Map<string, number>();
  readonly topics: readonly Topic[];
  readonly #topicsOf = new Map<string, Topic[]>();
  readonly #world: World;
  readonly #dice: () => number;
  readonly #certain: number;
  readonly #outsideCertain: number;
  /** Pods that are there, by Service, and all that ever were. */
  readonly #services: Map<string, PodOf[]>;
  readonly #pods = new Map<PodOf, PodState>();
  readonly #locks = new Map<string, Places>();
  readonly #shelves = new Map<string, Shelf>();
  readonly #quotas = new Map<string, Quota>();
  #factor = 1;

  constructor(world: World, { seed, certain = 0.41, outsideCertain = 0.85 }: OracleOptions) {
    this.#world = world;
    this.#dice = mulberry(seed);
    this.#certain = certain;
    this.#outsideCertain = outsideCertain;
    this.#services = new Map([...world.services].map(([key, pods]) => [key, [...pods]]));
    for (const pods of world.services.values()) for (const pod of pods) this.#pods.set(pod, this.#stateOf(pod, 1));
    for (const [key, { limitPerS }] of world.externals) if (limitPerS < Infinity) this.#quotas.set(key, new Quota(limitPerS));
    this.topics = world.topics.map((of) => {
      const topic = new Topic(this.queue, this.#dice, of, (pod, ended) => this.#serve(pod, of.spec.route, ended, Infinity));
      const key = `${of.broker}/${of.spec.topic}`;
      this.#topicsOf.set(key, [...(this.#topicsOf.get(key) ?? []), topic]);
      return topic;
    });
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
    for (const { callers } of this.#pods.values()) {
      for (const caller of callers.values()) {
        caller.asked = 0;
        caller.stopped = 0;
      }
    }
  }

  /** Share of a call's attempts that its breakers did not let through, since {@link forget}. */
  stoppedShare(call: CallSpec): number {
    let asked = 0;
    let stopped = 0;
    for (const { callers } of this.#pods.values()) {
      asked += callers.get(call)?.asked ?? 0;
      stopped += callers.get(call)?.stopped ?? 0;
    }
    return asked === 0 ? 0 : stopped / asked;
  }

  /** Requests that wait for a thread anywhere. */
  get queued(): number {
    let total = 0;
    for (const { threads } of this.#pods.values()) total += threads.waiting;
    return total;
  }

  /** Takes the first `count` pods of a Service away, and all that was in them; returns those. */
  lose(service: string, count: number): PodOf[] {
    const lost = this.#services.get(service)?.splice(0, count) ?? [];
    for (const pod of lost) {
      const state = this.#pods.get(pod) as PodState;
      state.gone = true;
      for (const end of state.inside) end(true);
    }
    if (this.#services.get(service)?.length === 0) for (const { pools } of this.#pods.values()) setPlaces(pools.get(service), 0);
    return lost;
  }

  /** Starts a pod as new behind a Service; who had connections to it opens them anew. */
  join(service: string, pod: PodOf): void {
    const fresh = { ...pod };
    const state = this.#stateOf(fresh, 0);
    this.#pods.set(fresh, state);
    this.#services.get(service)?.push(fresh);
    for (const [client, { pools }] of this.#pods) {
      const [pool, plan] = [pools.get(service), client.connections.get(service)];
      if (pool === undefined || plan === undefined || pool.places === plan.size) continue;
      if (pod.connectMs === 0) pool.places = plan.size;
      else for (let nth = pool.places; nth < plan.size; nth++) this.#connect(pool, plan, fresh, state);
    }
  }

  /** Opens one connection: it takes the server's cores, and who waits too long for it pauses and begins anew. */
  #connect(pool: Places, plan: PoolOf, server: PodOf, state: PodState): void {
    if (state.gone) return;
    let over = false;
    state.cores.work(this.#work(server.connectMs), () => {
      if (over) return;
      over = true;
      pool.places++;
    });
    this.queue.in(plan.connectTimeoutMs, () => {
      if (over) return;
      over = true;
      this.queue.in(this.#dice() * 2 * plan.connectPauseMs, () => this.#connect(pool, plan, server, state));
    });
  }

  #stateOf(pod: PodOf, warmth: number): PodState {
    const pools = new Map([...pod.connections].map(([database, { size }]) => [database, new Places(this.queue, size)]));
    return { threads: new Places(this.queue, pod.threads, pod.queue), cores: new Cores(this.queue, pod.cores), pools, callers: new Map(), inside: new Set(), warmth: pod.cold === null ? 1 : warmth, gone: false };
  }

  #arrive(load: World['loads'][number]): void {
    this.queue.in(this.#exponential(1000 / (load.ratePerS * this.#factor)), () => {
      this.#user(load);
      this.#arrive(load);
    });
  }

  /** One user's request, and perhaps once more where it fails. */
  #user(load: World['loads'][number]): void {
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
      if (failed && load.retries > 0 && this.#dice() < load.retries) this.queue.in(RETRY_MS, () => this.#user(load));
    };
    if (load.patienceMs < NEVER_MS) this.queue.in(load.patienceMs, () => end(true));
    this.#ask(load.service, this.#podOf(load.service), load.route, end, load.patienceMs);
  }

  #podOf(service: string): PodOf | undefined {
    const pods = this.#services.get(service) ?? [];
    return pods[Math.floor(this.#dice() * pods.length)];
  }

  /** What a broker takes in goes to its consumers. */
  #ask(service: string, pod: PodOf | undefined, route: string, end: Ended, patienceMs = Infinity): void {
    if (pod === undefined) return this.queue.in(REFUSED_MS, () => end(true));
    const topics = this.#topicsOf.get(`${service}/${route}`);
    this.#serve(pod, route, topics === undefined ? end : (failed) => {
      if (!failed) for (const topic of topics) topic.produce();
      end(failed);
    }, patienceMs);
  }

  /** One request to a pod: a thread, then its steps. */
  #serve(pod: PodOf, route: string, ended: Ended, patienceMs: number): void {
    const steps = pod.routes[route] ?? pod.routes['default'];
    const state = this.#pods.get(pod) as PodState;
    const shed = pod.sheds.has(route) && state.threads.waiting > pod.queue / 2;
    if (steps === undefined || state.gone || shed || this.#dice() < pod.errors) return this.queue.in(REFUSED_MS, () => ended(true));
    const end: Ended = (failed) => {
      if (state.inside.delete(end)) ended(failed);
    };
    state.inside.add(end);
    state.threads.take(() => {
      const begin = (): void => this.#steps(pod, state, steps, 0, null, (failed) => {
        state.threads.free();
        if (!failed) warm(pod, state);
        end(failed);
      });
      if (pod.delayMs > 0) this.queue.in(pod.delayMs, begin);
      else begin();
    }, () => end(true), patienceMs);
  }

  /** Does the steps from `at` on, one after the other, until one fails. */
  #steps(pod: PodOf, state: PodState, steps: readonly Step[], at: number, held: Held | null, end: Ended): void {
    const step = steps[at];
    if (step === undefined || state.gone) return end(state.gone);
    this.#step(pod, state, step, held, (failed) => (failed ? end(true) : this.#steps(pod, state, steps, at + 1, held, end)));
  }

  #step(pod: PodOf, state: PodState, step: Step, held: Held | null, end: Ended): void {
    switch (step.do) {
      case 'cpu':
        return state.cores.work(this.#work(step.ms * pod.cpuFactor * coldness(pod, state)), () => end(false));
      case 'when':
        return pod.isOn(step.env, step.default) ? this.#steps(pod, state, step.steps, 0, held, end) : end(false);
      case 'call':
        return this.#calls(pod, state, step, step.call.times, end);
      case 'cached':
        return this.#reachCache(pod, state, step, held, end);
      case 'transaction':
        return this.#transaction(pod, state, step, end);
      case 'query':
        return this.#query(pod, step, held as Held, end);
    }
  }

  /** A cache that is not there, or does not hear, has nothing. */
  #reachCache(pod: PodOf, state: PodState, step: Extract<Step, { do: 'cached' }>, held: Held | null, end: Ended): void {
    const service = keyOf(step.on, pod.namespace);
    const cache = this.#podOf(service);
    if (cache === undefined) return this.queue.in(REFUSED_MS, () => this.#look(pod, state, step, held, null, end));
    const way = this.#world.way(pod, service, cache);
    const shelf = this.#dice() < way.lost ? null : this.shelf(service);
    this.queue.in(this.#work(step.ms) + NETWORK_MS + way.ms + (this.#setUp(way) ?? 0), () => this.#look(pod, state, step, held, shelf, end));
  }

  /** Who finds nothing asks the source, or waits for whoever asks it. */
  #look(pod: PodOf, state: PodState, step: Extract<Step, { do: 'cached' }>, held: Held | null, shelf: Shelf | null, end: Ended): void {
    const found = shelf?.look(step) ?? null;
    if (found?.is === 'there') return end(false);
    if (found?.is === 'asked for') return found.wait(() => this.#look(pod, state, step, held, shelf, end));
    this.#steps(pod, state, step.miss, 0, held, (failed) => {
      found?.answered(!failed);
      end(failed);
    });
  }

  /** What a cache holds. */
  shelf(service: string): Shelf {
    let shelf = this.#shelves.get(service);
    if (shelf === undefined) {
      shelf = new Shelf(this.queue, this.#dice, this.#world.services.get(service)?.[0]?.cold?.requests ?? 1);
      this.#shelves.set(service, shelf);
    }
    return shelf;
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
  #query(pod: PodOf, step: Extract<Step, { do: 'query' }>, held: Held, ended: Ended): void {
    const server = this.#podOf(held.database);
    if (server === undefined) return this.queue.in(REFUSED_MS, () => ended(true));
    const state = this.#pods.get(server) as PodState;
    const end: Ended = (failed) => {
      if (state.inside.delete(end)) ended(failed);
    };
    state.inside.add(end);
    const way = this.#world.way(pod, held.database, server);
    const setUpMs = this.#setUp(way);
    if (setUpMs === null || this.#dice() < way.lost) return this.queue.in(way.ms + REFUSED_MS, () => end(true));
    const work = (): void => {
      const ms = this.#work(step.ms * server.cpuFactor * coldness(server, state) * this.#world.statementFactor(held.database));
      this.queue.in(way.ms + setUpMs, () => state.cores.work(ms, () => {
        warm(server, state);
        end(false);
      }));
    };
    if (step.lock === null) return work();
    const key = `${held.database}/${step.lock}`;
    const lock = this.#locks.get(key) ?? new Places(this.queue, 1);
    this.#locks.set(key, lock);
    if (held.locks.has(lock)) return work();
    lock.take(() => {
      held.locks.add(lock);
      work();
    }, () => end(true), LOCK_TIMEOUT_MS);
  }

  /** Calls `times` times; a rest below one is the chance of one more. */
  #calls(pod: PodOf, state: PodState, step: CallStep, times: number, end: Ended): void {
    if (times <= 0 || (times < 1 && this.#dice() >= times)) return end(false);
    const { call } = step;
    const next: Ended = (failed) => {
      if (failed && call.onFailure === 'fail') return end(true);
      this.#calls(pod, state, step, times - 1, end);
    };
    const caller = callerOf(pod, state, call);
    if (!caller.mayCall(this.queue.nowMs)) return next(true);
    const pauseMs = call.backoffMs === undefined ? 0 : pod.number(call.backoffMs);
    this.#tries(pod, state, call, caller, Math.min(10, Math.round(pod.number(call.retries))), pauseMs, (failed) => {
      caller.ended(failed, this.queue.nowMs);
      next(failed);
    });
  }

  /** Tries until it goes well, with a pause of up to `pauseMs` before the next try, and up to twice as long before each further one. */
  #tries(pod: PodOf, state: PodState, call: CallSpec, caller: Caller, retries: number, pauseMs: number, end: Ended): void {
    this.#once(pod, state, call, (failed) => {
      if (!failed || state.gone || retries === 0 || !caller.mayRetry()) return end(failed);
      const again = (): void => this.#tries(pod, state, call, caller, retries - 1, pauseMs * 2, end);
      if (pauseMs > 0) this.queue.in(this.#dice() * pauseMs, again);
      else again();
    });
  }

  /** One try: who waits longer than the time-out gives up, and the work goes on without them. */
  #once(pod: PodOf, state: PodState, call: CallSpec, end: Ended): void {
    let over = false;
    const finish: Ended = (failed) => {
      if (over) return;
      over = true;
      end(failed || state.gone);
    };
    const timeoutMs = pod.number(call.timeoutMs);
    if (timeoutMs < NEVER_MS) this.queue.in(timeoutMs, () => finish(true));
    const outside = call.to.startsWith('external/');
    const service = outside ? call.to : keyOf(call.to, pod.namespace);
    const called = outside ? null : this.#podOf(service);
    const way = called === undefined ? OPEN_WAY : this.#world.way(pod, service, called);
    const setUpMs = this.#setUp(way);
    if (setUpMs === null || this.#dice() < way.refused) return this.queue.in(way.ms + REFUSED_MS, () => finish(true));
    // What gets lost gets lost on the way there or on the way back.
    const lost = this.#dice() < way.lost;
    if (lost && this.#dice() < 0.5) return;
    if (outside) this.#outside(call.to, way.ms + setUpMs, lost ? () => undefined : finish);
    else this.queue.in(NETWORK_MS + way.ms + setUpMs, () => this.#ask(service, called ?? undefined, call.route, lost ? () => undefined : finish));
  }

  /** How long a connection takes, where one is opened for the call; null where the name is not found. */
  #setUp(way: WayOf): number | null {
    if (way.opens === 0 || this.#dice() >= way.opens) return 0;
    return this.#dice() < way.unresolved ? null : way.openMs;
  }

  #outside(to: string, extraMs: number, finish: Ended): void {
    const { latencyMs, errors } = this.#world.externals.get(to) ?? { latencyMs: 0, errors: 1 };
    const quota = this.#quotas.get(to);
    const failed = (quota !== undefined && !quota.grants(this.queue.nowMs)) || this.#dice() < errors;
    this.queue.in(extraMs + latencyMs * this.#outsideCertain + this.#exponential(latencyMs * (1 - this.#outsideCertain)), () => finish(failed));
  }

  #work(meanMs: number): number {
    return meanMs * this.#certain + this.#exponential(meanMs * (1 - this.#certain));
  }

  #exponential(meanMs: number): number {
    return meanMs === 0 ? 0 : -meanMs * Math.log(1 - this.#dice());
  }
}
