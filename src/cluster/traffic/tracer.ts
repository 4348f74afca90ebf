import type { Die } from '../../time/dice.ts';
import { ln } from '../../time/exact-math.ts';
import { OUTSIDE_CERTAIN, REFUSED_MS } from './call.ts';
import type { PodFlow } from './layout.ts';
import type { ExternalFlow, ServiceRoute } from './places.ts';
import { coldStretch } from './pod-flow.ts';
import { type CallOp, isOutside, type Op } from './program.ts';

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

const DEEPEST = 12;
const EXPONENTIALS = Float64Array.from({ length: 1024 }, (_, at) => -ln((at + 0.5) / 1024));
/** Work takes 0.41 of its mean for certain and an exponential time for the rest: variance 0.35. */
const CERTAIN = 0.41;

/**
 * Single requests that walk the graph through the flow as it stands, to learn what one request meets: its latency,
 * whether it fails, its trace. They load nothing.
 */
export class Tracer {
  readonly #die: Die;
  readonly #onVisit: (route: ServiceRoute, tookMs: number, weight: number) => void;
  #weight = 1;
  #patienceMs = Infinity;
  /** By depth, then place in `ops`: whether the cache there missed. */
  readonly #missedAt: boolean[][] = [];
  #spans: Span[] | null = null;
  #failed = false;

  constructor(die: Die, onVisit: (route: ServiceRoute, tookMs: number, weight: number) => void) {
    this.#die = die;
    this.#onVisit = onVisit;
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
    return this.#visit(route, 0, 0);
  }

  /** The same with its spans, in the order in which they began. */
  trace(route: ServiceRoute): { readonly tookMs: number; readonly failed: boolean; readonly spans: readonly Span[] } {
    const spans: Span[] = [];
    this.#spans = spans;
    const tookMs = this.request(route);
    this.#spans = null;
    return { tookMs, failed: this.#failed, spans: spans.toSorted((one, other) => one.startMs - other.startMs || one.depth - other.depth) };
  }

  #span(depth: number, service: string, pod: string | null, operation: string, startMs: number, tookMs: number, error: string | null): void {
    this.#spans?.push({ depth, service, pod, operation, startMs, tookMs, error });
  }

  #visit(route: ServiceRoute, depth: number, startMs: number): number {
    const pods = route.service.pods;
    this.#failed = false;
    if (pods.length === 0 || depth > DEEPEST) {
      this.#failed = true;
      this.#span(depth, route.service.key, null, route.name, startMs, REFUSED_MS, route.service.exists ? 'connection refused' : 'no such host');
      return REFUSED_MS;
    }
    const nth = this.#die.roll(pods.length);
    const pod = pods[nth] as PodFlow;
    const place = this.#spans?.length ?? 0;
    const tookMs = this.#serve(pod, route.at[nth] as number, depth, startMs);
    if (this.#spans !== null) {
      const error = this.#failed ? 'error' : null;
      this.#spans.splice(place, 0, { depth, service: route.service.key, pod: pod.name, operation: route.name, startMs, tookMs, error });
    }
    if (depth > 0 || tookMs <= this.#patienceMs) {
      this.#onVisit(route, tookMs, this.#weight);
      return tookMs;
    }
    this.#failed = true;
    this.#onVisit(route, this.#patienceMs, this.#weight);
    return this.#patienceMs;
  }

  #serve(pod: PodFlow, at: number, depth: number, startMs: number): number {
    const flow = pod.variant.routes[at];
    if (flow === undefined || this.#happens(pod.refusedShare) || this.#happens(pod.variant.version.errors)) {
      this.#failed = true;
      return REFUSED_MS;
    }
    const factor = pod.variant.version.cpuFactor * coldStretch(pod) * pod.stretch;
    let tookMs = this.#wait(pod.threads) + flow.cpuMs * factor * this.#shape();
    let inPool = -1;
    const missed = (this.#missedAt[depth] ??= []);
    for (let index = 0; index < flow.ops.length; index++) {
      const op = flow.ops[index] as Op;
      missed[index] = false;
      if (op.behindCache !== -1 && missed[op.behindCache] !== true) continue;
      if (op.pool !== -1 && op.pool !== inPool) {
        inPool = op.pool;
        tookMs += this.#acquire(pod, op.pool, depth, startMs + tookMs);
        if (this.#failed) return tookMs;
      }
      for (let left = op.share; left > 0; left--) {
        if (left < 1 && !this.#happens(left)) break;
        tookMs += this.#operate(op, depth, startMs + tookMs);
        if (op.kind === 'cache') missed[index] = !this.#happens(op.nowHit);
        if (!this.#failed) continue;
        if (op.critical) return tookMs;
        this.#failed = false;
      }
    }
    return tookMs;
  }

  #happens(share: number): boolean {
    return share > 0 && (share >= 1 || this.#die.fraction() < share);
  }

  #wait(station: PodFlow['threads']): number {
    const { chanceWaitShare } = station;
    if (chanceWaitShare <= 0 || this.#die.fraction() >= chanceWaitShare) return station.backlogWaitMs;
    return station.backlogWaitMs + (station.chanceWaitMs / chanceWaitShare) * this.#exponential();
  }

  #acquire(pod: PodFlow, at: number, depth: number, startMs: number): number {
    const pool = pod.pools[at];
    if (pool === undefined) return 0;
    const { plan } = pool;
    if (this.#happens(pool.fail)) {
      this.#failed = true;
      this.#span(depth + 1, plan.database.key, null, 'acquire connection', startMs, plan.acquireTimeoutMs, 'timed out waiting for a connection');
      return plan.acquireTimeoutMs;
    }
    const waited = Math.min(plan.acquireTimeoutMs, this.#wait(pool.station));
    if (waited >= 1) this.#span(depth + 1, plan.database.key, null, 'acquire connection', startMs, waited, null);
    return waited;
  }

  #operate(op: Op, depth: number, startMs: number): number {
    switch (op.kind) {
      case 'call':
        return this.#call(op, depth, startMs);
      case 'query': {
        const failed = this.#happens(op.fail);
        const tookMs = failed ? op.ms : op.ms * this.#shape();
        this.#failed = failed;
        this.#span(depth + 1, op.target, null, 'query', startMs, tookMs, failed ? 'statement failed' : null);
        return tookMs;
      }
      case 'cache':
        return op.ms * this.#shape();
    }
  }

  #call(op: Op & CallOp, depth: number, startMs: number): number {
    const { to } = op;
    let tookMs = 0;
    for (let attempt = 0; attempt <= op.retries; attempt++) {
      const place = this.#spans?.length ?? 0;
      const onceMs = isOutside(to) ? this.#outside(to) : to.service.extraMs + this.#visit(to, depth + 1, startMs + tookMs);
      const lost = !isOutside(to) && this.#happens(to.service.loss);
      const late = lost || onceMs > op.timeoutMs;
      if (late) this.#failed = true;
      const waited = late ? op.timeoutMs : onceMs;
      if (this.#spans !== null && (late || isOutside(to))) {
        const error = late ? 'deadline exceeded' : this.#failed ? 'error' : null;
        this.#spans.splice(place, 0, { depth: depth + 1, service: op.target, pod: null, operation: op.route, startMs: startMs + tookMs, tookMs: waited, error });
      }
      tookMs += waited;
      if (!this.#failed) break;
    }
    return tookMs;
  }

  #outside(external: ExternalFlow): number {
    this.#failed = this.#happens(external.errors);
    return external.latencyMs * (OUTSIDE_CERTAIN + (1 - OUTSIDE_CERTAIN) * this.#exponential());
  }

  #shape(): number {
    return CERTAIN + (1 - CERTAIN) * this.#exponential();
  }

  #exponential(): number {
    return EXPONENTIALS[this.#die.nextUint32() >>> 22] as number;
  }
}
