import { versionFault } from './version-fault.ts';

export const programSlow = versionFault({
  word: 'program-slow',
  group: 'programs',
  summary: 'A program takes longer for each request than it used to, without computing.',
  settings: { latency: { type: 'duration', required: true, summary: 'How much longer.' } },
  lever: 'work-latency',
  amount: ({ latency }) => Number(latency),
  lore: {
    symptoms: ['One service answers later by a nearly constant time; its CPU is idle, its threads are busy.'],
    mitigations: ['More threads, so that the others need not queue.'],
    fix: 'Back to a version that does not have it, by whatever rolls out: undo, another image, Helm; then mend the program.',
    example: {
      target: 'deployment/pricing', settings: { latency: '800ms' },
      signs: ['http.p50 shop/pricing rises'],
      cure: ['kubectl -n shop rollout undo deploy/pricing --to-revision=1'],
      tempting: 'kubectl -n shop rollout restart deploy/pricing',
    },
  },
});
