import type { ApiResult, EvictionOptions } from './api.ts';
import type { ClusterClock } from './cluster-clock.ts';
import { withPodCondition } from './pod-conditions.ts';
import { requestDeletion } from './deletion.ts';
import { budgetSelects } from './labels.ts';
import type { KindMap } from './objects.ts';
import { isReady } from './pods.ts';
import { notFound, refuse, type Refusal } from './refusals.ts';
import type { ObjectStore } from './store.ts';

type Budget = KindMap['PodDisruptionBudget'];
type Pod = KindMap['Pod'];

/**
 * Deletes a pod unless its disruption budget says that it would be one too many. A budget is charged at once, so that
 * a second eviction in the same instant finds it spent. Pods that serve nobody are let go freely.
 * Source: pkg/registry/core/pod/storage/eviction.go of Kubernetes.
 */
export function evictPod(store: ObjectStore, clock: ClusterClock, { namespace, name }: { readonly namespace: string; readonly name: string }, options: EvictionOptions): ApiResult<Pod> {
  const pod = store.get('Pod', namespace, name);
  if (pod === undefined) return notFound('Pod', name);
  const changed = preconditionProblem(pod, options);
  if (changed !== null) return refuse(409, 'Conflict', `Operation cannot be fulfilled on pods "${name}": ${changed}`);
  const dryRun = options.dryRun === true;
  if (!goesFreely(pod)) {
    const budgets = store.list('PodDisruptionBudget', namespace).filter((budget) => budgetSelects(budget.spec?.selector, pod.metadata.labels));
    if (budgets.length > 1) return refuse(500, 'InternalError', 'This pod has more than one PodDisruptionBudget, which the eviction subresource does not support.');
    const [budget] = budgets;
    const refusal = budget === undefined || isSparedFor(budget, pod) ? null : overdrawn(budget);
    if (refusal !== null) return refusal;
    if (budget !== undefined && !isSparedFor(budget, pod) && !dryRun) store.update(charged(budget, name, clock.now()));
  }
  if (dryRun) return { ok: true, object: pod };
  const target = withPodCondition(pod, { type: 'DisruptionTarget', status: 'True', reason: 'EvictionByEvictionAPI', message: 'Eviction API: evicting' }, clock);
  const doomed = target === pod || goesFreely(pod) ? pod : store.update(target);
  return { ok: true, object: requestDeletion(store, clock, doomed, options.gracePeriodSeconds ?? null) as Pod };
}

/** Ended, not yet begun or already going: no budget counts such a pod. */
function goesFreely({ metadata, status }: Pod): boolean {
  return metadata.deletionTimestamp !== undefined || status?.phase === 'Succeeded' || status?.phase === 'Failed' || status?.phase === 'Pending';
}

/** A running pod that is not ready may go where the budget always allows it, or is met without it. */
function isSparedFor({ spec, status }: Budget, pod: Pod): boolean {
  if (isReady(pod)) return false;
  if (spec?.unhealthyPodEvictionPolicy === 'AlwaysAllow') return true;
  return (status?.desiredHealthy ?? 0) > 0 && (status?.currentHealthy ?? 0) >= (status?.desiredHealthy ?? 0);
}

function overdrawn({ metadata, status }: Budget): Refusal | null {
  const { name, generation = 0 } = metadata;
  const refused = (cause: string): Refusal => ({
    ok: false,
    status: { code: 429, reason: 'TooManyRequests', message: "Cannot evict pod as it would violate the pod's disruption budget.", causes: [cause] },
  });
  if ((status?.observedGeneration ?? 0) < generation) return refused(`The disruption budget ${name} is still being processed by the server.`);
  const { disruptionsAllowed = 0, currentHealthy = 0, desiredHealthy = 0, disruptedPods = {} } = status ?? {};
  if (disruptionsAllowed < 0) return refuse(403, 'Forbidden', `poddisruptionbudgets.policy "${name}" is forbidden: pdb disruptions allowed is negative`);
  if (Object.keys(disruptedPods).length > MOST_DISRUPTED) return refuse(403, 'Forbidden', `poddisruptionbudgets.policy "${name}" is forbidden: DisruptedPods map too big - too many evictions not confirmed by PDB controller`);
  return disruptionsAllowed > 0 ? null : refused(`The disruption budget ${name} needs ${desiredHealthy} healthy pods and has ${currentHealthy} currently`);
}

/** The budget with one disruption less, the pod noted until its deletion is seen. */
function charged(budget: Budget, podName: string, now: string): Budget {
  const before = budget.status;
  const disruptionsAllowed = (before?.disruptionsAllowed ?? 0) - 1;
  const conditions = (before?.conditions ?? []).map((condition) =>
    condition.type === 'DisruptionAllowed' && disruptionsAllowed === 0 ? { ...condition, status: 'False', reason: 'InsufficientPods', lastTransitionTime: now } : condition,
  );
  const { currentHealthy = 0, desiredHealthy = 0, expectedPods = 0 } = before ?? {};
  return { ...budget, status: { ...before, currentHealthy, desiredHealthy, expectedPods, conditions, disruptionsAllowed, disruptedPods: { ...before?.disruptedPods, [podName]: now } } };
}

function preconditionProblem({ metadata }: Pod, { preconditions }: EvictionOptions): string | null {
  const { uid, resourceVersion } = preconditions ?? {};
  if (uid !== undefined && uid !== metadata.uid) return `Precondition failed: UID in precondition: ${uid}, UID in object meta: ${metadata.uid ?? ''}`;
  if (resourceVersion !== undefined && resourceVersion !== metadata.resourceVersion) {
    return `Precondition failed: ResourceVersion in precondition: ${resourceVersion}, ResourceVersion in object meta: ${metadata.resourceVersion ?? ''}`;
  }
  return null;
}

const MOST_DISRUPTED = 2_000;
