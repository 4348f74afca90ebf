import type { FaultKind } from './fault.ts';

export const connectionLeak: FaultKind = {
  word: 'connection-leak',
  summary: 'A program takes database connections and does not give them back.',
  target: 'service',
  settings: { perMinute: { type: 'number', required: true, summary: 'Connections that each of its pods loses in a minute, until it is restarted.' } },
  begin: (world, target, settings) => world.conditions.adjust('leak', target, Number(settings['perMinute'])),
};
