import { versionFault } from './version-fault.ts';

export const fileDescriptorsLeak = versionFault({
  word: 'file-descriptors-leak',
  group: 'programs',
  summary: 'A program opens files and sockets and does not close them.',
  settings: { perMinute: { type: 'number', required: true, summary: 'Descriptors that each of its pods loses in a minute.' } },
  lever: 'file-leak',
  amount: ({ perMinute }) => Number(perMinute),
  lore: {
    symptoms: ['A service answers with errors some time after its start: too many open files. After a restart all is well, for a while.'],
    mitigations: ['Restart it before it has none left.'],
    fix: 'Back to a version that does not have it, by whatever rolls out: undo, another image, Helm; then mend the program.',
    example: {
      target: 'deployment/pricing', settings: { perMinute: 400 },
      signs: ['http.errors shop/pricing rises'],
      cure: ['kubectl -n shop set image deploy/pricing pricing=registry.webshop.example/pricing:1.4.0'],
      tempting: 'kubectl -n shop rollout restart deploy/pricing',
    },
  },
});
