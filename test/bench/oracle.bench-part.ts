import type { ProgramSpec, Step } from '../../src/cluster/spec.ts';
import { Drill } from '../../src/drill/drill.ts';
import { rehearsalSeats } from '../../src/responders/cast.ts';
import type { Scenario } from '../../src/scenario/scenario.ts';
import { Oracle } from '../oracle/oracle.ts';
import { worldOf } from '../oracle/world.ts';
import { BIG, bigScenario } from '../support/big-cluster.ts';
import type { BenchRow } from './bench-row.ts';
import { cpuMs, median, spread } from './rounds.ts';

const MODEL_MS = 20 * 60_000;
const WARM_MS = 500;
const ORACLE_MS = 2_000;
const ROUNDS = 3;
/** The model is to be so many times as fast as the request-level simulation of the same cluster, and as real time. */
const LEAST_RATIO = 150;
const LEAST_SPEED = 1_000;

/** Simulated over processor time of the big cluster: the whole drill on the flow model, against the oracle's requests alone, by turns. */
export function benchOracle(): BenchRow[] {
  return [...raced(bigScenario(), ''), ...raced(equipped(bigScenario()), ', equipped').slice(0, 1)];
}

/** The same cluster with what production puts around calls: back-off, budgets, breakers, bounded queues, things in caches that end. */
function equipped(scenario: Scenario): Scenario {
  const programs = Object.entries(scenario.cluster.traffic.programs).map(([image, program]): [string, ProgramSpec] => [
    image, { ...program, queue: { default: 256, env: null }, routes: Object.fromEntries(Object.entries(program.routes).map(([route, steps]) => [route, steps.map(equippedStep)])) },
  ]);
  return { ...scenario, cluster: { ...scenario.cluster, traffic: { ...scenario.cluster.traffic, programs: Object.fromEntries(programs) } } };
}

function equippedStep(step: Step): Step {
  if (step.do === 'cached') return { ...step, expiry: { ttlMs: 60_000, coalesced: false } };
  if (step.do !== 'call') return step;
  return { do: 'call', call: { ...step.call, backoffMs: { default: 50, env: null }, budget: 0.2, breaker: { failures: 0.5, openMs: { default: 10_000, env: null } } } };
}

function raced(scenario: Scenario, as: string): BenchRow[] {
  const models: number[] = [];
  const oracles: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const drill = new Drill({ scenario, seed: round, seats: rehearsalSeats('noop'), onFact: () => undefined });
    models.push(MODEL_MS / cpuMs(() => drill.advance(MODEL_MS)));
    const oracle = new Oracle(worldOf(drill.cluster), { seed: round });
    oracle.queue.run(WARM_MS);
    oracles.push(ORACLE_MS / cpuMs(() => oracle.queue.run(WARM_MS + ORACLE_MS)));
    if (oracle.ended < (BIG.requestsPerS * ORACLE_MS) / 2_000) throw new Error(`bench: the oracle answered only ${oracle.ended} requests`);
  }
  const [ours, peer] = [median(models), median(oracles)];
  const name = `${BIG.services} services, ${BIG.pods} pods, ${BIG.requestsPerS} requests/s${as}`;
  const shared = { ours, peer, unit: '× real', ratio: ours / peer, noise: spread(models), note: 'peer: the same graph request by request (test/oracle), without a cluster, signals or a drill' } as const;
  return [
    { name: `model over oracle: ${name}`, ...shared, goal: `≥ ${LEAST_RATIO}×`, met: ours >= LEAST_RATIO * peer },
    { name: `model over real time: ${name}`, ...shared, goal: `≥ ${LEAST_SPEED}× real`, met: ours >= LEAST_SPEED },
  ];
}
