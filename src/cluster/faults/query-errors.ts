import { leverFault } from './lever-fault.ts';
import { text } from './settings.ts';

export const queryErrors = leverFault({
  word: 'query-errors',
  group: 'dependencies',
  summary: 'Statements of a database fail: a column that is not there, broken SQL, a bad sector.',
  target: 'service',
  settings: { share: { type: 'share', required: true, summary: 'Share of the statements.' }, says: text('What the database says.', 'ERROR: column orders.customer_ref does not exist (SQLSTATE 42703)') },
  lever: 'query-errors',
  says: ({ says }) => String(says),
  amount: ({ share }) => Number(share),
  lore: {
    symptoms: ['Services that use a database answer with errors at once; the database is up and idle.'],
    mitigations: ['Roll back the release that brought the statement.'],
    fix: 'Mend the statement or the schema.',
    example: {
      target: 'postgres', settings: { share: 0.4 },
      signs: ['http.errors shop/cart rises'],
      cure: [],
      tempting: 'kubectl -n shop rollout restart deploy/cart',
      outside: true,
    },
  },
});
