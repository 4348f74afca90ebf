import { expect, test } from 'vitest';
import { aLabDay } from '../../support/fault-lab.ts';

test('an echo is lost, late or never answered where a connection would be', () => {
  const day = aLabDay().until('10s');
  const { cluster } = day.drill;
  const inside = (line: string): string => day.drill.command('responder-1', `kubectl -n shop exec deploy/storefront -- ${line}`).text.join('\n');
  const ip = cluster.api.list('Pod', 'shop').find(({ metadata }) => metadata.labels?.['app'] === 'cart')?.status?.podIP ?? '';
  expect(inside(`ping -c 10 ${ip}`)).toMatch(/10 packets transmitted, 10 packets received, 0% packet loss\nround-trip min\/avg\/max = 0\.300\//);
  cluster.beginFault('network-loss', 'shop/cart', { share: 0.5 });
  day.until('1m');
  expect(inside(`ping -c 10 ${ip}`)).toContain('10 packets transmitted, 5 packets received, 50% packet loss');
  expect(inside('ping -c 2 -W 1 10.244.9.99')).toContain('2 packets transmitted, 0 packets received, 100% packet loss');
});

test('a slow way shows in the round trip', () => {
  const day = aLabDay().until('10s');
  const ip = day.drill.cluster.api.list('Pod', 'shop').find(({ metadata }) => metadata.labels?.['app'] === 'cart')?.status?.podIP ?? '';
  day.drill.cluster.beginFault('network-latency', 'shop/cart', { latency: 400 });
  day.until('1m');
  expect(day.types(`kubectl -n shop exec deploy/storefront -- ping -c 3 ${ip}`).text.join('\n')).toMatch(/time=400\.3\d\d ms/);
});
