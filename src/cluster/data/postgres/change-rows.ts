import type { DeleteStatement, InsertStatement, TruncateTableStatement, UpdateStatement } from 'pgsql-ast-parser';
import { type Administrator, tableFor } from './administration.ts';
import { notAllowed, PgError } from './pg-error.ts';
import type { Privilege } from './roles.ts';
import { settingMs } from './values.ts';

/** A table of which rows were written, and how many. */
export interface Written {
  readonly table: string | null;
  readonly count: number;
}

/** `INSERT`, `UPDATE`, `DELETE` and `TRUNCATE`: how many rows there are changes, what is in them does not. */
export function changeRows(statement: InsertStatement | UpdateStatement | DeleteStatement | TruncateTableStatement, by: Administrator, rest: (ms: number) => void, lockTimeout: string | null): { readonly tag: string; readonly written: Written | null } {
  const name = statement.type === 'insert' ? statement.into.name : statement.type === 'update' ? statement.table.name : statement.type === 'delete' ? statement.from.name : (statement.tables[0]?.name ?? '');
  const table = tableFor(by, name);
  const privilege: Privilege = statement.type === 'truncate table' ? 'truncate' : statement.type;
  if (!by.server.roles.may(by.user, privilege, table.name, table.owner)) throw notAllowed(`for table ${name}`);
  const named = statement.type === 'insert' ? (statement.columns ?? []).map(({ name: column }) => column) : statement.type === 'update' ? statement.sets.map(({ column }) => column.name) : [];
  for (const column of named) if (!table.columns.some((one) => one.name === column)) throw new PgError('42703', `column "${column}" of relation "${name}" does not exist`);
  waitForRows(by, name, rest, lockTimeout);
  switch (statement.type) {
    case 'truncate table':
      table.rows = 0;
      table.deadRows = 0;
      return { tag: 'TRUNCATE TABLE', written: { table: name, count: 0 } };
    case 'insert': {
      const count = statement.insert.type === 'values' ? statement.insert.values.length : 1;
      table.rows += count;
      return { tag: `INSERT 0 ${count}`, written: { table: name, count } };
    }
    case 'update': case 'delete': {
      const count = statement.where == null ? table.rows : Math.min(1, table.rows);
      table.deadRows += count;
      if (statement.type === 'delete') table.rows -= count;
      return { tag: `${statement.type.toUpperCase()} ${count}`, written: { table: name, count } };
    }
  }
}

/** Rows that somebody else holds are waited for, as long as the setting lets one. */
function waitForRows({ server, pid }: Administrator, name: string, rest: (ms: number) => void, lockTimeout: string | null): void {
  if (!server.held.some((held) => held.table === name && held.pid !== pid)) return;
  const mostMs = Math.min(lockTimeout === null ? server.settings.lockTimeoutMs : (settingMs(lockTimeout) ?? Infinity), 600_000);
  rest(mostMs);
  throw new PgError('55P03', 'canceling statement due to lock timeout');
}
