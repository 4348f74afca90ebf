import type { FaultKind } from './fault.ts';

export const networkLoss: FaultKind = {
  word: 'network-loss',
  summary: 'The way to a Service loses packets.',
  target: 'service',
  settings: { share: { type: 'share', required: true, summary: 'Share of its calls that are lost.' } },
  begin: (world, target, settings) => world.conditions.adjust('network-loss', target, Number(settings['share'])),
};
