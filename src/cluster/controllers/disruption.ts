import type { ClusterContext } from '../context.ts';
import { sameJson } from '../json.ts';
import { budgetSelects } from '../labels.ts';
import type { KindMap } from '../objects.ts';
import { controllerOf, isReady } from '../pods.ts';
import { WorkQueue } from '../work-queue.ts';
import { share } from './rolling-update.ts';

type Budget = KindMap['PodDisruptionBudget'];
type Pod = KindMap['Pod'];

/** Says of each PodDisruptionBudget how many of its pods are healthy, must be, and may be evicted now. */
export class DisruptionController {
  readonly #cluster: ClusterContext;
  readonly #queue: WorkQueue;

  constructor(cluster: ClusterContext) {
    this.#cluster = cluster;
    this.#queue = new WorkQueue(cluster.agenda, SYNC_DELAY_MS, (uid) => this.#sync(uid));
  }

  /** Follows the store from now on. */
  start(): void {
    const { store } = this.#cluster;
    store.watchKind('PodDisruptionBudget', (type, budget, previous) => {
      if (type !== 'DELETED' && previous?.spec !== budget.spec) this.#queue.mark(budget.metadata.uid as string);
    });
    store.watchKind('Pod', (type, pod, previous) => {
      const budgets = store.list('PodDisruptionBudget', pod.metadata.namespace ?? '');
      if (budgets.length === 0) return;
      const same = type === 'MODIFIED' && previous !== null && isReady(pod) === isReady(previous) && pod.metadata.labels === previous.metadata.labels && pod.metadata.deletionTimestamp === previous.metadata.deletionTimestamp;
      if (!same) for (const budget of budgets) this.#queue.mark(budget.metadata.uid as string);
    });
    for (const kind of ['Deployment', 'ReplicaSet', 'StatefulSet'] as const) {
      store.watchKind(kind, (_type, owner, previous) => {
        if (previous?.spec === owner.spec) return;
        for (const budget of store.list('PodDisruptionBudget', owner.metadata.namespace ?? '')) this.#queue.mark(budget.metadata.uid as string);
      });
    }
  }

  #sync(uid: string): void {
    const { store, clock, events } = this.#cluster;
    const budget = store.byUid(uid);
    if (budget?.kind !== 'PodDisruptionBudget') return;
    const pods = store.list('Pod', budget.metadata.namespace ?? '').filter((pod) => budgetSelects(budget.spec?.selector, pod.metadata.labels) && pod.status?.phase !== 'Succeeded' && pod.status?.phase !== 'Failed');
    if (pods.length === 0) events.record(budget, 'Normal', 'NoPods', 'No matching pods found', SOURCE);
    const disrupted = this.#stillDisrupted(budget, pods);
    const healthy = pods.filter((pod) => isReady(pod) && pod.metadata.deletionTimestamp === undefined && disrupted[pod.metadata.name] === undefined).length;
    const { expected, desired } = this.#wanted(budget, pods);
    const allowed = expected > 0 ? Math.max(0, healthy - desired) : 0;
    const verdict = allowed > 0 ? { status: 'True', reason: 'SufficientPods' } : { status: 'False', reason: 'InsufficientPods' };
    const before = budget.status?.conditions?.find(({ type }) => type === 'DisruptionAllowed');
    const generation = budget.metadata.generation ?? 1;
    const condition = before?.status === verdict.status
      ? { ...before, observedGeneration: generation }
      : { type: 'DisruptionAllowed', ...verdict, message: '', observedGeneration: generation, lastTransitionTime: clock.now() };
    const status = {
      conditions: [condition], currentHealthy: healthy, desiredHealthy: desired, disruptionsAllowed: allowed, expectedPods: expected, observedGeneration: generation,
      ...(Object.keys(disrupted).length === 0 ? {} : { disruptedPods: disrupted }),
    };
    if (!sameJson(status, budget.status)) store.update<Budget>({ ...budget, status });
  }

  /** Pods whose eviction the budget was charged for and whose deletion was not seen yet; after two minutes it is taken to have failed. */
  #stillDisrupted(budget: Budget, pods: readonly Pod[]): Record<string, string> {
    const { clock, events } = this.#cluster;
    const still: Record<string, string> = {};
    for (const pod of pods) {
      const since = budget.status?.disruptedPods?.[pod.metadata.name];
      if (since === undefined || pod.metadata.deletionTimestamp !== undefined) continue;
      const leftMs = clock.simMs(since) + DELETION_TIMEOUT_MS - clock.nowMs;
      if (leftMs <= 0) {
        events.record(pod, 'Warning', 'NotDeleted', `Pod was expected by PDB ${budget.metadata.namespace ?? ''}/${budget.metadata.name} to be deleted but it wasn't`, SOURCE);
        continue;
      }
      still[pod.metadata.name] = since;
      this.#queue.markAfter(budget.metadata.uid as string, leftMs);
    }
    return still;
  }

  /** How many pods there should be, and how many of them healthy. Percentages are of what the pods' owners ask for, rounded up. */
  #wanted(budget: Budget, pods: readonly Pod[]): { readonly expected: number; readonly desired: number } {
    const { minAvailable, maxUnavailable } = budget.spec ?? {};
    if (maxUnavailable !== undefined) {
      const expected = this.#scaleOf(pods);
      return { expected, desired: Math.max(0, expected - share(maxUnavailable, expected, Math.ceil)) };
    }
    if (typeof minAvailable === 'string') {
      const expected = this.#scaleOf(pods);
      return { expected, desired: share(minAvailable, expected, Math.ceil) };
    }
    return { expected: pods.length, desired: minAvailable ?? 1 };
  }

  #scaleOf(pods: readonly Pod[]): number {
    const { store } = this.#cluster;
    const scales = new Map<string, number>();
    for (const pod of pods) {
      const owner = controllerOf(pod);
      const found = owner === undefined ? undefined : store.byUid(owner.uid);
      const above = found === undefined ? undefined : controllerOf(found);
      const top = (above === undefined ? undefined : store.byUid(above.uid)) ?? found;
      if (top?.kind === 'Deployment' || top?.kind === 'ReplicaSet' || top?.kind === 'StatefulSet') scales.set(top.metadata.uid as string, top.spec?.replicas ?? 1);
    }
    return [...scales.values()].reduce((sum, replicas) => sum + replicas, 0);
  }
}

const SOURCE = { component: 'controllermanager' };
const SYNC_DELAY_MS = 14;
const DELETION_TIMEOUT_MS = 120_000;
