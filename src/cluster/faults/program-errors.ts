import { leverFault } from './lever-fault.ts';

export const programErrors = leverFault({
  word: 'program-errors',
  group: 'programs',
  summary: 'A share of the requests fails inside of a program.',
  target: 'workload',
  settings: { share: { type: 'share', required: true, summary: 'Share of its requests that fail.' } },
  lever: 'work-errors',
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
