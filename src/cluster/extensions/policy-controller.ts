import type { ClusterContext } from '../context.ts';
import { sameJson } from '../json.ts';
import type { KindMap } from '../objects.ts';
import { WorkQueue } from '../work-queue.ts';

type Policy = KindMap['ValidatingAdmissionPolicy'];

/** Says of each ValidatingAdmissionPolicy up to which revision its expressions were looked through. */
export class PolicyController {
  readonly #cluster: ClusterContext;
  readonly #queue: WorkQueue;

  constructor(cluster: ClusterContext) {
    this.#cluster = cluster;
    this.#queue = new WorkQueue(cluster.agenda, CHECK_DELAY_MS, (name) => this.#check(name));
  }

  /** Follows the store from now on. */
  start(): void {
    this.#cluster.store.watchKind('ValidatingAdmissionPolicy', (type, object) => {
      if (type !== 'DELETED') this.#queue.mark(object.metadata.name);
    });
  }

  #check(name: string): void {
    const { store } = this.#cluster;
    const policy = store.get('ValidatingAdmissionPolicy', '', name);
    if (policy === undefined) return;
    const status: NonNullable<Policy['status']> = { ...policy.status, observedGeneration: policy.metadata.generation ?? 1, typeChecking: policy.status?.typeChecking ?? {} };
    if (!sameJson(status, policy.status)) store.update<Policy>({ ...policy, status });
  }
}

const CHECK_DELAY_MS = 15;
