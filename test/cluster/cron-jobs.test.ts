import { describe, expect, test } from 'vitest';
import type { KindMap } from '../../src/cluster/objects.ts';
import { parseSchedule, type Schedule } from '../../src/cluster/schedule.ts';
import { timeZone, UTC } from '../../src/cluster/time-zones.ts';
import { accepted, SmallCluster } from '../support/small-cluster.ts';

type CronSpec = NonNullable<KindMap['CronJob']['spec']>;

function aCronJob(spec: Partial<CronSpec>, tag = 'job'): KindMap['CronJob'] {
  const template = { spec: { restartPolicy: 'Never', containers: [{ name: 'app', image: `registry.example/tick:${tag}` }] } };
  return { apiVersion: 'batch/v1', kind: 'CronJob', metadata: { name: 'tick', namespace: 'shop' }, spec: { schedule: '*/1 * * * *', jobTemplate: { spec: { template } }, ...spec } };
}

function change(cluster: SmallCluster, spec: Partial<CronSpec>): void {
  accepted(cluster.plane.api.patch({ kind: 'CronJob', namespace: 'shop', name: 'tick' }, { type: 'merge', body: { spec } }));
}

/** The first times after a moment, in UTC. */
function times(schedule: string, zone: string, after: string, count: number): string[] {
  const parsed = parseSchedule(schedule, timeZone(zone) ?? UTC) as Schedule;
  const found: string[] = [];
  for (let at = parsed.next(Date.parse(after)); at !== null && found.length < count; at = parsed.next(at)) found.push(new Date(at).toISOString().slice(0, 16));
  return found;
}

// After test/e2e/apps/cronjob.go of Kubernetes; the events' words are those of pkg/controller/cronjob.
describe('[sig-apps] CronJob', () => {
  test('runs on the clock of its time zone, over the change to summer time and back', () => {
    expect(times('30 0 * * *', 'Europe/Berlin', '2026-03-27T12:00Z', 4)).toEqual(['2026-03-27T23:30', '2026-03-28T23:30', '2026-03-29T22:30', '2026-03-30T22:30']);
    expect(times('0 9 * * MON', 'America/New_York', '2026-10-25T00:00Z', 2)).toEqual(['2026-10-26T13:00', '2026-11-02T14:00']);
    expect(times('0 0 1 * *', 'Australia/Sydney', '2026-03-15T00:00Z', 2)).toEqual(['2026-03-31T13:00', '2026-04-30T14:00']);
    expect(times('15 6 * * *', 'Asia/Kolkata', '2026-01-01T00:00Z', 1)).toEqual(['2026-01-01T00:45']);
  });

  test.each(['Europe/Berlin', 'America/New_York', 'Europe/Dublin', 'Australia/Lord_Howe', 'America/Santiago', 'Asia/Kathmandu', 'Africa/Cairo'])('%s has the offsets that the platform knows', (name) => {
    const clock = new Intl.DateTimeFormat('en-US', { timeZone: name, hourCycle: 'h23', day: 'numeric', hour: 'numeric', minute: 'numeric' });
    const from = '2026-01-01T00:00Z';
    for (let hour = 0; hour < 200 * 24; hour += 7) {
      const unixMs = Date.parse(from) + hour * 3_600_000;
      const local = new Date(unixMs + (timeZone(name)?.offsetMs(unixMs) ?? Number.NaN));
      const parts = Object.fromEntries(clock.formatToParts(unixMs).map(({ type, value }) => [type, Number(value)]));
      expect([hour, local.getUTCDate(), local.getUTCHours(), local.getUTCMinutes()]).toEqual([hour, parts['day'], parts['hour'], parts['minute']]);
    }
  });

  test('refuses time zones that nobody knows', () => {
    const refusal = (spec: Partial<CronSpec>): string => {
      const result = new SmallCluster().plane.api.create(aCronJob(spec));
      return result.ok ? 'taken' : result.status.message.replace('CronJob.batch "tick" is invalid: ', '');
    };
    expect(refusal({ timeZone: 'Mars/Olympus' })).toBe('spec.timeZone: Invalid value: "Mars/Olympus": unknown time zone Mars/Olympus');
    expect(refusal({ timeZone: 'Local' })).toBe('spec.timeZone: Invalid value: "Local": timeZone must be an explicit time zone as defined in https://www.iana.org/time-zones');
    expect(refusal({ schedule: 'TZ=UTC 0 * * * *' })).toBe('spec.schedule: Invalid value: "TZ=UTC 0 * * * *": cannot use TZ or CRON_TZ in schedule, use timeZone field instead');
    expect(refusal({ timeZone: 'Etc/UTC' })).toBe('taken');
  });

  test('should not schedule jobs when suspended, and runs the last that it missed when it is resumed', () => {
    const cluster = new SmallCluster();
    cluster.apply(aCronJob({ suspend: true }));
    cluster.wait('10m30s');
    expect(cluster.plane.store.list('Job', 'shop')).toEqual([]);
    change(cluster, { suspend: false });
    cluster.wait('5s');
    expect(cluster.get('CronJob', 'tick').status).toMatchObject({ lastScheduleTime: '2026-02-10T03:20:00Z' });
    change(cluster, { suspend: true });
    cluster.wait('3h');
    change(cluster, { suspend: false });
    cluster.wait('5s');
    expect(cluster.events('tick')).toContain('TooManyMissedTimes: too many missed start times. Set or decrease .spec.startingDeadlineSeconds or check clock skew');
  });

  test('with a starting deadline does not make up for what is too long ago', () => {
    const cluster = new SmallCluster();
    cluster.apply(aCronJob({ schedule: '0 * * * *', suspend: true, startingDeadlineSeconds: 60 }));
    cluster.wait('55m');
    change(cluster, { suspend: false });
    cluster.wait('5s');
    expect(cluster.plane.store.list('Job', 'shop')).toEqual([]);
  });

  test('should remove from active list jobs that have been deleted', () => {
    const cluster = new SmallCluster();
    cluster.apply(aCronJob({ concurrencyPolicy: 'Forbid' }, '1.0'));
    cluster.wait('1m10s');
    const [active] = cluster.get('CronJob', 'tick').status?.active ?? [];
    expect(active).toMatchObject({ kind: 'Job', name: 'tick-29511551' });
    cluster.delete('Job', active?.name ?? '');
    cluster.wait('1s');
    expect(cluster.get('CronJob', 'tick').status?.active).toBeUndefined();
    expect(cluster.events('tick')).toContain('MissingJob: Active job went missing: tick-29511551');
  });

  test('knows what others ran in its name, and when that went well', () => {
    const cluster = new SmallCluster();
    cluster.apply(aCronJob({ schedule: '0 0 1 1 *' }));
    cluster.wait('1s');
    const { uid = '' } = cluster.get('CronJob', 'tick').metadata;
    const ownerReferences = [{ apiVersion: 'batch/v1', kind: 'CronJob', name: 'tick', uid, controller: true }];
    const spec = cluster.get('CronJob', 'tick').spec?.jobTemplate.spec;
    cluster.apply({ apiVersion: 'batch/v1', kind: 'Job', metadata: { name: 'by-hand', namespace: 'shop', ownerReferences, annotations: { 'cronjob.kubernetes.io/instantiate': 'manual' } }, spec } as KindMap['Job']);
    cluster.wait('1m');
    expect(cluster.events('tick')).toContain('UnexpectedJob: Saw a job that the controller did not create or forgot: by-hand');
    expect(cluster.get('CronJob', 'tick').status).toEqual({ lastSuccessfulTime: expect.stringMatching(/^2026-02-10T03:10:0/) as string });
  });
});
