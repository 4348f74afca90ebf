import { HOUR_MS, type SimMs } from '../../time/sim-time.ts';
import { jobDefaults, withJobSelector } from '../admission/workload-defaults.ts';
import { quotaProblem } from '../admission/quotas.ts';
import type { ClusterContext } from '../context.ts';
import { requestDeletion } from '../deletion.ts';
import { sameJson } from '../json.ts';
import type { KindMap } from '../objects.ts';
import { controllerOf, controllerReference } from '../pods.ts';
import { parseSchedule, type Schedule } from '../schedule.ts';
import { WorkQueue } from '../work-queue.ts';
import { ending } from './job-status.ts';

type CronJob = KindMap['CronJob'];
type Job = KindMap['Job'];

/** Makes a Job of each CronJob at its times, and clears up after old ones. */
export class CronJobController {
  readonly #cluster: ClusterContext;
  readonly #queue: WorkQueue;
  /** By uid: the ticket of the next time. */
  readonly #tickets = new Map<string, number>();
  /** By uid: Jobs that were seen to end. */
  readonly #ended = new Set<string>();

  constructor(cluster: ClusterContext) {
    this.#cluster = cluster;
    this.#queue = new WorkQueue(cluster.agenda, SYNC_DELAY_MS, (uid) => this.#sync(uid));
  }

  /** Follows the store from now on. */
  start(): void {
    const { store } = this.#cluster;
    store.watchKind('CronJob', (type, cron, previous) => {
      const uid = cron.metadata.uid as string;
      if (type === 'DELETED') this.#cancel(uid);
      else if (previous?.spec !== cron.spec) this.#queue.mark(uid);
    });
    store.watchKind('Job', (type, job) => {
      const owner = controllerOf(job);
      if (owner?.kind === 'CronJob') this.#queue.mark(owner.uid);
      if (type === 'DELETED') this.#ended.delete(job.metadata.uid as string);
    });
  }

  #cancel(uid: string): void {
    const ticket = this.#tickets.get(uid);
    if (ticket !== undefined) this.#cluster.agenda.cancel(ticket);
    this.#tickets.delete(uid);
  }

  #sync(uid: string): void {
    const cron = this.#cluster.store.byUid(uid);
    if (cron?.kind !== 'CronJob' || cron.metadata.deletionTimestamp !== undefined) return;
    this.#cancel(uid);
    this.#noteEnded(cron);
    if (cron.spec?.suspend !== true) this.#runDue(cron);
    this.#writeActive(uid, {});
    this.#clearUp(cron);
  }

  #runDue(cron: CronJob): void {
    const schedule = parseSchedule(cron.spec?.schedule ?? '');
    if ('problem' in schedule) return;
    const { clock } = this.#cluster;
    const epochMs = clock.unixMs(0);
    const since = cron.status?.lastScheduleTime ?? cron.metadata.creationTimestamp;
    const deadline = cron.spec?.startingDeadlineSeconds;
    let fromMs = clock.unixMs(clock.simMs(since));
    if (deadline !== undefined) fromMs = Math.max(fromMs, clock.unixMs(clock.nowMs) - deadline * 1000);
    let due: number | null = null;
    let next = schedule.next(fromMs);
    while (next !== null && next <= clock.unixMs(clock.nowMs)) {
      due = next;
      next = schedule.next(next);
    }
    if (due !== null) this.#run(cron, due - epochMs);
    if (next === null) return;
    const atMs = Math.max(clock.nowMs, next - epochMs);
    this.#tickets.set(cron.metadata.uid as string, this.#queue.markAfter(cron.metadata.uid as string, lateEnough(schedule, atMs, epochMs) - clock.nowMs));
  }

  #run(cron: CronJob, scheduledMs: SimMs): void {
    const { store, clock, events } = this.#cluster;
    const { namespace = '' } = cron.metadata;
    const active = this.#jobsOf(cron).filter((job) => ending(job) === null);
    if (active.length > 0 && cron.spec?.concurrencyPolicy === 'Forbid') {
      events.record(cron, 'Normal', 'JobAlreadyActive', 'Not starting job because prior execution is running and concurrency policy is Forbid', SOURCE);
      return;
    }
    for (const job of cron.spec?.concurrencyPolicy === 'Replace' ? active : []) {
      requestDeletion(store, clock, job, null);
      events.record(cron, 'Normal', 'SuccessfulDelete', `Deleted job ${job.metadata.name}`, SOURCE);
    }
    const job = this.#newJob(cron, scheduledMs);
    if (store.get('Job', namespace, job.metadata.name) !== undefined) return;
    const problem = quotaProblem(store, job, null);
    if (problem === null) {
      store.create(job);
      events.record(cron, 'Normal', 'SuccessfulCreate', `Created job ${job.metadata.name}`, SOURCE);
      this.#writeActive(cron.metadata.uid as string, { lastScheduleTime: clock.instant(scheduledMs) });
    } else events.record(cron, 'Warning', 'FailedCreate', `Error creating job: jobs.batch "${job.metadata.name}" is forbidden: ${problem}`, SOURCE);
  }

  #newJob(cron: CronJob, scheduledMs: SimMs): Job {
    const { store, clock } = this.#cluster;
    const { metadata = {}, spec = { template: {} } } = cron.spec?.jobTemplate ?? {};
    const scheduled = clock.instant(scheduledMs);
    return withJobSelector({
      apiVersion: 'batch/v1',
      kind: 'Job',
      metadata: {
        name: `${cron.metadata.name}-${Math.floor(clock.unixMs(scheduledMs) / 60_000)}`,
        namespace: cron.metadata.namespace ?? '',
        uid: store.newUid('Job'),
        ...(metadata.labels === undefined ? {} : { labels: metadata.labels }),
        annotations: { ...metadata.annotations, 'batch.kubernetes.io/cronjob-scheduled-timestamp': scheduled },
        generation: 1,
        ownerReferences: [controllerReference(cron)],
      },
      spec: jobDefaults(spec),
    });
  }

  #noteEnded(cron: CronJob): void {
    for (const job of this.#jobsOf(cron)) {
      const how = ending(job);
      const uid = job.metadata.uid as string;
      if (how === null || this.#ended.has(uid)) continue;
      this.#ended.add(uid);
      this.#cluster.events.record(cron, 'Normal', 'SawCompletedJob', `Saw completed job: ${job.metadata.name}, condition: ${how.type}`, SOURCE);
      if (how.type === 'Complete' && job.status?.completionTime !== undefined) this.#writeActive(cron.metadata.uid as string, { lastSuccessfulTime: job.status.completionTime });
    }
  }

  #clearUp(cron: CronJob): void {
    const { store, clock, events } = this.#cluster;
    for (const [type, limit] of [['Complete', cron.spec?.successfulJobsHistoryLimit ?? 3], ['Failed', cron.spec?.failedJobsHistoryLimit ?? 1]] as const) {
      const over = this.#jobsOf(cron).filter((job) => ending(job)?.type === type && job.metadata.deletionTimestamp === undefined);
      for (const job of over.slice(0, Math.max(0, over.length - limit))) {
        requestDeletion(store, clock, job, null);
        events.record(cron, 'Normal', 'SuccessfulDelete', `Deleted job ${job.metadata.name}`, SOURCE);
      }
    }
  }

  #writeActive(uid: string, times: { lastScheduleTime?: string; lastSuccessfulTime?: string }): void {
    const { store } = this.#cluster;
    const cron = store.byUid(uid);
    if (cron?.kind !== 'CronJob') return;
    const { active: _active, ...before } = cron.status ?? {};
    const active = this.#jobsOf(cron).filter((job) => ending(job) === null).map(({ apiVersion, kind, metadata }) => ({
      apiVersion, kind, name: metadata.name, namespace: metadata.namespace ?? '', uid: metadata.uid ?? '', resourceVersion: metadata.resourceVersion ?? '',
    }));
    const status = { ...before, ...times, ...(active.length === 0 ? {} : { active }) };
    if (!sameJson(status, cron.status ?? {})) store.update<CronJob>({ ...cron, status });
  }

  /** Oldest first. */
  #jobsOf(cron: CronJob): Job[] {
    const jobs: Job[] = [];
    for (const owned of this.#cluster.store.ownedBy(cron.metadata.uid as string)) if (owned.kind === 'Job') jobs.push(owned);
    return jobs;
  }
}

const SOURCE = { component: 'cronjob-controller' };
const SYNC_DELAY_MS = 11;

/**
 * The time to wake at for `atMs`. What ran days before people look has been cleared up since: while a cluster is
 * made, runs are passed over but for those of a span before time 0 in which there were several.
 */
function lateEnough(schedule: Schedule, atMs: SimMs, epochMs: number): SimMs {
  for (const hours of [1, 6, 24, 96]) {
    const fromMs = -hours * HOUR_MS;
    if (atMs >= fromMs) return atMs;
    let found = 0;
    let first: number | null = null;
    for (let time = schedule.next(epochMs + fromMs); time !== null && time < epochMs && found < KEPT; time = schedule.next(time)) {
      first ??= time;
      found++;
    }
    if (found >= KEPT && first !== null) return first - epochMs;
  }
  return atMs;
}

const KEPT = 5;
