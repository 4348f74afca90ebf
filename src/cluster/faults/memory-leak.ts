import { leverFault } from './lever-fault.ts';

export const memoryLeak = leverFault({
  word: 'memory-leak',
  group: 'programs',
  summary: 'A program loses memory, until it is killed for it.',
  target: 'workload',
  settings: { perMinute: { type: 'number', required: true, summary: 'MiB that each of its pods loses in a minute.' } },
  lever: 'heap-growth',
  amount: ({ perMinute }) => Number(perMinute),
  lore: {
    symptoms: ['The memory of each pod grows since its start; then it is OOMKilled and starts anew.'],
    mitigations: ['A larger memory limit.', 'Restart it before it is killed.'],
    fix: 'Mend the program, or roll it back.',
    example: {
      target: 'deployment/pricing', settings: { perMinute: 60 },
      signs: ['pods shop/pricing restarts'],
      cure: ['kubectl -n shop rollout restart deploy/pricing'],
      tempting: 'kubectl -n shop scale deploy/pricing --replicas=3',
      outside: true,
    },
  },
});
