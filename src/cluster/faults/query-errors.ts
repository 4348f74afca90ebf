import type { Naming, PgServer } from '../data/postgres/server.ts';
import type { PgColumn } from '../data/postgres/schema.ts';
import type { FaultKind } from './fault.ts';
import { tell } from './tell.ts';
import { AUTHOR, text } from './settings.ts';

export const queryErrors: FaultKind = {
  word: 'query-errors',
  group: 'dependencies',
  summary: 'Statements of a database fail: a column that a migration renamed, broken SQL, a bad sector.',
  target: 'service',
  strikes: 'database',
  settings: {
    share: { type: 'share', required: true, summary: 'Share of the statements.' },
    says: text('What the database says. Where it names a column that is not there, a migration has renamed that; anything else is beyond the reach of statements.', 'ERROR: column orders.customer_ref does not exist (SQLSTATE 42703)'),
    table: text('The only table whose statements fail. Without it, those of all programs.', ''),
    ...AUTHOR,
  },
  lore: {
    symptoms: ['Services that use a database answer with errors at once; the database is up and idle.', '`\\d TABLE` shows a column by another name than the one that programs ask for.'],
    mitigations: ['Roll back the release that brought the statement.'],
    fix: 'Mend the statement or the schema: rename the column back, or add it again.',
    example: {
      target: 'postgres', settings: { share: 0.4 },
      signs: ['http.errors shop/cart rises'],
      cure: ['kubectl -n shop exec sts/postgres -- psql -c "ALTER TABLE orders RENAME COLUMN customer_reference TO customer_ref"'],
      tempting: 'kubectl -n shop rollout restart deploy/cart',
    },
  },
  begin: (world, target, settings) => {
    const [share, says, only] = [Number(settings['share']), String(settings['says']), String(settings['table'] ?? '')];
    const server = world.data.postgres(target);
    const [, ofTable, column] = /column "?(?:(\w+)\.)?(\w+)"? (?:of relation "\w+" )?does not exist/.exec(says) ?? [];
    const table = server.tables.get(only) ?? server.tables.get(ofTable ?? '') ?? server.busiest();
    if (column === undefined || table === undefined) return world.conditions.adjust('query-errors', only === '' ? target : `${target}/${only}`, share, says);
    const naming: Naming = { table: table.name, column, share, everywhere: only === '', says };
    const undo = rename(server, table.columns, naming);
    tell(world, settings, `${target.slice(target.indexOf('/') + 1)}: migration "tidy names of ${table.name}" applied to ${server.database}`);
    world.data.settle();
    return () => {
      undo();
      world.data.settle();
    };
  },
};

/** A migration gives a column another name; where there was none of the old name, it had been dropped before. */
function rename(server: PgServer, columns: PgColumn[], naming: Naming): () => void {
  const found = columns.find(({ name }) => name === naming.column);
  const next = naming.column.endsWith('_ref') ? `${naming.column}erence` : `${naming.column}_v2`;
  const column = found ?? { name: next, type: 'text', required: false };
  if (found === undefined) columns.push(column);
  const call = (from: string, to: string): void => {
    column.name = to;
    for (const index of server.indexes) if (index.table === naming.table) index.columns = index.columns.map((one) => (one === from ? to : one));
  };
  if (found !== undefined) call(naming.column, next);
  server.namings.push(naming);
  return () => {
    const at = server.namings.indexOf(naming);
    if (at === -1) return;
    server.namings.splice(at, 1);
    if (found === undefined) columns.splice(columns.indexOf(column), 1);
    else if (column.name === next && !columns.some(({ name }) => name === naming.column)) call(next, naming.column);
  };
}
