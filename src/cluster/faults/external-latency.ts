import type { FaultKind } from './fault.ts';

export const externalLatency: FaultKind = {
  word: 'external-latency',
  group: 'dependencies',
  summary: 'A party outside of the cluster answers late.',
  target: 'external',
  settings: { latency: { type: 'duration', required: true, summary: 'How much later than usual it answers.' } },
  lore: {
    symptoms: ['Calls of one party outside take long; whoever calls it holds threads and connections meanwhile.', 'Services that never call it get slow, because they share what its callers hold.'],
    mitigations: ['Shorten the time-out of the call.', 'Switch off what needs the party, where there is a flag for it.'],
    fix: 'The party has to mend it: write to its support.',
    example: { target: 'external/media-store', settings: { latency: '1s' }, signs: ['call.ms shop/storefront→external/media-store rises'], cure: [], outside: true, tempting: 'kubectl -n shop rollout restart deploy/storefront' },
  },
  begin: (world, target, settings) => world.conditions.adjust('external-latency', target.slice('external/'.length), Number(settings['latency'])),
};
