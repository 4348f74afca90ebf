import { describe, expect, test } from 'vitest';
import type { KindMap } from '../../src/cluster/objects.ts';
import { accepted, SmallCluster } from '../support/small-cluster.ts';

type JobSpec = NonNullable<KindMap['Job']['spec']>;

function aJob(name: string, tag = 'job', spec: Partial<JobSpec> = {}, restartPolicy = 'Never'): KindMap['Job'] {
  return {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: { name, namespace: 'shop' },
    spec: { template: { metadata: { labels: { app: name } }, spec: { restartPolicy, containers: [{ name: 'app', image: `registry.example/${name}:${tag}` }] } }, ...spec },
  };
}

function aCronJob(name: string, schedule: string, tag = 'job', spec: Partial<NonNullable<KindMap['CronJob']['spec']>> = {}): KindMap['CronJob'] {
  const { spec: jobSpec } = aJob(name, tag);
  return { apiVersion: 'batch/v1', kind: 'CronJob', metadata: { name, namespace: 'shop' }, spec: { schedule, jobTemplate: { spec: jobSpec as JobSpec }, ...spec } };
}

function conditions(cluster: SmallCluster, job: string): string[] {
  return (cluster.get('Job', job).status?.conditions ?? []).map(({ type, reason }) => `${type} ${reason}`);
}

describe('a Job', () => {
  test('runs its pods to the end, two at a time, and says so', () => {
    const cluster = new SmallCluster();
    cluster.apply(aJob('import', 'job', { parallelism: 2, completions: 5 }));
    let most = 0;
    cluster.plane.store.watchKind('Job', (_type, job) => { most = Math.max(most, job.status?.active ?? 0); });
    cluster.wait('2m');
    expect(most).toBe(2);
    expect(cluster.get('Job', 'import').status).toMatchObject({ succeeded: 5, completionTime: expect.any(String) as string });
    expect(conditions(cluster, 'import')).toEqual(['SuccessCriteriaMet CompletionsReached', 'Complete CompletionsReached']);
    expect(cluster.pods('import').map(({ status }) => status?.phase)).toEqual(Array(5).fill('Succeeded'));
    expect(cluster.events('import').at(-1)).toBe('Completed: Job completed');
  });

  test('with indexes gives each pod its own', () => {
    const cluster = new SmallCluster();
    cluster.apply(aJob('shard', 'job', { parallelism: 3, completions: 3, completionMode: 'Indexed' }));
    cluster.wait('1m');
    expect(cluster.get('Job', 'shard').status?.completedIndexes).toBe('0-2');
    expect(cluster.pods('shard').map(({ metadata, spec }) => `${metadata.name.slice(0, 7)} ${spec?.hostname}`)).toEqual(['shard-0 shard-0', 'shard-1 shard-1', 'shard-2 shard-2']);
  });

  test('that fails is tried again after 10, 20, 40 s, and given up at its limit', () => {
    const cluster = new SmallCluster();
    const made: number[] = [];
    cluster.plane.store.watchKind('Pod', (type) => { if (type === 'ADDED') made.push(cluster.agenda.nowMs); });
    cluster.apply(aJob('broken', 'crash', { backoffLimit: 3 }));
    cluster.wait('5m');
    expect(made).toHaveLength(4);
    const gaps = made.slice(1).map((at, nth) => Math.round((at - (made[nth] as number)) / 1000));
    expect(gaps[0]).toBeGreaterThanOrEqual(10);
    expect(gaps[2]).toBeGreaterThanOrEqual(40);
    expect(conditions(cluster, 'broken')).toEqual(['FailureTarget BackoffLimitExceeded', 'Failed BackoffLimitExceeded']);
    expect(cluster.events('broken').at(-1)).toBe('BackoffLimitExceeded: Job has reached the specified backoff limit');
  });

  test('is stopped at its deadline, and cleared away when its time to live is over', () => {
    const cluster = new SmallCluster();
    cluster.apply(aJob('slow', '1.0', { activeDeadlineSeconds: 30, ttlSecondsAfterFinished: 60 }));
    cluster.wait('35s');
    expect(conditions(cluster, 'slow')).toEqual(['FailureTarget DeadlineExceeded', 'Failed DeadlineExceeded']);
    expect(cluster.pods('slow').filter(({ metadata }) => metadata.deletionTimestamp === undefined)).toEqual([]);
    cluster.wait('1m');
    expect(cluster.plane.store.get('Job', 'shop', 'slow')).toBeUndefined();
  });

  test('that is suspended has no pods; resumed, it runs', () => {
    const cluster = new SmallCluster();
    cluster.apply(aJob('later', 'job', { suspend: true }));
    cluster.wait('30s');
    expect(cluster.pods('later')).toEqual([]);
    expect(conditions(cluster, 'later')).toEqual(['Suspended JobSuspended']);
    accepted(cluster.plane.api.patch({ kind: 'Job', namespace: 'shop', name: 'later' }, { type: 'merge', body: { spec: { suspend: false } } }));
    cluster.wait('30s');
    expect(conditions(cluster, 'later')).toContain('Complete CompletionsReached');
  });
});

describe('a CronJob', () => {
  test('makes a Job at each of its times and keeps three that went well', () => {
    const cluster = new SmallCluster();
    cluster.apply(aCronJob('tick', '*/5 * * * *'));
    cluster.wait('31m');
    const jobs = cluster.plane.store.list('Job', 'shop');
    expect(jobs.map(({ metadata }) => metadata.name)).toEqual(['tick-29511570', 'tick-29511575', 'tick-29511580']);
    expect(cluster.get('CronJob', 'tick').status).toMatchObject({ lastScheduleTime: '2026-02-10T03:40:00Z', lastSuccessfulTime: expect.any(String) as string });
    expect(cluster.get('CronJob', 'tick').status?.active).toBeUndefined();
  });

  test('forbids, replaces or allows a second run as it says', () => {
    const runs = (concurrencyPolicy: string): readonly string[] => {
      const cluster = new SmallCluster();
      cluster.apply(aCronJob('long', '*/1 * * * *', '1.0', { concurrencyPolicy }));
      cluster.wait('3m30s');
      return cluster.plane.store.list('Job', 'shop').map(({ metadata }) => metadata.name.slice(-1));
    };
    expect(runs('Allow')).toEqual(['1', '2', '3']);
    expect(runs('Forbid')).toEqual(['1']);
    expect(runs('Replace')).toEqual(['3']);
  });
});
