import type { Cluster } from '../cluster/cluster.ts';
import type { Happening } from '../journal/timeline.ts';

/** Notices how many pods of each workload are ready, for the timeline. */
export class WorkloadWatch {
  readonly #cluster: Cluster;
  readonly #known = new Map<string, string>();
  #stale = true;

  constructor(cluster: Cluster) {
    this.#cluster = cluster;
    cluster.plane.store.watch((_, object) => {
      if (object.kind === 'Deployment' || object.kind === 'StatefulSet') this.#stale = true;
    });
  }

  /** Workloads whose ready or desired number changed since the last call; on the first call none, as all is as it was. */
  changed(): Happening[] {
    if (!this.#stale) return [];
    this.#stale = false;
    const first = this.#known.size === 0;
    const happenings: Happening[] = [];
    const { store } = this.#cluster.plane;
    const seen = new Set<string>();
    for (const object of [...store.list('Deployment', null), ...store.list('StatefulSet', null)]) {
      const workload = `${object.metadata.namespace}/${object.metadata.name}`;
      seen.add(workload);
      const ready = object.status?.readyReplicas ?? 0;
      const desired = object.spec?.replicas ?? 1;
      if (this.#known.get(workload) === `${ready}/${desired}`) continue;
      this.#known.set(workload, `${ready}/${desired}`);
      if (!first) happenings.push({ type: 'workload-ready-changed', workload, ready, desired });
    }
    for (const workload of this.#known.keys()) {
      if (seen.has(workload)) continue;
      this.#known.delete(workload);
      happenings.push({ type: 'workload-ready-changed', workload, ready: 0, desired: 0 });
    }
    return happenings;
  }
}
