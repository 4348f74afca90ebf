import { leverFault } from './lever-fault.ts';

export const programSlow = leverFault({
  word: 'program-slow',
  group: 'programs',
  summary: 'A program takes longer for each request than it used to, without computing.',
  target: 'workload',
  settings: { latency: { type: 'duration', required: true, summary: 'How much longer.' } },
  lever: 'work-latency',
  amount: ({ latency }) => Number(latency),
  lore: {
    symptoms: ['One service answers later by a nearly constant time; its CPU is idle, its threads are busy.'],
    mitigations: ['More threads, so that the others need not queue.'],
    fix: 'Mend the program, or roll it back.',
    example: {
      target: 'deployment/pricing', settings: { latency: '800ms' },
      signs: ['http.p50 shop/pricing rises'],
      cure: [],
      tempting: 'kubectl -n shop rollout restart deploy/pricing',
      outside: true,
    },
  },
});
