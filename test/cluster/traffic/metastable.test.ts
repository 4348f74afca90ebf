import { expect, test } from 'vitest';
import type { ProgramSpec, Step } from '../../../src/cluster/spec.ts';
import { node, plain, program, workload } from '../../oracle/a-random-shop.ts';
import { aClusterOf, advance } from '../../oracle/compare.ts';

/** Failures that stay by themselves: the trigger is gone, and only somebody who takes load away ends them. */

function aPair(programs: Readonly<Record<string, ProgramSpec>>, ratePerS: number, cores: Readonly<Record<string, number>>) {
  const names = Object.keys(programs).map((image) => image.slice('example/'.length));
  const { cluster, agenda } = aClusterOf({
    name: 'pair', objects: [node(1), node(2), node(3), ...names.flatMap((name) => workload(name, 1, cores[name] ?? 8))],
    traffic: { load: [{ service: 'default/front', route: 'default', ratePerS, noise: 0, patienceMs: 1e9, retries: 0 }], programs, externals: {}, alerts: [] },
  });
  return {
    until: (ms: number) => advance(agenda, ms),
    pull: cluster.traffic.conditions.adjust.bind(cluster.traffic.conditions),
    failing: () => cluster.traffic.places.route('default/front', 'default').failShare,
    pod: (name: string) => cluster.traffic.flow.layout.pods.find(({ workload: of }) => of === name),
  };
}

const calls = (to: string, timeoutMs: number, retries: number): Step => ({ do: 'call', call: { to, route: 'default', times: 1, timeoutMs: plain(timeoutMs), retries: plain(retries), onFailure: 'fail' } });

test('a storm of retries goes on after the spike, until load is taken away for a while', () => {
  const pair = aPair({ 'example/front': program('service', 4_096, { default: [calls('back', 800, 3)] }), 'example/back': program('service', 32, { default: [{ do: 'cpu', ms: 20 }] }) }, 70, { back: 2 });
  pair.until(60_000);
  expect(pair.failing()).toBeLessThan(0.01);
  const end = pair.pull('load', 'default/front', 5);
  pair.until(80_000);
  end();
  pair.until(380_000);
  expect(pair.failing()).toBeGreaterThan(0.9);
  const spare = pair.pull('load', 'default/front', 0.05);
  pair.until(420_000);
  spare();
  pair.until(480_000);
  expect(pair.failing()).toBeLessThan(0.01);
});

test('a cache that is empty stays so where its source is too slow to answer in time', () => {
  const front: Step[] = [{ do: 'cached', on: 'store', hit: 0.97, ms: 1, miss: [calls('back', 600, 1)] }];
  const pair = aPair(
    { 'example/front': program('service', 4_096, { default: front }), 'example/store': { ...program('cache', 256, {}), cold: { factor: 1, requests: 5_000 } }, 'example/back': program('service', 64, { default: [{ do: 'cpu', ms: 20 }] }) },
    900, { back: 4 },
  );
  pair.until(60_000);
  expect(pair.failing()).toBeLessThan(0.01);
  pair.pull('cache-loss', 'default/store', 1)();
  pair.until(660_000);
  expect(pair.failing()).toBeGreaterThan(0.5);
  const spare = pair.pull('load', 'default/front', 0.1);
  pair.until(960_000);
  spare();
  pair.until(1_100_000);
  expect(pair.failing()).toBeLessThan(0.05);
});

test('a full heap collects so much that it never empties', () => {
  const pair = aPair(
    { 'example/front': program('service', 4_096, { default: [calls('back', 2_000, 0)] }), 'example/back': { ...program('service', 200, { default: [{ do: 'cpu', ms: 20 }] }), memory: { perRequestMiB: 2, heapMiB: 1_530 } } },
    160, { back: 4 },
  );
  pair.until(60_000);
  expect(pair.failing()).toBeLessThan(0.01);
  const end = pair.pull('load', 'default/front', 4);
  pair.until(90_000);
  end();
  pair.until(600_000);
  expect(pair.pod('back')?.wear.collecting).toBeGreaterThan(0.3);
  expect(pair.failing()).toBeGreaterThan(0.9);
  const spare = pair.pull('load', 'default/front', 0.1);
  pair.until(900_000);
  spare();
  pair.until(960_000);
  expect(pair.failing()).toBeLessThan(0.01);
});
