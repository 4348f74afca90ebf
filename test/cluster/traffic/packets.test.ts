import { describe, expect, test } from 'vitest';
import { corruption, narrowWay } from '../../../src/cluster/traffic/packets.ts';
import { onNode } from '../../support/a-node-shell.ts';
import { aLabDay } from '../../support/fault-lab.ts';

describe('damaged packets', () => {
  test('cost little while they are few, and calls when they are many', () => {
    expect(corruption(0)).toEqual({ ms: 0, loss: 0 });
    expect(corruption(0.01).ms).toBeCloseTo(6 * (0.01 * 200 + 0.0001 * 400 + 0.000_001 * 800), 9);
    expect(corruption(0.01).loss).toBeLessThan(1e-6);
    expect(corruption(0.3).ms).toBeGreaterThan(500);
    expect(corruption(0.3).loss).toBeCloseTo(1 - (1 - 0.3 ** 4) ** 6, 9);
    expect(corruption(1).loss).toBe(1);
  });

  test('are counted by the kernels of the nodes where they arrive', () => {
    const day = aLabDay().until('10s');
    const before = onNode(day.drill.cluster, 'worker-1', 'netstat -s | grep InCsum');
    day.until('1m');
    expect(before().trim()).toBe('InCsumErrors: 0');
    day.drill.cluster.beginFault('network-corruption', 'shop/storefront', { share: 0.1 });
    const after = onNode(day.drill.cluster, 'worker-1', 'netstat -s | grep InCsum');
    day.until('2m');
    expect(Number(/\d+/.exec(after())?.[0])).toBeGreaterThan(10_000);
  });
});

describe('a narrow way', () => {
  test('is quick while little is sent, slow when it is busy, and loses what does not fit', () => {
    expect(narrowWay(1_000, 16, 1)).toMatchObject({ loss: 0 });
    expect(narrowWay(1_000, 16, 1).ms).toBeCloseTo(16.13, 2);
    expect(narrowWay(1_000, 16, 50).ms).toBeGreaterThan(40);
    expect(narrowWay(1_000, 16, 125)).toEqual({ ms: 416, loss: 0.5 });
    expect(narrowWay(1_000, 160, 1).ms).toBeGreaterThan(160);
  });
});
