import type { ClusterClock } from '../cluster-clock.ts';
import type { KindMap } from '../objects.ts';
import { isReady, readySince } from '../pods.ts';

type Pod = KindMap['Pod'];

/**
 * Pods in the order in which a ReplicaSet gives them up: unscheduled, pending, unready, cheap to delete
 * (`controller.kubernetes.io/pod-deletion-cost`), doubled up on a node, ready for a shorter time (by orders of
 * magnitude), restarted more often, younger. `related` are the active pods that count as doubling up.
 * Source: the ranking documented at https://kubernetes.io/docs/concepts/workloads/controllers/replicaset/
 */
export function rankForDeletion(pods: readonly Pod[], related: readonly Pod[], clock: ClusterClock): Pod[] {
  const onNode = new Map<string, number>();
  for (const { spec } of related) if (spec?.nodeName !== undefined) onNode.set(spec.nodeName, (onNode.get(spec.nodeName) ?? 0) + 1);
  // Many pods share their instants, which are in whole seconds.
  const ages = new Map<string | undefined, number>();
  const ageOf = (instant: string | undefined): number => {
    let age = ages.get(instant);
    if (age === undefined) {
      age = magnitude(clock.nowMs - clock.simMs(instant));
      ages.set(instant, age);
    }
    return age;
  };
  const ranked = pods.map((pod) => {
    const ready = isReady(pod);
    const key = [
      pod.spec?.nodeName === undefined ? 0 : 1,
      phaseRank(pod),
      ready ? 1 : 0,
      deletionCost(pod),
      -(onNode.get(pod.spec?.nodeName ?? '') ?? 0),
      ready ? ageOf(readySince(pod)) : 0,
      -restarts(pod),
      ageOf(pod.metadata.creationTimestamp),
    ];
    return { pod, key };
  });
  ranked.sort((left, right) => compareKeys(left.key, right.key) || ((left.pod.metadata.uid ?? '') < (right.pod.metadata.uid ?? '') ? -1 : 1));
  return ranked.map(({ pod }) => pod);
}

function compareKeys(left: readonly number[], right: readonly number[]): number {
  for (let at = 0; at < left.length; at++) {
    const difference = (left[at] as number) - (right[at] as number);
    if (difference !== 0) return difference;
  }
  return 0;
}

function phaseRank(pod: Pod): number {
  switch (pod.status?.phase) {
    case 'Pending':
    case undefined:
      return 0;
    case 'Unknown':
      return 1;
    default:
      return 2;
  }
}

function deletionCost(pod: Pod): number {
  const cost = Number(pod.metadata.annotations?.['controller.kubernetes.io/pod-deletion-cost'] ?? 0);
  return Number.isInteger(cost) ? cost : 0;
}

function restarts(pod: Pod): number {
  return Math.max(0, ...(pod.status?.containerStatuses ?? []).map(({ restartCount }) => restartCount));
}

/** How often a duration in ms can be halved: the power of two it lies in. */
function magnitude(durationMs: number): number {
  let halvings = -1;
  for (let left = durationMs; left >= 1 && halvings < 64; left /= 2) halvings++;
  return halvings;
}
