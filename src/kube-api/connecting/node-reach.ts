import type { ServedCluster } from '../served-cluster.ts';

/** Why the API server cannot reach a node's kubelet, in Go's words; null where it can. */
export function unreachable(cluster: ServedCluster, node: string): string | null {
  const found = cluster.store.get('Node', '', node);
  if (found === undefined) return `nodes "${node}" not found`;
  if (cluster.kubeletAnswers?.(node) === 'refuses') return `dial tcp ${kubeletAddress(cluster, node)}: connect: connection refused`;
  const ready = found.status?.conditions?.find(({ type }) => type === 'Ready')?.status;
  return ready === 'Unknown' ? `dial tcp ${kubeletAddress(cluster, node)}: connect: no route to host` : null;
}

/** `192.168.0.11:10250`. */
export function kubeletAddress({ store }: ServedCluster, node: string): string {
  const addresses = store.get('Node', '', node)?.status?.addresses;
  return `${addresses?.find(({ type }) => type === 'InternalIP')?.address ?? node}:10250`;
}
