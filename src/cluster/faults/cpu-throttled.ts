import { leverFault } from './lever-fault.ts';

export const cpuThrottled = leverFault({
  word: 'cpu-throttled',
  group: 'resources',
  summary: 'The pods of a workload get a part of the CPU that their limits grant.',
  target: 'workload',
  settings: { factor: { type: 'factor', required: true, summary: 'Which part, such as 0.1.' } },
  lever: 'cpu-limit',
  amount: ({ factor }) => Number(factor),
  lore: {
    symptoms: ['One service is slow at its usual load, though its limits are as ever.'],
    mitigations: ['Scale it out.'],
    fix: 'Give the pods their CPU: whoever runs the nodes has to.',
    example: {
      target: 'deployment/pricing', settings: { factor: 0.02 },
      signs: ['http.p95 shop/pricing rises'],
      cure: [],
      tempting: 'kubectl -n shop rollout restart deploy/pricing',
      outside: true,
    },
  },
});
