import { AUTHORIZATION_POLICY } from '../mesh/mesh-kinds.ts';
import type { FaultKind } from './fault.ts';
import { knowsKind, meshObject, selectorOf } from './mesh-mistake.ts';
import { AUTHOR } from './settings.ts';

export const trafficDenied: FaultKind = {
  word: 'traffic-denied',
  group: 'network',
  summary: 'An AuthorizationPolicy of the mesh denies everybody a Service, users as well.',
  target: 'service',
  needs: 'mesh',
  settings: { ...AUTHOR },
  lore: {
    symptoms: ['Whoever calls a Service is refused at once with 403, RBAC: access denied; its pods are Ready, and get no requests.', 'An AuthorizationPolicy with the action DENY selects its pods.'],
    mitigations: [],
    fix: 'Delete the policy, or let its rules say whom it is to deny.',
    example: {
      target: 'tariffs', settings: {},
      signs: ['call.errors shop/pricing→shop/tariffs rises'],
      cure: ['kubectl -n shop delete authorizationpolicy tariffs-lockdown'],
      tempting: 'kubectl -n shop rollout restart deploy/tariffs',
    },
  },
  begin: (world, target, settings) => {
    const [namespace = '', name = ''] = target.split('/');
    if (!knowsKind(world, AUTHORIZATION_POLICY)) return world.conditions.adjust('network-loss', target, 1);
    return meshObject(world, { kind: AUTHORIZATION_POLICY, namespace, name: `${name}-lockdown`, spec: { selector: { matchLabels: selectorOf(world, target) }, action: 'DENY', rules: [{}] } }, settings, `authorizationpolicy/${name}-lockdown: security baseline applied`);
  },
};
