import type { Die } from '../../time/dice.ts';
import { exp, ln } from '../../time/exact-math.ts';
import { letThrough } from './breaker.ts';
import { NETWORK_MS, OUTSIDE_CERTAIN, REFUSED_MS } from './call.ts';
import { type CallOp, type ExternalFlow, isOutside, type Op, type PodFlow, type QueryOp, type ServiceRoute } from './graph.ts';
import { brokenShare, cpuFactorOf, isShed } from './pod-flow.ts';
import { NO_PORT, portless } from './ports.ts';
import type { Stall } from './quota.ts';
import { stretchOf, WORK_VARIANCE } from './sharing.ts';
import type { Way, WayKind } from './ways.ts';

/** One piece of a trace: who worked for whom, when and how long, in ms since the trace began. */
export interface Span {
  readonly depth: number;
  readonly service: string;
  readonly pod: string | null;
  readonly operation: string;
  readonly startMs: number;
  readonly tookMs: number;
  readonly error: string | null;
}

/** Spans of one request in the order in which they began, whoever called before those whom they called. */
export function inOrder(spans: readonly Span[]): readonly Span[] {
  return spans.toSorted((one, other) => one.startMs - other.startMs || one.depth - other.depth);
}

const DEEPEST = 12;
/** Who is never answered learns it from a time-out; this stands for waiting without one. */
const NEVER_MS = 600_000;
const EXPONENTIALS = Float64Array.from({ length: 1024 }, (_, at) => -ln((at + 0.5) / 1024));
/** Below this excess of CPU time it is not worth remembering whom one met. */
const CROWDED = 0.1;

/** So much of what is known of visits fades with each request that is followed. */
const FADING = 0.02;

/** Rolls that stand for a crowd which a request met, when it left it, and how much of that time the crowd had forgotten itself. */
interface Crowd {
  leftMs: number;
  faded: number;
  happens: number;
  exponential: number;
  /** CPU time that the request has asked for here. */
  visitedMs: number;
}

/** Work takes 0.41 of its mean for certain and an exponential time for the rest: variance 0.35. */
const CERTAIN = 0.41;

/**
 * Single requests that walk the graph through the flow as it stands, to learn what one request meets: its latency,
 * whether it fails, its trace. They load nothing. While a request walks, `#clock[0]` is its time in ms; a typed array,
 * because a number that is handed from function to function is allocated anew each time.
 */
export class Tracer {
  readonly #die: Die;
  readonly #learns: boolean;
  readonly #clock = new Float64Array(1);
  #weight = 1;
  #patienceMs = Infinity;
  /** By depth, then place in `ops`: whether the cache there missed. */
  readonly #missedAt: boolean[][] = [];
  #spans: Span[] | null = null;
  #failed = false;
  /** Crowds that the request met on its way. */
  readonly #crowds = new Map<PodFlow, Crowd>();

  /** One that `learns` lets Services and pods remember what its requests met and asked of them: who only looks leaves no trace. */
  constructor(die: Die, { learns }: { readonly learns: boolean }) {
    this.#die = die;
    this.#learns = learns;
  }

  /** Whether the newest request failed. */
  get failed(): boolean {
    return this.#failed;
  }

  /**
   * One request to a route, which stands for `weight` of them: its latency in ms. {@link failed} tells how it ended; who
   * waits longer than `patienceMs` leaves, which is a failure.
   */
  request(route: ServiceRoute, weight = 1, patienceMs = Infinity): number {
    this.#weight = weight;
    this.#patienceMs = patienceMs;
    this.#clock[0] = 0;
    if (this.#crowds.size > 0) this.#forget();
    this.#visit(route, 0);
    return this.#clock[0];
  }

  /** One request to a party outside of the cluster, without a time limit: its latency in ms. {@link failed} tells how it ended. */
  requestOutside(external: ExternalFlow): number {
    this.#clock[0] = 0;
    this.#outside(external);
    return this.#clock[0];
  }

  /** As {@link request}, with its spans in the order in which they began. */
  trace(route: ServiceRoute, weight = 1, patienceMs = Infinity): { readonly tookMs: number; readonly failed: boolean; readonly spans: readonly Span[] } {
    const { spans, ...request } = this.walk(route, weight, patienceMs);
    return { ...request, spans: inOrder(spans) };
  }

  /** As {@link trace}, with its spans in the order in which they ended. */
  walk(route: ServiceRoute, weight: number, patienceMs: number): { readonly tookMs: number; readonly failed: boolean; readonly spans: readonly Span[] } {
    const spans: Span[] = [];
    this.#spans = spans;
    const tookMs = this.request(route, weight, patienceMs);
    this.#spans = null;
    return { tookMs, failed: this.#failed, spans };
  }

  #visit(route: ServiceRoute, depth: number): void {
    const clock = this.#clock;
    const startMs = clock[0] as number;
    const { pods, latencies } = route.service;
    const spans = this.#spans;
    if (pods.length === 0 || depth > DEEPEST) {
      this.#failed = true;
      clock[0] = startMs + REFUSED_MS;
      if (spans !== null) this.#span(spans, depth, route.service.key, null, route.name, startMs, route.service.exists ? 'connection refused' : 'no such host');
      return;
    }
    this.#failed = false;
    const nth = this.#die.roll(pods.length);
    const pod = pods[nth] as PodFlow;
    this.#serve(pod, route.at[nth] as number, depth);
    if (depth === 0 && (clock[0] as number) > this.#patienceMs) {
      this.#failed = true;
      clock[0] = this.#patienceMs;
    }
    if (spans !== null) this.#span(spans, depth, route.service.key, pod.name, route.name, startMs, this.#failed ? 'error' : null);
    if (this.#learns) latencies.add((clock[0] as number) - startMs, this.#weight);
  }

  #serve(pod: PodFlow, at: number, depth: number): void {
    const flow = pod.variant.routes[at];
    if (flow === undefined || isShed(pod, at) || this.#fails(pod)) {
      this.#failed = true;
      this.#pass(REFUSED_MS);
      return;
    }
    if (this.#happens(pod.starvedShare)) {
      this.#failed = true;
      return this.#pass(NEVER_MS);
    }
    this.#wait(pod.threads);
    if (pod.hardship.delayMs > 0) this.#pass(pod.hardship.delayMs);
    const stall = pod.stalls?.[at];
    if (stall === undefined) this.#compute(pod, flow.cpuMs);
    else this.#burst(pod, flow.cpuMs, stall);
    let inPool = -1;
    const missed = (this.#missedAt[depth] ??= []);
    for (let index = 0; index < flow.ops.length; index++) {
      const op = flow.ops[index] as Op;
      missed[index] = false;
      if (op.behindCache !== -1 && missed[op.behindCache] !== true) continue;
      if (op.pool !== -1 && op.pool !== inPool) {
        inPool = op.pool;
        this.#acquire(pod, op.pool, depth);
        if (this.#failed) return;
      }
      for (let left = op.share; left > 0; left--) {
        if (left < 1 && !this.#happens(left)) break;
        this.#operate(op, depth);
        if (op.kind === 'cache') missed[index] = !this.#happens(op.nowHit);
        if (!this.#failed) continue;
        if (op.critical) return;
        this.#failed = false;
      }
    }
  }

  /** Notes what has just ended. */
  #span(spans: Span[], depth: number, service: string, pod: string | null, operation: string, startMs: number, error: string | null): void {
    spans.push({ depth, service, pod, operation, startMs, tookMs: (this.#clock[0] as number) - startMs, error });
  }

  /** Whether a pod refuses a request, or its program breaks on it. */
  #fails(pod: PodFlow): boolean {
    const { refusedShare } = pod;
    if (refusedShare > 0 && this.#happens(refusedShare)) return true;
    const broken = brokenShare(pod);
    if (broken > 0 && this.#happens(broken)) return true;
    const { errors } = pod.variant.version;
    return errors > 0 && this.#happens(errors);
  }

  /**
   * Rolls for it. Where hardly ever anything happens, callers ask first whether there is a share at all: V8 then keeps what
   * it may inline for the rolls that are made, and a request takes a tenth less.
   */
  #happens(share: number): boolean {
    return share > 0 && (share >= 1 || this.#die.below(share));
  }

  #pass(ms: number): void {
    this.#clock[0] = (this.#clock[0] as number) + ms;
  }

  /** The way of one call. */
  #travel({ ms, kinds }: Way): void {
    let [left, onceMs] = [kinds.length === 0 ? 0 : this.#die.fraction(), ms];
    for (let at = 0; at < kinds.length && left >= 0; at++) {
      const kind = kinds[at] as WayKind;
      left -= kind.share;
      onceMs = kind.ms;
    }
    this.#pass(onceMs);
  }

  /** Work of this mean, with its variance. */
  #work(meanMs: number): void {
    this.#pass(meanMs * (CERTAIN + (1 - CERTAIN) * this.#exponential()));
  }

  /** Work of this mean on the cores of a pod, which others share. */
  #compute(pod: PodFlow, meanMs: number): void {
    if (meanMs <= 0) return;
    const { sharing } = pod;
    const length = CERTAIN + (1 - CERTAIN) * this.#exponential();
    const behind = pod.stretch - (1 + sharing.excess) * pod.pace;
    const factor = cpuFactorOf(pod);
    const workMs = meanMs * factor * length;
    const crowd = sharing.excess > CROWDED ? this.#crowdAt(pod) : null;
    if (crowd === null) {
      const stretch = sharing.excess > 0 ? stretchOf(sharing, sharing.settle * length, this.#die.fraction(), this.#exponential()) : 1;
      return this.#pass(workMs * stretch * pod.pace + meanMs * factor * behind);
    }
    crowd.faded = (workMs * sharing.free) / lingeringMs(pod);
    crowd.visitedMs += workMs;
    this.#pass(workMs * stretchOf(sharing, crowd.faded, crowd.happens, crowd.exponential) * pod.pace + meanMs * factor * behind);
    crowd.leftMs = this.#clock[0] as number;
  }

  /** Work of which a part is done on several threads at once, and may be throttled for it. */
  #burst(pod: PodFlow, cpuMs: number, { savedMs, share, longestMs, moreMs }: Stall): void {
    this.#compute(pod, Math.max(0, cpuMs - savedMs / (pod.stretch * cpuFactorOf(pod))));
    if (this.#happens(share)) this.#pass(this.#die.fraction() * longestMs);
    this.#pass(moreMs);
  }

  /** The crowd at a pod's cores: who comes back soon finds the same one. */
  #crowdAt(pod: PodFlow): Crowd {
    const { free } = pod.sharing;
    let crowd = this.#crowds.get(pod);
    if (crowd === undefined) {
      crowd = { leftMs: 0, faded: 0, happens: this.#die.fraction(), exponential: this.#exponential(), visitedMs: 0 };
      this.#crowds.set(pod, crowd);
      return crowd;
    }
    // While one is away the crowd goes on working: at the speed of all the cores, less what comes anew.
    const awayMs = (this.#clock[0] as number) - crowd.leftMs;
    const fadedAway = (awayMs * free * free) / (2 * pod.cpuTable.servers * lingeringMs(pod));
    if (this.#happens(exp(-crowd.faded - fadedAway))) return crowd;
    crowd.happens = this.#die.fraction();
    crowd.exponential = this.#exponential();
    return crowd;
  }

  /** The request before is done; if it was one to learn from, what it asked of each pod is remembered. */
  #forget(): void {
    if (this.#learns) {
      for (const [pod, { visitedMs }] of this.#crowds) {
        pod.visitedMs += FADING * (visitedMs - pod.visitedMs);
        pod.visitedSquares += FADING * (visitedMs * visitedMs - pod.visitedSquares);
      }
    }
    this.#crowds.clear();
  }

  #exponential(): number {
    return EXPONENTIALS[this.#die.nextUint32() >>> 22] as number;
  }

  #wait(station: PodFlow['threads']): void {
    this.#pass(station.backlogWaitMs);
    const { chanceWaitShare } = station;
    if (chanceWaitShare === 0 || !this.#happens(chanceWaitShare)) return;
    this.#pass((station.chanceWaitMs / chanceWaitShare) * this.#exponential());
  }

  #acquire(pod: PodFlow, at: number, depth: number): void {
    const pool = pod.pools[at];
    if (pool === undefined) return;
    const { plan } = pool;
    const clock = this.#clock;
    const startMs = clock[0] as number;
    const spans = this.#spans;
    if (pool.fail > 0 && this.#happens(pool.fail)) {
      this.#failed = true;
      this.#pass(plan.acquireTimeoutMs);
      if (spans !== null) this.#span(spans, depth + 1, plan.database.key, null, 'acquire connection', startMs, 'timed out waiting for a connection');
      return;
    }
    this.#wait(pool.station);
    clock[0] = Math.min(clock[0] as number, startMs + plan.acquireTimeoutMs);
    if (spans !== null && clock[0] - startMs >= 1) this.#span(spans, depth + 1, plan.database.key, null, 'acquire connection', startMs, null);
  }

  #operate(op: Op, depth: number): void {
    if (op.kind === 'call') return this.#call(op, depth);
    if (op.kind === 'cache') {
      this.#travel(op.way);
      this.#work(op.workMs);
      return this.#pass(op.ms - op.way.ms - op.workMs);
    }
    const startMs = this.#clock[0] as number;
    this.#failed = op.fail > 0 && this.#happens(op.fail);
    if (this.#failed) this.#pass(op.ms);
    else this.#query(op);
    if (this.#spans !== null) this.#span(this.#spans, depth + 1, op.target, null, 'query', startMs, this.#failed ? 'statement failed' : null);
  }

  /** A statement: the wait for its rows, then its work on the database's cores. */
  #query({ database, lock, workMs, way }: Op & QueryOp): void {
    const { pods, extraMs } = database.service;
    this.#travel(way);
    this.#pass(extraMs + database.diskMs + database.upkeepMs);
    const pod = pods[pods.length > 1 ? this.#die.roll(pods.length) : 0];
    if (pod === undefined) return this.#pass(REFUSED_MS);
    if (lock !== null) {
      const startMs = this.#clock[0] as number;
      this.#wait(lock.station);
      this.#clock[0] = Math.min(this.#clock[0] as number, startMs + database.lockTimeoutMs);
    }
    this.#compute(pod, workMs * database.factor * way.factor);
  }

  #call(op: Op & CallOp, depth: number): void {
    const { to } = op;
    const clock = this.#clock;
    const outside = isOutside(to);
    if (op.breaker !== null && !this.#happens(letThrough(op.breaker))) {
      this.#failed = true;
      return;
    }
    let pauseMs = op.backoffMs * 2;
    for (let attempt = 0; attempt <= op.retries; attempt++) {
      if (attempt > 0 && !this.#triesAgain(op, pauseMs)) break;
      if (attempt > 0) pauseMs *= 2;
      const startMs = clock[0] as number;
      const spans = this.#spans;
      const { way } = op;
      this.#travel(way);
      const lacking = portless(op);
      const noPort = lacking > 0 && this.#happens(lacking);
      const stopped = noPort || (way.errors > 0 && this.#happens(way.errors));
      if (stopped) {
        this.#failed = true;
        this.#pass(REFUSED_MS);
      } else if (outside) this.#outside(to);
      else {
        this.#pass(NETWORK_MS + to.service.extraMs);
        this.#visit(to, depth + 1);
      }
      const late = !stopped && ((!outside && to.service.loss > 0 && this.#happens(to.service.loss)) || (way.loss > 0 && this.#happens(way.loss))) || (clock[0] as number) - startMs > op.timeoutMs;
      if (late) {
        this.#failed = true;
        clock[0] = startMs + op.timeoutMs;
      }
      if (spans !== null && (late || stopped || outside)) this.#span(spans, depth + 1, op.target, null, op.route, startMs, late ? 'deadline exceeded' : noPort ? NO_PORT : stopped ? (way.says ?? 'error') : this.#failed ? 'error' : null);
      if (!this.#failed) break;
    }
  }

  /** Whether a call that failed is tried again: after a pause of up to `pauseMs`, as far as the budget goes. */
  #triesAgain({ budget, attempts, retries }: CallOp & Op, pauseMs: number): boolean {
    const spent = attempts - 1 >= budget - 1e-9;
    if (spent && !this.#happens(Math.min(1, budget / Math.max(1e-9, retries)))) return false;
    if (pauseMs > 0) this.#pass(this.#die.fraction() * pauseMs);
    return true;
  }

  #outside(external: ExternalFlow): void {
    this.#failed = (external.errors > 0 && this.#happens(external.errors)) || (external.refused > 0 && this.#happens(external.refused));
    this.#pass(external.latencyMs * (OUTSIDE_CERTAIN + (1 - OUTSIDE_CERTAIN) * this.#exponential()));
  }
}

/**
 * CPU time after which a pod's crowd is another one. Who comes back brings the crowd back, so what counts is all that one
 * request asks for in all its visits, and long ones more. Until that is known it is one piece of work.
 */
function lingeringMs({ visitedMs, visitedSquares, cpuPieceMs }: PodFlow): number {
  return visitedMs > 0 ? visitedSquares / visitedMs : (cpuPieceMs * (1 + WORK_VARIANCE)) / 2;
}
