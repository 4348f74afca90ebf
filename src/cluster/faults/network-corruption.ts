import { leverFault } from './lever-fault.ts';

export const networkCorruption = leverFault({
  word: 'network-corruption',
  group: 'network',
  summary: 'The way to a Service damages packets: what arrives with a wrong checksum is dropped and sent again.',
  target: 'service',
  settings: { share: { type: 'share', required: true, summary: 'Share of the packets.' } },
  lever: 'packet-corruption',
  amount: ({ share }) => Number(share),
  lore: {
    symptoms: ['All calls of one Service take longer, some of them much longer, and a few never end: each damaged packet is sent again after a while.', 'Kernels on the nodes of its pods count wrong checksums and retransmissions.'],
    mitigations: ['Retry with short time-outs.'],
    fix: 'Mend the way: whoever runs the network has to.',
    example: {
      target: 'catalog', settings: { share: 0.3 },
      signs: ['call.ms shop/storefront→shop/catalog rises'],
      cure: [],
      tempting: 'kubectl -n shop rollout restart deploy/catalog',
      outside: true,
    },
  },
});
