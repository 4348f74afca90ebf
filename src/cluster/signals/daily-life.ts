import type { Agenda } from '../../time/agenda.ts';
import { Die } from '../../time/dice.ts';
import { HOUR_MS, MINUTE_MS } from '../../time/sim-time.ts';
import type { AgendaEntry } from '../agenda-entry.ts';
import type { ControlPlane } from '../control-plane.ts';
import type { KindMap } from '../objects.ts';
import type { AlertSpec } from '../spec.ts';
import type { ObjectStore } from '../store.ts';
import type { AlertChange } from './alerts.ts';
import type { ChangeLog } from './change-log.ts';
import { rollOutNeighbours } from './neighbours.ts';
import { writeRoutineEvents } from './routine-events.ts';

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
  ['terraform', 'account staging: plan with 2 to add, 1 to change, 0 to destroy'],
  ['data', 'warehouse: nightly models rebuilt'],
  ['support', 'macros for refunds edited'],
  ['office-it', 'VPN gateway renewed its certificate'],
  ['marketing', 'landing page for the spring campaign published'],
  ['terraform', 'drift in account staging: 1 security group'],
  ['design', 'icon set 3.2 published'],
];
const FROM_MS = -20 * HOUR_MS;
const UNTIL_MS = 3 * HOUR_MS;

/** An alert on a test of the test environment, which fires now and then and resolves itself: everybody knows it. */
const FLAKY: AlertSpec = { name: 'StagingLoginCheck', service: 'staging/login', metric: 'error-ratio', above: 0.5, forMs: MINUTE_MS, severity: 'warning', text: 'the login check of staging failed (known to be flaky, team mobile, runs again by itself)' };
/** It comes back so often, at the most. */
const FLAKY_TIMES = 3;

interface Life {
  readonly agenda: Agenda<AgendaEntry>;
  readonly seed: number;
  readonly plane: ControlPlane;
  readonly changes: ChangeLog;
  readonly onAlert: (change: AlertChange) => void;
}

/**
 * As much as happens in a company anyway, by dice of its own: with `some`, a few entries of the change log and routine events;
 * with `much`, more of them, neighbours in the same cluster who roll out, and an alert about nothing. It changes no
 * object of those whom a drill is about.
 */
export function liveOn({ agenda, seed, plane, changes, onAlert }: Life, level: 'some' | 'much'): void {
  const die = new Die(seed, 'daily-life');
  for (const [who, what] of level === 'much' ? ELSEWHERE : ELSEWHERE.slice(0, 4)) {
    const atMs = Math.round(die.between(FROM_MS, UNTIL_MS) / 1_000) * 1_000;
    agenda.add(atMs, { due: () => changes.add({ atMs, who, what }) });
  }
  writeRoutineEvents({ agenda, seed, store: plane.store, events: plane.events, changes }, level === 'much');
  if (level === 'some') return;
  rollOutNeighbours({ agenda, seed, api: plane.api, changes });
  let firesMs = 0;
  for (let nth = 0; nth < FLAKY_TIMES; nth++) {
    firesMs += Math.round(die.between(4 * MINUTE_MS, 35 * MINUTE_MS) / 1_000) * 1_000;
    agenda.add(firesMs, { due: () => onAlert({ rule: FLAKY, firing: true, value: 1 }) });
    agenda.add(firesMs + 2 * MINUTE_MS, { due: () => onAlert({ rule: FLAKY, firing: false, value: 0 }) });
  }
}
