import { leverFault } from './lever-fault.ts';

export const networkDuplicates = leverFault({
  word: 'network-duplicates',
  group: 'network',
  summary: 'The way to a Service carries each packet more than once, and has less room for it.',
  target: 'service',
  settings: { share: { type: 'share', required: true, summary: 'Share of the packets.' } },
  lever: 'network-latency',
  amount: ({ share }) => 90 * Number(share),
  lore: {
    symptoms: ['All calls of one Service take a little longer; its own pods are idle and quick, and nothing is lost.'],
    mitigations: [],
    fix: 'Mend the way: whoever runs the network has to.',
    example: {
      target: 'catalog', settings: { share: 1 },
      signs: ['call.ms shop/storefront→shop/catalog rises'],
      cure: [],
      tempting: 'kubectl -n shop rollout restart deploy/catalog',
      outside: true,
    },
  },
});
