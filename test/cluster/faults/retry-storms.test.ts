import { expect, test } from 'vitest';
import type { Night } from '../../support/a-drill.ts';
import { aLabDay } from '../../support/fault-lab.ts';

/** A storm that a short spike starts and retries keep: it passes when load is taken away, and by nothing else. */

const STORM = { users: 'pricing', load: 8, lasts: 90_000, capacity: 0.12, retries: 10, timeout: 300 };

function latest(day: Night, metric: 'http.errors' | 'http.rate', service: string): number {
  return day.drill.cluster.metrics.recent(metric, `shop/${service}`, 1)[0] ?? 0;
}

function stormy(): Night {
  const day = aLabDay().until('10s');
  day.drill.cluster.beginFault('retry-storm', 'shop/tariffs', STORM);
  return day.until('5m');
}

test('the spike is over, and it stays: what comes are retries', () => {
  const day = stormy();
  expect(latest(day, 'http.errors', 'pricing')).toBeGreaterThan(0.9);
  expect(latest(day, 'http.rate', 'pricing')).toBeLessThan(35);
  expect(latest(day, 'http.rate', 'tariffs')).toBeGreaterThan(150);
  expect(day.drill.cluster.changes.entries.map(({ what }) => what)).toContain('deployment/pricing: TARIFFS_RETRIES=10 TARIFFS_TIMEOUT=300ms, deployment/tariffs: right-sized to 60m');
});

test.each([
  ['no retries', 'kubectl -n shop set env deploy/pricing TARIFFS_RETRIES=0'],
  ['a budget for retries', 'kubectl -n shop set env deploy/pricing TARIFFS_RETRY_BUDGET=0.1'],
  ['the room that it had', 'kubectl -n shop set resources deploy/tariffs --limits=cpu=500m,memory=256Mi'],
])('%s ends it', (_, line) => {
  const day = stormy();
  day.drill.command('responder-1', line);
  day.until('10m');
  expect(latest(day, 'http.errors', 'pricing')).toBeLessThan(0.05);
});

test.each([
  ['a restart of whoever is overloaded', 'kubectl -n shop rollout restart deploy/tariffs'],
  ['a restart of whoever calls', 'kubectl -n shop rollout restart deploy/pricing'],
  ['more of whoever calls', 'kubectl -n shop scale deploy/pricing --replicas=5'],
])('%s does not', (_, line) => {
  const day = stormy();
  day.drill.command('responder-1', line);
  day.until('10m');
  expect(latest(day, 'http.errors', 'pricing')).toBeGreaterThan(0.9);
});
