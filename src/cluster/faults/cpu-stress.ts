import { leverFault } from './lever-fault.ts';

export const cpuStress = leverFault({
  word: 'cpu-stress',
  group: 'programs',
  summary: 'A program computes many times as much for each request as it used to.',
  target: 'workload',
  settings: { factor: { type: 'factor', required: true, summary: 'How many times as much.' } },
  lever: 'cpu-factor',
  amount: ({ factor }) => Number(factor),
  lore: {
    symptoms: ['One service is at its CPU limit at its usual load; requests queue for it.'],
    mitigations: ['Scale it out.', 'More CPU.'],
    fix: 'Mend the program, or roll it back.',
    example: {
      target: 'deployment/pricing', settings: { factor: 20 },
      signs: ['cpu.share shop/pricing rises'],
      cure: [],
      tempting: 'kubectl -n shop rollout restart deploy/pricing',
      outside: true,
    },
  },
});
