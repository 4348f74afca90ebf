import type { AgendaEntry } from '../../src/cluster/agenda-entry.ts';
import { Cluster, CLUSTER_BORN_MS } from '../../src/cluster/cluster.ts';
import type { ClusterSpec } from '../../src/cluster/spec.ts';
import type { ServiceRoute } from '../../src/cluster/traffic/graph.ts';
import type { Conditions } from '../../src/cluster/traffic/conditions.ts';
import { Agenda } from '../../src/time/agenda.ts';
import { Oracle } from './oracle.ts';
import { mean, quantile } from './statistics.ts';
import { worldOf } from './world.ts';

/** What users of one route meet, by the model and by the oracle. */
export interface Comparison {
  readonly name: string;
  /** Of the busiest threads, cores or pool anywhere. */
  readonly utilisation: number;
  readonly meanMs: { readonly model: number; readonly oracle: number };
  readonly p99Ms: { readonly model: number; readonly oracle: number };
  /** Share of requests that failed. */
  readonly failed: { readonly model: number; readonly oracle: number };
  /** Requests that the oracle's figures are of. */
  readonly requests: number;
}

/** A cluster that has run until simulated `untilMs`; `disturb` says what is wrong around it from the beginning. */
export function clusterAt(spec: ClusterSpec, untilMs: number, disturb: (conditions: Conditions) => void = () => undefined): Running {
  const running = aClusterOf(spec);
  disturb(running.cluster.traffic.conditions);
  advance(running.agenda, untilMs);
  return running;
}

/** A cluster and the agenda that drives it. */
export interface Running {
  readonly cluster: Cluster;
  readonly agenda: Agenda<AgendaEntry>;
}

/** A cluster that has just been made. */
export function aClusterOf(spec: ClusterSpec): Running {
  const agenda = new Agenda<AgendaEntry>(CLUSTER_BORN_MS);
  return { agenda, cluster: new Cluster({ agenda, seed: 1, epochMs: 0, spec, tooSlowMs: () => Infinity, onAlert: () => undefined }) };
}

export function advance(agenda: Agenda<AgendaEntry>, untilMs: number): void {
  for (let entry = agenda.take(untilMs); entry !== null; entry = agenda.take(untilMs)) entry.due(agenda.nowMs);
}

/** The load of the busiest place: threads, cores, pools. */
export function utilisationOf(cluster: Cluster): number {
  let most = 0;
  for (const pod of cluster.traffic.flow.layout.pods) {
    most = Math.max(most, pod.variant.program.kind === 'database' ? 0 : pod.threads.utilisation, pod.cpuDemand / pod.cores, ...pod.pools.map(({ station }) => station.utilisation));
  }
  return most;
}

/** Tracers walk at so many times, so far apart: breakers open and close, things end in caches. */
const LOOKS = 40;
const WALKS = 500;
const LOOK_EVERY_MS = 1_000;

/** Each route that users ask, compared over `requests` requests of the oracle and 20,000 walks of tracers through the model. */
export function compared(name: string, { cluster, agenda }: Running, seed: number, requests: number): Comparison[] {
  const oracle = new Oracle(worldOf(cluster), { seed });
  let ratePerS = 0;
  for (const { spec } of cluster.traffic.loads) ratePerS += spec.ratePerS;
  const warmMs = 60_000;
  oracle.queue.run(warmMs);
  oracle.forget();
  oracle.queue.run(warmMs + (requests / ratePerS) * 1000);
  const utilisation = utilisationOf(cluster);
  const walks = cluster.traffic.loads.map(() => ({ tookMs: [] as number[], failed: 0 }));
  for (let look = 0; look < LOOKS; look++) {
    advance(agenda, agenda.nowMs + LOOK_EVERY_MS);
    for (const [at, { spec, route }] of cluster.traffic.loads.entries()) walk(cluster, route, spec.patienceMs, walks[at] as (typeof walks)[number]);
  }
  return cluster.traffic.loads.map(({ spec }, at) => {
    const met = oracle.latencies.get(`${spec.service}/${spec.route}`) ?? [];
    const { tookMs, failed } = walks[at] as (typeof walks)[number];
    return {
      name: `${name}, ${spec.route}`, utilisation, requests: met.length,
      meanMs: { model: mean(tookMs), oracle: mean(met) }, p99Ms: { model: quantile(tookMs, 0.99), oracle: quantile(met, 0.99) },
      failed: { model: failed / tookMs.length, oracle: (oracle.failures.get(`${spec.service}/${spec.route}`) ?? 0) / met.length },
    };
  });
}

function walk({ inspector }: Cluster, route: ServiceRoute, patienceMs: number, walks: { readonly tookMs: number[]; failed: number }): void {
  for (let nth = 0; nth < WALKS; nth++) {
    walks.tookMs.push(inspector.request(route, 1, patienceMs));
    if (inspector.failed) walks.failed++;
  }
}
