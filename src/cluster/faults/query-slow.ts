import type { PgServer } from '../data/postgres/server.ts';
import type { PgIndex, PgTable } from '../data/postgres/schema.ts';
import type { FaultKind, FaultSettings, FaultWorld } from './fault.ts';
import { AUTHOR, text } from './settings.ts';
import { tell } from './tell.ts';

export const querySlow: FaultKind = {
  word: 'query-slow',
  group: 'dependencies',
  summary: 'The statements of a database take many times as long: statistics that are gone, a lost index, rows that no vacuum takes away.',
  target: 'service',
  strikes: 'database',
  settings: {
    factor: { type: 'factor', required: true, summary: 'How many times as long.' },
    how: { ...text('What makes them slow. Without it the statistics of all tables are gone; where a table is named, its index.', ''), oneOf: ['', 'statistics', 'index', 'bloat'] },
    table: text('The only table that is struck. Without it all are; of the indexes, that of the table with the most work.', ''),
    ...AUTHOR,
  },
  lore: {
    symptoms: ['Whoever asks the database is slow; its CPU is busy at the usual rate of statements.', '`EXPLAIN` shows a Seq Scan where there was an Index Scan; `pg_stat_user_tables` shows when a table was analyzed and vacuumed last, `pg_stat_activity` whose old transaction keeps dead rows.'],
    mitigations: ['Cache what is asked most.', 'A statement_timeout, so that slow ones do not hold every connection.'],
    fix: 'Renew the statistics (ANALYZE), build the index (CREATE INDEX CONCURRENTLY), or end the transaction that keeps dead rows and vacuum.',
    example: {
      target: 'postgres', settings: { factor: 20 },
      signs: ['db.cpu shop/postgres rises'],
      cure: ['kubectl -n shop exec sts/postgres -- psql -c "ANALYZE"'],
      tempting: 'kubectl -n shop rollout restart deploy/cart',
    },
  },
  begin: (world, target, settings) => {
    const server = world.data.postgres(target);
    const undo = HOW[howOf(settings)](world, server, settings);
    world.data.settle();
    return () => {
      undo();
      world.data.settle();
    };
  },
};

type How = 'statistics' | 'index' | 'bloat';

function howOf({ how, table }: FaultSettings): How {
  if (how === 'statistics' || how === 'index' || how === 'bloat') return how;
  return table === '' || table === undefined ? 'statistics' : 'index';
}

function struck(server: PgServer, { table }: FaultSettings): PgTable[] {
  return [...server.tables.values()].filter(({ name }) => table === '' || table === undefined || name === table);
}

const HOW: Readonly<Record<How, (world: FaultWorld, server: PgServer, settings: FaultSettings) => () => void>> = {
  // As after a restore from a dump: the planner knows nothing of its tables until somebody analyzes them.
  statistics: (world, server, settings) => {
    const factor = Number(settings['factor']);
    const tables = struck(server, settings);
    const before = tables.map((table) => ({ table, misled: table.misled, analyzedAtMs: table.analyzedAtMs }));
    for (const table of tables) {
      table.misled = factor;
      table.analyzedAtMs = null;
    }
    tell(world, settings, `${nameOf(server)}: tables of ${server.database} reloaded from a dump, maintenance done`);
    return () => {
      for (const { table, misled, analyzedAtMs } of before) if (table.misled === factor) Object.assign(table, { misled, analyzedAtMs });
    };
  },
  index: (world, server, settings) => {
    const table = settings['table'] === '' || settings['table'] === undefined ? server.busiest() : server.tables.get(String(settings['table']));
    const need = server.needs.find((one) => one.table === table?.name);
    if (need === undefined) return () => undefined;
    const { worth } = need;
    const lost: PgIndex[] = [];
    for (let index = server.serving(need); index !== undefined; index = server.serving(need)) {
      lost.push(index);
      server.indexes.splice(server.indexes.indexOf(index), 1);
    }
    need.worth = Number(settings['factor']);
    tell(world, settings, `${nameOf(server)}: migration "drop unused indexes" applied to ${server.database}`);
    return () => {
      need.worth = worth;
      if (server.serving(need) === undefined) server.indexes.push(...lost.filter(({ name }) => !server.indexes.some((index) => index.name === name)));
    };
  },
  // An old snapshot keeps whatever was changed since; all statements go through it.
  bloat: (world, server, settings) => {
    const factor = Number(settings['factor']);
    const tables = struck(server, settings);
    const session = server.forget({ role: server.superuser, application: 'DataGrip 2025.2', statement: `SELECT * FROM ${tables[0]?.name ?? 'orders'} ORDER BY id`, table: null, startedAtMs: world.data.nowMs - 9_400_000 });
    const before = tables.map((table) => ({ table, deadRows: table.deadRows, bloat: table.bloat }));
    for (const table of tables) Object.assign(table, { bloat: factor, deadRows: Math.round(table.rows * (factor - 1)) });
    const stop = world.machines.every(5_000, () => world.data.tend());
    return () => {
      stop();
      server.endSession(session.pid);
      for (const { table, deadRows, bloat } of before) if (table.bloat === factor) Object.assign(table, { deadRows, bloat });
    };
  },
};

function nameOf({ key }: PgServer): string {
  return key.slice(key.indexOf('/') + 1);
}
