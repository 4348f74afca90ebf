import { ghostRuns } from '../../src/commands/ghosts.ts';
import type { Drill } from '../../src/drill/drill.ts';
import { rehearse } from '../../src/responders/rehearsal.ts';
import { busyNight, slowSite } from './a-busy-night.ts';
import type { BenchRow } from './bench-row.ts';
import { compare, cpuMs } from './rounds.ts';

const ROUNDS = 25;
/** Some nights have more to reckon than others: every round plays the same ones. */
const SEEDS = [1, 2, 3, 4];
const LEAST_ACTIONS = 20;

/**
 * Whole rehearsals a CPU-second: the slow site from the making of its cluster to the last fact, 12 services, 45 simulated
 * minutes, at least 20 lines typed. The ghosts (the same night with nobody, and with the reference solution) are apart.
 */
export function benchRehearsals(): BenchRow[] {
  const { scenario, header } = slowSite();
  const busy = busyNight(scenario);
  mustBeBusy(rehearse({ scenario: busy, seed: 1, as: 'john', onFact: () => undefined }));
  const perS = (play: (seed: number) => Drill) => (): number => (SEEDS.length * 1_000) / cpuMs(() => SEEDS.forEach(play));
  const nobody = perS((seed) => rehearse({ scenario, seed, as: 'noop', onFact: () => undefined }));
  const alone = compare(ROUNDS, perS((seed) => rehearse({ scenario: busy, seed, as: 'john', onFact: () => undefined })), nobody);
  const withGhosts = compare(6, perS((seed) => rehearse({ scenario: busy, seed, as: 'john', onFact: () => undefined, ghosts: () => ghostRuns(scenario, { ...header, seed }) })), nobody);
  const note = 'peer: the same night with nobody playing';
  return [
    { name: 'rehearsals of 45 min, 12 services, ≥ 20 actions, without ghosts', ...alone, unit: '/CPU-s', ratio: alone.ours / alone.peer, goal: '≥ 50/CPU-s', met: alone.ours >= 50, note },
    { name: 'the same with its two ghosts, one of which goes on for an hour', ...withGhosts, unit: '/CPU-s', ratio: withGhosts.ours / withGhosts.peer, goal: 'told beside it', met: null, note },
  ];
}

function mustBeBusy(drill: Drill): void {
  const minutes = drill.nowMs / 60_000;
  const services = drill.cluster.plane.store.list('Service', null).length;
  const refused = new Set(drill.facts.filter((fact) => fact.type === 'command-refused').map((fact) => fact.causeSeq));
  const actions = drill.facts.filter((fact) => fact.type === 'command-given' && !refused.has(fact.seq)).length;
  if (minutes < 45 || services < 12 || actions < LEAST_ACTIONS) throw new Error(`bench: ${minutes} minutes, ${services} services, ${actions} actions`);
}
