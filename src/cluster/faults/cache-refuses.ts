import { leverFault } from './lever-fault.ts';

export const cacheRefuses = leverFault({
  word: 'cache-refuses',
  group: 'dependencies',
  summary: 'A cache lets its clients in no more: its password was changed.',
  target: 'service',
  settings: {  },
  lever: 'cache-hit',
  amount: () => 0,
  lore: {
    symptoms: ['The hit ratio of a cache is nothing; it is up, and idle.'],
    mitigations: ['Give the database room.'],
    fix: 'Set the password that the clients have.',
    example: {
      target: 'redis', settings: {},
      signs: ['cache.hit shop/redis falls'],
      cure: [],
      tempting: 'kubectl -n shop rollout restart deploy/redis',
      outside: true,
    },
  },
});
