import { leverFault } from './lever-fault.ts';

export const memoryHog = leverFault({
  word: 'memory-hog',
  group: 'programs',
  summary: 'Something takes memory in the pods of a workload, at once.',
  target: 'workload',
  settings: { mib: { type: 'number', required: true, summary: 'MiB in each pod.' } },
  lever: 'heap',
  amount: ({ mib }) => Number(mib),
  lore: {
    symptoms: ['Pods are OOMKilled soon after their start, again and again.'],
    mitigations: ['A larger memory limit.'],
    fix: 'Find what takes the memory.',
    example: {
      target: 'deployment/pricing', settings: { mib: 400 },
      signs: ['pods shop/pricing restarts'],
      cure: ['kubectl -n shop rollout restart deploy/pricing'],
      tempting: 'kubectl -n shop scale deploy/pricing --replicas=3',
      outside: true,
    },
  },
});
