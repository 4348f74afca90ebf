import type { Die } from '../../time/dice.ts';
import { ln } from '../../time/exact-math.ts';
import { REFUSED_MS } from './call.ts';
import type { Flow } from './flow.ts';
import { type PodFlow, routeOf, type ServiceRoute, serviceOf } from './layout.ts';
import { coldStretch, routeAt } from './pod-flow.ts';
import type { Op } from './program.ts';

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
  readonly #flow: Flow;
  readonly #die: Die;
  readonly #onVisit: (route: ServiceRoute, tookMs: number, weight: number) => void;
  #weight = 1;
  #spans: Span[] | null = null;
  #failed = false;

  constructor(flow: Flow, die: Die, onVisit: (route: ServiceRoute, tookMs: number, weight: number) => void) {
    this.#flow = flow;
    this.#die = die;
    this.#onVisit = onVisit;
  }

  /** One request to a route, which stands for `weight` of them: its latency in ms and whether it failed. */
  request(route: ServiceRoute, weight = 1): { readonly tookMs: number; readonly failed: boolean } {
    this.#weight = weight;
    const tookMs = this.#visit(route, 0, 0);
    return { tookMs, failed: this.#failed };
  }

  /** The same with its spans, in the order in which they began. */
  trace(route: ServiceRoute): { readonly tookMs: number; readonly failed: boolean; readonly spans: readonly Span[] } {
    const spans: Span[] = [];
    this.#spans = spans;
    const result = this.request(route);
    this.#spans = null;
    return { ...result, spans: spans.toSorted((one, other) => one.startMs - other.startMs || one.depth - other.depth) };
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
    const pod = pods[this.#die.roll(pods.length)] as PodFlow;
    const place = this.#spans?.length ?? 0;
    const tookMs = this.#serve(pod, route, depth, startMs);
    if (this.#spans !== null) {
      const error = this.#failed ? 'error' : null;
      this.#spans.splice(place, 0, { depth, service: route.service.key, pod: pod.name, operation: route.name, startMs, tookMs, error });
    }
    this.#onVisit(route, tookMs, this.#weight);
    return tookMs;
  }

  #serve(pod: PodFlow, route: ServiceRoute, depth: number, startMs: number): number {
    const die = this.#die;
    const at = routeAt(pod, route.name);
    const flow = at === -1 ? undefined : pod.variant.routes[at];
    if (flow === undefined || die.fraction() < pod.refusedShare || die.fraction() < pod.variant.version.errors) {
      this.#failed = true;
      return REFUSED_MS;
    }
    const factor = pod.variant.version.cpuFactor * coldStretch(pod) * pod.stretch;
    let tookMs = this.#wait(pod.threads) + flow.cpuMs * factor * this.#shape();
    let inPool = -1;
    const missed = new Set<number>();
    for (let index = 0; index < flow.ops.length; index++) {
      const op = flow.ops[index] as Op;
      if (op.behindCache !== -1 && !missed.has(op.behindCache)) continue;
      if (op.pool !== -1 && op.pool !== inPool) {
        inPool = op.pool;
        tookMs += this.#acquire(pod, op.pool, depth, startMs + tookMs);
        if (this.#failed) return tookMs;
      }
      for (let left = op.share; left > 0; left--) {
        if (left < 1 && die.fraction() >= left) break;
        tookMs += this.#operate(op, depth, startMs + tookMs);
        if (op.kind === 'cache' && die.fraction() >= op.nowHit) missed.add(index);
        if (!this.#failed) continue;
        if (op.critical) return tookMs;
        this.#failed = false;
      }
    }
    return tookMs;
  }

  #wait(station: PodFlow['threads']): number {
    const { chanceWaitShare } = station;
    if (chanceWaitShare <= 0 || this.#die.fraction() >= chanceWaitShare) return station.backlogWaitMs;
    return station.backlogWaitMs + (station.chanceWaitMs / chanceWaitShare) * this.#exponential();
  }

  #acquire(pod: PodFlow, at: number, depth: number, startMs: number): number {
    const pool = pod.pools[at];
    const plan = pod.variant.pools[at];
    if (pool === undefined || plan === undefined) return 0;
    if (this.#die.fraction() < pool.fail) {
      this.#failed = true;
      this.#span(depth + 1, plan.database, null, 'acquire connection', startMs, plan.acquireTimeoutMs, 'timed out waiting for a connection');
      return plan.acquireTimeoutMs;
    }
    const waited = Math.min(plan.acquireTimeoutMs, this.#wait(pool.station));
    if (waited >= 1) this.#span(depth + 1, plan.database, null, 'acquire connection', startMs, waited, null);
    return waited;
  }

  #operate(op: Op, depth: number, startMs: number): number {
    switch (op.kind) {
      case 'call':
        return this.#call(op, depth, startMs);
      case 'query': {
        const failed = this.#die.fraction() < op.fail;
        const tookMs = failed ? op.ms : op.ms * this.#shape();
        this.#failed = failed;
        this.#span(depth + 1, op.target, null, 'query', startMs, tookMs, failed ? 'statement failed' : null);
        return tookMs;
      }
      case 'cache':
        return op.ms * this.#shape();
    }
  }

  #call(op: Op, depth: number, startMs: number): number {
    let tookMs = 0;
    for (let attempt = 0; attempt <= op.retries; attempt++) {
      const place = this.#spans?.length ?? 0;
      const onceMs = op.outside ? this.#outside(op) : this.#visit(routeOf(serviceOf(this.#flow.layout, op.target), op.route), depth + 1, startMs + tookMs);
      const late = onceMs > op.timeoutMs;
      this.#failed ||= late;
      if (late || op.outside) {
        this.#spans?.splice(place, 0, {
          depth: depth + 1, service: op.target, pod: null, operation: op.route, startMs: startMs + tookMs,
          tookMs: Math.min(onceMs, op.timeoutMs), error: late ? 'deadline exceeded' : this.#failed ? 'error' : null,
        });
      }
      tookMs += Math.min(onceMs, op.timeoutMs);
      if (!this.#failed) break;
    }
    return tookMs;
  }

  #outside(op: Op): number {
    const external = this.#flow.external(op.target);
    this.#failed = this.#die.fraction() < external.errors;
    return external.latencyMs * (0.85 + 0.15 * this.#exponential());
  }

  #shape(): number {
    return CERTAIN + (1 - CERTAIN) * this.#exponential();
  }

  #exponential(): number {
    return EXPONENTIALS[this.#die.nextUint32() >>> 22] as number;
  }
}
