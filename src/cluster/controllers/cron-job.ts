import { HOUR_MS, type SimMs } from '../../time/sim-time.ts';
import { jobDefaults, withJobSelector } from '../admission/workload-defaults.ts';
import { quotaProblem } from '../admission/quotas.ts';
import type { ClusterContext } from '../context.ts';
import { requestDeletion } from '../deletion.ts';
import { sameJson } from '../json.ts';
import type { KindMap } from '../objects.ts';
import { controllerOf, controllerReference } from '../pods.ts';
import { parseSchedule, type Schedule } from '../schedule.ts';
import { timeZone, UTC } from '../time-zones.ts';
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
    store.watchKind('Job', (_type, job) => {
      const owner = controllerOf(job);
      if (owner?.kind === 'CronJob') this.#queue.mark(owner.uid);
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
    this.#noteJobs(cron);
    const noted = this.#cluster.store.byUid(uid) as CronJob;
    if (noted.spec?.suspend !== true) this.#runDue(noted);
    this.#clearUp(noted);
  }

  #runDue(cron: CronJob): void {
    const { clock, events } = this.#cluster;
    const zone = cron.spec?.timeZone === undefined ? UTC : timeZone(cron.spec.timeZone);
    if (zone === null) return events.record(cron, 'Warning', 'UnknownTimeZone', `invalid timeZone: "${cron.spec?.timeZone ?? ''}": unknown time zone ${cron.spec?.timeZone ?? ''}`, SOURCE);
    const schedule = parseSchedule(cron.spec?.schedule ?? '', zone);
    if ('problem' in schedule) return events.record(cron, 'Warning', 'UnparseableSchedule', `unparseable schedule: "${cron.spec?.schedule ?? ''}" : ${schedule.problem}`, SOURCE);
    const epochMs = clock.unixMs(0);
    const since = cron.status?.lastScheduleTime ?? cron.metadata.creationTimestamp;
    const deadline = cron.spec?.startingDeadlineSeconds;
    const nowUnixMs = clock.unixMs(clock.nowMs);
    let fromMs = clock.unixMs(clock.simMs(since));
    if (deadline !== undefined) fromMs = Math.max(fromMs, nowUnixMs - deadline * 1000);
    let due: number | null = null;
    let missed = 0;
    let next = schedule.next(fromMs);
    while (next !== null && next <= nowUnixMs) {
      due = next;
      missed++;
      next = schedule.next(next);
    }
    if (missed > MANY_MISSED) events.record(cron, 'Warning', 'TooManyMissedTimes', 'too many missed start times. Set or decrease .spec.startingDeadlineSeconds or check clock skew', SOURCE);
    if (due !== null && deadline !== undefined && due + deadline * 1000 < nowUnixMs) events.record(cron, 'Warning', 'MissSchedule', `Missed scheduled time to start a job: ${clock.instant(due - epochMs)}`, SOURCE);
    else if (due !== null) this.#run(cron, due - epochMs);
    if (next === null) return;
    const atMs = Math.max(clock.nowMs, next - epochMs);
    this.#tickets.set(cron.metadata.uid as string, this.#queue.markAfter(cron.metadata.uid as string, lateEnough(schedule, atMs, epochMs) - clock.nowMs));
  }

  #run(cron: CronJob, scheduledMs: SimMs): void {
    const { store, clock, events } = this.#cluster;
    const { namespace = '' } = cron.metadata;
    const active = this.#jobsOf(cron).filter((job) => ending(job) === null && isListed(cron, job));
    if (active.length > 0 && cron.spec?.concurrencyPolicy === 'Forbid') {
      events.record(cron, 'Normal', 'JobAlreadyActive', 'Not starting job because prior execution is running and concurrency policy is Forbid', SOURCE);
      return;
    }
    for (const job of cron.spec?.concurrencyPolicy === 'Replace' ? active : []) this.#delete(cron, job);
    const job = this.#newJob(cron, scheduledMs);
    if (store.get('Job', namespace, job.metadata.name) !== undefined) return;
    const problem = quotaProblem(store, job, null);
    if (problem !== null) return events.record(cron, 'Warning', 'FailedCreate', `Error creating job: jobs.batch "${job.metadata.name}" is forbidden: ${problem}`, SOURCE);
    const made = store.create(job);
    events.record(cron, 'Normal', 'SuccessfulCreate', `Created job ${job.metadata.name}`, SOURCE);
    this.#writeStatus(cron.metadata.uid as string, { lastScheduleTime: clock.instant(scheduledMs) }, made);
  }

  #delete(cron: CronJob, job: Job): void {
    const { store, clock, events } = this.#cluster;
    requestDeletion(store, clock, job, null);
    events.record(cron, 'Normal', 'SuccessfulDelete', `Deleted job ${job.metadata.name}`, SOURCE);
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

  /** What became of the Jobs that it made, and of those that others made in its name. */
  #noteJobs(cron: CronJob): void {
    const { events, store } = this.#cluster;
    let lastSuccessMs = -Infinity;
    let lastSuccessfulTime = cron.status?.lastSuccessfulTime;
    for (const job of this.#jobsOf(cron)) {
      const how = ending(job);
      if (how === null && !isListed(cron, job)) events.record(cron, 'Warning', 'UnexpectedJob', `Saw a job that the controller did not create or forgot: ${job.metadata.name}`, SOURCE);
      if (how !== null && isListed(cron, job)) events.record(cron, 'Normal', 'SawCompletedJob', `Saw completed job: ${job.metadata.name}, condition: ${how.type}`, SOURCE);
      const endedMs = how?.type === 'Complete' ? this.#cluster.clock.simMs(job.status?.completionTime) : -Infinity;
      if (endedMs <= Math.max(lastSuccessMs, this.#cluster.clock.simMs(lastSuccessfulTime))) continue;
      lastSuccessMs = endedMs;
      lastSuccessfulTime = job.status?.completionTime;
    }
    for (const { uid = '', name = '' } of cron.status?.active ?? []) if (store.byUid(uid) === undefined) events.record(cron, 'Normal', 'MissingJob', `Active job went missing: ${name}`, SOURCE);
    this.#writeStatus(cron.metadata.uid as string, lastSuccessfulTime === undefined ? {} : { lastSuccessfulTime }, null);
  }

  #clearUp(cron: CronJob): void {
    for (const [type, limit] of [['Complete', cron.spec?.successfulJobsHistoryLimit ?? 3], ['Failed', cron.spec?.failedJobsHistoryLimit ?? 1]] as const) {
      const over = this.#jobsOf(cron).filter((job) => ending(job)?.type === type && job.metadata.deletionTimestamp === undefined);
      for (const job of over.slice(0, Math.max(0, over.length - limit))) this.#delete(cron, job);
    }
  }

  /** Keeps the list of active Jobs to those that are still at work, with `made` added. */
  #writeStatus(uid: string, times: { lastScheduleTime?: string; lastSuccessfulTime?: string }, made: Job | null): void {
    const { store } = this.#cluster;
    const cron = store.byUid(uid);
    if (cron?.kind !== 'CronJob') return;
    const { active: listed = [], ...before } = cron.status ?? {};
    const active = listed.filter((entry) => {
      const job = store.byUid(entry.uid ?? '');
      return job?.kind === 'Job' && ending(job) === null;
    });
    if (made !== null) {
      const { apiVersion, kind, metadata } = made;
      active.push({ apiVersion, kind, name: metadata.name, namespace: metadata.namespace ?? '', uid: metadata.uid ?? '', resourceVersion: metadata.resourceVersion ?? '' });
    }
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
const MANY_MISSED = 100;

/** Whether the CronJob counts a Job as its own run: it does not count those that people made in its name. */
function isListed(cron: CronJob, job: Job): boolean {
  return cron.status?.active?.some(({ uid }) => uid === job.metadata.uid) === true;
}

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
