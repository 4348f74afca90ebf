import { roomFor } from '../data/redis/server.ts';
import type { FaultKind } from './fault.ts';
import { err } from './mistakes.ts';
import { AUTHOR } from './settings.ts';
import { environmentPatch, servedBy } from './served-by.ts';

export const cacheCold: FaultKind = {
  word: 'cache-cold',
  group: 'dependencies',
  summary: 'A cache answers only a part of what it used to: it was given too little memory, and throws away what is asked for next.',
  target: 'service',
  strikes: 'cache',
  settings: { factor: { type: 'factor', required: true, summary: 'Which part of its hits is left, such as 0.2.' }, ...AUTHOR },
  lore: {
    symptoms: ['The hit ratio of a cache is low and stays so; its database is busy with what it does not answer.', '`INFO` shows `used_memory` at `maxmemory`, and `evicted_keys` that grow.'],
    mitigations: ['CONFIG SET maxmemory gives it room at once, until its next restart.', 'Give the database room.'],
    fix: 'Give the cache the memory that what is asked for takes.',
    example: {
      target: 'redis', settings: { factor: 0.1 },
      signs: ['cache.hit shop/redis falls'],
      cure: ['kubectl -n shop exec deploy/redis -- redis-cli CONFIG SET maxmemory 768mb', 'kubectl -n shop set env deploy/redis MAXMEMORY=768mb'],
      tempting: 'kubectl -n shop rollout restart deploy/redis',
    },
  },
  begin: (world, target, settings) => {
    const factor = Number(settings['factor']);
    const ref = servedBy(world, target);
    if (ref === null || factor >= 1) return world.conditions.adjust('cache-hit', target, factor);
    const room = roomFor(factor) * world.data.redis(target).wantedBytes;
    const size = `${Math.max(1, Math.round(room / 1_048_576))}mb`;
    return err(world, [{ do: 'patch', ref, patch: environmentPatch(world, ref, 'MAXMEMORY', size) }], settings, `${ref.kind.toLowerCase()}/${ref.name}: memory right-sized, MAXMEMORY ${size}`);
  },
};
