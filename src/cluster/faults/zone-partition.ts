import { leverFault } from './lever-fault.ts';

export const zonePartition = leverFault({
  word: 'zone-partition',
  group: 'network',
  summary: 'A zone is cut off from the others: calls within it are well.',
  target: 'zone',
  settings: { share: { type: 'share', required: false, fallback: 1, summary: 'Share of the calls that get lost on the way in or out.' } },
  lever: 'zone-loss',
  amount: ({ share }) => Number(share),
  lore: {
    symptoms: ['Calls that cross the border of a zone time out; its nodes are Ready.'],
    mitigations: ['Let users into the other zones alone.'],
    fix: 'Mend the network between the zones.',
    example: {
      target: 'zone/eu-1a', settings: {},
      signs: ['call.errors shop/storefront→shop/catalog rises'],
      cure: [],
      tempting: 'kubectl -n shop rollout restart deploy/pricing',
      outside: true,
    },
  },
});
