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
      } else if (previous === null) {
        for (const owner of object.metadata.ownerReferences ?? []) {
          if (store.byUid(owner.uid) === undefined) this.#queue.mark(owner.uid);
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

  #collect(uid: string): void {
    const owner = this.#cluster.store.byUid(uid);
    if (owner === undefined) {
      for (const dependent of this.#dependents(uid)) this.#loseOwner(dependent, uid);
      return;
    }
    const finalizers = owner.metadata.finalizers ?? [];
    if (finalizers.includes('orphan')) {
      for (const dependent of this.#dependents(uid)) this.#dropReference(dependent, uid);
      this.#finish(owner, 'orphan');
    } else if (finalizers.includes('foregroundDeletion')) this.#collectForeground(owner, uid);
  }

  #collectForeground(owner: AnyObject, uid: string): void {
    let left = false;
    for (const dependent of this.#dependents(uid)) {
      if (dependent.metadata.deletionTimestamp === undefined) this.#deleteForeground(dependent);
      if (this.#cluster.store.byUid(dependent.metadata.uid as string) !== undefined) left = true;
    }
    if (!left) this.#finish(owner, 'foregroundDeletion');
  }

  #deleteForeground(dependent: AnyObject): void {
    const { store, clock } = this.#cluster;
    const marked = dependent.kind === 'Pod'
      ? dependent
      : store.update({ ...dependent, metadata: { ...dependent.metadata, finalizers: [...(dependent.metadata.finalizers ?? []), 'foregroundDeletion'] } });
    requestDeletion(store, clock, marked, null);
  }

  /** An object goes when its last owner has gone. */
  #loseOwner(dependent: AnyObject, uid: string): void {
    const { store, clock } = this.#cluster;
    const alive = (dependent.metadata.ownerReferences ?? []).some((owner) => owner.uid !== uid && store.byUid(owner.uid) !== undefined);
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
