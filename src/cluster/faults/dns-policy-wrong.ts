import { text } from './settings.ts';
import { templateFault } from './template-fault.ts';

export const dnsPolicyWrong = templateFault({
  word: 'dns-policy-wrong',
  group: 'network',
  summary: 'The pods of a workload ask the resolver of their node, which knows no Service.',
  settings: { policy: { ...text('The policy.', 'Default'), oneOf: ['Default', 'None'] } },
  lore: {
    symptoms: ['One workload finds no other Service by its name; its neighbours find them all.'],
    mitigations: ['Roll back.'],
    fix: 'Set dnsPolicy to ClusterFirst.',
    example: {
      target: 'deployment/pricing', settings: {},
      signs: ['call.errors shop/pricing→shop/tariffs rises'],
      cure: ['kubectl -n shop patch deploy pricing -p \'{"spec":{"template":{"spec":{"dnsPolicy":"ClusterFirst"}}}}\''],
      tempting: 'kubectl -n shop rollout restart deploy/pricing',
    },
  },
  wrong: (spec, { policy }) => ({ ...spec, dnsPolicy: policy as 'Default', ...(policy === 'None' ? { dnsConfig: { nameservers: ['203.0.113.53'] } } : {}) }),
});
