import type { SimMs } from '../../time/sim-time.ts';

/** One entry of the change log: what pipelines, people and schedules did to the cluster. */
export interface ChangeEntry {
  readonly atMs: SimMs;
  readonly who: string;
  readonly what: string;
}

/** The change log, in order of time. */
export class ChangeLog {
  readonly #entries: ChangeEntry[] = [];

  add(entry: ChangeEntry): void {
    this.#entries.push(entry);
  }

  get entries(): readonly ChangeEntry[] {
    return this.#entries;
  }
}
