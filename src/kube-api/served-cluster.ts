import type { KubeApi } from '../cluster/api.ts';
import type { ClusterClock } from '../cluster/cluster-clock.ts';
import type { Cluster } from '../cluster/cluster.ts';
import type { FlowControl } from '../cluster/flow-control/flow-control.ts';
import type { Processes } from '../cluster/processes.ts';
import type { MetricPages } from '../cluster/signals/metric-pages.ts';
import type { LogLine } from '../cluster/signals/logs.ts';
import type { ObjectStore } from '../cluster/store.ts';

/** What the REST API stands in front of. */
export interface ServedCluster {
  readonly api: KubeApi;
  readonly store: ObjectStore;
  readonly clock: ClusterClock;
  /** What people reach inside of containers. */
  readonly processes: Processes;
  /** Lines of one container of a pod, oldest first: of its present run, or of the one before. */
  podLogs(namespace: string, name: string, previous: boolean, container: string): readonly LogLine[];
  /** How a node's kubelet answers the API server; absent where all of them do. */
  kubeletAnswers?(node: string): 'yes' | 'refuses' | 'silent';
  /** What nodes serve at `/metrics`; null or absent where nobody measures them. */
  metricPages?(): MetricPages | null;
  /** How the API server shares itself; absent where it has all the time there is. */
  readonly flow?: FlowControl;
  /** What a pod or node uses now; null where nothing is known of it. */
  usage(kind: 'pod' | 'node', namespace: string, name: string): { readonly cpuMilli: number; readonly memoryMiB: number } | null;
}

/** A whole cluster, to be reached through its API. `processes`: what people reach inside of its containers. */
export function servedBy(cluster: Cluster, processes: Processes = cluster.processes): ServedCluster {
  return {
    api: cluster.api, store: cluster.plane.store, clock: cluster.plane.clock, processes,
    flow: cluster.plane.flow,
    podLogs: (namespace, name, previous, container) => cluster.podLogs(namespace, name, previous, container),
    kubeletAnswers: (node) => cluster.plane.kubelet.answers(node),
    usage: (kind, namespace, name) => cluster.usage(kind, namespace, name),
  };
}
