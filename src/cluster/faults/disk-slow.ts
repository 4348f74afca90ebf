import { leverFault } from './lever-fault.ts';

export const diskSlow = leverFault({
  word: 'disk-slow',
  group: 'dependencies',
  summary: 'The disk of a database is slow, or has sectors that it reads again and again.',
  target: 'service',
  settings: { latency: { type: 'duration', required: true, summary: 'What it adds to each statement.' } },
  lever: 'disk-latency',
  amount: ({ latency }) => Number(latency),
  lore: {
    symptoms: ['Statements take longer by a nearly constant time; the CPU of the database is idle.'],
    mitigations: ['Cache what is asked most.'],
    fix: 'Mend or replace the disk.',
    example: {
      target: 'postgres', settings: { latency: '300ms' },
      signs: ['http.p50 shop/cart rises'],
      cure: [],
      tempting: 'kubectl -n shop rollout restart deploy/cart',
      outside: true,
    },
  },
});
