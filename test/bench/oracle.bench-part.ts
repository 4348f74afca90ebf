import { Drill } from '../../src/drill/drill.ts';
import { rehearsalSeats } from '../../src/responders/cast.ts';
import { Oracle } from '../oracle/oracle.ts';
import { worldOf } from '../oracle/world.ts';
import { BIG, bigScenario } from '../support/big-cluster.ts';
import type { BenchRow } from './bench-row.ts';
import { cpuMs, median, spread } from './rounds.ts';

const MODEL_MS = 20 * 60_000;
const WARM_MS = 500;
const ORACLE_MS = 2_000;
const ROUNDS = 5;
/** The model is to be so many times as fast as the request-level simulation of the same cluster, and as real time. */
const LEAST_RATIO = 150;
const LEAST_SPEED = 1_000;

/** Simulated over processor time of the big cluster: the whole drill on the flow model, against the oracle's requests alone, by turns. */
export function benchOracle(): BenchRow[] {
  const scenario = bigScenario();
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
  const name = `${BIG.services} services, ${BIG.pods} pods, ${BIG.requestsPerS} requests/s`;
  const shared = { ours, peer, unit: '× real', ratio: ours / peer, noise: spread(models), note: 'peer: the same graph request by request (test/oracle), without a cluster, signals or a drill' } as const;
  return [
    { name: `model over oracle: ${name}`, ...shared, goal: `≥ ${LEAST_RATIO}×`, met: ours >= LEAST_RATIO * peer },
    { name: `model over real time: ${name}`, ...shared, goal: `≥ ${LEAST_SPEED}× real`, met: ours >= LEAST_SPEED },
  ];
}
