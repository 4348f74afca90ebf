import type { FaultKind } from './fault.ts';

export const externalLatency: FaultKind = {
  word: 'external-latency',
  summary: 'A party outside of the cluster answers late.',
  target: 'external',
  settings: { latency: { type: 'duration', required: true, summary: 'How much later than usual it answers.' } },
  begin: (world, target, settings) => world.conditions.adjust('external-latency', target.slice('external/'.length), Number(settings['latency'])),
};
