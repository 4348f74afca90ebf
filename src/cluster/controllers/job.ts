import { Die } from '../../time/dice.ts';
import type { SimMs } from '../../time/sim-time.ts';
import type { ClusterContext } from '../context.ts';
import { requestDeletion, withoutFinalizer } from '../deletion.ts';
import { sameJson } from '../json.ts';
import { selects } from '../labels.ts';
import { randomSuffix } from '../names.ts';
import type { KindMap } from '../objects.ts';
import { controllerOf, isActive } from '../pods.ts';
import type { WatchType } from '../store.ts';
import { WorkQueue } from '../work-queue.ts';
import { indexRanges } from './job-indexes.ts';
import { freeIndexes, jobPod, podsOfJob, surplusPods, type IndexFailures } from './job-pods.ts';
import { ending, indexOf, INDEX_FAILURES, INDEX_IGNORED, isIndexed, replacesFailedOnly, tallyOf, TRACKING, verdictOf, withJobCondition, type JobTally, type Verdict } from './job-status.ts';
import { adoptPod, releasePods } from './ownership.ts';
import { CreationBackOff, makePod } from './pod-maker.ts';

type Job = KindMap['Job'];
type Pod = KindMap['Pod'];

/** What the controller remembers of a Job beside its status: names given, and failures for the back-off. */
interface Memory {
  readonly die: Die;
  failuresInRow: number;
  lastFailureMs: SimMs;
  /** Of a Job with a limit by index: how each index failed that is to be tried again. */
  readonly indexes: Map<number, IndexFailures>;
}

/** Runs each Job's pods to completion: so many at a time, so many in all, with a back-off after failures. */
export class JobController {
  readonly #cluster: ClusterContext;
  readonly #queue: WorkQueue;
  readonly #memories = new Map<string, Memory>();
  readonly #backOff = new CreationBackOff();
  /** Jobs that may have pods to release or to adopt. */
  readonly #unsettled = new Set<string>();

  constructor(cluster: ClusterContext) {
    this.#cluster = cluster;
    this.#queue = new WorkQueue(cluster.agenda, SYNC_DELAY_MS, (uid) => this.#sync(uid));
  }

  /** Follows the store from now on. */
  start(): void {
    const { store } = this.#cluster;
    store.watchKind('Job', (type, job, previous) => {
      const uid = job.metadata.uid as string;
      if (type === 'ADDED') this.#unsettled.add(uid);
      if (type === 'DELETED') this.#memories.delete(uid);
      if (type === 'DELETED' || previous?.spec !== job.spec || job.metadata.deletionTimestamp !== undefined) this.#queue.mark(uid);
    });
    store.watchKind('Pod', (type, pod, previous) => this.#podChanged(type, pod, previous));
  }

  #podChanged(type: WatchType, pod: Pod, previous: Pod | null): void {
    const owner = controllerOf(pod);
    const was = previous === null ? undefined : controllerOf(previous);
    if (was?.kind === 'Job' && was.uid !== owner?.uid) this.#queue.mark(was.uid);
    if (owner === undefined) {
      if (type === 'DELETED') return;
      if (pod.metadata.finalizers?.includes(TRACKING) === true) this.#queue.mark(pod.metadata.uid as string);
      if (pod.metadata.labels?.[JOB_NAME] === undefined) return;
      for (const job of this.#cluster.store.list('Job', pod.metadata.namespace ?? '')) {
        if (!selects(job.spec?.selector, pod.metadata.labels)) continue;
        this.#unsettled.add(job.metadata.uid as string);
        this.#queue.mark(job.metadata.uid as string);
      }
    } else if (owner.kind === 'Job') {
      if (previous !== null && previous.metadata.labels !== pod.metadata.labels) this.#unsettled.add(owner.uid);
      this.#queue.mark(owner.uid);
    }
  }

  #sync(uid: string): void {
    const { store } = this.#cluster;
    const job = store.byUid(uid);
    if (job?.kind === 'Pod') return this.#orphaned(job);
    if (job?.kind !== 'Job' || job.metadata.deletionTimestamp !== undefined) return this.#letGo(uid);
    const manager = job.spec?.managedBy;
    if (manager !== undefined && manager !== 'kubernetes.io/job-controller') return;
    if (ending(job) !== null) {
      this.#letGo(uid);
      return this.#expire(job);
    }
    if (this.#unsettled.delete(uid)) this.#settle(job);
    if (job.spec?.suspend === true) return this.#step(job);
    const resumed = this.#resumed(job);
    this.#step(resumed.status?.startTime === undefined ? this.#begin(resumed) : resumed);
  }

  #step(job: Job): void {
    const { store, clock } = this.#cluster;
    const uid = job.metadata.uid as string;
    const tally = tallyOf(job, podsOfJob(store, uid));
    this.#remember(job, tally);
    const verdict = verdictOf(job, tally, clock);
    if (verdict !== null) {
      for (const pod of tally.active) this.#remove(job, pod, verdict.type === 'Complete');
      return this.#write(job, verdict, tallyOf(job, podsOfJob(store, uid)));
    }
    const next = job.spec?.suspend === true ? this.#suspend(job, tally) : job;
    if (next.spec?.suspend !== true) this.#manage(next, tally);
    const deadline = next.spec?.activeDeadlineSeconds;
    if (deadline !== undefined && next.spec?.suspend !== true) this.#queue.markAfter(uid, Math.max(0, clock.simMs(next.status?.startTime) + deadline * 1000 - clock.nowMs));
    const counted = tallyOf(next, podsOfJob(store, uid));
    this.#write(next, verdictOf(next, counted, clock), counted);
  }

  #begin(job: Job): Job {
    const { store, clock } = this.#cluster;
    return store.update<Job>({ ...job, status: { ...job.status, startTime: clock.now() } });
  }

  #suspend(job: Job, tally: JobTally): Job {
    for (const pod of tally.active) this.#remove(job, pod, true);
    return this.#say(job, 'True', 'JobSuspended', 'Job suspended', 'Suspended');
  }

  /** A Job that runs on has its time counted anew. */
  #resumed(job: Job): Job {
    if (job.status?.conditions?.some(({ type, status }) => type === 'Suspended' && status === 'True') !== true) return job;
    const resumed = this.#say(job, 'False', 'JobResumed', 'Job resumed', 'Resumed');
    return this.#begin(resumed);
  }

  #say(job: Job, status: string, reason: string, message: string, event: string): Job {
    const { store, clock, events } = this.#cluster;
    const was = job.status?.conditions ?? [];
    const conditions = withJobCondition(was, 'Suspended', status, reason, message, clock);
    if (sameJson(was, conditions)) return job;
    events.record(job, 'Normal', event, message, SOURCE);
    return store.update<Job>({ ...job, status: { ...job.status, conditions } });
  }

  /** Notes failures since the last success, for the back-off, and of which indexes. */
  #remember(job: Job, { ended }: JobTally): void {
    const memory = this.#memoryOf(job.metadata.uid as string);
    const nowMs = this.#cluster.clock.nowMs;
    for (const { pod, how } of ended) {
      if (how === 'succeeded') memory.failuresInRow = 0;
      else {
        if (how === 'failed') memory.failuresInRow++;
        memory.lastFailureMs = nowMs;
        const index = indexOf(pod);
        if (index === null || job.spec?.backoffLimitPerIndex === undefined) continue;
        const count = (key: string): number => Number(pod.metadata.annotations?.[key] ?? 0);
        memory.indexes.set(index, { failures: count(INDEX_FAILURES) + (how === 'failed' ? 1 : 0), ignored: count(INDEX_IGNORED) + (how === 'ignored' ? 1 : 0), atMs: nowMs });
      }
    }
  }

  #manage(job: Job, tally: JobTally): void {
    const { clock } = this.#cluster;
    const { parallelism = 1, completions } = job.spec ?? {};
    const left = completions === undefined ? (tally.succeeded > 0 ? tally.active.length : parallelism) : completions - tally.succeeded - (tally.failedIndexes?.length ?? 0);
    const wanted = Math.max(0, Math.min(parallelism, left));
    for (const pod of surplusPods(job, tally, tally.active.length - wanted, clock)) this.#remove(job, pod, true);
    const held = replacesFailedOnly(job) ? tally.terminating.length : 0;
    const missing = Math.min(BURST, wanted - tally.active.length - held);
    if (missing <= 0) return;
    const uid = job.metadata.uid as string;
    const memory = this.#memoryOf(uid);
    if (job.spec?.backoffLimitPerIndex === undefined) {
      const waitMs = memory.failuresInRow === 0 ? 0 : memory.lastFailureMs + failureDelayMs(memory.failuresInRow) - clock.nowMs;
      if (waitMs > 0) {
        this.#queue.markAfter(uid, waitMs);
        return;
      }
    }
    const indexes = isIndexed(job) ? this.#indexesDue(job, freeIndexes(job, tally), memory, missing) : Array.from({ length: missing }, () => null);
    for (const index of indexes) if (!this.#create(job, memory, index)) return;
    this.#backOff.reset(uid);
  }

  /** Those that may be tried now; a look at the first of the others when its time comes. */
  #indexesDue(job: Job, free: readonly number[], { indexes }: Memory, most: number): number[] {
    const nowMs = this.#cluster.clock.nowMs;
    const due: number[] = [];
    let waitMs = Infinity;
    for (const index of free) {
      if (due.length === most) break;
      const failed = indexes.get(index);
      const leftMs = failed === undefined ? 0 : failed.atMs + failureDelayMs(failed.failures + failed.ignored) - nowMs;
      if (leftMs <= 0) due.push(index);
      else waitMs = Math.min(waitMs, leftMs);
    }
    if (waitMs < Infinity) this.#queue.markAfter(job.metadata.uid as string, waitMs);
    return due;
  }

  #create(job: Job, { die, indexes }: Memory, index: number | null): boolean {
    const { store, events } = this.#cluster;
    const { namespace = '' } = job.metadata;
    const prefix = index === null ? `${job.metadata.name}-` : `${job.metadata.name}-${index}-`;
    let name: string;
    do name = prefix + randomSuffix(die); while (store.get('Pod', namespace, name) !== undefined);
    const result = makePod(this.#cluster, jobPod(job, name, prefix, index, index === null ? undefined : indexes.get(index)));
    if ('made' in result) {
      events.record(job, 'Normal', 'SuccessfulCreate', `Created pod: ${name}`, SOURCE);
      return true;
    }
    events.record(job, 'Warning', 'FailedCreate', `Error creating: ${result.problem}`, SOURCE);
    this.#queue.markAfter(job.metadata.uid as string, this.#backOff.next(job.metadata.uid as string));
    return false;
  }

  /** Deletes a pod: one that is not needed any more (`uncounted`) is no failure. */
  #remove(job: Job, pod: Pod, uncounted: boolean): void {
    const { store, clock, events } = this.#cluster;
    requestDeletion(store, clock, uncounted ? withoutFinalizer(store, pod, TRACKING) : pod, null);
    events.record(job, 'Normal', 'SuccessfulDelete', `Deleted pod: ${pod.metadata.name}`, SOURCE);
  }

  /** Of a Job that is over or gone, no pod is held for counting. */
  #letGo(uid: string): void {
    for (const pod of podsOfJob(this.#cluster.store, uid)) withoutFinalizer(this.#cluster.store, pod, TRACKING);
  }

  /** A pod that lost its Job is held for nobody, unless another takes it in. */
  #orphaned(pod: Pod): void {
    const { store } = this.#cluster;
    const taken = controllerOf(pod) !== undefined || store.list('Job', pod.metadata.namespace ?? '').some(({ spec }) => selects(spec?.selector, pod.metadata.labels));
    if (!taken) withoutFinalizer(store, pod, TRACKING);
  }

  /** A pod whose labels were changed leaves; one without an owner that matches is taken in. */
  #settle(job: Job): void {
    const { store } = this.#cluster;
    for (const released of releasePods(store, job, job.spec?.selector)) withoutFinalizer(store, released, TRACKING);
    for (const pod of store.list('Pod', job.metadata.namespace ?? '')) if (isActive(pod)) adoptPod(store, job, job.spec?.selector, pod);
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

  /** Writes what was counted and lets go of the pods for it. A verdict is final when the last pod has ended. */
  #write(stale: Job, verdict: Verdict | null, tally: JobTally): void {
    const { store, clock, events } = this.#cluster;
    const job = store.byUid(stale.metadata.uid as string);
    if (job?.kind !== 'Job') return;
    let conditions = job.status?.conditions ?? [];
    const over = verdict !== null && tally.active.length === 0 && tally.terminating.length === 0;
    if (verdict !== null) {
      conditions = withJobCondition(conditions, verdict.type === 'Complete' ? 'SuccessCriteriaMet' : 'FailureTarget', 'True', verdict.reason, verdict.message, clock);
      if (over) conditions = withJobCondition(conditions, verdict.type, 'True', verdict.reason, verdict.message, clock);
    }
    const { startTime } = job.status ?? {};
    const status = {
      ...(conditions.length === 0 ? {} : { conditions }),
      ...(startTime === undefined ? {} : { startTime }),
      ...(over && verdict.type === 'Complete' ? { completionTime: clock.now() } : {}),
      ...(tally.active.length > 0 ? { active: tally.active.length } : {}),
      ...(tally.succeeded > 0 ? { succeeded: tally.succeeded } : {}),
      ...(tally.failed > 0 ? { failed: tally.failed } : {}),
      ...(tally.completed.length > 0 ? { completedIndexes: indexRanges(tally.completed) } : {}),
      ...(tally.failedIndexes === null ? {} : { failedIndexes: indexRanges(tally.failedIndexes) }),
      terminating: tally.terminating.length, ready: tally.ready, uncountedTerminatedPods: {},
    };
    if (!sameJson(status, job.status)) store.update<Job>({ ...job, status });
    for (const { pod } of tally.ended) withoutFinalizer(store, pod, TRACKING);
    if (!over) return;
    if (verdict.type === 'Complete') events.record(job, 'Normal', 'Completed', 'Job completed', SOURCE);
    else events.record(job, 'Warning', verdict.reason, verdict.message, SOURCE);
    this.#queue.mark(job.metadata.uid as string);
  }

  #memoryOf(uid: string): Memory {
    let memory = this.#memories.get(uid);
    if (memory === undefined) {
      memory = { die: new Die(this.#cluster.seed, `pod-names/job/${uid}`), failuresInRow: 0, lastFailureMs: -Infinity, indexes: new Map() };
      this.#memories.set(uid, memory);
    }
    return memory;
  }
}

const SOURCE = { component: 'job-controller' };
const SYNC_DELAY_MS = 10;
const JOB_NAME = 'batch.kubernetes.io/job-name';
/** How many pods it makes at a time. */
const BURST = 500;

/** 10 s after a failure, doubling with each in a row, ten minutes at most. */
function failureDelayMs(inRow: number): number {
  return inRow <= 0 ? 0 : Math.min(10_000 * (1 << Math.min(inRow - 1, 10)), 600_000);
}
