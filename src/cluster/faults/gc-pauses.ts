import { leverFault } from './lever-fault.ts';

export const gcPauses = leverFault({
  word: 'gc-pauses',
  group: 'programs',
  summary: 'A program stops for its garbage collector, for a large part of its time.',
  target: 'workload',
  settings: { share: { type: 'share', required: true, summary: 'Part of its time for which it stands still.' } },
  lever: 'pauses',
  amount: ({ share }) => Number(share),
  lore: {
    symptoms: ['Latencies have a long tail; a service does less than it used to, with all its threads busy.'],
    mitigations: ['Scale it out.', 'A larger heap.'],
    fix: 'Stop what asks for collections, or roll it back.',
    example: {
      target: 'deployment/pricing', settings: { share: 0.9 },
      signs: ['http.p95 shop/pricing rises'],
      cure: [],
      tempting: 'kubectl -n shop rollout restart deploy/pricing',
      outside: true,
    },
  },
});
