import { aggregatedRules } from '../authorization/aggregation.ts';
import type { ClusterContext } from '../context.ts';
import { sameJson } from '../json.ts';
import { selects } from '../labels.ts';
import type { KindMap } from '../objects.ts';
import { WorkQueue } from '../work-queue.ts';

type ClusterRole = KindMap['ClusterRole'];

/** Keeps the rules of each ClusterRole that gathers others' in step with theirs. */
export class RoleAggregation {
  readonly #cluster: ClusterContext;
  readonly #queue: WorkQueue;
  /** The names of all roles that gather. */
  readonly #gathering = new Set<string>();

  constructor(cluster: ClusterContext) {
    this.#cluster = cluster;
    this.#queue = new WorkQueue(cluster.agenda, DELAY_MS, (name) => this.#gather(name));
  }

  /** Follows the store from now on. */
  start(): void {
    this.#cluster.store.watchKind('ClusterRole', (type, role, previous) => {
      const { name } = role.metadata;
      if (type === 'DELETED' || role.aggregationRule === undefined) this.#gathering.delete(name);
      else this.#gathering.add(name);
      for (const one of this.#gathering) if (one === name || this.#concerns(one, role, previous)) this.#mark(one);
    });
  }

  #concerns(gatherer: string, role: ClusterRole, previous: ClusterRole | null): boolean {
    const selectors = this.#role(gatherer)?.aggregationRule?.clusterRoleSelectors ?? [];
    return selectors.some((selector) => selects(selector, role.metadata.labels) || selects(selector, previous?.metadata.labels));
  }

  /** What is as it should be, such as all roles of a new cluster, needs no work. */
  #mark(name: string): void {
    const role = this.#role(name);
    if (role !== undefined && !sameJson(role.rules ?? [], this.#wanted(role))) this.#queue.mark(name);
  }

  #gather(name: string): void {
    const role = this.#role(name);
    if (role?.aggregationRule === undefined) return;
    const rules = this.#wanted(role);
    if (!sameJson(role.rules ?? [], rules)) this.#cluster.store.update<ClusterRole>({ ...role, rules });
  }

  #wanted(role: ClusterRole): NonNullable<ClusterRole['rules']> {
    return aggregatedRules(role, this.#cluster.store.list('ClusterRole', null));
  }

  #role(name: string): ClusterRole | undefined {
    return this.#cluster.store.get('ClusterRole', '', name);
  }
}

const DELAY_MS = 20;
