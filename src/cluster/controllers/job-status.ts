import type { JobCondition } from 'kubernetes-types/batch/v1';
import type { ClusterClock } from '../cluster-clock.ts';
import type { KindMap } from '../objects.ts';
import type { ObjectStore } from '../store.ts';

type Job = KindMap['Job'];
type Pod = KindMap['Pod'];

export const INDEX = 'batch.kubernetes.io/job-completion-index';

/** How a Job stands as its pods tell. */
export interface JobTally {
  /** Pods that have not ended and are not being deleted, oldest first. */
  readonly active: readonly Pod[];
  readonly terminating: number;
  readonly ready: number;
  readonly succeeded: number;
  readonly failed: number;
  /** Of an Indexed Job, the completed ones in order. */
  readonly completed: readonly number[];
}

/** How a Job has ended: `Complete`, `Failed`, or not yet (null). */
export function ending(job: Job): JobCondition | null {
  return job.status?.conditions?.find(({ type, status }) => (type === 'Complete' || type === 'Failed') && status === 'True') ?? null;
}

/** `0-2,4`: indexes that have completed. */
export function indexRanges(indexes: readonly number[]): string {
  const ranges: string[] = [];
  for (let at = 0; at < indexes.length;) {
    let last = at;
    while (indexes[last + 1] === (indexes[last] as number) + 1) last++;
    ranges.push(last === at ? String(indexes[at]) : last === at + 1 ? `${indexes[at]},${indexes[last]}` : `${indexes[at]}-${indexes[last]}`);
    at = last + 1;
  }
  return ranges.join(',');
}

/** The index that a pod of an Indexed Job works on; null where it has none. */
export function indexOf(pod: Pod): number | null {
  const text = pod.metadata.annotations?.[INDEX];
  return text === undefined ? null : Number(text);
}

/** Conditions with one renewed. */
export function withJobCondition(conditions: readonly JobCondition[], type: string, status: string, reason: string, message: string, clock: ClusterClock): JobCondition[] {
  const current = conditions.find((condition) => condition.type === type);
  if (current?.status === status && current.reason === reason) return [...conditions];
  const now = clock.now();
  return [...conditions.filter((condition) => condition !== current), { type, status, reason, message, lastProbeTime: now, lastTransitionTime: now }];
}

/** Restarts of the containers of a Job's running pods: with `OnFailure` they count against its back-off limit. */
export function restartsOf(job: Job, pods: readonly Pod[]): number {
  if (job.spec?.template?.spec?.restartPolicy !== 'OnFailure') return 0;
  let restarts = 0;
  for (const { status } of pods) for (const { restartCount } of [...(status?.initContainerStatuses ?? []), ...(status?.containerStatuses ?? [])]) restarts += restartCount;
  return restarts;
}

/** The pods of a Job, oldest first. */
export function podsOfJob(store: ObjectStore, uid: string): Pod[] {
  const pods: Pod[] = [];
  for (const owned of store.ownedBy(uid)) if (owned.kind === 'Pod') pods.push(owned);
  return pods;
}
