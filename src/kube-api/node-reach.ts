import type { KindMap } from '../cluster/objects.ts';
import type { ServedCluster } from './served-cluster.ts';

/** Why the API server cannot reach a node's kubelet, in Go's words; null where it can. */
export function unreachable({ store }: ServedCluster, node: string): string | null {
  const found = store.get('Node', '', node);
  if (found === undefined) return `nodes "${node}" not found`;
  const ready = found.status?.conditions?.find(({ type }) => type === 'Ready')?.status;
  return ready === 'Unknown' ? `dial tcp ${nodeAddress(found)}:10250: connect: no route to host` : null;
}

function nodeAddress({ status, metadata }: KindMap['Node']): string {
  return status?.addresses?.find(({ type }) => type === 'InternalIP')?.address ?? metadata.name;
}
