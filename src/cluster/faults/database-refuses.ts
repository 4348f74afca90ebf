import { leverFault } from './lever-fault.ts';
import { text } from './settings.ts';

const REFUSALS: Readonly<Record<string, string>> = {
  revoked: 'ERROR: permission denied for table orders (SQLSTATE 42501)',
  unregistered: 'FATAL: role "shop" does not exist (SQLSTATE 28000)',
  password: 'FATAL: password authentication failed for user "shop" (SQLSTATE 28P01)',
};

export const databaseRefuses = leverFault({
  word: 'database-refuses',
  group: 'dependencies',
  summary: 'A database knows its user no more: unregistered, its rights revoked, its password changed.',
  target: 'service',
  settings: { how: { ...text('What was done to the user.', 'revoked'), oneOf: ['revoked', 'unregistered', 'password'] } },
  lever: 'query-errors',
  says: ({ how }) => REFUSALS[String(how)] ?? '',
  amount: () => 1,
  lore: {
    symptoms: ['Every statement fails: permission denied, or authentication failed; connections are there.'],
    mitigations: ['Use another user, where there is one.'],
    fix: 'Give the user its rights and its password back.',
    example: {
      target: 'postgres', settings: {},
      signs: ['http.errors shop/cart rises'],
      cure: [],
      tempting: 'kubectl -n shop rollout restart deploy/cart',
      outside: true,
    },
  },
});
