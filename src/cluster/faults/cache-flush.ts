import type { FaultKind } from './fault.ts';

export const cacheFlush: FaultKind = {
  word: 'cache-flush',
  group: 'dependencies',
  summary: 'Somebody empties a cache, at once, and it fills again as it is asked.',
  target: 'service',
  strikes: 'cache',
  settings: {},
  lore: {
    symptoms: ['A service is slow and its database busy, and both get better by themselves over the next minutes.', 'The hit ratio of the cache has fallen to nearly nothing at one moment; `INFO commandstats` counts a FLUSHALL, and `SLOWLOG GET` says when.'],
    mitigations: ['Let fewer users in until the cache is warm.', 'Give the database room: fewer batch jobs, more connections.'],
    fix: 'Wait until the cache has filled again; find out who emptied it.',
    example: { target: 'redis', settings: {}, signs: ['cache.hit shop/redis falls'], cure: [], outside: true, within: '90s', tempting: 'kubectl -n shop rollout restart deploy/redis' },
  },
  begin: (world, target) => {
    world.data.flushRedis(target);
    return () => undefined;
  },
};
