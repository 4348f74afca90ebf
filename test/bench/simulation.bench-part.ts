import { Drill } from '../../src/drill/drill.ts';
import { rehearsalSeats } from '../../src/responders/cast.ts';
import type { Scenario } from '../../src/scenario/scenario.ts';
import { BIG, bigScenario } from '../support/big-cluster.ts';
import { slowSite } from './a-busy-night.ts';
import { bareFlow, type FlowSize, sizeOf } from './bare-flow.ts';
import type { BenchRow } from './bench-row.ts';
import { compare, cpuMs, median } from './rounds.ts';

const DRILL_MS = 45 * 60_000;
/** Some nights have more to reckon than others: every round plays the same ones. */
const SEEDS = [1, 2, 3, 4];
const PEER = 'peer: the same ticks of the same flow as bare arithmetic over typed arrays, without a cluster, tracers, signals or a drill';

/** Simulated over processor time of the slow site with nobody playing, all counted: the cluster's making, its ten minutes before the drill, the drill. */
export function benchWebshop(): BenchRow[] {
  const { scenario } = slowSite();
  const size = sizeOf(nobodyPlays(scenario, 1).cluster.traffic.flow.layout);
  const ours = (): number => (SEEDS.length * DRILL_MS) / cpuMs(() => SEEDS.forEach((seed) => nobodyPlays(scenario, seed)));
  const { peer, noise, ...medians } = compare(15, ours, () => bareSpeed(size));
  return [row('webshop, 45 min, made and played', medians.ours, peer, noise, 2_000)];
}

/** The same for 50 services, 1,000 pods and 10,000 requests of users a second: the drill alone, then with the cluster's making. */
export function benchBigCluster(): BenchRow[] {
  const scenario = bigScenario();
  const drill = nobodyPlays(scenario, 1);
  mustBeBigAndWell(drill);
  const size = sizeOf(drill.cluster.traffic.flow.layout);
  const madeMs: number[] = [];
  const alone = (): number => {
    let made: Drill | null = null;
    madeMs.push(cpuMs(() => (made = begun(scenario, 1))));
    return DRILL_MS / cpuMs(() => made?.advance(DRILL_MS));
  };
  const { ours, peer, noise } = compare(6, alone, () => bareSpeed(size));
  const whole = DRILL_MS / (median(madeMs) + DRILL_MS / ours);
  const name = `${BIG.services} services, ${BIG.pods} pods, ${BIG.requestsPerS} requests/s, 45 min`;
  return [row(name, ours, peer, noise, 1_000), row(`${name}, made and played`, whole, peer, noise, null)];
}

function begun(scenario: Scenario, seed: number): Drill {
  return new Drill({ scenario, seed, seats: rehearsalSeats('noop'), onFact: () => undefined });
}

function nobodyPlays(scenario: Scenario, seed: number): Drill {
  const drill = begun(scenario, seed);
  drill.advance(DRILL_MS);
  return drill;
}

/** A measurement of a cluster that lies on the ground would say nothing. */
function mustBeBigAndWell(drill: Drill): void {
  const { layout } = drill.cluster.traffic.flow;
  const serving = layout.pods.filter((pod) => pod.serving).length;
  const services = new Set(layout.pods.map((pod) => pod.workloadKey)).size;
  const askedPerS = drill.cluster.traffic.loads.reduce((total, load) => total + load.spec.ratePerS, 0);
  if (serving !== BIG.pods || services !== BIG.services || Math.round(askedPerS) !== BIG.requestsPerS) {
    throw new Error(`bench: the big cluster has ${serving} pods that serve, ${services} services, ${askedPerS} requests/s`);
  }
  if (drill.badMinutes > 0.1) throw new Error(`bench: the big cluster is unwell: ${drill.badMinutes} bad minutes`);
}

/** Simulated over processor time of the bare flow: a tick is a second. */
function bareSpeed(size: FlowSize): number {
  const ticks = DRILL_MS / 1_000;
  return DRILL_MS / cpuMs(() => {
    if (!(bareFlow(size, ticks) > 0)) throw new Error('bench: nothing flows');
  });
}

function row(name: string, ours: number, peer: number, noise: number, least: number | null): BenchRow {
  const goal = least === null ? 'told beside it' : `≥ ${least}×`;
  return { name: `simulated/real: ${name}`, ours, peer, unit: '× real', ratio: ours / peer, goal, met: least === null ? null : ours >= least, noise, note: PEER };
}
