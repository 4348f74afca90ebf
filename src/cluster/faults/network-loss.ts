import type { FaultKind } from './fault.ts';

export const networkLoss: FaultKind = {
  word: 'network-loss',
  group: 'network',
  summary: 'The way to a Service loses packets.',
  target: 'service',
  settings: { share: { type: 'share', required: true, summary: 'Share of its calls that are lost.' } },
  lore: {
    symptoms: ['A share of the calls of one Service runs into the time-out; the others are as quick as ever.', 'Its own metrics are well.'],
    mitigations: ['Retry with short time-outs.'],
    fix: 'Mend the way: whoever runs the network has to.',
    example: { target: 'cart', settings: { share: 0.5 }, signs: ['call.errors shop/storefront→shop/cart rises'], cure: [], outside: true, tempting: 'kubectl -n shop rollout restart deploy/cart' },
  },
  begin: (world, target, settings) => world.conditions.adjust('network-loss', target, Number(settings['share'])),
};
