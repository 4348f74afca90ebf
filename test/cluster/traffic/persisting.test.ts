import { describe, expect, test } from 'vitest';
import type { ProgramSpec, Step } from '../../../src/cluster/spec.ts';
import { node, plain, program, workload } from '../../oracle/a-random-shop.ts';
import { aClusterOf, advance } from '../../oracle/compare.ts';

/** Further failures that outlive what began them: each with the hand that ends it, and one that is tempting and does not. */

const MINUTE = 60_000;

function aShop(programs: Readonly<Record<string, ProgramSpec>>, ratePerS: number, cores: Readonly<Record<string, number>>, load: { readonly patienceMs?: number; readonly retries?: number } = {}) {
  const names = Object.keys(programs).map((image) => image.slice('example/'.length));
  const { cluster, agenda } = aClusterOf({
    name: 'shop', objects: [node(1), node(2), node(3), ...names.flatMap((name) => workload(name, 1, cores[name] ?? 8))],
    traffic: { load: [{ service: 'default/front', route: 'default', ratePerS, noise: 0, patienceMs: 1e9, retries: 0, ...load }], programs, externals: {}, alerts: [] },
  });
  return {
    cluster, until: (ms: number) => advance(agenda, ms), pull: cluster.traffic.conditions.adjust.bind(cluster.traffic.conditions),
    failing: () => cluster.traffic.places.route('default/front', 'default').failShare,
    env: (name: string, variable: string, value: string) => void cluster.api.patch({ kind: 'Deployment', namespace: 'default', name }, { type: 'strategic', body: { spec: { template: { spec: { containers: [{ name, env: [{ name: variable, value }] }] } } } } }),
    scale: (name: string, replicas: number) => void cluster.api.patch({ kind: 'Deployment', namespace: 'default', name }, { type: 'merge', body: { spec: { replicas } } }),
    restart: (name: string) => { for (const { metadata } of cluster.plane.store.list('Pod', 'default')) if (metadata.name.startsWith(`${name}-`)) cluster.api.delete({ kind: 'Pod', namespace: 'default', name: metadata.name }); },
    spike: (factor: number, fromMs: number, lengthMs: number) => {
      advance(agenda, fromMs);
      const end = cluster.traffic.conditions.adjust('load', 'default/front', factor);
      advance(agenda, fromMs + lengthMs);
      end();
    },
  };
}

const calls = (to: string, timeoutMs: number, retries: number): Step => ({ do: 'call', call: { to, route: 'default', times: 1, timeoutMs: plain(timeoutMs), retries: { default: retries, env: 'RETRIES' }, onFailure: 'fail' } });

describe('a queue that is longer than its callers wait', () => {
  // Every answer comes too late, so every caller asks again: the queue never gets short enough.
  const programs = (): Record<string, ProgramSpec> => ({
    'example/front': program('service', 4_096, { default: [calls('back', 1_000, 2)] }),
    'example/back': { ...program('service', 16, { default: [{ do: 'cpu', ms: 10 }] }), queue: { default: 2_000, env: 'QUEUE' } },
  });

  test('stays full after the spike', () => {
    const shop = aShop(programs(), 140, { back: 2 });
    shop.until(MINUTE);
    expect(shop.failing()).toBeLessThan(0.01);
    shop.spike(4, 60_000, 30_000);
    shop.until(10 * MINUTE);
    expect(shop.failing()).toBeGreaterThan(0.9);
    expect(shop.cluster.traffic.flow.layout.pods.find(({ workload: of }) => of === 'back')?.threads.backlog).toBeGreaterThan(1_000);
  });

  test.each([
    ['a short queue', (shop: ReturnType<typeof aShop>) => shop.env('back', 'QUEUE', '20')],
    ['no second tries', (shop: ReturnType<typeof aShop>) => shop.env('front', 'RETRIES', '0')],
    ['more pods', (shop: ReturnType<typeof aShop>) => shop.scale('back', 4)],
  ])('%s ends it', (_, cure) => {
    const shop = aShop(programs(), 140, { back: 2 });
    shop.spike(4, 60_000, 30_000);
    shop.until(5 * MINUTE);
    expect(shop.failing()).toBeGreaterThan(0.9);
    cure(shop);
    shop.until(12 * MINUTE);
    expect(shop.failing()).toBeLessThan(0.02);
  });
});

test('the same queue ends by itself where the newest are served first: some are always answered in time', () => {
  const programs = (order: 'fifo' | 'lifo'): Record<string, ProgramSpec> => ({
    'example/front': program('service', 4_096, { default: [calls('back', 1_000, 1)] }),
    'example/back': { ...program('service', 16, { default: [{ do: 'cpu', ms: 10 }] }), queue: plain(2_000), order },
  });
  const [inOrder, newestFirst] = (['fifo', 'lifo'] as const).map((order) => {
    const shop = aShop(programs(order), 150, { back: 2 });
    shop.spike(3, 60_000, 60_000);
    const spiked = shop.failing();
    shop.until(6 * MINUTE);
    return { spiked, after: shop.failing() };
  });
  expect(inOrder?.spiked).toBeGreaterThan(0.95);
  expect(inOrder?.after).toBeGreaterThan(0.9);
  expect(newestFirst?.spiked).toBeLessThan(0.9);
  expect(newestFirst?.after).toBeLessThan(0.02);
});

describe('a pool whose waiters give up and come back', () => {
  // Each request holds its connection while it works; who waited in vain is tried again by a caller that is in a hurry.
  const programs = (): Record<string, ProgramSpec> => ({
    'example/front': program('service', 4_096, { default: [calls('orders', 1_500, 3)] }),
    'example/orders': program('service', 600, { default: [{ do: 'cpu', ms: 2 }, { do: 'transaction', on: 'db', pool: { default: 12, env: 'DB_POOL' }, acquireTimeoutMs: plain(30_000), steps: [{ do: 'query', ms: 40, lock: null }, { do: 'query', ms: 10, lock: null }] }] }),
    'example/db': program('database', 64, {}),
  });

  test.each([
    ['less load for a while', (shop: ReturnType<typeof aShop>) => {
      const spare = shop.pull('load', 'default/front', 0.2);
      shop.until(16 * MINUTE);
      spare();
    }],
    ['a restart, which forgets who waited', (shop: ReturnType<typeof aShop>) => shop.restart('orders')],
    ['a pool for all that is tried', (shop: ReturnType<typeof aShop>) => shop.env('orders', 'DB_POOL', '48')],
    ['no second tries', (shop: ReturnType<typeof aShop>) => shop.env('front', 'RETRIES', '0')],
  ])('stays exhausted after slow statements are fast again, until %s', (_, cure) => {
    const shop = aShop(programs(), 130, { db: 8, orders: 4 });
    shop.until(MINUTE);
    expect(shop.failing()).toBeLessThan(0.01);
    const end = shop.pull('query-factor', 'default/db', 4);
    shop.until(2 * MINUTE);
    end();
    shop.until(12 * MINUTE);
    expect(shop.failing()).toBeGreaterThan(0.9);
    // More memory, more pods of the caller, more cores of the database: nobody lacks them.
    shop.scale('front', 2);
    shop.until(14 * MINUTE);
    expect(shop.failing()).toBeGreaterThan(0.9);
    cure(shop);
    shop.until(22 * MINUTE);
    expect(shop.failing()).toBeLessThan(0.02);
  });
});

describe('a cache whose source is too slow to fill it', () => {
  const programs = (coalesced: boolean): Record<string, ProgramSpec> => ({
    'example/front': program('service', 2_048, { default: [{ do: 'cached', on: 'store', hit: 0.96, ms: 1, expiry: { ttlMs: 60_000, coalesced }, miss: [calls('back', 900, 1)] }] }),
    'example/store': { ...program('cache', 256, {}), cold: { factor: 1, requests: 20_000 } },
    'example/back': program('service', 128, { default: [{ do: 'cpu', ms: 25 }] }),
  });

  test('a restart of the cache is a stampede that does not end by itself; more room at the source ends it', () => {
    const shop = aShop(programs(false), 800, { back: 4 });
    shop.until(MINUTE);
    expect(shop.failing()).toBeLessThan(0.01);
    shop.restart('store');
    shop.until(15 * MINUTE);
    expect(shop.failing()).toBeGreaterThan(0.3);
    // Another restart of the cache makes nothing better.
    shop.restart('store');
    shop.until(25 * MINUTE);
    expect(shop.failing()).toBeGreaterThan(0.3);
    shop.scale('back', 8);
    shop.until(40 * MINUTE);
    expect(shop.failing()).toBeLessThan(0.02);
    // Once it is warm, the room is needed no more.
    shop.scale('back', 1);
    shop.until(50 * MINUTE);
    expect(shop.failing()).toBeLessThan(0.02);
  });
});
