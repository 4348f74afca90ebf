import { leverFault } from './lever-fault.ts';

export const sharedMemoryFull = leverFault({
  word: 'shared-memory-full',
  group: 'dependencies',
  summary: 'A database finds no room in its shared memory for a part of its statements.',
  target: 'service',
  settings: { share: { type: 'share', required: false, fallback: 0.15, summary: 'Share of the statements, the largest ones.' } },
  lever: 'query-errors',
  says: () => 'ERROR: could not resize shared memory segment "/PostgreSQL.2130421362" to 8388608 bytes: No space left on device (SQLSTATE 53100)',
  amount: ({ share }) => Number(share),
  lore: {
    symptoms: ['The largest statements fail, all others are well: could not resize shared memory segment.'],
    mitigations: ['Fewer parallel workers for each statement.'],
    fix: 'Give the pod a larger /dev/shm: an emptyDir of medium Memory.',
    example: {
      target: 'postgres', settings: {},
      signs: ['http.errors shop/cart rises'],
      cure: [],
      tempting: 'kubectl -n shop rollout restart deploy/cart',
      outside: true,
    },
  },
});
