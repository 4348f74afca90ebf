import { expect, test } from 'vitest';
import type { ProgramSpec } from '../../../src/cluster/spec.ts';
import { node, plain, program, workload } from '../../oracle/a-random-shop.ts';
import { aClusterOf, advance } from '../../oracle/compare.ts';

/** A program that opens a connection for every call runs out of ports, at a rate that it would serve with ease. */

const MINUTE = 60_000;

function aShop(ratePerS: number) {
  const programs: Record<string, ProgramSpec> = {
    'example/front': program('service', 256, { default: [{ do: 'cpu', ms: 1 }, { do: 'call', call: { to: 'back', route: 'default', times: 1, timeoutMs: plain(1_000), retries: plain(0), keepAlive: { env: 'HTTP_KEEP_ALIVE', default: true }, onFailure: 'fail' } }] }),
    'example/back': program('service', 256, { default: [{ do: 'cpu', ms: 1 }] }),
  };
  const { cluster, agenda } = aClusterOf({ name: 'ports', objects: [node(1), node(2), ...workload('front', 2, 8), ...workload('back', 2, 8)], traffic: { load: [{ service: 'default/front', route: 'default', ratePerS, noise: 0, patienceMs: 30_000, retries: 0 }], programs, externals: {}, alerts: [] } });
  return {
    cluster, until: (ms: number) => advance(agenda, ms),
    failing: () => cluster.traffic.places.route('default/front', 'default').failShare,
    front: (body: object) => void cluster.api.patch({ kind: 'Deployment', namespace: 'default', name: 'front' }, { type: 'strategic', body: { spec: body } }),
    keep: (value: string) => void cluster.api.patch({ kind: 'Deployment', namespace: 'default', name: 'front' }, { type: 'strategic', body: { spec: { template: { spec: { containers: [{ name: 'front', env: [{ name: 'HTTP_KEEP_ALIVE', value }] }] } } } } }),
    taken: () => cluster.traffic.flow.layout.pods.filter(({ workload: of }) => of === 'front').map((pod) => cluster.traffic.flow.ports.takenIn(pod)),
  };
}

test('the table fills for a minute, then a share of the calls finds no port; keeping connections cures it, a restart does not', () => {
  const shop = aShop(1_400);
  shop.until(2 * MINUTE);
  expect(shop.failing()).toBe(0);
  expect(shop.taken()).toEqual([0, 0]);
  shop.keep('off');
  shop.until(2 * MINUTE + 30_000);
  expect(shop.failing()).toBe(0);
  shop.until(6 * MINUTE);
  // 700 calls a second and pod for 60 s want 42,000 ports of 28,232.
  expect(shop.failing()).toBeCloseTo(1 - 28_232 / 42_000, 1);
  expect(shop.taken()[0]).toBe(28_232);
  for (const { metadata } of shop.cluster.plane.store.list('Pod', 'default')) if (metadata.name.startsWith('front')) shop.cluster.api.delete({ kind: 'Pod', namespace: 'default', name: metadata.name });
  shop.until(10 * MINUTE);
  expect(shop.failing()).toBeGreaterThan(0.2);
  const pod = shop.cluster.plane.store.list('Pod', 'default').find(({ metadata }) => metadata.name.startsWith('front'));
  expect(shop.cluster.podLogs('default', pod?.metadata.name ?? '').map(({ text }) => text).join('\n')).toContain('cannot assign requested address');
  shop.keep('on');
  shop.until(13 * MINUTE);
  expect(shop.failing()).toBe(0);
});

test.each([['more pods', { replicas: 4 }], ['a wider range', { template: { spec: { securityContext: { sysctls: [{ name: 'net.ipv4.ip_local_port_range', value: '10000 65535' }] } } } }]])('%s relieve it', (_, body) => {
  const shop = aShop(1_400);
  shop.keep('off');
  shop.until(1_000);
  shop.keep('off');
  shop.until(5 * MINUTE);
  expect(shop.failing()).toBeGreaterThan(0.2);
  shop.front(body);
  shop.until(9 * MINUTE);
  expect(shop.failing()).toBeLessThan(0.001);
});
