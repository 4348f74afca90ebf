import { runAfter } from '../agenda-entry.ts';
import { CLAIM_IN_USE, VOLUME_IN_USE } from '../admission/claim-admission.ts';
import type { ClusterContext } from '../context.ts';
import { isFinished, refOf, withoutFinalizer } from '../deletion.ts';
import { selects } from '../labels.ts';
import type { KindMap } from '../objects.ts';
import { parseQuantity } from '../quantity.ts';
import { WorkQueue } from '../work-queue.ts';
import { claimNames, SELECTED_NODE, waitsForConsumer } from './scheduling-volumes.ts';

type Claim = KindMap['PersistentVolumeClaim'];
type Volume = KindMap['PersistentVolume'];

/** Binds claims to volumes, has volumes made where a class can, and frees or removes them when their claim goes. */
export class VolumeBinder {
  readonly #cluster: ClusterContext;
  readonly #queue: WorkQueue;
  readonly #provisioning = new Set<string>();
  /** Uids of claims whose volumes are being made larger. */
  readonly #expanding = new Set<string>();

  constructor(cluster: ClusterContext) {
    this.#cluster = cluster;
    this.#queue = new WorkQueue(cluster.agenda, SYNC_DELAY_MS, (uid) => this.#sync(uid));
  }

  /** Follows the store from now on. */
  start(): void {
    const { store } = this.#cluster;
    store.watchKind('PersistentVolumeClaim', (type, claim) => {
      if (type !== 'DELETED') this.#queue.mark(claim.metadata.uid as string);
      else for (const volume of store.list('PersistentVolume', null)) if (volume.spec?.claimRef?.uid === claim.metadata.uid) this.#queue.mark(volume.metadata.uid as string);
    });
    store.watchKind('PersistentVolume', (type, volume, previous) => {
      if (type !== 'DELETED' && (previous === null || volume.metadata.deletionTimestamp !== undefined)) this.#queue.mark(volume.metadata.uid as string);
      const changed = type === 'DELETED' || previous === null || previous.spec !== volume.spec;
      if (changed) for (const claim of store.list('PersistentVolumeClaim', null)) if (claim.status?.phase !== 'Bound' || claim.spec?.volumeName === volume.metadata.name) this.#queue.mark(claim.metadata.uid as string);
    });
    store.watchKind('StorageClass', (type) => {
      if (type === 'ADDED') for (const claim of store.list('PersistentVolumeClaim', null)) if (claim.status?.phase !== 'Bound') this.#queue.mark(claim.metadata.uid as string);
    });
    store.watchKind('Pod', (type, pod, previous) => {
      const ended = type === 'DELETED' || (previous !== null && pod.status?.phase !== previous.status?.phase);
      if (!ended || pod.spec?.volumes === undefined) return;
      for (const name of claimNames(pod)) {
        const claim = store.get('PersistentVolumeClaim', pod.metadata.namespace ?? '', name);
        if (claim !== undefined) this.#queue.mark(claim.metadata.uid as string);
      }
    });
  }

  #sync(uid: string): void {
    const object = this.#cluster.store.byUid(uid);
    if (object?.kind === 'PersistentVolume') this.#syncVolume(object);
    else if (object?.kind === 'PersistentVolumeClaim') this.#syncClaim(object);
  }

  #syncVolume(volume: Volume): void {
    const { store } = this.#cluster;
    const ref = volume.spec?.claimRef;
    const claim = ref === undefined ? undefined : store.get('PersistentVolumeClaim', ref.namespace ?? '', ref.name ?? '');
    const lost = ref?.uid !== undefined && claim?.metadata.uid !== ref.uid;
    if (volume.metadata.deletionTimestamp !== undefined && (lost || volume.status?.phase !== 'Bound')) withoutFinalizer(store, volume, VOLUME_IN_USE);
    else if (lost && volume.spec?.persistentVolumeReclaimPolicy === 'Delete') store.remove(refOf(volume));
    else if (volume.status?.phase !== 'Bound' || lost) this.#setPhase(volume, lost ? 'Released' : 'Available');
  }

  #setPhase(volume: Volume, phase: string): void {
    if (volume.status?.phase !== phase) this.#cluster.store.update<Volume>({ ...volume, status: { ...volume.status, phase } });
  }

  #syncClaim(claim: Claim): void {
    const { store, events } = this.#cluster;
    if (claim.metadata.deletionTimestamp !== undefined) return this.#release(claim);
    const named = claim.spec?.volumeName;
    if (claim.status?.phase === 'Bound') {
      if (named !== undefined && store.get('PersistentVolume', '', named) === undefined) {
        store.update<Claim>({ ...claim, status: { phase: 'Lost' } });
        events.record(claim, 'Warning', 'ClaimLost', 'Bound claim has lost its PersistentVolume. Data on the volume is lost!', SOURCE);
      } else if (named !== undefined) this.#expand(claim, named);
      return;
    }
    const chosen = claim.metadata.annotations?.[SELECTED_NODE];
    if (named === undefined && waitsForConsumer(store, claim) && chosen === undefined) {
      return events.record(claim, 'Normal', 'WaitForFirstConsumer', 'waiting for first consumer to be created before binding', SOURCE);
    }
    const volume = this.#find(claim);
    if (volume !== undefined) this.#bind(claim, volume);
    else if (named === undefined) this.#provision(claim, chosen);
  }

  /** A bound claim that asks for more gets it after a while, and its volume with it. */
  #expand(claim: Claim, volumeName: string): void {
    const { store, events, agenda } = this.#cluster;
    const wanted = claim.spec?.resources?.requests?.['storage'] ?? '0';
    const uid = claim.metadata.uid as string;
    const larger = (parseQuantity(wanted) ?? 0) > (parseQuantity(claim.status?.capacity?.['storage'] ?? '0') ?? 0);
    const storage = store.get('StorageClass', '', claim.spec?.storageClassName ?? '');
    if (!larger || storage?.allowVolumeExpansion !== true || this.#expanding.has(uid)) return;
    this.#expanding.add(uid);
    events.record(claim, 'Normal', 'Resizing', `External resizer is resizing volume ${volumeName}`, { component: `external-resizer ${storage.provisioner}` });
    runAfter(agenda, PROVISION_MS, () => {
      this.#expanding.delete(uid);
      const fresh = store.byUid(uid);
      const volume = store.get('PersistentVolume', '', volumeName);
      if (fresh?.kind !== 'PersistentVolumeClaim' || volume === undefined) return;
      store.update<Volume>({ ...volume, spec: { ...volume.spec, capacity: { ...volume.spec?.capacity, storage: wanted } } });
      const grown = store.update<Claim>({ ...fresh, status: { ...fresh.status, capacity: { ...fresh.status?.capacity, storage: wanted } } });
      events.record(grown, 'Normal', 'FileSystemResizeSuccessful', 'MountVolume.NodeExpandVolume succeeded', { component: 'kubelet' });
    });
  }

  /** The smallest volume that will do. */
  #find(claim: Claim): Volume | undefined {
    const { spec } = claim;
    const wanted = parseQuantity(spec?.resources?.requests?.['storage'] ?? '0') ?? 0;
    let best: Volume | undefined;
    for (const volume of this.#cluster.store.list('PersistentVolume', null)) {
      const { claimRef, accessModes = [], capacity, storageClassName = '', volumeMode } = volume.spec ?? {};
      const reserved = claimRef?.name === claim.metadata.name && claimRef.namespace === claim.metadata.namespace && (claimRef.uid ?? claim.metadata.uid) === claim.metadata.uid;
      if (claimRef !== undefined && !reserved) continue;
      if (spec?.volumeName !== undefined ? spec.volumeName !== volume.metadata.name : volume.status?.phase === 'Released') continue;
      const fits = storageClassName === (spec?.storageClassName ?? '') && (volumeMode ?? 'Filesystem') === (spec?.volumeMode ?? 'Filesystem')
        && (spec?.accessModes ?? []).every((mode) => accessModes.includes(mode)) && sizeOf(volume) >= wanted && capacity !== undefined
        && (spec?.selector === undefined || selects(spec.selector, volume.metadata.labels));
      if (!fits) continue;
      if (reserved) return volume;
      if (best === undefined || sizeOf(volume) < sizeOf(best)) best = volume;
    }
    return best;
  }

  #bind(claim: Claim, volume: Volume): void {
    const { store } = this.#cluster;
    const { name, namespace = '', uid = '' } = claim.metadata;
    const bound = store.update<Volume>({
      ...volume,
      spec: { ...volume.spec, claimRef: { apiVersion: 'v1', kind: 'PersistentVolumeClaim', name, namespace, uid, resourceVersion: claim.metadata.resourceVersion ?? '' } },
      status: { ...volume.status, phase: 'Bound' },
    });
    store.update<Claim>({
      ...claim,
      metadata: { ...claim.metadata, annotations: { ...claim.metadata.annotations, 'pv.kubernetes.io/bind-completed': 'yes', 'pv.kubernetes.io/bound-by-controller': 'yes' } },
      spec: { ...claim.spec, volumeName: bound.metadata.name },
      status: { phase: 'Bound', accessModes: bound.spec?.accessModes ?? [], capacity: bound.spec?.capacity ?? {} },
    });
  }

  #provision(claim: Claim, node: string | undefined): void {
    const { store, events, agenda } = this.#cluster;
    const named = claim.spec?.storageClassName ?? '';
    if (named === '') return events.record(claim, 'Normal', 'FailedBinding', 'no persistent volumes available for this claim and no storage class is set', SOURCE);
    const found = store.get('StorageClass', '', named);
    if (found === undefined) return events.record(claim, 'Warning', 'ProvisioningFailed', `storageclass.storage.k8s.io "${named}" not found`, SOURCE);
    const uid = claim.metadata.uid as string;
    if (found.provisioner === 'kubernetes.io/no-provisioner' || this.#provisioning.has(uid)) return;
    this.#provisioning.add(uid);
    const where = `${claim.metadata.namespace ?? ''}/${claim.metadata.name}`;
    events.record(claim, 'Normal', 'ExternalProvisioning', `Waiting for a volume to be created either by the external provisioner '${found.provisioner}' or manually by the system administrator. If volume creation is delayed, please verify that the provisioner is running and correctly registered.`, SOURCE);
    events.record(claim, 'Normal', 'Provisioning', `External provisioner is provisioning volume for claim "${where}"`, { component: found.provisioner });
    runAfter(agenda, PROVISION_MS, () => {
      this.#provisioning.delete(uid);
      const fresh = store.byUid(uid);
      if (fresh?.kind !== 'PersistentVolumeClaim' || fresh.status?.phase === 'Bound' || fresh.metadata.deletionTimestamp !== undefined) return;
      const volume = store.create(newVolume(fresh, found, node));
      events.record(fresh, 'Normal', 'ProvisioningSucceeded', `Successfully provisioned volume ${volume.metadata.name}`, { component: found.provisioner });
      this.#bind(fresh, volume);
    });
  }

  /** A claim that is to go does when no pod uses it any more. */
  #release(claim: Claim): void {
    const { store } = this.#cluster;
    const finalizers = claim.metadata.finalizers ?? [];
    if (!finalizers.includes(CLAIM_IN_USE)) return;
    const used = store.list('Pod', claim.metadata.namespace ?? '').some((pod) => pod.status?.phase !== 'Succeeded' && pod.status?.phase !== 'Failed' && claimNames(pod).includes(claim.metadata.name));
    if (used) return;
    const freed = store.update<Claim>({ ...claim, metadata: { ...claim.metadata, finalizers: finalizers.filter((name) => name !== CLAIM_IN_USE) } });
    if (isFinished(freed)) store.remove(refOf(freed));
  }
}

const SOURCE = { component: 'persistentvolume-controller' };
const SYNC_DELAY_MS = 13;
const PROVISION_MS = 2_000;

function sizeOf(volume: Volume): number {
  return parseQuantity(volume.spec?.capacity?.['storage'] ?? '0') ?? 0;
}

function newVolume(claim: Claim, storage: KindMap['StorageClass'], node: string | undefined): Volume {
  const name = `pvc-${claim.metadata.uid ?? ''}`;
  const hostname = { key: 'kubernetes.io/hostname', operator: 'In', values: [node ?? ''] };
  return {
    apiVersion: 'v1',
    kind: 'PersistentVolume',
    metadata: { name, annotations: { 'pv.kubernetes.io/provisioned-by': storage.provisioner }, finalizers: [VOLUME_IN_USE] },
    spec: {
      accessModes: claim.spec?.accessModes ?? [],
      capacity: { storage: claim.spec?.resources?.requests?.['storage'] ?? '0' },
      hostPath: { path: `/var/local-path-provisioner/${name}_${claim.metadata.namespace ?? ''}_${claim.metadata.name}`, type: 'DirectoryOrCreate' },
      ...(node === undefined ? {} : { nodeAffinity: { required: { nodeSelectorTerms: [{ matchExpressions: [hostname] }] } } }),
      persistentVolumeReclaimPolicy: storage.reclaimPolicy ?? 'Delete',
      storageClassName: storage.metadata.name,
      volumeMode: claim.spec?.volumeMode ?? 'Filesystem',
    },
    status: { phase: 'Pending' },
  };
}
