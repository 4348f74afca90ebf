import type { ClusterContext } from '../context.ts';
import { refOf, requestDeletion } from '../deletion.ts';
import type { AnyObject } from '../store.ts';
import { WorkQueue } from '../work-queue.ts';

/** Deletes what lost its owner, and completes foreground and orphaning deletions. */
export class GarbageCollector {
  readonly #cluster: ClusterContext;
  readonly #queue: WorkQueue;

  constructor(cluster: ClusterContext) {
    this.#cluster = cluster;
    this.#queue = new WorkQueue(cluster.agenda, COLLECT_DELAY_MS, (uid) => this.#collect(uid));
  }

  /** Follows the store from now on. */
  start(): void {
    const { store } = this.#cluster;
    store.watch((type, object, previous) => {
      const uid = object.metadata.uid as string;
      if (type === 'DELETED') {
        for (const _dependent of store.ownedBy(uid)) {
          this.#queue.mark(uid);
          break;
        }
        for (const owner of object.metadata.ownerReferences ?? []) this.#markDeletedOwner(owner.uid);
      } else if (object.metadata.deletionTimestamp !== undefined) {
        if (object.metadata.finalizers !== undefined) this.#queue.mark(uid);
      } else if (previous === null || previous.metadata.ownerReferences !== object.metadata.ownerReferences) {
        for (const owner of object.metadata.ownerReferences ?? []) {
          if (this.#ownerOf(object, owner.uid) === undefined) this.#queue.mark(owner.uid);
        }
      }
    });
  }

  /** What names the owner now; it may be changed while one walks over it. */
  #dependents(uid: string): AnyObject[] {
    return [...this.#cluster.store.ownedBy(uid)];
  }

  #markDeletedOwner(uid: string): void {
    const owner = this.#cluster.store.byUid(uid);
    if (owner?.metadata.finalizers?.includes('foregroundDeletion') === true) this.#queue.mark(uid);
  }

  /** The owner that an object names, where it may be its owner: one of the cluster, or of the object's own namespace. */
  #ownerOf(dependent: AnyObject, uid: string): AnyObject | undefined {
    const owner = this.#cluster.store.byUid(uid);
    const home = owner?.metadata.namespace;
    return home === undefined || home === dependent.metadata.namespace ? owner : undefined;
  }

  #collect(uid: string): void {
    const owner = this.#cluster.store.byUid(uid);
    for (const dependent of this.#dependents(uid)) {
      if (this.#ownerOf(dependent, uid) !== undefined) continue;
      if (owner !== undefined) this.#warnOfNamespace(dependent, uid);
      // What belongs to the cluster cannot be owned from inside of a namespace: such a reference is passed over.
      if (owner === undefined || dependent.metadata.namespace !== undefined) this.#loseOwner(dependent, uid);
    }
    if (owner === undefined) return;
    const finalizers = owner.metadata.finalizers ?? [];
    if (finalizers.includes('orphan')) {
      for (const dependent of this.#dependents(uid)) this.#dropReference(dependent, uid);
      this.#finish(owner, 'orphan');
    } else if (finalizers.includes('foregroundDeletion')) this.#collectForeground(owner, uid);
  }

  #warnOfNamespace(dependent: AnyObject, uid: string): void {
    const { namespace = '', ownerReferences = [] } = dependent.metadata;
    const { apiVersion = '', kind = '', name = '' } = ownerReferences.find((owner) => owner.uid === uid) ?? {};
    const message = `ownerRef [${apiVersion}/${kind}, namespace: ${namespace}, name: ${name}, uid: ${uid}] does not exist in namespace "${namespace}"`;
    this.#cluster.events.record(dependent, 'Warning', 'OwnerRefInvalidNamespace', message, { component: 'garbage-collector-controller' });
  }

  /** An owner that waits for its dependents goes when those that block it are gone; what has another owner stays with that. */
  #collectForeground(owner: AnyObject, uid: string): void {
    let left = false;
    for (const dependent of this.#dependents(uid)) {
      const references = dependent.metadata.ownerReferences ?? [];
      if (references.some((other) => other.uid !== uid && this.#isSolid(dependent, other.uid))) {
        this.#dropReference(dependent, uid);
        continue;
      }
      if (dependent.metadata.deletionTimestamp === undefined) this.#deleteForeground(dependent);
      const there = this.#cluster.store.byUid(dependent.metadata.uid as string);
      if (there?.metadata.ownerReferences?.find((reference) => reference.uid === uid)?.blockOwnerDeletion === true) left = true;
    }
    if (!left) this.#finish(owner, 'foregroundDeletion');
  }

  /** Whether an owner is there to stay, not waiting for its own dependents to go. */
  #isSolid(dependent: AnyObject, uid: string): boolean {
    const metadata = this.#ownerOf(dependent, uid)?.metadata;
    return metadata !== undefined && (metadata.deletionTimestamp === undefined || metadata.finalizers?.includes('foregroundDeletion') !== true);
  }

  #deleteForeground(dependent: AnyObject): void {
    const { store, clock } = this.#cluster;
    if (dependent.kind === 'Pod') requestDeletion(store, clock, dependent, null);
    else {
      const finalizers = [...(dependent.metadata.finalizers ?? []), 'foregroundDeletion'];
      requestDeletion(store, clock, store.update({ ...dependent, metadata: { ...dependent.metadata, finalizers, ...this.#unblocked(dependent) } }), null);
    }
  }

  /** Where owners go round in a circle, what closes it blocks nobody any more. */
  #unblocked(dependent: AnyObject): Pick<AnyObject['metadata'], 'ownerReferences'> {
    const closes = this.#dependents(dependent.metadata.uid as string).some(({ metadata }) => metadata.deletionTimestamp !== undefined && metadata.finalizers?.includes('foregroundDeletion') === true);
    return closes ? { ownerReferences: (dependent.metadata.ownerReferences ?? []).map((owner) => Object.assign({}, owner, { blockOwnerDeletion: false })) } : {};
  }

  /** An object goes when its last owner has gone. */
  #loseOwner(dependent: AnyObject, uid: string): void {
    const { store, clock } = this.#cluster;
    const alive = (dependent.metadata.ownerReferences ?? []).some((owner) => owner.uid !== uid && this.#ownerOf(dependent, owner.uid) !== undefined);
    if (alive) this.#dropReference(dependent, uid);
    else if (dependent.metadata.deletionTimestamp === undefined) requestDeletion(store, clock, dependent, null);
  }

  #dropReference(dependent: AnyObject, uid: string): void {
    const { ownerReferences = [], ...metadata } = dependent.metadata;
    const left = ownerReferences.filter((owner) => owner.uid !== uid);
    this.#cluster.store.update({ ...dependent, metadata: left.length > 0 ? { ...metadata, ownerReferences: left } : metadata });
  }

  #finish(owner: AnyObject, finalizer: string): void {
    const { store, clock } = this.#cluster;
    const { finalizers = [], ...metadata } = owner.metadata;
    const left = finalizers.filter((name) => name !== finalizer);
    const marked = store.update({ ...owner, metadata: left.length > 0 ? { ...metadata, finalizers: left } : metadata });
    if (left.length === 0 && marked.kind !== 'Pod') store.remove(refOf(marked));
    else if (left.length === 0) requestDeletion(store, clock, marked, null);
  }
}

const COLLECT_DELAY_MS = 12;
