import { expect, test } from 'vitest';
import { resolverObjects } from '../../src/cluster/dns/resolver-objects.ts';
import { AMeasuredShop } from './a-measured-shop.ts';

test('the resolver counts its queries, their codes and times, in each of its pods', async () => {
  const shop = await AMeasuredShop.open();
  for (const object of resolverObjects()) shop.cluster.api.create(object as never);
  shop.wait('6m');
  const rate = (): Map<string, number> => shop.query('sum by (rcode) (rate(coredns_dns_responses_total[2m]))', 'rcode');
  const calm = rate();
  expect(calm.get('NOERROR')).toBeGreaterThan(5);
  expect(calm.get('SERVFAIL')).toBe(0);
  expect(shop.query('count by (job) (coredns_panics_total)', 'job').get('kube-dns')).toBe(2);
  shop.cluster.beginFault('dns-errors', 'cluster', { share: 1 });
  shop.wait('5m');
  expect(rate().get('SERVFAIL')).toBeGreaterThan(5);
  shop.cluster.api.patch({ kind: 'Deployment', namespace: 'kube-system', name: 'coredns' }, { type: 'merge', body: { spec: { replicas: 4 } } });
  shop.wait('5m');
  expect(rate().get('SERVFAIL')).toBeLessThan(2 * ((calm.get('NOERROR') ?? 0) + (calm.get('NXDOMAIN') ?? 0)));
  expect(shop.query('count by (job) (coredns_panics_total)', 'job').get('kube-dns')).toBe(4);
  shop.cluster.beginFault('dns-slow', 'cluster', { latency: 4_000 });
  shop.wait('6m');
  expect(shop.query('histogram_quantile(0.9, sum by (le) (rate(coredns_dns_request_duration_seconds_bucket[2m])))', 'le').get('')).toBeGreaterThan(1);
});
