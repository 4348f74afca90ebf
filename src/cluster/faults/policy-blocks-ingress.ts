import type { FaultKind } from './fault.ts';
import { err } from './mistakes.ts';
import { AUTHOR, count, text } from './settings.ts';

export const policyBlocksIngress: FaultKind = {
  word: 'policy-blocks-ingress',
  group: 'network',
  summary: 'A NetworkPolicy lets nobody in to the pods of a Service.',
  target: 'service',
  settings: { name: text('Of the policy.', 'default-deny'), port: count('The only port that it admits; 0 for none.', 0), ...AUTHOR },
  lore: {
    symptoms: ['Calls of one Service run into their time-outs, all of them; its pods are ready, and idle.', 'A NetworkPolicy selects the pods.'],
    mitigations: [],
    fix: 'Let the policy admit those who call, or remove it.',
    example: {
      target: 'tariffs', settings: {},
      signs: ['networkpolicy shop/default-deny', 'call.errors shop/pricing→shop/tariffs rises'],
      cure: ['kubectl -n shop delete networkpolicy default-deny'],
      tempting: 'kubectl -n shop rollout restart deploy/tariffs',
    },
  },
  begin: (world, target, settings) => {
    const [namespace = '', name = ''] = target.split('/');
    const found = world.api.get('Service', namespace, name);
    const podSelector = { matchLabels: (found.ok ? found.object.spec?.selector : undefined) ?? {} };
    const port = Number(settings['port']);
    const spec = { podSelector, policyTypes: ['Ingress'], ...(port === 0 ? {} : { ingress: [{ ports: [{ protocol: 'TCP', port }] }] }) };
    return err(world, [{ do: 'create', object: { apiVersion: 'networking.k8s.io/v1', kind: 'NetworkPolicy', metadata: { name: String(settings['name']), namespace }, spec } }], settings, `networkpolicy/${String(settings['name'])}: applied`);
  },
};
