import type { JobCondition } from 'kubernetes-types/batch/v1';
import type { ClusterClock } from '../cluster-clock.ts';
import type { KindMap } from '../objects.ts';
import { isActive, isReady } from '../pods.ts';
import { joined, readIndexes } from './job-indexes.ts';
import { failureAction, successRule } from './job-policies.ts';

type Job = KindMap['Job'];
type Pod = KindMap['Pod'];

export const INDEX = 'batch.kubernetes.io/job-completion-index';
/** Held by each pod until its end has been counted. */
export const TRACKING = 'batch.kubernetes.io/job-tracking';
/** On a pod that replaces another: how often its index has failed before, and how often without counting. */
export const INDEX_FAILURES = 'batch.kubernetes.io/job-index-failure-count';
export const INDEX_IGNORED = 'batch.kubernetes.io/job-index-ignored-failure-count';

/** How a Job stands: what its status has counted, and what its pods add to that. */
export interface JobTally {
  /** Pods that have not ended and are not being deleted, oldest first. */
  readonly active: readonly Pod[];
  readonly terminating: readonly Pod[];
  readonly ready: number;
  readonly succeeded: number;
  readonly failed: number;
  /** Of an Indexed Job, the completed ones in order. */
  readonly completed: readonly number[];
  /** Of a Job with a limit by index, the indexes that were given up, in order; else null. */
  readonly failedIndexes: readonly number[] | null;
  /** Pods whose end is counted by now, but which are held for it still. */
  readonly ended: readonly { readonly pod: Pod; readonly how: 'succeeded' | 'failed' | 'ignored' }[];
  /** Why the Job's failure policy ends it, or null. */
  readonly failJob: string | null;
}

/** Counts a Job's pods, oldest first. */
export function tallyOf(job: Job, pods: readonly Pod[]): JobTally {
  const indexed = isIndexed(job);
  const completions = job.spec?.completions ?? 0;
  const completed = new Set(readIndexes(job.status?.completedIndexes, completions));
  const perIndex = job.spec?.backoffLimitPerIndex;
  const failedIndexes = new Set(readIndexes(job.status?.failedIndexes, completions));
  const ended: { pod: Pod; how: 'succeeded' | 'failed' | 'ignored' }[] = [];
  let failJob: string | null = null;
  for (const pod of pods) {
    const index = indexOf(pod);
    if (pod.metadata.finalizers?.includes(TRACKING) !== true || (indexed && (index === null || index >= completions))) continue;
    if (pod.status?.phase === 'Succeeded') {
      ended.push({ pod, how: 'succeeded' });
      if (index !== null) completed.add(index);
    } else if (hasFailed(job, pod)) {
      const judged = failureAction(job, pod);
      if (judged.action === 'FailJob') failJob ??= judged.message;
      ended.push({ pod, how: judged.action === 'Ignore' ? 'ignored' : 'failed' });
      const before = Number(pod.metadata.annotations?.[INDEX_FAILURES] ?? 0);
      if (perIndex !== undefined && index !== null && (judged.action === 'FailIndex' || (judged.action !== 'Ignore' && before >= perIndex))) failedIndexes.add(index);
    }
  }
  for (const index of completed) failedIndexes.delete(index);
  const active = pods.filter(isActive);
  const count = (how: string): number => ended.filter((one) => one.how === how).length;
  return {
    active, terminating: pods.filter(({ metadata, status }) => metadata.deletionTimestamp !== undefined && metadata.deletionGracePeriodSeconds !== 0 && status?.phase !== 'Succeeded' && status?.phase !== 'Failed'),
    ready: active.filter(isReady).length,
    succeeded: indexed ? completed.size : (job.status?.succeeded ?? 0) + count('succeeded'), failed: (job.status?.failed ?? 0) + count('failed'),
    completed: joined([], completed), failedIndexes: perIndex === undefined ? null : joined([], failedIndexes), ended, failJob,
  };
}

/** A pod that is deleted before it ends has failed; where only failed pods are replaced, when its kubelet is done with it. */
function hasFailed(job: Job, { metadata, status }: Pod): boolean {
  if (status?.phase === 'Failed') return true;
  if (metadata.deletionTimestamp === undefined) return false;
  return job.spec?.podFailurePolicy === undefined && !replacesFailedOnly(job) ? true : metadata.deletionGracePeriodSeconds === 0;
}

/** Whether a pod is replaced only when it is gone, not as soon as it is to go. */
export function replacesFailedOnly(job: Job): boolean {
  return job.spec?.podReplacementPolicy === 'Failed' || job.spec?.podFailurePolicy !== undefined;
}

/** How a Job ends, before its last pods are gone. */
export interface Verdict { readonly type: 'Complete' | 'Failed'; readonly reason: string; readonly message: string }

/** How a Job ends now, if it does: as was said before, or as its pods, its limits and its policies say. */
export function verdictOf(job: Job, tally: JobTally, clock: ClusterClock): Verdict | null {
  for (const { type, status, reason = '', message = '' } of job.status?.conditions ?? []) {
    if (status === 'True' && (type === 'FailureTarget' || type === 'SuccessCriteriaMet')) return { type: type === 'FailureTarget' ? 'Failed' : 'Complete', reason, message };
  }
  const failed = (reason: string, message: string): Verdict => ({ type: 'Failed', reason, message });
  const { backoffLimit = Infinity, activeDeadlineSeconds, completions, maxFailedIndexes } = job.spec ?? {};
  if (tally.failJob !== null) return failed('PodFailurePolicy', tally.failJob);
  if (tally.failed > backoffLimit || pastRestarts(job, tally.active)) return failed('BackoffLimitExceeded', 'Job has reached the specified backoff limit');
  if (activeDeadlineSeconds !== undefined && job.spec?.suspend !== true && clock.nowMs >= clock.simMs(job.status?.startTime) + activeDeadlineSeconds * 1000) {
    return failed('DeadlineExceeded', 'Job was active longer than specified deadline');
  }
  const given = tally.failedIndexes?.length ?? 0;
  if (maxFailedIndexes !== undefined && given > maxFailedIndexes) return failed('MaxFailedIndexesExceeded', 'Job has exceeded the specified maximal number of failed indexes');
  if (given > 0 && given + tally.succeeded >= (completions ?? 0)) return failed('FailedIndexes', 'Job has failed indexes');
  const rule = successRule(job, tally.completed);
  if (rule !== null) return { type: 'Complete', reason: 'SuccessPolicy', message: `Matched rules at index ${rule}` };
  const done = (completions === undefined ? tally.succeeded > 0 : tally.succeeded >= completions) && tally.active.length === 0;
  return done ? { type: 'Complete', reason: 'CompletionsReached', message: 'Reached expected number of succeeded pods' } : null;
}

/** Restarts of the containers of running pods count against the back-off limit where they restart by themselves. */
function pastRestarts(job: Job, pods: readonly Pod[]): boolean {
  if (job.spec?.template?.spec?.restartPolicy !== 'OnFailure') return false;
  let restarts = 0;
  for (const { status } of pods) for (const { restartCount } of [...(status?.initContainerStatuses ?? []), ...(status?.containerStatuses ?? [])]) restarts += restartCount;
  return restarts > 0 && restarts >= (job.spec.backoffLimit ?? 6);
}

/** How a Job has ended: `Complete`, `Failed`, or not yet (null). */
export function ending(job: Job): JobCondition | null {
  return job.status?.conditions?.find(({ type, status }) => (type === 'Complete' || type === 'Failed') && status === 'True') ?? null;
}

export function isIndexed(job: Job): boolean {
  return job.spec?.completionMode === 'Indexed';
}

/** The index that a pod of an Indexed Job works on; null where it has none. */
export function indexOf(pod: Pod): number | null {
  const text = pod.metadata.annotations?.[INDEX];
  return text === undefined || !/^\d+$/.test(text) ? null : Number(text);
}

/** Conditions with one renewed. */
export function withJobCondition(conditions: readonly JobCondition[], type: string, status: string, reason: string, message: string, clock: ClusterClock): JobCondition[] {
  const current = conditions.find((condition) => condition.type === type);
  if (current?.status === status && current.reason === reason) return [...conditions];
  const now = clock.now();
  return [...conditions.filter((condition) => condition !== current), { type, status, reason, message, lastProbeTime: now, lastTransitionTime: now }];
}
