import { expect, test } from 'vitest';
import { aLabDay } from '../support/fault-lab.ts';
import type { Night } from '../support/a-drill.ts';

function creating({ drill }: Night, app: string): number {
  return drill.cluster.plane.store.list('Pod', 'default').filter(({ metadata, status }) => metadata.labels?.['app'] === app && status?.containerStatuses?.[0]?.state?.waiting?.reason === 'ContainerCreating').length;
}

test('a node gives no more addresses than its range has, and gives one again when its pod is gone', () => {
  const day = aLabDay().until('10s');
  const { cluster } = day.drill;
  const end = cluster.beginFault('addresses-exhausted', 'worker-2', { bits: 26, leftovers: 70, namespace: 'default' });
  day.until('3m');
  const waiting = creating(day, 'checkout-soak');
  expect(waiting).toBeGreaterThan(0);
  const own = cluster.plane.store.list('Pod', 'default').filter(({ metadata, status }) => metadata.labels?.['app'] === 'checkout-soak' && status?.podIP !== undefined);
  expect(new Set(own.map(({ status }) => status?.podIP)).size).toBe(own.length);
  const event = cluster.plane.store.list('Event', 'default').find(({ reason }) => reason === 'FailedCreatePodSandBox');
  expect(event?.message).toMatch(/^Failed to create pod sandbox: rpc error: code = Unknown desc = failed to setup network for sandbox "[0-9a-f]{64}": plugin type="flannel" failed \(add\): failed to delegate add: failed to allocate for range 0: no IP addresses available in range set: 10\.244\.\d+\.1-10\.244\.\d+\.62$/);
  day.types(`kubectl -n default scale deploy/checkout-soak --replicas=${70 - waiting - 1}`);
  day.until('5m');
  expect(creating(day, 'checkout-soak')).toBe(0);
  end();
});
