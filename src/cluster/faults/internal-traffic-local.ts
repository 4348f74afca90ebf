import type { FaultKind } from './fault.ts';
import { err } from './mistakes.ts';
import { AUTHOR } from './settings.ts';

export const internalTrafficLocal: FaultKind = {
  word: 'internal-traffic-local',
  group: 'services',
  summary: 'A Service leads its callers to pods on their own node alone, and not every node has one.',
  target: 'service',
  settings: { ...AUTHOR },
  lore: {
    symptoms: ['A share of the calls of a Service fails: those from nodes without a pod of it. Its pods are ready, and there are endpoints.'],
    mitigations: ['A pod of it on every node.'],
    fix: 'Set internalTrafficPolicy to Cluster.',
    example: {
      target: 'payments', settings: {},
      signs: ['call.errors shop/checkout→shop/payments rises'],
      cure: ['kubectl -n shop patch service payments -p \'{"spec":{"internalTrafficPolicy":"Cluster"}}\''],
      tempting: 'kubectl -n shop rollout restart deploy/payments',
    },
  },
  begin: (world, target, settings) => {
    const [namespace = '', name = ''] = target.split('/');
    return err(world, [{ do: 'patch', ref: { kind: 'Service', namespace, name }, patch: { type: 'merge', body: { spec: { internalTrafficPolicy: 'Local' } } } }], settings, `service/${name}: traffic kept in its zone to save money`);
  },
};
