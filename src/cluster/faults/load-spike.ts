import type { FaultKind } from './fault.ts';

export const loadSpike: FaultKind = {
  word: 'load-spike',
  group: 'load',
  summary: 'Users send more than usual.',
  target: 'service',
  strikes: 'entrance',
  settings: { factor: { type: 'factor', required: true, summary: 'How many times the usual rate they send.' } },
  lore: {
    symptoms: ['The rate of requests is a multiple of the usual, and queues grow behind it.', 'CPU goes up everywhere on the way of these requests.'],
    mitigations: ['Scale what is short of CPU or threads.', 'Switch off what costs much and sells little.'],
    fix: 'Room for the load that really comes: more replicas, or limits at the door.',
    example: { target: 'storefront', settings: { factor: 3 }, signs: ['http.rate shop/storefront rises'], cure: [], outside: true, tempting: 'kubectl -n shop rollout restart deploy/storefront' },
  },
  begin: (world, target, settings) => world.conditions.adjust('load', target, Number(settings['factor'])),
};
