import { usedStatus } from '../admission/quotas.ts';
import type { ClusterContext } from '../context.ts';
import { sameJson } from '../json.ts';
import type { KindMap } from '../objects.ts';
import { WorkQueue } from '../work-queue.ts';

/** Keeps what each ResourceQuota says of its use in step with the objects of its namespace. */
export class ResourceQuotaController {
  readonly #cluster: ClusterContext;
  readonly #queue: WorkQueue;
  /** True while it writes a status itself. */
  #counting = false;

  constructor(cluster: ClusterContext) {
    this.#cluster = cluster;
    this.#queue = new WorkQueue(cluster.agenda, COUNT_DELAY_MS, (namespace) => this.#count(namespace));
  }

  /** Follows the store from now on. */
  start(): void {
    const { store } = this.#cluster;
    store.watch((type, object, previous) => {
      const { namespace } = object.metadata;
      if (namespace === undefined || object.kind === 'Event' || store.list('ResourceQuota', namespace).length === 0) return;
      const ended = object.kind === 'Pod' && previous?.kind === 'Pod' && object.status?.phase !== previous.status?.phase;
      const resized = 'spec' in object && previous !== null && 'spec' in previous && object.spec !== previous.spec;
      // What somebody else wrote as its status is set right again.
      const restated = object.kind === 'ResourceQuota' && !this.#counting;
      if (type !== 'MODIFIED' || ended || resized || restated) this.#queue.mark(namespace);
    });
  }

  #count(namespace: string): void {
    const { store } = this.#cluster;
    this.#counting = true;
    for (const quota of store.list('ResourceQuota', namespace)) {
      const hard = quota.spec?.hard;
      const status = { ...(hard === undefined ? {} : { hard }), used: usedStatus(store, namespace, quota.spec) };
      if (!sameJson(status, quota.status)) store.update<KindMap['ResourceQuota']>({ ...quota, status });
    }
    this.#counting = false;
  }
}

const COUNT_DELAY_MS = 10;
