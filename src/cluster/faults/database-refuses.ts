import { digest } from '../../time/dice.ts';
import type { PgServer } from '../data/postgres/server.ts';
import type { PgRole, Privilege } from '../data/postgres/roles.ts';
import type { FaultKind } from './fault.ts';
import { AUTHOR, text } from './settings.ts';
import { tell } from './tell.ts';

export const databaseRefuses: FaultKind = {
  word: 'database-refuses',
  group: 'dependencies',
  summary: 'A database knows its user no more: unregistered, its rights revoked, its password changed.',
  target: 'service',
  strikes: 'database',
  settings: { how: { ...text('What was done to the user.', 'revoked'), oneOf: ['revoked', 'unregistered', 'password'] }, ...AUTHOR },
  lore: {
    symptoms: ['Every statement fails: permission denied, or authentication failed; connections are there.', '`\\du` and `\\dp` show which roles there are and what they may.'],
    mitigations: ['Use another user, where there is one.'],
    fix: 'Give the user its rights back (GRANT), make it again (CREATE ROLE … LOGIN, then GRANT), or bring its password and that of its programs together.',
    example: {
      target: 'postgres', settings: {},
      signs: ['http.errors shop/cart rises'],
      cure: ['kubectl -n shop exec sts/postgres -- psql -c "GRANT ALL ON ALL TABLES IN SCHEMA public TO shop"'],
      tempting: 'kubectl -n shop rollout restart deploy/cart',
    },
  },
  begin: (world, target, settings) => {
    const server = world.data.postgres(target);
    const how = HOW[String(settings['how'])] ?? revoke;
    const names = [...new Set(server.clients().map(({ role }) => role))].filter((name) => server.roles.all.get(name)?.superuser === false);
    const undo = names.map((name) => how(server, server.roles.get(name)));
    tell(world, settings, `${target.slice(target.indexOf('/') + 1)}: access review of ${server.database}, roles tidied`);
    world.data.settle();
    return () => {
      for (const back of undo.toReversed()) back();
      world.data.settle();
    };
  },
};

type Strike = (server: PgServer, role: PgRole) => () => void;

/** `REVOKE ALL ON ALL TABLES … FROM role`. What was granted again since stays so. */
function revoke({ tables }: PgServer, { grants }: PgRole): () => void {
  const before = [...tables.keys()].map((table) => [table, grants.get(table)] as const);
  const empty = new Set<Privilege>();
  for (const [table] of before) grants.set(table, new Set(empty));
  return () => {
    for (const [table, had] of before) {
      if (grants.get(table)?.size !== 0) continue;
      if (had === undefined) grants.delete(table);
      else grants.set(table, had);
    }
  };
}

/** `REASSIGN OWNED …; DROP OWNED …; DROP ROLE role`. */
function unregister({ roles, tables, superuser }: PgServer, role: PgRole): () => void {
  const owned = [...tables.values()].filter(({ owner }) => owner === role.name);
  const { name } = role;
  for (const table of owned) table.owner = superuser;
  roles.all.delete(name);
  return () => {
    if (roles.all.has(name)) return;
    roles.all.set(name, role);
    for (const table of owned) if (table.owner === superuser) table.owner = name;
  };
}

/** `ALTER ROLE role PASSWORD …`; where nobody has shown one so far, from now on everybody has to. */
function changePassword(server: PgServer, role: PgRole): () => void {
  const { password } = role;
  const { authentication } = server;
  const next = `${digest(`${server.key}/${role.name}`)}${digest(role.name).slice(0, 8)}`;
  role.password = next;
  server.authentication = 'scram-sha-256';
  return () => {
    if (role.password === next) role.password = password;
    server.authentication = authentication;
  };
}

const HOW: Readonly<Record<string, Strike>> = { revoked: revoke, unregistered: unregister, password: changePassword };
