import type { ClusterClock } from './cluster-clock.ts';
import type { KindMap } from './objects.ts';
import type { AnyObject, ObjectStore } from './store.ts';

type Lease = KindMap['Lease'];

/**
 * The Leases by which kubelets say every ten seconds that they live. A living node's is stored without its time, which
 * is worked out for whoever reads it: nothing is written while nothing happens.
 */
export function leaseOf(node: KindMap['Node']): Lease {
  const { name, uid = '' } = node.metadata;
  return {
    apiVersion: 'coordination.k8s.io/v1', kind: 'Lease',
    metadata: { name, namespace: NODE_LEASES, ownerReferences: [{ apiVersion: 'v1', kind: 'Node', name, uid }] },
    spec: { holderIdentity: name, leaseDurationSeconds: 40 },
  };
}

/** Notes that a node's kubelet renewed its Lease for the last time now (`alive` false), or renews it again. */
export function noteLife(store: ObjectStore, clock: ClusterClock, node: string, alive: boolean): void {
  const lease = store.get('Lease', NODE_LEASES, node);
  if (lease === undefined) return;
  const { renewTime: _last, ...spec } = lease.spec ?? {};
  store.update<Lease>({ ...lease, spec: alive ? spec : { ...spec, renewTime: renewedAt(clock) } });
}

/** An object as it is read now: a living node's Lease with the time of its last renewal. */
export function asRead<Given extends AnyObject>(object: Given, clock: ClusterClock): Given {
  if (object.kind !== 'Lease' || object.metadata.namespace !== NODE_LEASES || object.spec?.renewTime !== undefined) return object;
  return { ...object, spec: { ...object.spec, renewTime: renewedAt(clock) } };
}

export const NODE_LEASES = 'kube-node-lease';
const PERIOD_MS = 10_000;

/** In microseconds, as `metav1.MicroTime` is. */
function renewedAt(clock: ClusterClock): string {
  return clock.instant(Math.floor(clock.nowMs / PERIOD_MS) * PERIOD_MS).replace('Z', '.000000Z');
}
