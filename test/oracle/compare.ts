import type { AgendaEntry } from '../../src/cluster/agenda-entry.ts';
import { Cluster, CLUSTER_BORN_MS } from '../../src/cluster/cluster.ts';
import type { ClusterSpec } from '../../src/cluster/spec.ts';
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

/** A cluster that has run until simulated `untilMs`. */
export function clusterAt(spec: ClusterSpec, untilMs: number): Cluster {
  const { cluster, agenda } = aClusterOf(spec);
  advance(agenda, untilMs);
  return cluster;
}

/** A cluster that has just been made, and the agenda that drives it. */
export function aClusterOf(spec: ClusterSpec): { readonly cluster: Cluster; readonly agenda: Agenda<AgendaEntry> } {
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

/** Each route that users ask, compared over `requests` requests of the oracle and as many walks of tracers through the model. */
export function compared(name: string, cluster: Cluster, seed: number, requests: number): Comparison[] {
  const oracle = new Oracle(worldOf(cluster), { seed });
  let ratePerS = 0;
  for (const { spec } of cluster.traffic.loads) ratePerS += spec.ratePerS;
  const warmMs = 60_000;
  oracle.queue.run(warmMs);
  oracle.forget();
  oracle.queue.run(warmMs + (requests / ratePerS) * 1000);
  return cluster.traffic.loads.map(({ spec, route }) => {
    const met = oracle.latencies.get(`${spec.service}/${spec.route}`) ?? [];
    let failed = 0;
    const walked = Array.from({ length: 20_000 }, () => {
      const tookMs = cluster.inspector.request(route, 1, spec.patienceMs);
      if (cluster.inspector.failed) failed++;
      return tookMs;
    });
    return {
      name: `${name}, ${spec.route}`, utilisation: utilisationOf(cluster), requests: met.length,
      meanMs: { model: mean(walked), oracle: mean(met) }, p99Ms: { model: quantile(walked, 0.99), oracle: quantile(met, 0.99) },
      failed: { model: failed / walked.length, oracle: (oracle.failures.get(`${spec.service}/${spec.route}`) ?? 0) / met.length },
    };
  });
}
