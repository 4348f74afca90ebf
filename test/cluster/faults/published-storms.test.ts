import { expect, test } from 'vitest';
import { parityRows } from '../../../src/cluster/faults/parity.ts';
import { parseDurationMs } from '../../../src/time/sim-time.ts';
import { aLabDay } from '../../support/fault-lab.ts';

/** The retry storms of another catalogue: a trigger of seconds, and what is left when it is long over. */
const storms = parityRows().filter(({ name, source }) => source === 'SREGym' && /retry_(?:storm|collapse)$/.test(name)).flatMap(({ name, uses }) => uses.map((use) => ({ name, use })));

test('there are three', () => expect(storms).toHaveLength(3));

test.each(storms)('$name goes on by itself', ({ use }) => {
  const { kind, timeout, lasts, ...settings } = use;
  const day = aLabDay().until('10s');
  day.drill.cluster.beginFault(kind, 'shop/tariffs', { ...settings, users: 'pricing', timeout: parseDurationMs(String(timeout)) ?? 0, lasts: parseDurationMs(String(lasts)) ?? 0 });
  day.until('6m');
  const { metrics } = day.drill.cluster;
  expect(metrics.latest('http.errors', 'shop/pricing')).toBeGreaterThan(0.5);
  expect(metrics.latest('http.rate', 'shop/tariffs')).toBeGreaterThan(2 * metrics.latest('http.rate', 'shop/pricing'));
});
