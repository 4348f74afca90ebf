import { leverFault } from './lever-fault.ts';

export const cacheCold = leverFault({
  word: 'cache-cold',
  group: 'dependencies',
  summary: 'A cache answers only a part of what it used to.',
  target: 'service',
  settings: { factor: { type: 'factor', required: true, summary: 'Which part of its hits is left, such as 0.2.' } },
  lever: 'cache-hit',
  amount: ({ factor }) => Number(factor),
  lore: {
    symptoms: ['The hit ratio of a cache is low and stays so; its database is busy with what it does not answer.'],
    mitigations: ['Give the database room.'],
    fix: 'Mend what keeps the cache from keeping: its keys, its size, its time to live.',
    example: {
      target: 'redis', settings: { factor: 0.1 },
      signs: ['cache.hit shop/redis falls'],
      cure: [],
      tempting: 'kubectl -n shop rollout restart deploy/redis',
      outside: true,
    },
  },
});
