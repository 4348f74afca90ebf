import { leverFault } from './lever-fault.ts';

export const databaseRefuses = leverFault({
  word: 'database-refuses',
  group: 'dependencies',
  summary: 'A database knows its user no more: unregistered, its rights revoked, its password changed.',
  target: 'service',
  settings: {  },
  lever: 'query-errors',
  amount: () => 1,
  lore: {
    symptoms: ['Every statement fails: permission denied, or authentication failed; connections are there.'],
    mitigations: ['Use another user, where there is one.'],
    fix: 'Give the user its rights and its password back.',
    example: {
      target: 'postgres', settings: {},
      signs: ['http.errors shop/cart rises'],
      cure: [],
      tempting: 'kubectl -n shop rollout restart deploy/cart',
      outside: true,
    },
  },
});
