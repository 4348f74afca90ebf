import type { Cluster } from '../cluster/cluster.ts';
import type { ClusterClock } from '../cluster/cluster-clock.ts';
import type { DataServers } from '../cluster/data/data-servers.ts';
import type { FlowControl } from '../cluster/flow-control/flow-control.ts';
import type { Meters } from '../cluster/signals/meters/meters.ts';
import type { ObjectStore } from '../cluster/store.ts';
import type { Traffic } from '../cluster/traffic/traffic.ts';

/** A cluster as exporters see it. */
export interface Measured {
  readonly store: ObjectStore;
  readonly clock: ClusterClock;
  readonly traffic: Traffic;
  readonly meters: Meters;
  readonly flow: FlowControl;
  readonly data: DataServers;
  readonly usage: (kind: 'pod' | 'node', namespace: string, name: string) => { readonly cpuMilli: number; readonly memoryMiB: number } | null;
}

/** A cluster that `meters` count for. */
export function measuredBy(cluster: Cluster, meters: Meters): Measured {
  return { store: cluster.plane.store, clock: cluster.plane.clock, traffic: cluster.traffic, meters, flow: cluster.plane.flow, data: cluster.data, usage: (kind, namespace, name) => cluster.usage(kind, namespace, name) };
}
