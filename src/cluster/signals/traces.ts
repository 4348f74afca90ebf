import { Die } from '../../time/dice.ts';
import type { SimMs } from '../../time/sim-time.ts';
import type { Span } from '../traffic/tracer.ts';
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

  /** Those of the window that ends at that moment. */
  ofWindow(windowMs: SimMs): readonly KeptTrace[] {
    const traces: KeptTrace[] = [];
    for (let at = this.#walks.length - 1; at >= 0; at--) {
      const walk = this.#walks[at] as Walk;
      if (walk.windowMs < windowMs) break;
      if (walk.windowMs === windowMs) traces.push(this.#trace(walk));
    }
    return traces.toReversed();
  }

  #trace(walk: Walk): KeptTrace {
    let trace = this.#made.get(walk);
    if (trace === undefined) this.#made.set(walk, (trace = identified(walk, new Die(this.#seed, `traces/${walk.windowMs}/${walk.nth}`))));
    return trace;
  }
}

/** Gives a walk its ids, and lets it end at some moment of its window. */
export function identified({ windowMs, service, route, failed, spans }: Walk, die: Die): KeptTrace {
  const traceId = hex(die) + hex(die) + hex(die) + hex(die);
  const tookMs = spans.reduce((most, span) => Math.max(most, span.startMs + span.tookMs), 0);
  const startMs = Math.round(windowMs - die.roll(WINDOW_MS) - tookMs);
  const above: string[] = [];
  const kept = spans.map((span): KeptSpan => {
    const spanId = hex(die) + hex(die);
    above[span.depth] = spanId;
    return { ...span, spanId, parentId: span.depth === 0 ? null : (above[span.depth - 1] ?? null) };
  });
  return { traceId, startMs, windowMs, service, route, failed, spans: kept };
}

function hex(die: Die): string {
  return die.nextUint32().toString(16).padStart(8, '0');
}
