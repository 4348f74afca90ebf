import type { FaultKind } from './fault.ts';

export const lockHeld: FaultKind = {
  word: 'lock-held',
  summary: 'A forgotten session holds a lock in a database; whoever needs the same rows waits.',
  target: 'lock',
  settings: {},
  begin: (world, target) => world.conditions.adjust('lock-held', target, 1),
};
