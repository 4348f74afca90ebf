import { describe, expect, test } from 'vitest';
import type { Lever } from '../../../src/cluster/traffic/conditions.ts';
import type { PodFlow } from '../../../src/cluster/traffic/graph.ts';
import { aCalmDay, type Night } from '../../support/a-drill.ts';

/** Each lever in the web shop: what it does while it is pulled, and that nothing of it stays. */

const pull = (night: Night, lever: Lever, target: string, amount: number): (() => void) => night.drill.cluster.traffic.conditions.adjust(lever, target, amount);
const pods = (night: Night, workload: string): PodFlow[] => night.drill.cluster.traffic.flow.layout.pods.filter((pod) => pod.workloadKey === `shop/${workload}`);
const route = (night: Night, service: string, name: string): { readonly failShare: number; readonly meanMs: number } => {
  const { failShare, detMs, spreadMs } = night.drill.cluster.traffic.places.route(`shop/${service}`, name);
  return { failShare, meanMs: detMs + spreadMs };
};

test('a node whose cores somebody else takes serves its pods slower, and no others', () => {
  const night = aCalmDay().until('1m');
  const [first] = pods(night, 'catalog');
  const node = first?.node.name ?? '';
  const end = pull(night, 'node-cpu', node, 30);
  night.wait('1m');
  const here = night.drill.cluster.traffic.flow.layout.pods.filter((pod) => pod.node.name === node);
  const there = night.drill.cluster.traffic.flow.layout.pods.filter((pod) => pod.node.name !== node);
  for (const pod of here) expect(pod.pace, pod.name).toBeGreaterThan(5);
  for (const pod of there) expect(pod.pace, pod.name).toBe(1);
  end();
  night.wait('2m');
  for (const pod of here) expect(pod.pace, pod.name).toBe(1);
});

test('a leak ends in OOMKilled, 137, again and again; after its end the restarted container stays', () => {
  const night = aCalmDay().until('1m');
  const end = pull(night, 'heap-growth', 'shop/catalog', 200);
  night.wait('1m30s');
  expect(pods(night, 'catalog').some(({ wear }) => wear.leakedMiB > 100)).toBe(true);
  night.wait('4m');
  const status = night.drill.cluster.plane.store.list('Pod', 'shop').filter(({ metadata }) => metadata.labels?.['app'] === 'catalog').map(({ status: now }) => now?.containerStatuses?.[0]);
  for (const one of status) {
    expect(one?.restartCount).toBeGreaterThan(0);
    expect((one?.lastState?.terminated ?? one?.state?.terminated)?.reason).toBe('OOMKilled');
    expect((one?.lastState?.terminated ?? one?.state?.terminated)?.exitCode).toBe(137);
  }
  end();
  night.wait('10m');
  for (const { wear } of pods(night, 'catalog')) expect(wear.leakedMiB).toBeLessThan(400);
  expect(route(night, 'catalog', 'list').failShare).toBeLessThan(0.01);
});

test('a heap near its limit collects more than it works', () => {
  const night = aCalmDay().until('1m');
  const [pod] = pods(night, 'catalog');
  const { limitMiB, usedMiB } = (pod as PodFlow).wear;
  const end = pull(night, 'heap', 'shop/catalog', limitMiB * 0.985 - usedMiB);
  night.wait('1m');
  expect(pod?.wear.collecting).toBeGreaterThan(0.1);
  expect(pod?.pace).toBeGreaterThan(1.1);
  end();
  night.wait('1m');
  expect(pod?.pace).toBe(1);
});

test('who runs out of file descriptors fails until restarted, even when nothing leaks any more', () => {
  const night = aCalmDay().until('1m');
  const end = pull(night, 'file-leak', 'shop/cart', 500);
  night.wait('3m');
  expect(route(night, 'cart', 'view').failShare).toBeGreaterThan(0.9);
  end();
  night.wait('5m');
  expect(route(night, 'cart', 'view').failShare).toBeGreaterThan(0.9);
  night.types('kubectl -n shop rollout restart deploy/cart');
  night.wait('3m');
  expect(route(night, 'cart', 'view').failShare).toBeLessThan(0.01);
});

test('threads that a deadlock holds are gone until a restart', () => {
  const night = aCalmDay().until('1m');
  const end = pull(night, 'threads-stuck', 'shop/payments', 10);
  night.wait('3m');
  for (const { threads } of pods(night, 'payments')) expect(threads.places).toBeLessThan(30);
  end();
  night.types('kubectl -n shop rollout restart deploy/payments');
  night.wait('3m');
  for (const { threads } of pods(night, 'payments')) expect(threads.places).toBe(48);
});

describe.each<[Lever, string, number, string, string]>([
  ['work-errors', 'shop/catalog', 0.4, 'catalog', 'list'],
  ['way-loss', 'shop/cart→shop/postgres', 1, 'cart', 'view'],
  ['way-denied', 'shop/storefront→shop/catalog', 1, 'storefront', 'home'],
  ['dns-missing', 'shop/catalog', 1, 'storefront', 'home'],
  ['query-errors', 'shop/postgres', 0.6, 'cart', 'view'],
  ['disk-used', 'shop/postgres', 1, 'cart', 'view'],
])('%s at %s', (lever, target, amount, service, name) => {
  test('fails those who meet it, until it is gone', () => {
    const night = aCalmDay().until('1m');
    const before = route(night, service, name).failShare;
    const end = pull(night, lever, target, amount);
    night.wait('1m');
    expect(route(night, service, name).failShare).toBeGreaterThan(Math.min(0.35, amount * 0.9));
    end();
    night.wait('1m30s');
    expect(route(night, service, name).failShare).toBeCloseTo(before, 2);
  });
});

describe.each<[Lever, string, number, string, string, number]>([
  ['work-latency', 'shop/inventory', 250, 'inventory', 'stock', 200],
  ['cpu-factor', 'shop/search', 8, 'search', 'query', 100],
  ['cpu-limit', 'shop/search', 0.1, 'search', 'query', 50],
  ['query-factor', 'shop/postgres', 30, 'cart', 'view', 50],
  ['disk-latency', 'shop/postgres', 400, 'cart', 'view', 300],
  ['cache-hit', 'shop/redis', 0, 'catalog', 'list', 15],
  ['dns-latency', 'cluster', 4_000, 'storefront', 'cart', 300],
  ['zone-latency', 'eu-1a', 300, 'storefront', 'cart', 100],
  ['pauses', 'shop/search', 0.8, 'search', 'query', 50],
])('%s at %s', (lever, target, amount, service, name, moreMs) => {
  test('makes those slower who meet it, until it is gone', () => {
    const night = aCalmDay().until('1m');
    const before = route(night, service, name).meanMs;
    const end = pull(night, lever, target, amount);
    night.wait('1m30s');
    expect(route(night, service, name).meanMs).toBeGreaterThan(before + moreMs);
    end();
    night.wait('6m');
    expect(Math.abs(route(night, service, name).meanMs - before)).toBeLessThan(20 + before * 0.1);
  });
});

test('two zones that do not hear each other lose the calls between them, and those alone', () => {
  const night = aCalmDay().until('1m');
  const end = pull(night, 'zone-loss', 'eu-1a~eu-1b', 1);
  night.wait('1m');
  const failing = route(night, 'storefront', 'home').failShare;
  expect(failing).toBeGreaterThan(0.05);
  expect(failing).toBeLessThan(1);
  end();
  night.wait('3m');
  expect(route(night, 'storefront', 'home').failShare).toBeLessThan(0.01);
});

describe.each<[Lever, string, number, string, RegExp]>([
  ['dns-missing', 'shop/catalog', 1, 'storefront', /lookup catalog\.shop\.svc\.cluster\.local: no such host/],
  ['way-denied', 'shop/storefront→shop/catalog', 1, 'storefront', /403: RBAC: access denied/],
  ['disk-used', 'shop/postgres', 1, 'cart', /No space left on device/],
  ['file-leak', 'shop/cart', 700, 'cart', /too many open files/],
])('%s', (lever, target, amount, workload, words) => {
  test('is told by the logs of those who meet it', () => {
    const night = aCalmDay().until('1m');
    pull(night, lever, target, amount);
    night.wait('3m');
    const lines = night.drill.cluster.workloadLogs(`shop/${workload}`).map(({ text }) => text);
    expect(lines.filter((line) => words.test(line)).length).toBeGreaterThan(3);
  });
});
