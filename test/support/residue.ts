import type { Cluster } from '../../src/cluster/cluster.ts';
import { type Kind, RESOURCES } from '../../src/cluster/objects.ts';
import { isReady } from '../../src/cluster/pods.ts';
import { workloadOf } from '../../src/cluster/traffic/layout.ts';

/** What is history, or follows from the rest. */
const PASSING: ReadonlySet<string> = new Set(['Event', 'Pod', 'ReplicaSet', 'Lease', 'EndpointSlice', 'Endpoints', 'ControllerRevision', 'Job']);

/** Everything that a cluster is, one line a thing, apart from its history: names of pods, revisions, times. Two worlds that are alike say the same. */
export function stateOf(cluster: Cluster): string[] {
  const { store } = cluster.plane;
  const lines: string[] = [];
  for (const kind of [...(Object.keys(RESOURCES) as Kind[]), ...store.customKinds()]) {
    if (PASSING.has(kind)) continue;
    for (const object of store.list(kind, null)) {
      const { status: _status, metadata, ...rest } = object as typeof object & { status?: unknown };
      lines.push(`${kind} ${metadata.namespace ?? ''}/${metadata.name} ${sorted([rest, metadata.labels, notes(metadata.annotations), metadata.finalizers, metadata.deletionTimestamp === undefined])}`);
    }
  }
  for (const node of store.list('Node', null)) lines.push(`node ${node.metadata.name} ${sorted(node.status?.conditions?.map(({ type, status }) => [type, status]))} ${sorted(node.status?.allocatable)}`);
  for (const pod of store.list('Pod', null)) {
    if (pod.metadata.ownerReferences?.[0]?.kind === 'Job') continue;
    const { nodeName: _node, volumes: _volumes, ...spec } = pod.spec ?? { containers: [] };
    const { 'pod-template-hash': _hash, 'controller-revision-hash': _revision, ...labels } = pod.metadata.labels ?? {};
    lines.push(`pod of ${workloadOf(pod)} ${isReady(pod) ? 'ready' : 'unready'} ${sorted([labels, spec.containers.map(({ volumeMounts: _mounts, ...container }) => container), spec.initContainers, spec.affinity, spec.priority])}`);
  }
  for (const key of cluster.traffic.places.databases.keys()) cluster.data.postgres(key);
  // Where a name led nowhere for a while there is nothing.
  lines.push(...cluster.data.lines().filter((line) => !line.startsWith('nowhere/')));
  for (const pod of cluster.traffic.flow.layout.pods) lines.push(`flow ${pod.workloadKey} ${pod.serving ? 'serves' : 'idle'} ${pod.variant.key.replace(/"[^"]*-[a-z0-9]{5}"/g, '')} ${pod.cores}`);
  return lines.map((line) => line.replaceAll(/pvc-[0-9a-f-]{36}/g, 'pvc')).toSorted((one, other) => (one < other ? -1 : one > other ? 1 : 0));
}

function notes(annotations: Readonly<Record<string, string>> = {}): Record<string, string> {
  return Object.fromEntries(Object.entries(annotations).filter(([key]) => !/^(?:deployment\.kubernetes\.io|pv\.kubernetes\.io|volume\.(?:beta\.)?kubernetes\.io)/.test(key)));
}

/** JSON with its keys in order. */
export function sorted(value: unknown): string {
  return JSON.stringify(value, (key, part: unknown) => {
    if (key === 'uid' || key === 'resourceVersion') return undefined;
    if (typeof part !== 'object' || part === null || Array.isArray(part)) return part;
    if (Object.keys(part).length === 0) return undefined;
    return Object.fromEntries(Object.entries(part).toSorted(([one], [other]) => (one < other ? -1 : 1)));
  }) ?? '';
}
