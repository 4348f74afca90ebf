import { text } from './settings.ts';
import { versionFault } from './version-fault.ts';

export const programErrors = versionFault({
  word: 'program-errors',
  group: 'programs',
  summary: 'A share of the requests fails inside of a program.',
  settings: { share: { type: 'share', required: true, summary: 'Share of its requests that fail.' }, says: text('What it logs of it.', '500 unhandled error: index out of range [3] with length 3') },
  lever: 'work-errors',
  says: ({ says }) => String(says),
  amount: ({ share }) => Number(share),
  lore: {
    symptoms: ['One service answers with errors, as fast as ever; nobody that it calls does.'],
    mitigations: ['Pause the roll-out while half of the pods are well.'],
    fix: 'Back to a version that does not have it, by whatever rolls out: undo, another image, Helm; then mend the program.',
    example: {
      target: 'deployment/pricing', settings: { share: 0.4 },
      signs: ['http.errors shop/pricing rises'],
      cure: ['kubectl -n shop set image deploy/pricing pricing=registry.webshop.example/pricing:1.4.0'],
      tempting: 'kubectl -n shop rollout restart deploy/pricing',
    },
  },
});
