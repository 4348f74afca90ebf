import { digest } from '../../time/dice.ts';
import type { FaultKind } from './fault.ts';
import { err } from './mistakes.ts';
import { AUTHOR } from './settings.ts';
import { environmentPatch, servedBy } from './served-by.ts';

export const cacheRefuses: FaultKind = {
  word: 'cache-refuses',
  group: 'dependencies',
  summary: 'A cache lets its clients in no more: it was given another password than they show.',
  target: 'service',
  strikes: 'cache',
  settings: { ...AUTHOR },
  lore: {
    symptoms: ['The hit ratio of a cache is nothing; it is up, and idle.', 'Its clients log NOAUTH or WRONGPASS; its workload has a password in its environment that theirs do not have.'],
    mitigations: ['Give the database room.', 'Take the password away until all clients have it: CONFIG SET requirepass "" lasts until the next restart.'],
    fix: 'Set the password that the clients have, or give it to the clients.',
    example: {
      target: 'redis', settings: {},
      signs: ['cache.hit shop/redis falls'],
      cure: ['kubectl -n shop set env deploy/redis REDIS_PASSWORD-'],
      tempting: 'kubectl -n shop rollout restart deploy/redis',
    },
  },
  begin: (world, target, settings) => {
    const ref = servedBy(world, target);
    if (ref === null) return world.conditions.adjust('cache-hit', target, 0);
    const password = `${digest(`${target}/password`)}${digest(target).slice(0, 8)}`;
    return err(world, [{ do: 'patch', ref, patch: environmentPatch(world, ref, 'REDIS_PASSWORD', password) }], settings, `${ref.kind.toLowerCase()}/${ref.name}: password required, as the audit asked`);
  },
};
