import { describe, expect, test } from 'vitest';
import type { CallSpec, ClusterSpec, LoadSpec, ProgramSpec, Step } from '../../../src/cluster/spec.ts';
import { shapeOf } from '../../../src/cluster/traffic/load-shape.ts';
import { node, plain, program, workload } from '../../oracle/a-random-shop.ts';
import { aClusterOf, advance } from '../../oracle/compare.ts';
import { byModel } from '../../oracle/storms.ts';

/** What traffic.yaml can say beyond steps and pools: each in a cluster of its own. */

type Programs = Readonly<Record<string, ProgramSpec>>;

/** A cluster with a workload `NAME` for each program `example/NAME`, at the cores that are given. */
function aShop(programs: Programs, load: Partial<LoadSpec>, cores: Readonly<Record<string, number>> = {}, externals: ClusterSpec['traffic']['externals'] = {}) {
  const names = Object.keys(programs).map((image) => image.slice('example/'.length));
  const { cluster, agenda } = aClusterOf({
    name: 'small', objects: [node(1), node(2), node(3), ...names.flatMap((name) => workload(name, 2, cores[name] ?? 4))],
    traffic: { load: [{ service: 'default/front', route: 'default', ratePerS: 50, noise: 0, patienceMs: 1e9, retries: 0, ...load }], programs, externals, alerts: [] },
  });
  const { places, flow } = cluster.traffic;
  return {
    cluster, flow, until: (ms: number) => advance(agenda, ms),
    route: (name: string, of = 'default') => places.route(`default/${name}`, of),
    pull: cluster.traffic.conditions.adjust.bind(cluster.traffic.conditions),
    topic: () => [...flow.topics.groups.values()][0] as NonNullable<ReturnType<typeof flow.topics.groups.get>>,
  };
}

const calls = (to: string, more: Partial<CallSpec> = {}): Step => ({ do: 'call', call: { to, route: 'default', times: 1, timeoutMs: plain(1_000), retries: plain(0), onFailure: 'fail', ...more } });
const works = (ms: number): Step => ({ do: 'cpu', ms });

describe('a circuit breaker', () => {
  const programs: Programs = {
    'example/front': program('service', 256, { default: [works(1), calls('back', { onFailure: 'degrade', breaker: { failures: 0.5, openMs: plain(20_000) } })] }),
    'example/back': program('service', 64, { default: [works(2)] }),
  };

  test('opens when calls fail, spares who is called, and closes when all is well again', () => {
    const { until, route, pull } = aShop(programs, {});
    until(60_000);
    expect(route('back').ratePerS).toBeCloseTo(50, 0);
    const end = pull('work-errors', 'default/back', 0.9);
    until(75_000);
    expect(route('back').ratePerS).toBe(0);
    end();
    until(120_000);
    expect(route('back').ratePerS).toBeCloseTo(50, 0);
    expect(route('front').failShare).toBeLessThan(0.001);
  });
});

test('a budget for retries lets a pair recover that would stay stuck in its retries', () => {
  const storm = { seed: 1, pods: 1, cores: 2, threads: 32, workMs: 20, timeoutMs: 800, retries: 3, load: 0.7, spike: { factor: 5, lengthMs: 20_000 } };
  expect(byModel(storm)).toBe('stays stuck');
  expect(byModel(storm, { budget: 0.1 })).toBe('recovers');
});

test('back-off makes callers wait, not the called work more', () => {
  const at = (more: Partial<CallSpec>): number => {
    const { until, route, pull } = aShop({ 'example/front': program('service', 512, { default: [calls('back', { retries: plain(2), ...more })] }), 'example/back': program('service', 64, { default: [works(2)] }) }, {});
    pull('work-errors', 'default/back', 0.5);
    until(60_000);
    return route('front').detMs + route('front').spreadMs;
  };
  // Half of them pause once, a quarter twice: 0.5 × 200 + 0.25 × 400 in the mean, with full jitter.
  expect(at({ backoffMs: plain(400) }) - at({})).toBeCloseTo(200, -1);
});

describe('a queue', () => {
  const programs = (more: Partial<ProgramSpec>): Programs => ({ 'example/front': { ...program('service', 8, { default: [works(100)], report: [works(100)] }), ...more } });

  test('that is bounded turns away what a long one would make wait for ever', () => {
    const [short, long] = [programs({ queue: plain(10) }), programs({})].map((each) => {
      const shop = aShop(each, { ratePerS: 160 }, { front: 4 });
      shop.until(120_000);
      return shop.flow.layout.pods[0];
    });
    expect(short?.threads.backlog).toBeLessThanOrEqual(10);
    expect(short?.threads.backlogWaitMs).toBeLessThan(1_000);
    expect(long?.threads.backlogWaitMs).toBeGreaterThan(5_000);
  });

  test('sheds what can be done without, and serves the rest', () => {
    const { cluster, until, route } = aShop(programs({ sheds: ['report'] }), { ratePerS: 40 }, { front: 4 });
    until(30_000);
    const reports = route('front', 'report');
    const shedding = (): boolean => cluster.traffic.flow.layout.pods.some((pod) => pod.shedding);
    let shed = 0;
    for (let at = 31_000; at < 240_000; at += 1_000) {
      reports.nextRatePerS += 200;
      until(at);
      if (shedding()) shed++;
    }
    expect(shed).toBeGreaterThan(20);
    expect(route('front').refusedShare).toBeLessThan(0.05);
  });
});

test('a party with a limit answers the rest with 429', () => {
  const { until, flow, route, pull } = aShop({ 'example/front': program('service', 256, { default: [calls('external/maps')] }) }, {}, {}, { maps: { host: 'maps.example', latencyMs: 30, errors: 0, limitPerS: 80 } });
  until(60_000);
  expect(route('front').failShare).toBe(0);
  pull('external-quota', 'maps', -55);
  until(120_000);
  expect(flow.places.external('external/maps').refused).toBeCloseTo(0.5, 2);
  expect(route('front').failShare).toBeCloseTo(0.5, 2);
});

describe('what a cache holds ends', () => {
  const programs = (coalesced: boolean): Programs => ({
    'example/front': program('service', 512, { default: [{ do: 'cached', on: 'store', hit: 0.98, ms: 1, expiry: { ttlMs: 10_000, coalesced }, miss: [{ do: 'transaction', on: 'db', pool: plain(8), acquireTimeoutMs: plain(5_000), steps: [{ do: 'query', ms: 100, lock: null }] }] }] }),
    'example/store': program('cache', 256, {}),
    'example/db': program('database', 64, {}),
  });
  const hit = (coalesced: boolean): { readonly calm: number; readonly slow: number; readonly after: number } => {
    const { flow, until, pull } = aShop(programs(coalesced), { ratePerS: 700 }, { db: 8 });
    const now = (): number => {
      const [op] = flow.layout.variants.find(({ repository }) => repository === 'example/front')?.routes[0]?.ops ?? [];
      return op?.kind === 'cache' ? op.nowHit : Number.NaN;
    };
    until(60_000);
    const calm = now();
    const end = pull('query-factor', 'default/db', 12);
    until(120_000);
    const slow = now();
    end();
    until(180_000);
    return { calm, slow, after: now() };
  };

  test('and while a slow source answers, everybody asks it: a stampede', () => {
    const { calm, slow, after } = hit(false);
    expect(calm).toBeGreaterThan(0.9);
    expect(slow).toBeLessThan(0.75);
    expect(after).toBeGreaterThan(slow);
  });

  test('unless one asks for all', () => {
    const { calm, slow } = hit(true);
    expect(slow).toBeCloseTo(calm, 3);
  });
});

describe('a broker', () => {
  const programs: Programs = {
    'example/front': program('service', 256, { default: [works(1), calls('kafka', { route: 'orders' })] }),
    'example/kafka': program('service', 256, { orders: [works(0.5)] }),
    'example/mailer': { ...program('worker', 16, { handle: [works(20)] }), consumes: [{ from: 'kafka', topic: 'orders', route: 'handle', partitions: 6, retentionMs: 3_600_000, rebalanceMs: 6_000 }] },
  };

  test('holds nothing back while its consumers keep up', () => {
    const { until, topic } = aShop(programs, {});
    until(120_000);
    expect(topic().outPerS).toBeCloseTo(50, 0);
    expect(topic().lag).toBeLessThan(60);
  });

  test('lags while its consumers are gone, and catches up when they are back, after a rebalance', () => {
    const { cluster, until, topic } = aShop(programs, {});
    until(60_000);
    cluster.api.patch({ kind: 'Deployment', namespace: 'default', name: 'mailer' }, { type: 'merge', body: { spec: { replicas: 0 } } });
    until(180_000);
    expect(topic().lag).toBeGreaterThan(4_000);
    cluster.api.patch({ kind: 'Deployment', namespace: 'default', name: 'mailer' }, { type: 'merge', body: { spec: { replicas: 2 } } });
    until(300_000);
    expect(topic().lag).toBeLessThan(100);
  });

  test('lets the rest of the partitions go on where one message cannot be read', () => {
    const { until, topic, pull } = aShop(programs, {});
    until(60_000);
    const end = pull('poison', 'default/kafka/orders', 1);
    until(180_000);
    expect(topic().blockedLag).toBeGreaterThan(900);
    expect(topic().outPerS).toBeCloseTo((50 * 5) / 6, 0);
    end();
    until(300_000);
    expect(topic().blockedLag + topic().lag).toBeLessThan(100);
  });

  test('loses what nobody reads in time', () => {
    const { until, topic, pull } = aShop(programs, {});
    pull('poison', 'default/kafka/orders', 6);
    until(3_600_000 + 900_000);
    expect(topic().expired).toBeGreaterThan(30_000);
  });
});

test('a replica that lags behind fails who has to read what was just written, and nobody else', () => {
  const reads = (freshMs?: number): Step => ({ do: 'transaction', on: 'db', pool: plain(8), acquireTimeoutMs: plain(2_000), steps: [{ do: 'query', ms: 2, lock: null, ...(freshMs === undefined ? {} : { freshMs }) }] });
  const { until, route, cluster } = aShop({ 'example/front': program('service', 64, { default: [reads()], mine: [reads(5_000)] }), 'example/db': program('database', 64, {}) }, {});
  cluster.traffic.places.database('default/db').behindMs = 60_000;
  for (let at = 1_000; at < 60_000; at += 1_000) {
    cluster.traffic.places.route('default/front', 'mine').nextRatePerS += 5;
    until(at);
  }
  expect(route('front').failShare).toBe(0);
  expect(route('front', 'mine').failShare).toBe(1);
});

test('requests that take memory end a container that takes in too many of them', () => {
  const { until, cluster } = aShop({ 'example/front': { ...program('service', 400, { default: [works(50)] }), memory: { perRequestMiB: 2 } } }, { ratePerS: 300 }, { front: 2 });
  until(1_000);
  const withLimit = { spec: { template: { spec: { containers: [{ name: 'front', resources: { limits: { cpu: '2', memory: '512Mi' } } }] } } } };
  cluster.api.patch({ kind: 'Deployment', namespace: 'default', name: 'front' }, { type: 'strategic', body: withLimit });
  until(240_000);
  const killed = cluster.plane.store.list('Pod', 'default').some(({ status }) => status?.containerStatuses?.[0]?.lastState?.terminated?.reason === 'OOMKilled' || status?.containerStatuses?.[0]?.state?.terminated?.reason === 'OOMKilled');
  expect(killed).toBe(true);
});

test('load follows the day, and comes in bursts on the hour', () => {
  const load: LoadSpec = { service: 'default/front', route: 'default', ratePerS: 50, noise: 0, patienceMs: 1e9, retries: 0 };
  const hour = 3_600_000;
  const daily = { ...load, daily: { peakMs: 20 * hour, lowest: 0.2 } };
  expect([20, 8, 14, 2].map((at) => Math.round(shapeOf(daily, at * hour) * 100) / 100)).toEqual([1, 0.2, 0.6, 0.6]);
  const bursts = { ...load, bursts: { everyMs: hour, lengthMs: 120_000, factor: 6 } };
  expect([0, 119_000, 121_000, hour + 5_000].map((at) => shapeOf(bursts, at))).toEqual([6, 6, 1, 6]);
  const { until, route } = aShop({ 'example/front': program('service', 64, { default: [works(1)] }) }, { bursts: { everyMs: hour, lengthMs: 120_000, factor: 6 } });
  until(60_000);
  expect(route('front').ratePerS).toBeCloseTo(300, 0);
  until(240_000);
  expect(route('front').ratePerS).toBeCloseTo(50, 0);
});

describe('the objects of the cluster decide', () => {
  const programs: Programs = { 'example/front': program('service', 64, { default: [works(1), calls('back')] }), 'example/back': program('service', 64, { default: [works(1)] }) };

  test('a Service with internalTrafficPolicy Local is silent to callers on nodes without its pods', () => {
    const { cluster, until, route } = aShop(programs, {});
    until(60_000);
    cluster.api.patch({ kind: 'Service', namespace: 'default', name: 'back' }, { type: 'merge', body: { spec: { internalTrafficPolicy: 'Local' } } });
    cluster.api.patch({ kind: 'Deployment', namespace: 'default', name: 'back' }, { type: 'merge', body: { spec: { replicas: 1 } } });
    cluster.api.patch({ kind: 'Deployment', namespace: 'default', name: 'front' }, { type: 'merge', body: { spec: { replicas: 3 } } });
    until(180_000);
    expect(route('front').failShare).toBeGreaterThan(0.3);
    cluster.api.patch({ kind: 'Service', namespace: 'default', name: 'back' }, { type: 'merge', body: { spec: { internalTrafficPolicy: 'Cluster' } } });
    until(240_000);
    expect(route('front').failShare).toBeLessThan(0.001);
  });

  test('users who come through an Ingress get where it sends them', () => {
    const { cluster, until, route } = aShop(programs, { ingress: { host: 'shop.example', path: '/' } });
    until(60_000);
    expect(route('front').ratePerS).toBe(0);
    cluster.traffic.takeLevel('default/front');
    until(90_000);
    const { total, bad: lost } = cluster.traffic.takeLevel('default/front');
    expect(total).toBeGreaterThan(1_000);
    expect(lost).toBe(total);
    const path = (service: string) => ({ path: '/', pathType: 'Prefix' as const, backend: { service: { name: service, port: { number: 80 } } } });
    const ingress = (service: string) => ({ spec: { rules: [{ host: 'shop.example', http: { paths: [path(service)] } }] } });
    cluster.api.create({ apiVersion: 'networking.k8s.io/v1', kind: 'Ingress', metadata: { name: 'web', namespace: 'default' }, ...ingress('front') });
    until(120_000);
    expect(route('front').ratePerS).toBeCloseTo(50, 0);
    cluster.api.patch({ kind: 'Ingress', namespace: 'default', name: 'web' }, { type: 'merge', body: ingress('back') });
    until(150_000);
    expect(route('front').ratePerS).toBe(0);
    expect(route('back').ratePerS).toBeCloseTo(50, 0);
  });

  test('nobody finds a name while nobody is behind the address of the resolver', () => {
    const { cluster, until, route } = aShop(programs, {});
    until(60_000);
    cluster.api.create({ apiVersion: 'v1', kind: 'Service', metadata: { name: 'kube-dns', namespace: 'kube-system' }, spec: { selector: { 'k8s-app': 'kube-dns' }, ports: [{ port: 53, protocol: 'UDP' }] } });
    until(90_000);
    expect(route('front').failShare).toBe(1);
    cluster.api.delete({ kind: 'Service', namespace: 'kube-system', name: 'kube-dns' });
    until(150_000);
    expect(route('front').failShare).toBeLessThan(0.001);
  });
});

test('a certificate is good until its moment, and ends sooner for a node whose clock runs ahead', () => {
  const programs: Programs = { 'example/front': program('service', 64, { default: [works(1), calls('back')] }), 'example/back': { ...program('service', 64, { default: [works(1)] }), certificateUntilMs: 120_000 } };
  const { until, route, flow, pull } = aShop(programs, {});
  until(60_000);
  expect(route('front').failShare).toBe(0);
  const end = pull('clock-skew', flow.layout.pods.find(({ workload: of }) => of === 'front')?.node.name ?? '', 300_000);
  until(70_000);
  expect(route('front').failShare).toBeGreaterThan(0.4);
  end();
  until(110_000);
  expect(route('front').failShare).toBe(0);
  until(130_000);
  expect(route('front').failShare).toBe(1);
});
