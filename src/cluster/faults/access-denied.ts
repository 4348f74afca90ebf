import type { FaultKind } from './fault.ts';
import { leverTarget } from './lever-fault.ts';

export const accessDenied: FaultKind = {
  word: 'access-denied',
  group: 'network',
  summary: 'A policy of the mesh denies a workload the calls of one Service.',
  target: 'workload',
  settings: {
    to: { type: 'text', required: true, summary: 'The Service that it calls: NAME, or NAMESPACE/NAME.' },
    share: { type: 'share', required: false, fallback: 1, summary: 'Share of the calls.' },
  },
  lore: {
    symptoms: ['One caller of a Service is refused at once with 403, RBAC: access denied; its other callers are well.'],
    mitigations: ['Take the policy away until it is right.'],
    fix: 'Let the policy admit the caller, or the namespace into the mesh.',
    example: {
      target: 'deployment/pricing', settings: { to: 'tariffs' },
      signs: ['call.errors shop/pricing→shop/tariffs rises'],
      cure: [],
      tempting: 'kubectl -n shop rollout restart deploy/tariffs',
      outside: true,
    },
  },
  begin: (world, target, settings) => {
    const from = leverTarget(target);
    const to = String(settings['to']);
    return world.conditions.adjust('way-denied', `${from}→${to.includes('/') ? to : `${from.split('/')[0] ?? ''}/${to}`}`, Number(settings['share']));
  },
};
