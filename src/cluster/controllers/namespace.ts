import type { ClusterContext } from '../context.ts';
import { refOf, requestDeletion } from '../deletion.ts';
import { RESOURCES, type Kind } from '../objects.ts';
import { WorkQueue } from '../work-queue.ts';

/** Empties a namespace that is being deleted, then lets it go. */
export class NamespaceController {
  readonly #cluster: ClusterContext;
  readonly #queue: WorkQueue;

  constructor(cluster: ClusterContext) {
    this.#cluster = cluster;
    this.#queue = new WorkQueue(cluster.agenda, EMPTY_DELAY_MS, (name) => this.#empty(name));
  }

  /** Follows the store from now on. */
  start(): void {
    const { store } = this.#cluster;
    store.watch((type, object) => {
      if (object.kind === 'Namespace') {
        if (type !== 'DELETED' && object.metadata.deletionTimestamp !== undefined) this.#queue.mark(object.metadata.name);
      } else if (type === 'DELETED' && object.metadata.namespace !== undefined) {
        const home = store.get('Namespace', '', object.metadata.namespace);
        if (home?.metadata.deletionTimestamp !== undefined) this.#queue.mark(home.metadata.name);
      }
    });
  }

  #empty(name: string): void {
    const { store, clock } = this.#cluster;
    const namespace = store.get('Namespace', '', name);
    if (namespace?.metadata.deletionTimestamp === undefined) return;
    if (namespace.status?.phase !== 'Terminating') store.update({ ...namespace, status: { ...namespace.status, phase: 'Terminating' } });
    let left = 0;
    for (const kind of KINDS) {
      for (const object of store.list(kind, name)) {
        requestDeletion(store, clock, object, null);
        if (store.byUid(object.metadata.uid as string) !== undefined) left++;
      }
    }
    if (left === 0) store.remove(refOf(namespace));
  }
}

const EMPTY_DELAY_MS = 40;
const KINDS = (Object.keys(RESOURCES) as Kind[]).filter((kind) => RESOURCES[kind].namespaced);
