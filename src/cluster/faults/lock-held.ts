import type { FaultKind } from './fault.ts';

export const lockHeld: FaultKind = {
  word: 'lock-held',
  group: 'dependencies',
  summary: 'A forgotten session holds a lock in a database; whoever needs the same rows waits.',
  target: 'lock',
  settings: {},
  lore: {
    symptoms: ['Statements that touch the same rows time out after half a minute; all others are quick.', 'The database has idle CPU and many who wait.'],
    mitigations: ['End the session that holds the lock; a restart of the database does so for everybody.'],
    fix: 'End the forgotten session, and give sessions a time-out.',
    example: { target: 'postgres/stock', settings: {}, signs: ['call.errors shop/checkout→shop/inventory rises'], cure: [], outside: true, tempting: 'kubectl -n shop rollout restart deploy/inventory' },
  },
  begin: (world, target) => world.conditions.adjust('lock-held', target, 1),
};
