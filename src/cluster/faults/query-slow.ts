import { leverFault } from './lever-fault.ts';

export const querySlow = leverFault({
  word: 'query-slow',
  group: 'dependencies',
  summary: 'The statements of a database take many times as long: a lost index, a worse plan.',
  target: 'service',
  settings: { factor: { type: 'factor', required: true, summary: 'How many times as long.' } },
  lever: 'query-factor',
  amount: ({ factor }) => Number(factor),
  lore: {
    symptoms: ['Whoever asks the database is slow; its CPU is busy at the usual rate of statements.'],
    mitigations: ['Cache what is asked most.'],
    fix: 'Build the index, or renew the statistics.',
    example: {
      target: 'postgres', settings: { factor: 20 },
      signs: ['db.cpu shop/postgres rises'],
      cure: [],
      tempting: 'kubectl -n shop rollout restart deploy/cart',
      outside: true,
    },
  },
});
