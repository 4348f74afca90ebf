import type { FaultKind } from './fault.ts';
import { leverTarget } from './lever-fault.ts';

export const portsExhausted: FaultKind = {
  word: 'ports-exhausted',
  group: 'network',
  summary: 'A program opens a new connection for each call, until it has no ports left.',
  target: 'workload',
  settings: { share: { type: 'share', required: true, summary: 'Share of its requests that find no port.' } },
  lore: {
    symptoms: ['Calls of one program fail, a share of them and at once: cannot assign requested address. Whoever it calls is well.'],
    mitigations: ['Scale it out.'],
    fix: 'Keep connections alive, or widen the range of ports.',
    example: {
      target: 'storefront', settings: { share: 0.3 },
      signs: ['http.errors shop/storefront rises'],
      cure: [],
      tempting: 'kubectl -n shop rollout restart deploy/pricing',
      outside: true,
    },
  },
  begin: (world, target, settings) => {
    const workload = leverTarget(target);
    const back = [world.conditions.adjust('connection-churn', workload, 1), world.conditions.adjust('work-errors', workload, Number(settings['share']), 'dial tcp: connect: cannot assign requested address')];
    return () => {
      for (const lift of back) lift();
    };
  },
};
