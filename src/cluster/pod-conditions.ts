import type { PodCondition } from 'kubernetes-types/core/v1';
import type { ClusterClock } from './cluster-clock.ts';
import type { KindMap } from './objects.ts';

type Pod = KindMap['Pod'];

/** A pod with one condition of its status renewed; the same pod where that changes nothing. The time is that of the last change of status. */
export function withPodCondition(pod: Pod, verdict: Pick<PodCondition, 'type' | 'status' | 'reason' | 'message'>, clock: ClusterClock): Pod {
  const conditions = pod.status?.conditions ?? [];
  const current = conditions.find(({ type }) => type === verdict.type);
  if (current?.status === verdict.status && current.reason === verdict.reason && current.message === verdict.message) return pod;
  const lastTransitionTime = current?.status === verdict.status ? (current.lastTransitionTime ?? clock.now()) : clock.now();
  const renewed = { ...verdict, lastTransitionTime };
  const next = current === undefined ? [...conditions, renewed] : conditions.map((condition) => (condition === current ? renewed : condition));
  return { ...pod, status: { ...pod.status, conditions: next } };
}
