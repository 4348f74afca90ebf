import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { regionContexts } from '../../../src/cluster/traffic/regions.ts';
import { readCluster } from '../../../src/commands/read-cluster.ts';
import { Monitoring } from '../../../src/prometheus/monitoring.ts';
import { writeKubeconfig } from '../../../src/outside/kubeconfig.ts';
import type { KubeObject } from '../../../src/cluster/objects.ts';
import type { GlobalSpec, LoadSpec, ProgramSpec, Step } from '../../../src/cluster/spec.ts';
import { node, plain, program } from '../../oracle/a-random-shop.ts';
import { aClusterOf, advance } from '../../oracle/compare.ts';

/** A shop in two regions, each in a namespace of its own on nodes of its own, behind one name for the whole world. */

const MINUTE = 60_000;
const REGIONS = ['eu-west-1', 'us-east-1'] as const;
const namespaceOf = { 'eu-west-1': 'shop-eu', 'us-east-1': 'shop-us' } as const;

function nodesOf(region: string): KubeObject[] {
  return [1, 2].map((nth) => ({ ...node(nth), metadata: { name: `${region}-${nth}`, labels: { 'topology.kubernetes.io/region': region, 'topology.kubernetes.io/zone': `${region}${'ab'[nth - 1]}` } } }));
}

function workloadOf(region: keyof typeof namespaceOf, name: string, cores: number, env: readonly { name: string; value: string }[] = []): KubeObject[] {
  const namespace = namespaceOf[region];
  const labels = { app: name };
  return [
    { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name, namespace }, spec: { replicas: name === 'db' ? 1 : 2, selector: { matchLabels: labels }, template: { metadata: { labels }, spec: { nodeSelector: { 'topology.kubernetes.io/region': region }, containers: [{ name, image: `example/${name}:1`, env, resources: { limits: { cpu: String(cores) }, requests: { cpu: '10m' } } }] } } } },
    { apiVersion: 'v1', kind: 'Service', metadata: { name, namespace }, spec: { selector: labels, ports: [{ port: 80 }] } },
  ] as unknown as KubeObject[];
}

const statement = (writes: boolean): Step => ({ do: 'transaction', on: 'db', pool: plain(60), acquireTimeoutMs: plain(2_000), steps: [{ do: 'query', ms: 2, lock: null, writes }] });
const PROGRAMS: Readonly<Record<string, ProgramSpec>> = {
  'example/front': program('service', 128, { default: [{ do: 'cpu', ms: 5 }, statement(false)], order: [{ do: 'cpu', ms: 5 }, statement(true)] }),
  'example/db': { ...program('database', 64, {}), startMs: 5_000, replica: { env: 'PRIMARY_HOST', lagMs: 300, catchUp: 4 } },
};

function aWorld({ by = 'address', cores = 4, ratePerS = 200 }: { readonly by?: GlobalSpec['by']; readonly cores?: number; readonly ratePerS?: number } = {}) {
  const objects = REGIONS.flatMap((region) => [
    ...nodesOf(region),
    { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespaceOf[region] } } as const,
    // All write to the primary in the first region.
    ...workloadOf(region, 'front', cores, region === 'us-east-1' ? [{ name: 'DB_URL', value: 'postgres://db.shop-eu/app' }] : []),
    ...workloadOf(region, 'db', 8, region === 'us-east-1' ? [{ name: 'PRIMARY_HOST', value: 'db.shop-eu' }] : []),
  ]);
  const load = (region: keyof typeof namespaceOf, route: string, rate: number): LoadSpec => ({ service: `${namespaceOf[region]}/front`, route, ratePerS: rate, noise: 0, patienceMs: 30_000, retries: 0, global: 'shop.example', from: region });
  const { cluster, agenda } = aClusterOf({
    name: 'world', objects,
    traffic: {
      load: REGIONS.flatMap((region) => [load(region, 'default', ratePerS), load(region, 'order', ratePerS / 10)]), programs: PROGRAMS, externals: {}, alerts: [],
      regions: { 'eu-west-1': { namespace: 'shop-eu', roundTripMs: { 'us-east-1': 80 } }, 'us-east-1': { namespace: 'shop-us', roundTripMs: {} } },
      globals: { 'shop.example': { by, ttlMs: 60_000, check: { everyMs: 10_000, failures: 3, successes: 2 }, backends: { 'eu-west-1': 'shop-eu/front', 'us-east-1': 'shop-us/front' } } },
    },
  });
  const { places, conditions, flow } = cluster.traffic;
  const patch = (kind: 'Deployment' | 'Service', namespace: string, name: string, body: Readonly<Record<string, unknown>>): void => void cluster.api.patch({ kind, namespace, name }, { type: 'strategic', body });
  return {
    cluster, pull: conditions.adjust.bind(conditions), until: (ms: number) => advance(agenda, ms), patch,
    rate: (region: keyof typeof namespaceOf) => places.route(`${namespaceOf[region]}/front`, 'default').ratePerS,
    meanMs: (region: keyof typeof namespaceOf) => { const { detMs, spreadMs } = places.route(`${namespaceOf[region]}/front`, 'default'); return detMs + spreadMs; },
    fails: (region: keyof typeof namespaceOf, route = 'order') => places.route(`${namespaceOf[region]}/front`, route).failShare,
    /** Share of the answers to users of a region since the last time that were bad. */
    bad: (region: keyof typeof namespaceOf) => { const { total, bad } = cluster.traffic.takeLevel(`${namespaceOf[region]}/front`); return bad / total; },
    scale: (region: keyof typeof namespaceOf, name: string, replicas: number) => patch('Deployment', namespaceOf[region], name, { spec: { replicas } }),
    env: (region: keyof typeof namespaceOf, name: string, variable: object) => patch('Deployment', namespaceOf[region], name, { spec: { template: { spec: { containers: [{ name, env: [variable] }] } } } }),
    replica: (region: keyof typeof namespaceOf) => flow.replication.replicas.get(`${namespaceOf[region]}/db`),
  };
}

test('users get to their own region, and a statement across the ocean takes a round trip', () => {
  const world = aWorld();
  world.until(2 * MINUTE);
  expect(world.rate('eu-west-1')).toBeCloseTo(200, 0);
  expect(world.rate('us-east-1')).toBeCloseTo(200, 0);
  expect(world.meanMs('us-east-1') - world.meanMs('eu-west-1')).toBeGreaterThan(75);
});

describe('a region whose pods are gone', () => {
  test('is left by its users after three checks, and they come back when it is well', () => {
    const world = aWorld();
    const monitoring = new Monitoring(world.cluster);
    const probes = (name: string): string => [...monitoring.targets().values()].flatMap((target) => (target.labels['job'] === 'blackbox' ? [`${target.labels['region'] ?? ''}=${[...(target.scrape()?.families ?? [])].find((family) => family.name === name)?.samples[0]?.value ?? ''}`] : [])).join(' ');
    world.until(MINUTE);
    expect(probes('probe_success')).toBe('eu-west-1=1 us-east-1=1');
    world.bad('eu-west-1');
    world.scale('eu-west-1', 'front', 0);
    world.until(MINUTE + 60_000);
    expect(world.rate('eu-west-1')).toBe(0);
    expect(world.rate('us-east-1')).toBeCloseTo(400, 0);
    expect(world.bad('eu-west-1')).toBeGreaterThan(0.3);
    expect(probes('global_backend_healthy')).toBe('eu-west-1=0 us-east-1=1');
    world.until(4 * MINUTE);
    expect(world.bad('eu-west-1')).toBeLessThan(0.2);
    world.scale('eu-west-1', 'front', 2);
    world.until(6 * MINUTE);
    expect(world.rate('eu-west-1')).toBeCloseTo(200, 0);
  });

  test('keeps users for as long as their resolvers keep its address, where it goes by DNS', () => {
    const world = aWorld({ by: 'dns' });
    world.until(MINUTE);
    world.scale('eu-west-1', 'front', 0);
    world.until(2 * MINUTE);
    const soon = world.rate('us-east-1');
    expect(soon).toBeGreaterThan(230);
    expect(soon).toBeLessThan(370);
    world.until(8 * MINUTE);
    // Some keep it for much longer than they should.
    expect(world.rate('us-east-1')).toBeGreaterThan(394);
    expect(world.rate('us-east-1')).toBeLessThan(399.9);
  });

  test('takes the other one with it, where that has room for its own users alone', () => {
    const world = aWorld({ cores: 1, ratePerS: 240 });
    world.until(MINUTE);
    expect(world.bad('us-east-1')).toBeLessThan(0.01);
    world.scale('eu-west-1', 'front', 0);
    world.until(6 * MINUTE);
    world.bad('us-east-1');
    world.until(8 * MINUTE);
    expect(world.bad('us-east-1')).toBeGreaterThan(0.2);
    world.scale('us-east-1', 'front', 5);
    world.until(12 * MINUTE);
    world.bad('us-east-1');
    world.until(14 * MINUTE);
    expect(world.bad('us-east-1')).toBeLessThan(0.01);
  });
});

test('a region without weight gets nobody', () => {
  const world = aWorld();
  world.until(MINUTE);
  world.patch('Service', 'shop-us', 'front', { metadata: { annotations: { 'external-dns.alpha.kubernetes.io/aws-weight': '0' } } });
  world.until(2 * MINUTE);
  expect(world.rate('us-east-1')).toBe(0);
  expect(world.rate('eu-west-1')).toBeCloseTo(400, 0);
});

test('a region that is cut off is left by its users, and its nodes go on', () => {
  const world = aWorld();
  world.until(MINUTE);
  const end = world.cluster.beginFault('zone-partition', 'region/us-east-1', {});
  world.until(3 * MINUTE);
  expect(world.rate('eu-west-1')).toBeGreaterThan(199);
  expect(world.cluster.plane.store.list('Node', null).every(({ status }) => status?.conditions?.some(({ type, status: is }) => type === 'Ready' && is === 'True') === true)).toBe(true);
  end();
  world.until(5 * MINUTE);
  expect(world.rate('us-east-1')).toBeCloseTo(200, 0);
  expect(world.bad('us-east-1')).toBeLessThan(0.8);
});

test('a region whose machines are all gone is left by its users', () => {
  const world = aWorld();
  world.until(MINUTE);
  world.cluster.beginFault('zone-down', 'region/us-east-1', {});
  world.until(4 * MINUTE);
  expect(world.rate('eu-west-1')).toBeCloseTo(400, 0);
});

describe('a replica in the other region', () => {
  test('is a little behind, falls behind while the regions are apart, and catches up', () => {
    const world = aWorld();
    world.until(2 * MINUTE);
    expect(world.replica('us-east-1')?.database.behindMs).toBeCloseTo(340, 0);
    const end = world.pull('region-loss', 'eu-west-1~us-east-1', 1);
    world.until(3 * MINUTE);
    expect(world.replica('us-east-1')?.database.behindMs).toBeGreaterThan(55_000);
    expect(world.fails('us-east-1')).toBe(1);
    expect(world.fails('eu-west-1')).toBe(0);
    end();
    world.until(4 * MINUTE);
    expect(world.replica('us-east-1')?.database.behindMs).toBeCloseTo(340, 0);
    expect(world.replica('us-east-1')?.lost).toBe(0);
  });

  test('that takes over while they are apart loses what it never got, and the old primary what it wrote alone', () => {
    const world = aWorld();
    world.until(2 * MINUTE);
    const end = world.pull('region-loss', 'eu-west-1~us-east-1', 1);
    world.until(2 * MINUTE + 43_000);
    // It takes no writes while it follows.
    world.env('us-east-1', 'front', { name: 'DB_URL', value: 'postgres://db.shop-us/app' });
    world.until(4 * MINUTE);
    expect(world.fails('us-east-1')).toBe(1);
    world.env('us-east-1', 'db', { name: 'PRIMARY_HOST', value: '' });
    world.until(6 * MINUTE);
    expect(world.fails('us-east-1')).toBe(0);
    const taken = world.replica('us-east-1');
    expect(taken?.lost).toBeGreaterThan(500);
    const pod = world.cluster.plane.store.list('Pod', 'shop-us').find(({ metadata }) => metadata.name.startsWith('db'));
    expect(world.cluster.podLogs('shop-us', pod?.metadata.name ?? '').map(({ text }) => text).join('\n')).toContain('selected new timeline ID: 2');
    // The network heals; both believe to be the primary, until the old one follows.
    end();
    world.until(7 * MINUTE);
    const apart = world.replica('eu-west-1')?.apart ?? 0;
    expect(apart).toBeGreaterThan(taken?.lost ?? Infinity);
    world.env('eu-west-1', 'db', { name: 'PRIMARY_HOST', value: 'db.shop-us' });
    world.until(9 * MINUTE);
    expect(world.replica('eu-west-1')?.lost).toBeGreaterThanOrEqual(apart);
    expect(world.fails('eu-west-1')).toBe(1);
    world.env('eu-west-1', 'front', { name: 'DB_URL', value: 'postgres://db.shop-us/app' });
    world.until(11 * MINUTE);
    expect(world.fails('eu-west-1')).toBe(0);
  });
});

test('who asks the databases learns who follows whom, and may promote one by hand', () => {
  const world = aWorld();
  world.until(2 * MINUTE);
  const ask = (namespace: string, question: string): string => {
    const pod = world.cluster.plane.store.list('Pod', namespace).find(({ metadata, status }) => metadata.name.startsWith('db') && status?.phase === 'Running')?.metadata.name ?? '';
    let out = '';
    const write = (bytes: Uint8Array): void => void (out += new TextDecoder().decode(bytes));
    world.cluster.processes.exec({ namespace, pod, container: 'db' }, ['psql', '-At', '-c', question], { stdin: false, tty: false }, { stdout: write, stderr: write, exited: () => undefined });
    world.until(world.cluster.plane.clock.nowMs + 3_000);
    return out.trim();
  };
  expect(ask('shop-eu', 'select pg_is_in_recovery()')).toBe('f');
  expect(ask('shop-us', 'select pg_is_in_recovery()')).toBe('t');
  expect(ask('shop-eu', 'select application_name, state, sync_state from pg_stat_replication')).toBe('walreceiver|streaming|async');
  expect(ask('shop-us', 'select pg_promote()')).toBe('t');
  world.until(3 * MINUTE);
  expect(ask('shop-us', 'select pg_is_in_recovery()')).toBe('f');
  expect(world.replica('us-east-1')?.lost).toBeGreaterThan(0);
});

describe('the cluster of two regions that comes along', () => {
  const folder = 'scenarios/clusters/two-regions';
  const spec = readCluster(folder, readFileSync(`${folder}/objects.yaml`, 'utf8'), readFileSync(`${folder}/traffic.yaml`, 'utf8'));

  test('is read without a complaint, serves both, and gives each a context', () => {
    if ('complaints' in spec) throw new Error(spec.complaints.join('\n'));
    const { cluster, agenda } = aClusterOf(spec);
    advance(agenda, 5 * MINUTE);
    for (const service of ['shop-eu/storefront', 'shop-us/storefront']) {
      const { total, bad } = cluster.traffic.takeLevel(service);
      expect(total).toBeGreaterThan(20_000);
      expect(bad / total).toBeLessThan(0.001);
    }
    const file = join(mkdtempSync(join(tmpdir(), 'regions-')), 'kubeconfig');
    writeKubeconfig(file, { name: 'two-regions', server: 'https://127.0.0.1:1', ca: '', token: 't', namespace: 'shop-eu', regions: regionContexts(spec.traffic) });
    const { contexts } = JSON.parse(readFileSync(file, 'utf8')) as { contexts: { name: string; context: { namespace: string } }[] };
    expect(contexts.map(({ name, context }) => `${name} ${context.namespace}`)).toEqual(['two-regions shop-eu', 'eu-west-1 shop-eu', 'us-east-1 shop-us']);
    rmSync(file);
  });
});
