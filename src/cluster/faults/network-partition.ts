import type { FaultKind } from './fault.ts';
import { leverTarget } from './lever-fault.ts';

export const networkPartition: FaultKind = {
  word: 'network-partition',
  group: 'network',
  summary: 'A workload reaches one Service no more; all others do.',
  target: 'workload',
  settings: {
    to: { type: 'text', names: 'service', required: true, summary: 'The Service that it calls: NAME, or NAMESPACE/NAME.' },
    share: { type: 'share', required: false, fallback: 1, summary: 'Share of the calls.' },
  },
  lore: {
    symptoms: ['One caller of a Service times out, all of its other callers are well.'],
    mitigations: [],
    fix: 'Mend the way between the two.',
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
    return world.conditions.adjust('way-loss', `${from}→${to.includes('/') ? to : `${from.split('/')[0] ?? ''}/${to}`}`, Number(settings['share']));
  },
};
