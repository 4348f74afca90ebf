import type { FaultKind } from './fault.ts';
import { err } from './mistakes.ts';
import { AUTHOR, text } from './settings.ts';

export const policyBlocksEgress: FaultKind = {
  word: 'policy-blocks-egress',
  group: 'network',
  summary: 'A NetworkPolicy lets the pods of one application talk to nobody, not even to the resolver.',
  target: 'namespace',
  settings: { app: { type: 'text', required: true, summary: 'The label app of its pods.' }, name: text('Of the policy.', 'restrict-egress'), ...AUTHOR },
  lore: {
    symptoms: ['One application finds nobody any more; whoever calls it gets an answer, and a bad one.', 'A NetworkPolicy selects its pods.'],
    mitigations: [],
    fix: 'Let the policy admit what the application calls, and the resolver, or remove it.',
    example: {
      target: 'namespace/shop', settings: { app: 'pricing' },
      signs: ['networkpolicy shop/restrict-egress', 'call.errors shop/pricing→shop/tariffs rises'],
      cure: ['kubectl -n shop delete networkpolicy restrict-egress'],
      tempting: 'kubectl -n shop rollout restart deploy/pricing',
    },
  },
  begin: (world, target, settings) => {
    const spec = { podSelector: { matchLabels: { app: String(settings['app']) } }, policyTypes: ['Egress'] };
    return err(world, [{ do: 'create', object: { apiVersion: 'networking.k8s.io/v1', kind: 'NetworkPolicy', metadata: { name: String(settings['name']), namespace: target }, spec } }], settings, `networkpolicy/${String(settings['name'])}: applied`);
  },
};
