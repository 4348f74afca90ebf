import { describe, expect, test } from 'vitest';
import type { BatchSpec, ProgramSpec, Step } from '../../../src/cluster/spec.ts';
import type { KubeObject } from '../../../src/cluster/objects.ts';
import { node, plain, program, workload } from '../../oracle/a-random-shop.ts';
import { aClusterOf, advance } from '../../oracle/compare.ts';
import { mean } from '../../oracle/statistics.ts';

/** What CronJobs do at night loads whatever they ask. */

const MINUTE = 60_000;
const reads = (ms: number): Step => ({ do: 'transaction', on: 'db', pool: plain(8), acquireTimeoutMs: plain(5_000), steps: [{ do: 'query', ms, lock: null }] });
const job = (more: Partial<BatchSpec>): BatchSpec => ({ route: 'unit', units: { default: 6_000, env: 'ORDERS' }, unitMiB: 0, flushEvery: { default: 1e9, env: 'BATCH_SIZE' }, mayFail: plain(10), ...more });

function cronJob(memory: string, env: readonly { name: string; value: string }[] = []): KubeObject {
  const container = { name: 'nightly', image: 'example/nightly:1', env, resources: { limits: { cpu: '4', memory }, requests: { cpu: '10m', memory: '100Mi' } } };
  return { apiVersion: 'batch/v1', kind: 'CronJob', metadata: { name: 'nightly', namespace: 'default' }, spec: { schedule: '3 * * * *', jobTemplate: { spec: { backoffLimit: 1, template: { spec: { restartPolicy: 'Never', containers: [container] } } } } } } as unknown as KubeObject;
}

/** A shop with a database, and a CronJob at three minutes past each hour; the traffic begins at minute 54. */
function aNight(nightly: BatchSpec, cron: KubeObject) {
  const programs: Record<string, ProgramSpec> = {
    'example/front': program('service', 64, { default: [{ do: 'cpu', ms: 2 }, reads(4)] }),
    'example/db': program('database', 64, {}),
    'example/nightly': { ...program('worker', 16, { unit: [{ do: 'cpu', ms: 1 }, { ...reads(60), pool: plain(16) } as Step] }), job: nightly },
  };
  const { cluster, agenda } = aClusterOf({ name: 'night', objects: [node(1), node(2), ...workload('front', 2, 4), ...workload('db', 1, 8), cron], traffic: { load: [{ service: 'default/front', route: 'default', ratePerS: 100, noise: 0, patienceMs: 1e9, retries: 0 }], programs, externals: {}, alerts: [] } });
  return {
    cluster, until: (ms: number) => advance(agenda, ms),
    frontMs: () => { const { detMs, spreadMs } = cluster.traffic.places.route('default/front', 'default'); return detMs + spreadMs; },
    jobs: () => cluster.plane.store.list('Job', 'default'),
    pods: () => cluster.plane.store.list('Pod', 'default').filter(({ metadata }) => metadata.name.startsWith('nightly') && Date.parse(metadata.creationTimestamp ?? '') > 0),
    databaseCores: () => cluster.traffic.flow.layout.pods.find(({ workload: of }) => of === 'db')?.cpuDemand ?? 0,
  };
}

test('the report of the night keeps the database busy until it is done, and users wait meanwhile', () => {
  const night = aNight(job({ units: plain(12_000) }), cronJob('512Mi'));
  night.until(2 * MINUTE);
  const calm = night.frontMs();
  expect(night.databaseCores()).toBeLessThan(1);
  // Who works as fast as he is answered swings: what counts is the mean of a minute.
  const [cores, frontMs]: [number[], number[]] = [[], []];
  for (let atMs = 3.5 * MINUTE; atMs <= 4.5 * MINUTE; atMs += 1_000) {
    night.until(atMs);
    cores.push(night.databaseCores());
    frontMs.push(night.frontMs());
  }
  expect(mean(cores)).toBeGreaterThan(5.5);
  expect(mean(frontMs)).toBeGreaterThan(calm * 1.3);
  night.until(9 * MINUTE);
  expect(night.jobs().at(-1)?.status?.succeeded).toBe(1);
  expect(night.frontMs()).toBeCloseTo(calm, 0);
  const [pod] = night.pods();
  expect(pod?.status?.phase).toBe('Succeeded');
  expect(night.cluster.podLogs('default', pod?.metadata.name ?? '').map(({ text }) => text).join('\n')).toMatch(/finished: 12000 done in \d+s/);
});

describe('a rebalance that keeps all it has read in memory', () => {
  test('is killed on the night when there is more to read than fits, by the time that it has read it', () => {
    const night = aNight(job({ unitMiB: 0.1 }), cronJob('512Mi'));
    night.until(8 * MINUTE);
    expect(night.pods().map(({ status }) => status?.containerStatuses?.[0]?.state?.terminated)).toMatchObject([{ reason: 'OOMKilled', exitCode: 137 }, { reason: 'OOMKilled', exitCode: 137 }]);
    expect(night.jobs().at(-1)?.status?.conditions?.some(({ type, reason }) => type === 'Failed' && reason === 'BackoffLimitExceeded')).toBe(true);
  });

  test.each([['in batches', cronJob('512Mi', [{ name: 'BATCH_SIZE', value: '500' }])], ['with room for it', cronJob('1Gi')], ['on a night with less to do', cronJob('512Mi', [{ name: 'ORDERS', value: '2000' }])]])('ends well %s', (_, cron) => {
    const night = aNight(job({ unitMiB: 0.1 }), cron);
    night.until(8 * MINUTE);
    expect(night.jobs().at(-1)?.status?.succeeded).toBe(1);
  });
});

test('checkpoints and vacuum take their part of the disk and of the cores, for as long as they last', () => {
  const upkeep = [{ everyMs: 5 * MINUTE, lengthMs: 60_000, cores: 0, diskMs: 30 }, { everyMs: 60 * MINUTE, lengthMs: 10 * MINUTE, cores: 6, diskMs: 0 }];
  const programs: Record<string, ProgramSpec> = { 'example/front': program('service', 64, { default: [reads(4)] }), 'example/db': { ...program('database', 64, {}), upkeep } };
  const { cluster, agenda } = aClusterOf({ name: 'upkeep', objects: [node(1), node(2), ...workload('front', 2, 4), ...workload('db', 1, 8)], traffic: { load: [{ service: 'default/front', route: 'default', ratePerS: 50, noise: 0, patienceMs: 1e9, retries: 0 }], programs, externals: {}, alerts: [] } });
  const at = (ms: number) => {
    advance(agenda, ms);
    const { detMs, spreadMs } = cluster.traffic.places.route('default/front', 'default');
    return { ms: detMs + spreadMs, cores: cluster.traffic.flow.layout.pods.find(({ workload: of }) => of === 'db')?.cpuDemand ?? 0 };
  };
  expect(at(50_000).ms).toBeGreaterThan(34);
  expect(at(50_000).cores).toBeGreaterThan(6);
  expect(at(3 * MINUTE).ms).toBeLessThan(10);
  expect(at(12 * MINUTE).cores).toBeLessThan(1);
});

test('a job whose database is away gives up with 1, and its Job tries again', () => {
  const night = aNight(job({}), cronJob('512Mi'));
  night.until(MINUTE);
  night.cluster.api.patch({ kind: 'Deployment', namespace: 'default', name: 'db' }, { type: 'merge', body: { spec: { replicas: 0 } } });
  night.until(5 * MINUTE);
  const ended = night.pods().map(({ status }) => status?.containerStatuses?.[0]?.state?.terminated);
  expect(ended.length).toBe(2);
  expect(ended[0]).toMatchObject({ exitCode: 1, reason: 'Error' });
});
