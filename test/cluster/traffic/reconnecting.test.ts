import { describe, expect, test } from 'vitest';
import type { ConnectSpec, ProgramSpec, Step } from '../../../src/cluster/spec.ts';
import { node, plain, program, workload } from '../../oracle/a-random-shop.ts';
import { aClusterOf, advance } from '../../oracle/compare.ts';

/** A database that was restarted, and twenty pods that all want their twenty connections back at once. */

const MINUTE = 60_000;

function aShop({ timeoutMs = 5_000, pauseMs = 0 }: { readonly timeoutMs?: number; readonly pauseMs?: number } = {}) {
  const connect: ConnectSpec = { timeoutMs: plain(timeoutMs), pauseMs: { default: pauseMs, env: 'DB_CONNECT_BACKOFF' }, lifetimeMs: plain(1_800_000) };
  const reads: Step = { do: 'transaction', on: 'db', pool: { default: 20, env: 'DB_POOL' }, acquireTimeoutMs: plain(2_000), connect, steps: [{ do: 'query', ms: 4, lock: null }] };
  const programs: Record<string, ProgramSpec> = {
    'example/front': program('service', 128, { default: [{ do: 'cpu', ms: 2 }, reads] }),
    // A password is hashed many times for each new connection.
    'example/db': { ...program('database', 64, {}), startMs: 8_000, connectMs: 90 },
  };
  const { cluster, agenda } = aClusterOf({ name: 'pools', objects: [node(1), node(2), node(3), ...workload('front', 20, 2), ...workload('db', 1, 2)], traffic: { load: [{ service: 'default/front', route: 'default', ratePerS: 100, noise: 0, patienceMs: 30_000, retries: 0 }], programs, externals: {}, alerts: [] } });
  const database = cluster.traffic.places.database('default/db');
  return {
    cluster, database, until: (ms: number) => advance(agenda, ms),
    failing: () => cluster.traffic.places.route('default/front', 'default').failShare,
    cores: () => database.service.pods[0]?.cpuDemand ?? 0,
    restartDatabase: () => {
      for (const { metadata } of cluster.plane.store.list('Pod', 'default')) if (metadata.name.startsWith('db-')) cluster.api.delete({ kind: 'Pod', namespace: 'default', name: metadata.name });
    },
    env: (name: string, value: string) => cluster.api.patch({ kind: 'Deployment', namespace: 'default', name: 'front' }, { type: 'strategic', body: { spec: { template: { spec: { containers: [{ name: 'front', env: [{ name, value }] }] } } } } }),
    scale: (replicas: number) => cluster.api.patch({ kind: 'Deployment', namespace: 'default', name: 'front' }, { type: 'merge', body: { spec: { replicas } } }),
    load: (factor: number) => cluster.traffic.conditions.adjust('load', 'default/front', factor),
  };
}

test('a pod that was started a moment ago waits for its first connections, and fails nobody', () => {
  const shop = aShop();
  shop.until(2 * MINUTE);
  for (let at = 120_000; at < 240_000; at += 1_000) {
    if (at === 130_000) shop.scale(24);
    shop.until(at);
    expect(shop.failing()).toBeLessThan(0.001);
  }
  expect(shop.database.open).toBeCloseTo(480, 0);
});

test('in normal life all connections are there, and their renewal costs next to nothing', () => {
  const shop = aShop();
  shop.until(2 * MINUTE);
  expect(shop.database.open).toBe(400);
  expect(shop.failing()).toBe(0);
  expect(shop.cores()).toBeLessThan(0.5);
});

describe('after a restart of the database', () => {
  test('clients that wait long enough are back soon', () => {
    const shop = aShop({ timeoutMs: 60_000 });
    shop.until(2 * MINUTE);
    shop.restartDatabase();
    shop.until(5 * MINUTE);
    expect(shop.database.open).toBeCloseTo(400, 0);
    expect(shop.failing()).toBeLessThan(0.001);
  });

  test('impatient ones never get one: all are half done when all give up, and the database does nothing else', () => {
    const shop = aShop();
    shop.until(2 * MINUTE);
    shop.restartDatabase();
    shop.until(20 * MINUTE);
    expect(shop.database.open).toBeLessThan(20);
    expect(shop.failing()).toBeGreaterThan(0.9);
    expect(shop.cores()).toBeGreaterThan(1.8);
    // Without users it is the same: nobody waits for them to ask.
    const end = shop.load(0.01);
    shop.until(30 * MINUTE);
    expect(shop.database.open).toBeLessThan(20);
    end();
    // Nor does another restart help.
    shop.restartDatabase();
    shop.until(40 * MINUTE);
    expect(shop.failing()).toBeGreaterThan(0.9);
  });

  test.each([
    ['a pause with jitter before each further try', (shop: ReturnType<typeof aShop>) => void shop.env('DB_CONNECT_BACKOFF', '60s')],
    ['smaller pools', (shop: ReturnType<typeof aShop>) => void shop.env('DB_POOL', '5')],
  ])('they come back with %s', (_, cure) => {
    const shop = aShop();
    shop.until(2 * MINUTE);
    shop.restartDatabase();
    shop.until(10 * MINUTE);
    expect(shop.failing()).toBeGreaterThan(0.9);
    cure(shop);
    shop.until(25 * MINUTE);
    expect(shop.failing()).toBeLessThan(0.01);
  });

  test('they come back when they are let in a few at a time', () => {
    const shop = aShop();
    shop.until(2 * MINUTE);
    shop.restartDatabase();
    shop.until(10 * MINUTE);
    [4, 8, 12, 16, 20].forEach((replicas, nth) => {
      shop.scale(replicas);
      shop.until((12 + 2 * nth) * MINUTE);
    });
    expect(shop.database.open).toBeCloseTo(400, 0);
    expect(shop.failing()).toBeLessThan(0.01);
  });
});
