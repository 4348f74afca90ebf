import type { SimMs } from '../../time/sim-time.ts';
import type { Variant } from '../traffic/program.ts';

/** What one window held, as far as log lines are made of it. Numbers are per second and per step of a route. */
export interface WindowRecord {
  readonly endMs: SimMs;
  readonly pods: readonly { readonly namespace: string; readonly name: string; readonly run: number; readonly variant: number; readonly serving: boolean }[];
  readonly variants: readonly { readonly variant: Variant; readonly pods: number; readonly routes: readonly RouteRecord[] }[];
}

export interface RouteRecord {
  readonly startedPerS: number;
  readonly failShare: number;
  readonly tookMs: number;
  /** Share of requests that got no connection in time. */
  readonly noConnection: number;
  /** By step: calls a second, ms each, share that fails. */
  readonly ops: Float64Array;
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
