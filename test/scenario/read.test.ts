import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { formatComplaint } from '../../src/yaml/complaint.ts';
import { readScenario } from '../../src/scenario/read.ts';

test('the slow site is read whole, without a complaint', () => {
  const names = ['slow-site.yaml', 'clusters/webshop/objects.yaml', 'clusters/webshop/traffic.yaml'];
  const files = Object.fromEntries(names.map((name) => [name, readFileSync(`scenarios/${name}`, 'utf8')]));
  const { scenario, complaints } = readScenario(files, 'slow-site.yaml');
  expect(complaints.map(formatComplaint)).toEqual([]);
  expect(scenario?.slo).toEqual({ service: 'shop/storefront', objective: 0.995, latencyMs: 6_000, windowMs: 30 * 86_400_000 });
  expect(scenario?.cluster.objects).toHaveLength(36);
  expect(scenario?.changes[2]?.effect).toEqual({
    do: 'image', namespace: 'shop', deployment: 'storefront', from: 'registry.webshop.example/storefront:4.1.0', to: 'registry.webshop.example/storefront:4.2.0',
  });
  expect(scenario?.stages.states['trouble']?.always).toEqual([{ target: 'paged', guard: { if: 'slo.burn > 6.0', forMs: 60_000 }, actions: [], reenter: false }]);
});
