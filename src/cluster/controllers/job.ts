import { Die } from '../../time/dice.ts';
import type { SimMs } from '../../time/sim-time.ts';
import type { ClusterContext } from '../context.ts';
import { requestDeletion } from '../deletion.ts';
import { sameJson } from '../json.ts';
import { randomSuffix } from '../names.ts';
import type { KindMap } from '../objects.ts';
import { controllerOf, isReady, podFromTemplate } from '../pods.ts';
import { WorkQueue } from '../work-queue.ts';
import { ending, INDEX, indexOf, indexRanges, podsOfJob, restartsOf, withJobCondition, type JobTally } from './job-status.ts';
import { CreationBackOff, makePod } from './pod-maker.ts';

type Job = KindMap['Job'];
type Pod = KindMap['Pod'];

/** What the controller remembers of a Job: pods that have been counted, with how each ended; failures for the back-off. */
interface Memory {
  readonly die: Die;
  readonly counted: Map<string, { readonly ended: 'succeeded' | 'failed' | 'dismissed'; readonly index: number | null }>;
  failuresInRow: number;
  lastFailureMs: SimMs;
}

/** Runs each Job's pods to completion: so many at a time, so many in all, with a back-off after failures. */
export class JobController {
  readonly #cluster: ClusterContext;
  readonly #queue: WorkQueue;
  readonly #memories = new Map<string, Memory>();
  readonly #backOff = new CreationBackOff();

  constructor(cluster: ClusterContext) {
    this.#cluster = cluster;
    this.#queue = new WorkQueue(cluster.agenda, SYNC_DELAY_MS, (uid) => this.#sync(uid));
  }

  /** Follows the store from now on. */
  start(): void {
    const { store } = this.#cluster;
    store.watchKind('Job', (type, job, previous) => {
      const uid = job.metadata.uid as string;
      if (type === 'DELETED') this.#memories.delete(uid);
      else if (previous?.spec !== job.spec) this.#queue.mark(uid);
    });
    store.watchKind('Pod', (type, pod) => {
      const owner = controllerOf(pod);
      if (owner?.kind !== 'Job') return;
      if (type === 'DELETED') this.#count(owner.uid, pod, true);
      this.#queue.mark(owner.uid);
    });
  }

  #sync(uid: string): void {
    const { store, clock } = this.#cluster;
    const job = store.byUid(uid);
    if (job?.kind !== 'Job' || job.metadata.deletionTimestamp !== undefined) return;
    for (const pod of podsOfJob(store, uid)) this.#count(uid, pod, false);
    const tally = this.#tally(job);
    const over = ending(job);
    if (over !== null) {
      this.#expire(job);
      return this.#write(job, this.#tally(job), null);
    }
    if (job.spec?.suspend === true) return this.#suspend(job, tally);
    const started = job.status?.startTime === undefined ? this.#begin(job) : job;
    const verdict = this.#judge(started, tally);
    if (verdict !== null) {
      for (const pod of tally.active) this.#dismiss(started, pod);
      return this.#write(started, this.#tally(started), verdict);
    }
    const deadline = started.spec?.activeDeadlineSeconds;
    if (deadline !== undefined) this.#queue.markAfter(uid, Math.max(0, clock.simMs(started.status?.startTime) + deadline * 1000 - clock.nowMs));
    this.#manage(started, tally);
    this.#write(started, this.#tally(started), null);
  }

  #begin(job: Job): Job {
    const { store, clock, events } = this.#cluster;
    const was = job.status?.conditions ?? [];
    const suspended = was.some(({ type, status }) => type === 'Suspended' && status === 'True');
    const conditions = suspended ? withJobCondition(was, 'Suspended', 'False', 'JobResumed', 'Job resumed', clock) : was;
    if (suspended) events.record(job, 'Normal', 'Resumed', 'Job resumed', SOURCE);
    const begun = store.update<Job>({ ...job, status: { ...job.status, startTime: clock.now(), ...(conditions.length === 0 ? {} : { conditions }) } });
    const deadline = job.spec?.activeDeadlineSeconds;
    if (deadline !== undefined) this.#queue.markAfter(job.metadata.uid as string, deadline * 1000);
    return begun;
  }

  #suspend(job: Job, tally: JobTally): void {
    const { store, clock, events } = this.#cluster;
    for (const pod of tally.active) this.#dismiss(job, pod);
    const was = job.status?.conditions ?? [];
    const conditions = withJobCondition(was, 'Suspended', 'True', 'JobSuspended', 'Job suspended', clock);
    if (!sameJson(was, conditions)) {
      events.record(job, 'Normal', 'Suspended', 'Job suspended', SOURCE);
      const { startTime: _started, ...status } = job.status ?? {};
      store.update<Job>({ ...job, status: { ...status, conditions } });
    }
    this.#write(job, this.#tally(job), null);
  }

  /** Notes how a pod ended, once. One that is deleted before it ends has failed, unless the controller itself let it go. */
  #count(uid: string, pod: Pod, gone: boolean): void {
    const memory = this.#memoryOf(uid);
    const podUid = pod.metadata.uid as string;
    if (memory.counted.has(podUid)) return;
    const phase = pod.status?.phase;
    const index = indexOf(pod);
    if (phase === 'Succeeded') {
      memory.counted.set(podUid, { ended: 'succeeded', index });
      memory.failuresInRow = 0;
    } else if (phase === 'Failed' || gone || pod.metadata.deletionTimestamp !== undefined) {
      memory.counted.set(podUid, { ended: 'failed', index });
      memory.failuresInRow++;
      memory.lastFailureMs = this.#cluster.clock.nowMs;
    }
  }

  #tally(job: Job): JobTally {
    const uid = job.metadata.uid as string;
    const { counted } = this.#memoryOf(uid);
    const pods = podsOfJob(this.#cluster.store, uid);
    const active = pods.filter((pod) => !counted.has(pod.metadata.uid as string));
    const terminating = pods.filter(({ metadata, status }) => metadata.deletionTimestamp !== undefined && status?.phase !== 'Succeeded' && status?.phase !== 'Failed').length;
    const completed = new Set<number>();
    let succeeded = 0;
    let failed = 0;
    for (const { ended, index } of counted.values()) {
      if (ended === 'failed') failed++;
      if (ended !== 'succeeded') continue;
      succeeded++;
      if (index !== null) completed.add(index);
    }
    const indexed = job.spec?.completionMode === 'Indexed';
    return { active, terminating, ready: active.filter(isReady).length, succeeded: indexed ? completed.size : succeeded, failed, completed: [...completed].sort((left, right) => left - right) };
  }

  /** How the Job ends now, if it does. */
  #judge(job: Job, tally: JobTally): Verdict | null {
    const { clock } = this.#cluster;
    const { backoffLimit = 6, activeDeadlineSeconds, completions } = job.spec ?? {};
    const restarts = restartsOf(job, tally.active);
    if (tally.failed > backoffLimit || (restarts > 0 && restarts >= backoffLimit)) return { type: 'Failed', reason: 'BackoffLimitExceeded', message: 'Job has reached the specified backoff limit' };
    if (activeDeadlineSeconds !== undefined && clock.nowMs >= clock.simMs(job.status?.startTime) + activeDeadlineSeconds * 1000) {
      return { type: 'Failed', reason: 'DeadlineExceeded', message: 'Job was active longer than specified deadline' };
    }
    const done = completions === undefined ? tally.succeeded > 0 && tally.active.length === 0 : tally.succeeded >= completions;
    return done ? { type: 'Complete', reason: 'CompletionsReached', message: 'Reached expected number of succeeded pods' } : null;
  }

  #manage(job: Job, tally: JobTally): void {
    const { parallelism = 1, completions } = job.spec ?? {};
    const left = completions === undefined ? (tally.succeeded > 0 ? tally.active.length : parallelism) : completions - tally.succeeded;
    const held = job.spec?.podReplacementPolicy === 'Failed' ? tally.terminating : 0;
    const wanted = Math.min(parallelism, left);
    for (const pod of tally.active.slice(wanted)) this.#dismiss(job, pod);
    const missing = wanted - tally.active.length - held;
    if (missing <= 0) return;
    const uid = job.metadata.uid as string;
    const memory = this.#memoryOf(uid);
    const waitMs = memory.failuresInRow === 0 ? 0 : memory.lastFailureMs + failureDelayMs(memory.failuresInRow) - this.#cluster.clock.nowMs;
    if (waitMs > 0) {
      this.#queue.markAfter(uid, waitMs);
      return;
    }
    const indexes = job.spec?.completionMode === 'Indexed' ? freeIndexes(completions ?? 0, tally) : null;
    for (let nth = 0; nth < missing; nth++) if (!this.#create(job, memory.die, indexes?.[nth] ?? null)) return;
    this.#backOff.reset(uid);
  }

  #create(job: Job, die: Die, index: number | null): boolean {
    const { store, events } = this.#cluster;
    const { namespace = '' } = job.metadata;
    const prefix = index === null ? `${job.metadata.name}-` : `${job.metadata.name}-${index}-`;
    let name: string;
    do name = prefix + randomSuffix(die); while (store.get('Pod', namespace, name) !== undefined);
    const result = makePod(this.#cluster, jobPod(job, name, prefix, index));
    if ('made' in result) {
      events.record(job, 'Normal', 'SuccessfulCreate', `Created pod: ${name}`, SOURCE);
      return true;
    }
    events.record(job, 'Warning', 'FailedCreate', `Error creating: ${result.problem}`, SOURCE);
    this.#queue.markAfter(job.metadata.uid as string, this.#backOff.next(job.metadata.uid as string));
    return false;
  }

  /** Lets a pod go that is not needed any more: that is no failure. */
  #dismiss(job: Job, pod: Pod): void {
    const { store, clock, events } = this.#cluster;
    this.#memoryOf(job.metadata.uid as string).counted.set(pod.metadata.uid as string, { ended: 'dismissed', index: indexOf(pod) });
    requestDeletion(store, clock, pod, null);
    events.record(job, 'Normal', 'SuccessfulDelete', `Deleted pod: ${pod.metadata.name}`, SOURCE);
  }

  /** A finished Job goes when its time to live is over. */
  #expire(job: Job): void {
    const ttl = job.spec?.ttlSecondsAfterFinished;
    if (ttl === undefined) return;
    const { store, clock } = this.#cluster;
    const leftMs = clock.simMs(ending(job)?.lastTransitionTime) + ttl * 1000 - clock.nowMs;
    if (leftMs <= 0) requestDeletion(store, clock, job, null);
    else this.#queue.markAfter(job.metadata.uid as string, leftMs);
  }

  #write(stale: Job, tally: JobTally, verdict: Verdict | null): void {
    const { store, clock, events } = this.#cluster;
    const job = store.byUid(stale.metadata.uid as string);
    if (job?.kind !== 'Job') return;
    let conditions = job.status?.conditions ?? [];
    if (verdict !== null) {
      conditions = withJobCondition(conditions, verdict.type === 'Complete' ? 'SuccessCriteriaMet' : 'FailureTarget', 'True', verdict.reason, verdict.message, clock);
      conditions = withJobCondition(conditions, verdict.type, 'True', verdict.reason, verdict.message, clock);
    }
    const { startTime, completionTime } = job.status ?? {};
    const finished = verdict?.type === 'Complete' ? clock.now() : completionTime;
    const status = {
      ...(conditions.length === 0 ? {} : { conditions }),
      ...(startTime === undefined ? {} : { startTime }),
      ...(finished === undefined ? {} : { completionTime: finished }),
      ...(tally.active.length > 0 ? { active: tally.active.length } : {}),
      ...(tally.succeeded > 0 ? { succeeded: tally.succeeded } : {}),
      ...(tally.failed > 0 ? { failed: tally.failed } : {}),
      ...(tally.completed.length > 0 ? { completedIndexes: indexRanges(tally.completed) } : {}),
      terminating: tally.terminating, ready: tally.ready, uncountedTerminatedPods: {},
    };
    if (!sameJson(status, job.status)) store.update<Job>({ ...job, status });
    if (verdict === null) return;
    events.record(job, verdict.type === 'Complete' ? 'Normal' : 'Warning', verdict.type === 'Complete' ? 'Completed' : verdict.reason, verdict.type === 'Complete' ? 'Job completed' : verdict.message, SOURCE);
    this.#queue.mark(job.metadata.uid as string);
  }

  #memoryOf(uid: string): Memory {
    let memory = this.#memories.get(uid);
    if (memory === undefined) {
      memory = { die: new Die(this.#cluster.seed, `pod-names/job/${uid}`), counted: new Map(), failuresInRow: 0, lastFailureMs: -Infinity };
      this.#memories.set(uid, memory);
    }
    return memory;
  }
}

interface Verdict { readonly type: 'Complete' | 'Failed'; readonly reason: string; readonly message: string }

const SOURCE = { component: 'job-controller' };
const SYNC_DELAY_MS = 10;

/** 10 s after a failure, doubling with each in a row, ten minutes at most. */
function failureDelayMs(inRow: number): number {
  return Math.min(10_000 * (1 << Math.min(inRow - 1, 10)), 600_000);
}

/** Indexes that have neither completed nor a pod at work, lowest first. */
function freeIndexes(completions: number, tally: JobTally): number[] {
  const taken = new Set<number | null>([...tally.completed, ...tally.active.map(indexOf)]);
  return Array.from({ length: completions }, (_none, index) => index).filter((index) => !taken.has(index));
}

function jobPod(job: Job, name: string, generateName: string, index: number | null): Pod {
  const pod = podFromTemplate(job, job.spec?.template ?? {}, name, { generateName });
  if (index === null) return pod;
  const env = { name: 'JOB_COMPLETION_INDEX', valueFrom: { fieldRef: { fieldPath: `metadata.labels['${INDEX}']` } } };
  const containers = (pod.spec?.containers ?? []).map((container) => ({ ...container, env: [...(container.env ?? []), env] }));
  const mark = { [INDEX]: String(index) };
  return {
    ...pod,
    metadata: { ...pod.metadata, labels: { ...pod.metadata.labels, ...mark }, annotations: { ...pod.metadata.annotations, ...mark } },
    spec: { ...pod.spec, containers, hostname: `${job.metadata.name}-${index}` },
  };
}
