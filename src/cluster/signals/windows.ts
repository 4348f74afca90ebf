import type { SimMs } from '../../time/sim-time.ts';
import type { Why } from '../traffic/failure.ts';
import type { Variant } from '../traffic/graph.ts';

/** What one window held, as far as log lines are made of it. */
export interface WindowRecord {
  readonly endMs: SimMs;
  readonly pods: readonly { readonly namespace: string; readonly name: string; readonly run: number; readonly variant: Variant; readonly serving: boolean }[];
  /** How many pods of each variant served, and what its routes did. */
  readonly variants: ReadonlyMap<Variant, { readonly pods: number; readonly routes: readonly RouteRecord[] }>;
}

/** One route of a variant in a window, over all its pods. */
export interface RouteRecord {
  readonly startedPerS: number;
  /** Share of them that failed, but for failing to get a connection; and by a defect of the version alone. */
  readonly failShare: number;
  readonly defectShare: number;
  /** What the program logs of its defect; null for the usual words. */
  readonly defectSays: string | null;
  /** A request takes `detMs` for certain and an exponential time of mean `spreadMs`. */
  readonly detMs: number;
  readonly spreadMs: number;
  /** Share of requests that got no connection in time. */
  readonly noConnection: number;
  /** By step, {@link STEP_FIELDS} numbers: times a second, ms each, share that fails, share of those that came too late, tries each. */
  readonly ops: Float64Array;
  /** By step: what failures say, where they say more than that nobody is there; null where none does. */
  readonly whys: readonly (Why | null)[] | null;
  /** Share of requests that found no file descriptor left. */
  readonly starvedShare: number;
  /** Share of time for which the program stands still for its garbage collector. */
  readonly collecting: number;
}

export const STEP_FIELDS = 5;

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
