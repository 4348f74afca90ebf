import { leverFault } from './lever-fault.ts';

export const threadsDeadlocked = leverFault({
  word: 'threads-deadlocked',
  group: 'programs',
  summary: 'Threads of a program wait for each other for ever, more of them each minute.',
  target: 'workload',
  settings: { perMinute: { type: 'number', required: true, summary: 'Threads that each of its pods loses in a minute.' } },
  lever: 'threads-stuck',
  amount: ({ perMinute }) => Number(perMinute),
  lore: {
    symptoms: ['A service does less and less with all threads busy and its CPU idle, and then nothing. After a restart all is well, for a while.'],
    mitigations: ['Restart it.'],
    fix: 'Mend the program, or roll it back.',
    example: {
      target: 'deployment/pricing', settings: { perMinute: 8 },
      signs: ['http.errors shop/pricing rises'],
      cure: ['kubectl -n shop rollout restart deploy/pricing'],
      tempting: 'kubectl -n shop set env deploy/tariffs LOG_LEVEL=debug',
      outside: true,
    },
  },
});
