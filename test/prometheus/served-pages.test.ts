import { expect, test } from 'vitest';
import { countFor } from '../../src/prometheus/served-pages.ts';
import { aShop, runUntil } from './a-measured-shop.ts';

test('pods of a cluster that nobody scrapes say what they counted, and what runs in them', async () => {
  const { agenda, cluster } = await aShop();
  const pages = countFor(cluster);
  runUntil(agenda, 60_000);
  const pageOf = (workload: string): string => pages.pod(cluster.plane.store.list('Pod', 'shop').find(({ metadata }) => metadata.name.startsWith(workload))?.metadata.uid ?? '') ?? '';
  expect(Number(/http_requests_total\{handler="\/home",method="GET",code="200"\} (\d+)/.exec(pageOf('storefront'))?.[1])).toBeGreaterThan(50);
  expect(pageOf('cart')).toMatch(/^go_goroutines \d+$/m);
  expect(pages.node('worker-1', 'cadvisor')).toMatch(/^container_cpu_usage_seconds_total\{.*pod="/m);
  cluster.api.patch({ kind: 'Deployment', namespace: 'shop', name: 'cart' }, { type: 'strategic', body: { spec: { template: { spec: { containers: [{ name: 'cart', env: [{ name: 'JAVA_OPTS', value: '-Xmx300m' }] }] } } } } });
  runUntil(agenda, 240_000);
  expect(pageOf('cart')).toMatch(/^jvm_memory_max_bytes\{area="heap"\} 314572800$/m);
  expect(pageOf('cart')).not.toMatch(/^go_/m);
});
