import type { Agenda } from '../../time/agenda.ts';
import { Die } from '../../time/dice.ts';
import { HOUR_MS, MINUTE_MS } from '../../time/sim-time.ts';
import type { AgendaEntry } from '../agenda-entry.ts';
import type { KindMap } from '../objects.ts';
import type { AlertSpec } from '../spec.ts';
import type { ObjectStore } from '../store.ts';
import type { AlertChange } from './alerts.ts';
import type { ChangeLog } from './change-log.ts';

/** Notes in the change log when a CronJob's jobs begin and end. */
export function noteCronRuns(store: ObjectStore, changes: ChangeLog, nowMs: () => number): void {
  store.watchKind('Job', (type, job, before) => {
    const cron = job.metadata.ownerReferences?.find(({ kind }) => kind === 'CronJob')?.name;
    if (cron === undefined || type === 'DELETED') return;
    const how = endOf(job);
    if (type === 'ADDED') changes.add({ atMs: nowMs(), who: 'cron', what: `cronjob/${cron}: ${job.metadata.name} began` });
    else if (how !== null && endOf(before) === null) changes.add({ atMs: nowMs(), who: 'cron', what: `cronjob/${cron}: ${job.metadata.name} ${how}` });
  });
}

function endOf(job: KindMap['Job'] | null): 'ended' | 'failed' | null {
  const done = job?.status?.conditions?.find(({ type, status }) => (type === 'Complete' || type === 'Failed') && status === 'True');
  return done === undefined ? null : done.type === 'Complete' ? 'ended' : 'failed';
}

/** What other teams do at any hour, outside of this cluster. */
const ELSEWHERE: readonly (readonly [who: string, what: string])[] = [
  ['mobile', 'app 8.14.2 released to 20% of phones'],
  ['data', 'warehouse: nightly models rebuilt'],
  ['office-it', 'VPN gateway renewed its certificate'],
  ['terraform', 'plan for account staging: 2 to add, 1 to change'],
  ['marketing', 'landing page for the spring campaign published'],
  ['terraform', 'drift in account staging: 1 security group'],
  ['design', 'icon set 3.2 published'],
  ['support', 'macros for refunds edited'],
];
const FROM_MS = -20 * HOUR_MS;
const UNTIL_MS = 3 * HOUR_MS;

/** An alert on a test of the test environment, which fires now and then and resolves itself. */
const FLAKY: AlertSpec = { name: 'StagingLoginCheck', service: 'staging/login', metric: 'error-ratio', above: 0.5, forMs: MINUTE_MS, severity: 'warning', text: 'the login check of staging failed' };

/** Other teams' entries in the change log, and an alert about nothing: as much as happens in a company anyway. */
export function liveOn(options: { readonly agenda: Agenda<AgendaEntry>; readonly seed: number; readonly changes: ChangeLog; readonly onAlert: (change: AlertChange) => void }): void {
  const { agenda, changes, onAlert } = options;
  const die = new Die(options.seed, 'daily-life');
  for (const [who, what] of ELSEWHERE) {
    const atMs = Math.round(die.between(FROM_MS, UNTIL_MS) / 1_000) * 1_000;
    agenda.add(atMs, { due: () => changes.add({ atMs, who, what }) });
  }
  const firesMs = Math.round(die.between(3 * MINUTE_MS, 40 * MINUTE_MS) / 1_000) * 1_000;
  agenda.add(firesMs, { due: () => onAlert({ rule: FLAKY, firing: true, value: 1 }) });
  agenda.add(firesMs + 2 * MINUTE_MS, { due: () => onAlert({ rule: FLAKY, firing: false, value: 0 }) });
}
