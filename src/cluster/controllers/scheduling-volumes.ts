import type { KindMap } from '../objects.ts';
import type { ObjectStore } from '../store.ts';
import { matchesTerm } from './node-affinity.ts';

type Claim = KindMap['PersistentVolumeClaim'];
type Pod = KindMap['Pod'];

export const SELECTED_NODE = 'volume.kubernetes.io/selected-node';

/** The names of the claims that a pod mounts. */
export function claimNames(pod: Pod): string[] {
  const names: string[] = [];
  for (const volume of pod.spec?.volumes ?? []) {
    if (volume.persistentVolumeClaim !== undefined) names.push(volume.persistentVolumeClaim.claimName);
    if (volume.ephemeral !== undefined) names.push(`${pod.metadata.name}-${volume.name}`);
  }
  return names;
}

/** Why a pod can go nowhere for its claims' sake, or null. */
export function claimsProblem(store: ObjectStore, pod: Pod): string | null {
  for (const name of claimNames(pod)) {
    const claim = store.get('PersistentVolumeClaim', pod.metadata.namespace ?? '', name);
    if (claim === undefined) return `persistentvolumeclaim "${name}" not found`;
    if (claim.metadata.deletionTimestamp !== undefined) return `persistentvolumeclaim "${name}" is being deleted`;
    if (claim.status?.phase === 'Lost') return `persistentvolumeclaim "${name}" bound to non-existent persistentvolume "${claim.spec?.volumeName ?? ''}"`;
    if (claim.status?.phase !== 'Bound' && !waitsForConsumer(store, claim)) return 'pod has unbound immediate PersistentVolumeClaims';
  }
  return null;
}

/** Why a pod's volumes keep it from a node, or null. */
export function volumesProblem(store: ObjectStore, pod: Pod, node: KindMap['Node']): string | null {
  for (const name of claimNames(pod)) {
    const claim = store.get('PersistentVolumeClaim', pod.metadata.namespace ?? '', name);
    const volume = claim?.spec?.volumeName === undefined ? undefined : store.get('PersistentVolume', '', claim.spec.volumeName);
    const required = volume?.spec?.nodeAffinity?.required;
    if (required !== undefined && !required.nodeSelectorTerms.some((term) => matchesTerm(term, node))) return 'node(s) had volume node affinity conflict';
    const chosen = claim?.metadata.annotations?.[SELECTED_NODE];
    if (claim?.status?.phase !== 'Bound' && chosen !== undefined && chosen !== node.metadata.name) return "node(s) didn't find available persistent volumes to bind";
  }
  return null;
}

/** The claims of a pod that wait to hear on which node it will be. */
export function unboundClaims(store: ObjectStore, pod: Pod): Claim[] {
  return claimNames(pod).flatMap((name) => {
    const claim = store.get('PersistentVolumeClaim', pod.metadata.namespace ?? '', name);
    return claim === undefined || claim.status?.phase === 'Bound' ? [] : [claim];
  });
}

/** Whether a claim's class binds it when a pod needs it, not before. */
export function waitsForConsumer(store: ObjectStore, claim: Claim): boolean {
  const named = claim.spec?.storageClassName;
  return named !== undefined && store.get('StorageClass', '', named)?.volumeBindingMode === 'WaitForFirstConsumer';
}
