import { versionFault } from './version-fault.ts';

export const threadsDeadlocked = versionFault({
  word: 'threads-deadlocked',
  group: 'programs',
  summary: 'Threads of a program wait for each other for ever, more of them each minute.',
  settings: { perMinute: { type: 'number', required: true, summary: 'Threads that each of its pods loses in a minute.' } },
  lever: 'threads-stuck',
  amount: ({ perMinute }) => Number(perMinute),
  lore: {
    symptoms: ['A service does less and less with all threads busy and its CPU idle, and then nothing. After a restart all is well, for a while.'],
    mitigations: ['Restart it.'],
    fix: 'Back to a version that does not have it, by whatever rolls out: undo, another image, Helm; then mend the program.',
    example: {
      target: 'deployment/pricing', settings: { perMinute: 14 },
      signs: ['http.errors shop/pricing rises'],
      cure: ['kubectl -n shop rollout undo deploy/pricing --to-revision=1'],
      tempting: 'kubectl -n shop rollout restart deploy/pricing',
    },
  },
});
