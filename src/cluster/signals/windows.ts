import type { SimMs } from '../../time/sim-time.ts';
import type { Why } from '../traffic/failure.ts';
import type { Variant } from '../traffic/graph.ts';

/** A pod as it was in a window. */
export interface PodRecord {
  readonly namespace: string;
  readonly name: string;
  readonly run: number;
  readonly variant: Variant;
  readonly serving: boolean;
}

/**
 * What one window held, as far as log lines are made of it. All its numbers stand in one array, in which {@link WindowPlan}
 * tells the way: a drill keeps hundreds of windows that few ever read, and as records of their own they were a third of
 * all that it holds.
 */
export interface WindowRecord {
  readonly endMs: SimMs;
  readonly plan: WindowPlan;
  readonly numbers: Float64Array;
  /** What failures said, by where a route's numbers begin; null where none says more than usual. */
  readonly words: ReadonlyMap<number, RouteWords> | null;
  /** Messages that pods could not read; null where there were none. */
  readonly unread: readonly UnreadRecord[] | null;
}

/** A message that a pod's program could not make anything of and came back to, all through a window. */
export interface UnreadRecord {
  readonly namespace: string;
  readonly name: string;
  readonly topic: string;
  readonly route: string;
  readonly partition: number;
  readonly offset: number;
}

/** What is the same in all windows until the pods change. */
export interface WindowPlan {
  readonly pods: readonly PodRecord[];
  readonly variants: ReadonlyMap<Variant, VariantPlan>;
  /** Length of {@link WindowRecord.numbers}. */
  readonly length: number;
}

export interface VariantPlan {
  /** How many pods serve. */
  readonly pods: number;
  /** By route, where its numbers begin. */
  readonly routes: readonly number[];
}

/** Which number of a route stands where; behind them follow {@link STEP_FIELDS} for each of its steps. */
export const ROUTE = { startedPerS: 0, failShare: 1, defectShare: 2, detMs: 3, spreadMs: 4, noConnection: 5, starvedShare: 6, collecting: 7 } as const;
export const ROUTE_FIELDS = 8;
/** By step: times a second, ms each, share that fails, share of those that came too late, tries each. */
export const STEP_FIELDS = 5;

export interface RouteWords {
  /** What the program logs of its defect; null for the usual words. */
  readonly defectSays: string | null;
  /** By step: what failures say, where they say more than that nobody is there; null where none does. */
  readonly whys: readonly (Why | null)[] | null;
}

/** One route of a variant in a window, over all its pods. */
export interface RouteRecord extends RouteWords {
  readonly startedPerS: number;
  /** Share of them that failed, but for failing to get a connection; and by a defect of the version alone. */
  readonly failShare: number;
  readonly defectShare: number;
  /** A request takes `detMs` for certain and an exponential time of mean `spreadMs`. */
  readonly detMs: number;
  readonly spreadMs: number;
  /** Share of requests that got no connection in time. */
  readonly noConnection: number;
  /** Share of requests that found no file descriptor left. */
  readonly starvedShare: number;
  /** Share of time for which the program stands still for its garbage collector. */
  readonly collecting: number;
  /** By step, {@link STEP_FIELDS} numbers. */
  readonly steps: Float64Array;
}

/** What the routes of a variant did in a window; none where it did not run. */
export function routesOf({ plan, numbers, words }: WindowRecord, variant: Variant): readonly RouteRecord[] {
  return (plan.variants.get(variant)?.routes ?? []).map((from, nth) => {
    const number = (field: keyof typeof ROUTE): number => numbers[from + ROUTE[field]] as number;
    const steps = from + ROUTE_FIELDS;
    const { defectSays, whys } = words?.get(from) ?? { defectSays: null, whys: null };
    return {
      startedPerS: number('startedPerS'), failShare: number('failShare'), defectShare: number('defectShare'), defectSays, detMs: number('detMs'), spreadMs: number('spreadMs'),
      noConnection: number('noConnection'), starvedShare: number('starvedShare'), collecting: number('collecting'), whys, steps: numbers.subarray(steps, steps + (variant.routes[nth]?.ops.length ?? 0) * STEP_FIELDS),
    };
  });
}

/** Windows that are kept: two hours. */
const KEPT = 480;

/** The last windows, oldest first. */
export class Windows {
  readonly #records: WindowRecord[] = [];

  add(record: WindowRecord): void {
    this.#records.push(record);
    if (this.#records.length > KEPT) this.#records.shift();
  }

  get all(): readonly WindowRecord[] {
    return this.#records;
  }
}
