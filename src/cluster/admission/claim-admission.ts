import type { KindMap } from '../objects.ts';
import type { ObjectStore } from '../store.ts';

type Claim = KindMap['PersistentVolumeClaim'];

/** A claim with the cluster's default StorageClass where it names none, and held back from deletion while a pod uses it. */
export function admitClaim(store: ObjectStore, claim: Claim): Claim {
  const storageClassName = claim.spec?.storageClassName ?? defaultStorageClass(store);
  const finalizers = [...(claim.metadata.finalizers ?? []).filter((name) => name !== CLAIM_IN_USE), CLAIM_IN_USE];
  return { ...claim, metadata: { ...claim.metadata, finalizers }, spec: { ...claim.spec, ...(storageClassName === undefined ? {} : { storageClassName }) } };
}

/** A volume, held back from deletion while a claim is bound to it. */
export function admitVolume(volume: KindMap['PersistentVolume']): KindMap['PersistentVolume'] {
  const finalizers = [...(volume.metadata.finalizers ?? []).filter((name) => name !== VOLUME_IN_USE), VOLUME_IN_USE];
  return { ...volume, metadata: { ...volume.metadata, finalizers } };
}

/** Held by a volume until no claim is bound to it. */
export const VOLUME_IN_USE = 'kubernetes.io/pv-protection';

/** Held by a claim until no pod uses it. */
export const CLAIM_IN_USE = 'kubernetes.io/pvc-protection';

/** The newest of the classes that call themselves the default. */
function defaultStorageClass(store: ObjectStore): string | undefined {
  let newest: KindMap['StorageClass'] | undefined;
  for (const one of store.list('StorageClass', null)) {
    if (one.metadata.annotations?.['storageclass.kubernetes.io/is-default-class'] !== 'true') continue;
    if (newest === undefined || (one.metadata.creationTimestamp ?? '') > (newest.metadata.creationTimestamp ?? '')) newest = one;
  }
  return newest?.metadata.name;
}
