import { workloadsOf } from '../../scenario/cluster-workloads.ts';
import type { Scenario } from '../../scenario/scenario.ts';
import type { Script } from '../script.ts';
import { CHEATS } from './catalogue.ts';
import type { Cheat } from './cheat.ts';
import { Cheater } from './cheater.ts';

/** One cheat aimed at one workload of a scenario. */
export interface CheatRole {
  /** `scale-to-zero catalog`, or `delete-nodes` where it is done to the whole cluster. */
  readonly name: string;
  readonly cheat: Cheat;
  readonly lines: readonly string[];
}

/** Every cheat on everything that it can be aimed at, in order; what a cluster has nothing for is left out. */
export function cheatRoles(scenario: Scenario): readonly CheatRole[] {
  const workloads = workloadsOf(scenario.cluster);
  const measured = workloads.find(({ services }) => services.includes(scenario.slo.service)) ?? workloads[0];
  if (measured === undefined) return [];
  return CHEATS.flatMap((cheat) => {
    const aims = cheat.aim === 'cluster' ? [measured] : workloads;
    return aims.flatMap((workload) => {
      const lines = cheat.lines({ scenario, workloads, workload });
      if (lines.length === 0 && cheat.word !== 'say-so') return [];
      return [{ name: cheat.aim === 'cluster' ? cheat.word : `${cheat.word} ${workload.name}`, cheat, lines }];
    });
  });
}

/** The script of a cheat, for the first seat. */
export function castCheat({ cheat, lines }: CheatRole, { solutions }: Scenario): Script {
  return new Cheater(solutions['golden'] ?? Object.values(solutions)[0] ?? ['/resolve'], lines, cheat.everyMs);
}
