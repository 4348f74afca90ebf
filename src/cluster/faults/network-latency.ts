import type { FaultKind } from './fault.ts';

export const networkLatency: FaultKind = {
  word: 'network-latency',
  summary: 'The way to a Service is slow.',
  target: 'service',
  settings: { latency: { type: 'duration', required: true, summary: 'How much later each call of the Service arrives.' } },
  begin: (world, target, settings) => world.conditions.adjust('network-latency', target, Number(settings['latency'])),
};
