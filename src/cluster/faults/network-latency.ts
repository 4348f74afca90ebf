import type { FaultKind } from './fault.ts';

export const networkLatency: FaultKind = {
  word: 'network-latency',
  group: 'network',
  summary: 'The way to a Service is slow.',
  target: 'service',
  settings: { latency: { type: 'duration', required: true, summary: 'How much later each call of the Service arrives.' } },
  lore: {
    symptoms: ['All calls of one Service take longer by the same time; its own pods are idle and quick.'],
    mitigations: ['Call it less: caches, fewer calls for each page.'],
    fix: 'Mend the way: whoever runs the network has to.',
    example: { target: 'catalog', settings: { latency: '400ms' }, signs: ['call.ms shop/storefront→shop/catalog rises'], cure: [], outside: true, tempting: 'kubectl -n shop rollout restart deploy/catalog' },
  },
  begin: (world, target, settings) => world.conditions.adjust('network-latency', target, Number(settings['latency'])),
};
