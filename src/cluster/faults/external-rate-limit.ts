import { leverFault } from './lever-fault.ts';

export const externalRateLimit = leverFault({
  word: 'external-rate-limit',
  group: 'dependencies',
  summary: 'A party outside grants fewer requests than are sent: the rest gets 429.',
  target: 'external',
  settings: { less: { type: 'number', required: true, summary: 'Requests a second that it grants less than it says it does.' } },
  lever: 'external-quota',
  amount: ({ less }) => -Number(less),
  lore: {
    symptoms: ['A share of the calls of a party outside fails at once, the more the more are sent: 429 Too Many Requests.'],
    mitigations: ['Send less: cache, retry less.'],
    fix: 'Ask for a larger quota.',
    example: {
      target: 'external/media-store', settings: { less: 280 },
      signs: ['call.errors shop/storefront→external/media-store rises'],
      cure: [],
      tempting: 'kubectl -n shop rollout restart deploy/storefront',
      outside: true,
    },
  },
});
