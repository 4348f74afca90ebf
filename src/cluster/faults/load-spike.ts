import type { FaultKind } from './fault.ts';

export const loadSpike: FaultKind = {
  word: 'load-spike',
  summary: 'Users send more than usual.',
  target: 'service',
  settings: { factor: { type: 'factor', required: true, summary: 'How many times the usual rate they send.' } },
  begin: (world, target, settings) => world.conditions.adjust('load', target, Number(settings['factor'])),
};
