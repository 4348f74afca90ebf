import { expect, test } from 'vitest';
import type { Night } from '../../support/a-drill.ts';
import { aLabDay } from '../../support/fault-lab.ts';

/** What is somebody else's to mend stays; what a page says that helps meanwhile really does. */

function latest(day: Night, metric: 'http.errors' | 'http.p95' | 'call.ms', subject: string): number {
  return day.drill.cluster.metrics.recent(metric, subject, 1)[0] ?? 0;
}

test.each([
  ['to do without it', 'kubectl -n shop patch configmap shop-flags -p \'{"data":{"ADDRESS_CHECK":"off"}}\'', 1_000],
  ['to wait less for it', 'kubectl -n shop set env deploy/checkout ADDRESS_CHECK_TIMEOUT=1s', 2_500],
])('a party that hangs: it helps %s', (_, line, withinMs) => {
  const day = aLabDay().until('10s');
  day.drill.cluster.beginFault('external-latency', 'external/address-check', { latency: 30_000 });
  day.until('3m');
  expect(latest(day, 'http.p95', 'shop/checkout')).toBeGreaterThan(15_000);
  day.types(line);
  day.until('7m');
  expect(latest(day, 'http.p95', 'shop/checkout')).toBeLessThan(withinMs);
});

test('three times the users: more pods take most of what was turned away', () => {
  const day = aLabDay().until('10s');
  day.drill.cluster.beginFault('load-spike', 'shop/storefront', { factor: 3 });
  day.until('3m');
  const before = latest(day, 'http.errors', 'shop/storefront');
  expect(before).toBeGreaterThan(0.5);
  day.types('kubectl -n shop scale deploy/storefront --replicas=8');
  day.until('7m');
  expect(latest(day, 'http.errors', 'shop/storefront')).toBeLessThan(before / 2);
});

test('a leak: a restart buys minutes, and no more', () => {
  const day = aLabDay().until('10s');
  day.drill.cluster.beginFault('file-descriptors-leak', 'deployment/shop/pricing', { perMinute: 400 });
  day.until('5m');
  expect(latest(day, 'http.errors', 'shop/pricing')).toBeGreaterThan(0.3);
  const inside = (line: string): string => day.types(`kubectl -n shop exec deploy/pricing -- sh -c '${line}'`).text.join('\n');
  expect(inside('ls /proc/1/fd | wc -l')).toBe('1024');
  expect(inside('ulimit -n')).toBe('1024');
  expect(inside('grep "open files" /proc/1/limits')).toMatch(/^Max open files +1024 +524288 +files/);
  day.types('kubectl -n shop rollout restart deploy/pricing');
  day.until('6m30s');
  expect(Number(inside('ls /proc/1/fd | wc -l'))).toBeLessThan(1024);
  expect(latest(day, 'http.errors', 'shop/pricing')).toBeLessThan(0.05);
  day.until('10m');
  expect(latest(day, 'http.errors', 'shop/pricing')).toBeGreaterThan(0.3);
});
