import type { FaultKind } from './fault.ts';

export const cacheFlush: FaultKind = {
  word: 'cache-flush',
  summary: 'A cache loses all it holds, at once, and fills again as it is asked.',
  target: 'service',
  settings: {},
  begin: (world, target) => world.conditions.adjust('cache-loss', target, 1),
};
