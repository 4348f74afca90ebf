import { leverFault } from './lever-fault.ts';

export const dnsNameMissing = leverFault({
  word: 'dns-name-missing',
  group: 'network',
  summary: 'The name of one Service is not known, although it is there.',
  target: 'service',
  settings: {  },
  lever: 'dns-missing',
  amount: () => 1,
  lore: {
    symptoms: ['Callers say that there is no such host; the Service is there, and has its endpoints.'],
    mitigations: ['Call it by its address.'],
    fix: 'Mend the resolver.',
    example: {
      target: 'tariffs', settings: {},
      signs: ['call.errors shop/pricing→shop/tariffs rises'],
      cure: [],
      tempting: 'kubectl -n shop rollout restart deploy/tariffs',
      outside: true,
    },
  },
});
