import { expect, test } from 'vitest';
import type { Night } from '../../support/a-drill.ts';
import { aLabDay } from '../../support/fault-lab.ts';

/** A database whose workers share more memory than its container gets unasked. */

function failing(day: Night): number {
  return day.drill.cluster.metrics.recent('http.errors', 'shop/cart', 1)[0] ?? 0;
}

function mounting(sizeLimit: string): string {
  return `kubectl -n shop patch statefulset postgres -p '{"spec":{"template":{"spec":{"volumes":[{"name":"shm","emptyDir":{"medium":"Memory","sizeLimit":"${sizeLimit}"}}],"containers":[{"name":"postgres","volumeMounts":[{"name":"shm","mountPath":"/dev/shm"}]}]}}}}'`;
}

test.each([['128Mi', true], ['512Mi', false]])('%s at /dev/shm: still too little: %s', (size, fails) => {
  const day = aLabDay().until('10s');
  day.drill.cluster.beginFault('shared-memory-full', 'shop/postgres', {});
  day.until('2m');
  expect(failing(day)).toBeGreaterThan(0.1);
  day.types(mounting(size));
  day.until('12m');
  expect(failing(day) > 0.1).toBe(fails);
});

test('workers that do not share need none of it', () => {
  const day = aLabDay().until('10s');
  day.drill.cluster.beginFault('shared-memory-full', 'shop/postgres', {});
  day.until('2m');
  const { settings } = day.drill.cluster.data.postgres('shop/postgres');
  settings.write('max_parallel_workers_per_gather', '0');
  settings.reload();
  day.until('4m');
  expect(failing(day)).toBeLessThan(0.02);
});
