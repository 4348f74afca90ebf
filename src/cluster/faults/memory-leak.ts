import { versionFault } from './version-fault.ts';

export const memoryLeak = versionFault({
  word: 'memory-leak',
  group: 'programs',
  summary: 'A program loses memory, until it is killed for it.',
  settings: { perMinute: { type: 'number', required: true, summary: 'MiB that each of its pods loses in a minute.' } },
  lever: 'heap-growth',
  amount: ({ perMinute }) => Number(perMinute),
  lore: {
    symptoms: ['The memory of each pod grows since its start; then it is OOMKilled and starts anew.'],
    mitigations: ['A larger memory limit.', 'Restart it before it is killed.'],
    fix: 'Back to a version that does not have it, by whatever rolls out: undo, another image, Helm; then mend the program.',
    example: {
      target: 'deployment/pricing', settings: { perMinute: 60 },
      signs: ['pods shop/pricing restarts'],
      cure: ['kubectl -n shop rollout undo deploy/pricing --to-revision=1'],
      tempting: 'kubectl -n shop rollout restart deploy/pricing',
    },
  },
});
