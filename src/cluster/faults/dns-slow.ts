import { leverFault } from './lever-fault.ts';

export const dnsSlow = leverFault({
  word: 'dns-slow',
  group: 'network',
  summary: 'The resolver of the cluster answers late.',
  target: 'cluster',
  settings: { latency: { type: 'duration', required: true, summary: 'How much later.' } },
  lever: 'dns-latency',
  amount: ({ latency }) => Number(latency),
  lore: {
    symptoms: ['All calls take a little longer, some much longer.'],
    mitigations: ['Keep connections alive, so that fewer names are looked up.'],
    fix: 'Mend the resolver.',
    example: {
      target: 'cluster', settings: { latency: '5s' },
      signs: ['call.ms shop/storefront→shop/catalog rises'],
      cure: [],
      tempting: 'kubectl -n shop rollout restart deploy/pricing',
      outside: true,
    },
  },
});
