import { versionFault } from './version-fault.ts';

export const memoryHog = versionFault({
  word: 'memory-hog',
  group: 'programs',
  summary: 'Something takes memory in the pods of a workload, at once.',
  settings: { mib: { type: 'number', required: true, summary: 'MiB in each pod.' } },
  lever: 'heap',
  amount: ({ mib }) => Number(mib),
  lore: {
    symptoms: ['Pods are OOMKilled soon after their start, again and again.'],
    mitigations: ['A larger memory limit.'],
    fix: 'Back to a version that does not have it, by whatever rolls out: undo, another image, Helm; then mend the program.',
    example: {
      target: 'deployment/pricing', settings: { mib: 400 },
      signs: ['pods shop/pricing restarts'],
      cure: ['kubectl -n shop set image deploy/pricing pricing=registry.webshop.example/pricing:1.4.0'],
      tempting: 'kubectl -n shop rollout restart deploy/pricing',
    },
  },
});
