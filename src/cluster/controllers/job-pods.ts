import type { ClusterClock } from '../cluster-clock.ts';
import type { KindMap } from '../objects.ts';
import { podFromTemplate } from '../pods.ts';
import type { ObjectStore } from '../store.ts';
import { INDEX, INDEX_FAILURES, INDEX_IGNORED, indexOf, isIndexed, TRACKING, type JobTally } from './job-status.ts';
import { rankForDeletion } from './pod-ranking.ts';

type Job = KindMap['Job'];
type Pod = KindMap['Pod'];

/** What is remembered of an index that failed, until it is tried again. */
export interface IndexFailures { readonly failures: number; readonly ignored: number; readonly atMs: number }

/** The pods of a Job, oldest first. */
export function podsOfJob(store: ObjectStore, uid: string): Pod[] {
  const pods: Pod[] = [];
  for (const owned of store.ownedBy(uid)) if (owned.kind === 'Pod') pods.push(owned);
  return pods;
}

/** A new pod of a Job, held until its end is counted; of an Indexed Job with its index in label, annotation, host name and environment. */
export function jobPod(job: Job, name: string, generateName: string, index: number | null, before: IndexFailures | undefined): Pod {
  const made = podFromTemplate(job, job.spec?.template ?? {}, name, { generateName });
  const pod = { ...made, metadata: { ...made.metadata, finalizers: [TRACKING] } };
  if (index === null) return pod;
  const env = { name: 'JOB_COMPLETION_INDEX', valueFrom: { fieldRef: { apiVersion: 'v1', fieldPath: `metadata.labels['${INDEX}']` } } };
  const withIndex = <C extends { readonly env?: object[] }>(container: C): C => ({ ...container, env: [...(container.env ?? []), env] });
  const { containers, initContainers, ...spec } = pod.spec ?? { containers: [] };
  const mark = { [INDEX]: String(index) };
  const counts = job.spec?.backoffLimitPerIndex === undefined ? {} : {
    [INDEX_FAILURES]: String(before?.failures ?? 0), ...((before?.ignored ?? 0) > 0 ? { [INDEX_IGNORED]: String(before?.ignored) } : {}),
  };
  return {
    ...pod,
    metadata: { ...pod.metadata, labels: { ...pod.metadata.labels, ...mark }, annotations: { ...pod.metadata.annotations, ...mark, ...counts } },
    spec: {
      ...spec, containers: containers.map(withIndex), ...(initContainers === undefined ? {} : { initContainers: initContainers.map(withIndex) }),
      hostname: spec.hostname ?? `${job.metadata.name}-${index}`,
    },
  };
}

/** Active pods that an Indexed Job has no use for: a second one of an index, or one of an index that is done or beyond the last. */
function uselessPods(job: Job, tally: JobTally): Pod[] {
  if (!isIndexed(job)) return [];
  const over = new Set<number | null>([...tally.completed, ...(tally.failedIndexes ?? [])]);
  return tally.active.filter((pod) => {
    const index = indexOf(pod);
    const useless = index === null || index >= (job.spec?.completions ?? 0) || over.has(index);
    over.add(index);
    return useless;
  });
}

/** The active pods that go first where there are too many of them. */
export function surplusPods(job: Job, tally: JobTally, count: number, clock: ClusterClock): Pod[] {
  if (count <= 0) return [];
  const useless = uselessPods(job, tally);
  const others = rankForDeletion(tally.active.filter((pod) => !useless.includes(pod)), [], clock);
  return [...useless, ...others].slice(0, count);
}

/** Indexes that have neither ended nor a pod at work, lowest first. */
export function freeIndexes(job: Job, tally: JobTally): number[] {
  const waitsFor = job.spec?.podReplacementPolicy === 'Failed' ? tally.terminating : [];
  const taken = new Set<number | null>([...tally.completed, ...(tally.failedIndexes ?? []), ...[...tally.active, ...waitsFor].map(indexOf)]);
  return Array.from({ length: job.spec?.completions ?? 0 }, (_none, index) => index).filter((index) => !taken.has(index));
}
