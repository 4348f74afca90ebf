import { describe, expect, test } from 'vitest';
import type { ProgramSpec } from '../../../src/cluster/spec.ts';
import { throttledByChance } from '../../../src/cluster/traffic/quota.ts';
import { Meters } from '../../../src/cluster/signals/meters/meters.ts';
import { Die } from '../../../src/time/dice.ts';
import { ln } from '../../../src/time/exact-math.ts';
import { node, program, workload } from '../../oracle/a-random-shop.ts';
import { aClusterOf, advance } from '../../oracle/compare.ts';

/** A runtime that believes in all the cores of its node, in a container with a limit of two: slow now and then, at a quarter of its limit. */

const MINUTE = 60_000;

function aShop(cores: number) {
  const programs: Record<string, ProgramSpec> = { 'example/front': program('service', 64, { default: [{ do: 'cpu', ms: 10 }, { do: 'cpu', ms: 150, threads: { default: 16, env: 'GOMAXPROCS' } }] }) };
  const { cluster, agenda } = aClusterOf({ name: 'quota', objects: [node(1), node(2), ...workload('front', 2, cores)], traffic: { load: [{ service: 'default/front', route: 'default', ratePerS: 6, noise: 0, patienceMs: 30_000, retries: 0 }], programs, externals: {}, alerts: [] } });
  const meters = new Meters(cluster.traffic.flow);
  cluster.traffic.onTick = (tickMs, atMs) => meters.tick(tickMs, atMs);
  const pods = () => cluster.traffic.flow.layout.pods;
  return {
    until: (ms: number) => advance(agenda, ms),
    patch: (container: object) => void cluster.api.patch({ kind: 'Deployment', namespace: 'default', name: 'front' }, { type: 'strategic', body: { spec: { template: { spec: { containers: [{ name: 'front', ...container }] } } } } }),
    used: () => pods().reduce((sum, pod) => sum + pod.cpuDemand / pod.cores, 0) / pods().length,
    quantile: (share: number) => {
      const took = Array.from({ length: 2_000 }, () => cluster.inspector.request(cluster.traffic.places.route('default/front', 'default'))).toSorted((one, other) => one - other);
      return took[Math.floor(share * took.length)] ?? 0;
    },
    throttled: () => {
      let [periods, throttled] = [0, 0];
      for (const pod of meters.pods.values()) {
        const cpu = pod.cpu(0);
        periods += cpu.periods;
        throttled += cpu.throttledPeriods;
      }
      return throttled / periods;
    },
  };
}

test('the slowest requests wait for the next period, though the mean is far below the limit', () => {
  const shop = aShop(2);
  shop.until(3 * MINUTE);
  expect(shop.used()).toBeLessThan(0.3);
  expect(shop.quantile(0.3)).toBeLessThan(40);
  expect(shop.quantile(0.97)).toBeGreaterThan(80);
  expect(shop.throttled()).toBeGreaterThan(0.02);
  expect(shop.throttled()).toBeLessThan(0.3);
});

test.each([['a higher limit', { resources: { limits: { cpu: '16' } } }], ['as many threads as the limit grants', { env: [{ name: 'GOMAXPROCS', value: '2' }] }]])('%s cures it', (_, container) => {
  const shop = aShop(2);
  shop.until(2 * MINUTE);
  shop.patch(container);
  shop.until(5 * MINUTE);
  const before = aShop(2);
  before.until(5 * MINUTE);
  expect(shop.throttled()).toBeLessThan(before.throttled() / 2);
});

test('without a limit there is nothing to throttle', () => {
  const shop = aShop(2);
  shop.patch({ resources: { limits: null } });
  shop.until(1_000);
  shop.patch({ resources: { limits: null } });
  shop.until(4 * MINUTE);
  expect(shop.throttled()).toBe(0);
});

describe('periods that are throttled by chance', () => {
  test.each([[0.3, 9, 50], [0.5, 9, 100], [0.5, 30, 100], [0.7, 9, 100], [0.8, 20, 200]])('at load %d, pieces of %d ms, a quota of %d ms: as many as in a count of single periods', (load, pieceMs, quotaMs) => {
    const die = new Die(7, 'periods');
    const rate = (load * quotaMs) / pieceMs;
    let over = 0;
    const periods = 40_000;
    for (let nth = 0; nth < periods; nth++) {
      let sum = 0;
      for (let left = rate + ln(1 - die.fraction()); left > 0; left += ln(1 - die.fraction())) sum += pieceMs * (0.41 - 0.59 * ln(1 - die.fraction()));
      if (sum > quotaMs) over++;
    }
    expect(throttledByChance(load, pieceMs, quotaMs)).toBeCloseTo(over / periods, 1.5);
  });
});
