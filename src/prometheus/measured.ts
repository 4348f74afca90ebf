import type { ClusterClock } from '../cluster/cluster-clock.ts';
import type { Meters } from '../cluster/signals/meters/meters.ts';
import type { ObjectStore } from '../cluster/store.ts';
import type { Traffic } from '../cluster/traffic/traffic.ts';

/** A cluster as exporters see it. */
export interface Measured {
  readonly store: ObjectStore;
  readonly clock: ClusterClock;
  readonly traffic: Traffic;
  readonly meters: Meters;
  readonly usage: (kind: 'pod' | 'node', namespace: string, name: string) => { readonly cpuMilli: number; readonly memoryMiB: number } | null;
}
