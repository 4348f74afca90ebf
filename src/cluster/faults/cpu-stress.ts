import { versionFault } from './version-fault.ts';

export const cpuStress = versionFault({
  word: 'cpu-stress',
  group: 'programs',
  summary: 'A program computes many times as much for each request as it used to.',
  settings: { factor: { type: 'factor', required: true, summary: 'How many times as much.' } },
  lever: 'cpu-factor',
  amount: ({ factor }) => Number(factor),
  lore: {
    symptoms: ['One service is at its CPU limit at its usual load; requests queue for it.'],
    mitigations: ['Scale it out.', 'More CPU.'],
    fix: 'Back to a version that does not have it, by whatever rolls out: undo, another image, Helm; then mend the program.',
    example: {
      target: 'deployment/pricing', settings: { factor: 20 },
      signs: ['cpu.share shop/pricing rises'],
      cure: ['kubectl -n shop set image deploy/pricing pricing=registry.webshop.example/pricing:1.4.0'],
      tempting: 'kubectl -n shop rollout restart deploy/pricing',
    },
  },
});
