import { leverFault } from './lever-fault.ts';

export const dnsErrors = leverFault({
  word: 'dns-errors',
  group: 'network',
  summary: 'The resolver of the cluster fails for a share of the look-ups.',
  target: 'cluster',
  settings: { share: { type: 'share', required: true, summary: 'Share of the look-ups.' } },
  lever: 'dns-errors',
  amount: ({ share }) => Number(share),
  lore: {
    symptoms: ['A small share of all calls fails, whoever calls whom: server misbehaving.'],
    mitigations: ['Keep connections alive, so that fewer names are looked up.'],
    fix: 'Mend the resolver.',
    example: {
      target: 'cluster', settings: { share: 1 },
      signs: ['call.errors shop/storefront→shop/catalog rises'],
      cure: [],
      tempting: 'kubectl -n shop rollout restart deploy/pricing',
      outside: true,
    },
  },
});
