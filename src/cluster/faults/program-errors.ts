import { leverFault } from './lever-fault.ts';
import { text } from './settings.ts';

export const programErrors = leverFault({
  word: 'program-errors',
  group: 'programs',
  summary: 'A share of the requests fails inside of a program.',
  target: 'workload',
  settings: { share: { type: 'share', required: true, summary: 'Share of its requests that fail.' }, says: text('What it logs of it.', '500 unhandled error: index out of range [3] with length 3') },
  lever: 'work-errors',
  says: ({ says }) => String(says),
  amount: ({ share }) => Number(share),
  lore: {
    symptoms: ['One service answers with errors, as fast as ever; nobody that it calls does.'],
    mitigations: ['Roll back.'],
    fix: 'Mend the program, or roll it back.',
    example: {
      target: 'deployment/pricing', settings: { share: 0.4 },
      signs: ['http.errors shop/pricing rises'],
      cure: [],
      tempting: 'kubectl -n shop rollout restart deploy/pricing',
      outside: true,
    },
  },
});
