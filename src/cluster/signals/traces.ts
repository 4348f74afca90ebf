import { Die } from '../../time/dice.ts';
import type { SimMs } from '../../time/sim-time.ts';
import { inOrder, type Span } from '../traffic/tracer.ts';
import { WINDOW_MS } from '../traffic/traffic.ts';

/** A request that was sampled, as a tracing backend keeps it. */
export interface KeptTrace {
  /** 32 hexadecimal digits; log lines of the request carry it. */
  readonly traceId: string;
  /** When it began. It ended within the window that ends at `windowMs`. */
  readonly startMs: SimMs;
  readonly windowMs: SimMs;
  /** `namespace/service` and route that users asked. */
  readonly service: string;
  readonly route: string;
  readonly failed: boolean;
  /** In the order in which they began; the first is the whole request. */
  readonly spans: readonly KeptSpan[];
}

interface KeptSpan extends Span {
  /** 16 hexadecimal digits; `parentId` is null for the first span. */
  readonly spanId: string;
  readonly parentId: string | null;
}

/** What was met on one sampled walk, before anybody looks at it. */
export interface Walk {
  readonly windowMs: SimMs;
  readonly nth: number;
  readonly service: string;
  readonly route: string;
  readonly failed: boolean;
  /** In the order in which they ended. */
  readonly spans: readonly Span[];
}

/** Walks that are kept: two hours of two in each window. */
const KEPT = 960;

/** The last sampled requests. Their ids and moments are made when somebody looks, by dice named after window and place. */
export class Traces {
  readonly #seed: number;
  readonly #walks: Walk[] = [];
  readonly #made = new WeakMap<Walk, KeptTrace>();

  constructor(seed: number) {
    this.#seed = seed;
  }

  add(walk: Walk): void {
    this.#walks.push(walk);
    if (this.#walks.length > KEPT) this.#walks.shift();
  }

  /** All that are kept, oldest first. */
  get all(): readonly KeptTrace[] {
    return this.#walks.map((walk) => this.#trace(walk));
  }

  /** Those of the window that ends at that moment in which a pod of that name took part. */
  ofPod(windowMs: SimMs, pod: string): readonly KeptTrace[] {
    const traces: KeptTrace[] = [];
    for (let at = this.#firstSince(windowMs); this.#walks[at]?.windowMs === windowMs; at++) {
      const walk = this.#walks[at] as Walk;
      if (walk.spans.some((span) => span.pod === pod)) traces.push(this.#trace(walk));
    }
    return traces;
  }

  /** The place of the first walk of that window or a later one: walks stand in order of their windows. */
  #firstSince(windowMs: SimMs): number {
    let low = 0;
    let high = this.#walks.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#walks[middle] as Walk).windowMs < windowMs) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  #trace(walk: Walk): KeptTrace {
    let trace = this.#made.get(walk);
    if (trace === undefined) this.#made.set(walk, (trace = identified(walk, new Die(this.#seed, `traces/${walk.windowMs}/${walk.nth}`))));
    return trace;
  }
}

/** Gives a walk its ids, and lets it end at some moment of its window. */
export function identified({ windowMs, service, route, failed, spans }: Walk, die: Die): KeptTrace {
  const traceId = die.hex() + die.hex() + die.hex() + die.hex();
  const tookMs = spans.reduce((most, span) => Math.max(most, span.startMs + span.tookMs), 0);
  const startMs = Math.round(windowMs - die.roll(WINDOW_MS) - tookMs);
  const above: string[] = [];
  const kept = inOrder(spans).map(({ depth, service: served, pod, operation, startMs: beganMs, tookMs: lastedMs, error }): KeptSpan => {
    const spanId = die.hex() + die.hex();
    above[depth] = spanId;
    return { depth, service: served, pod, operation, startMs: beganMs, tookMs: lastedMs, error, spanId, parentId: depth === 0 ? null : (above[depth - 1] ?? null) };
  });
  return { traceId, startMs, windowMs, service, route, failed, spans: kept };
}
