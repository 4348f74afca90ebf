import { leverFault } from './lever-fault.ts';

export const certificateExpired = leverFault({
  word: 'certificate-expired',
  group: 'network',
  summary: 'The certificate of a Service has expired: whoever calls it refuses it.',
  target: 'service',
  settings: {  },
  lever: 'certificate-expired',
  amount: () => 1,
  lore: {
    symptoms: ['Every call of one Service fails at once: x509, certificate has expired. Its pods are well.'],
    mitigations: [],
    fix: 'Renew the certificate.',
    example: {
      target: 'tariffs', settings: {},
      signs: ['call.errors shop/pricing→shop/tariffs rises'],
      cure: [],
      tempting: 'kubectl -n shop rollout restart deploy/tariffs',
      outside: true,
    },
  },
});
