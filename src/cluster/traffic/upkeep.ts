import type { UpkeepSpec } from '../spec.ts';
import type { DatabaseFlow } from './graph.ts';

interface Kept {
  readonly database: DatabaseFlow;
  readonly specs: readonly UpkeepSpec[];
}

/** What databases do beside their statements, again and again: checkpoints, vacuum. A cluster that says nothing of it pays nothing. */
export class Upkeep {
  #kept: readonly Kept[] = [];

  /** To be called when the layout changed. */
  refresh(databases: Iterable<DatabaseFlow>): void {
    this.#kept = Array.from(databases).flatMap((database) => {
      const specs = database.service.pods[0]?.variant.program.upkeep;
      return specs === undefined ? [] : [{ database, specs }];
    });
  }

  /** One tick, before the flow takes it: asks for the CPU and slows the disk while something is under way. */
  step(sinceMidnightMs: number): void {
    for (const { database, specs } of this.#kept) {
      let diskMs = 0;
      let cores = 0;
      for (const spec of specs) {
        if (sinceMidnightMs % spec.everyMs >= spec.lengthMs) continue;
        diskMs += spec.diskMs;
        cores += spec.cores;
      }
      database.upkeepMs = diskMs;
      for (const pod of database.service.pods) pod.queryDemand += cores;
    }
  }
}
