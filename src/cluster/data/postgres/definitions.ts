import type { CreateIndexStatement, DropStatement, Statement } from 'pgsql-ast-parser';
import { addIndex, type Administrator, dropTable, mustOwn } from './administration.ts';
import { alterTable } from './alter-table.ts';
import { noRelation, PgError } from './pg-error.ts';

/** Runs a statement that defines tables or indexes; false where it is none of those that there are here. */
export function define(statement: Statement, by: Administrator, insideBlock: boolean): boolean {
  if (statement.type === 'alter table') alterTable(statement, by);
  else if (statement.type === 'create index') createIndex(statement, by, insideBlock);
  else if (statement.type === 'drop index' || statement.type === 'drop table') drop(statement, by);
  else if (statement.type === 'alter index') {
    const index = by.server.indexes.find(({ name }) => name === statement.index.name);
    if (index === undefined) throw noRelation(statement.index.name);
    if (statement.change.type === 'rename') index.name = statement.change.to.name;
  } else return statement.type === 'create extension';
  return true;
}

function createIndex(statement: CreateIndexStatement, by: Administrator, insideBlock: boolean): void {
  const table = statement.table.name;
  const columns = statement.expressions.map(({ expression }) => (expression.type === 'ref' ? expression.name : '(expression)'));
  const name = statement.indexName?.name ?? `${table}_${columns.join('_')}_idx`;
  const concurrently = statement.concurrently === true;
  if (concurrently && insideBlock) throw new PgError('25001', 'CREATE INDEX CONCURRENTLY cannot run inside a transaction block');
  if (statement.ifNotExists === true && by.server.indexes.some((index) => index.name === name)) by.notice('NOTICE', `relation "${name}" already exists, skipping`);
  else addIndex(by, { name, table, columns, unique: statement.unique === true, primary: false, valid: true, concurrently });
}

function drop(statement: DropStatement, by: Administrator): void {
  const what = statement.type === 'drop index' ? 'index' : 'table';
  const { server } = by;
  for (const { name } of statement.names) {
    const index = server.indexes.find((one) => one.name === name);
    const table = server.tables.get(what === 'table' ? name : (index?.table ?? ''));
    if (table === undefined) {
      if (statement.ifExists !== true) throw new PgError(what === 'table' ? '42P01' : '42704', `${what} "${name}" does not exist`);
      by.notice('NOTICE', `${what} "${name}" does not exist, skipping`);
      continue;
    }
    mustOwn(by, table, what, name);
    if (what === 'table') dropTable(server, name);
    else if (index?.primary === true) throw new PgError('2BP01', `cannot drop index ${name} because constraint ${name} on table ${table.name} requires it`, { hint: `You can drop constraint ${name} on table ${table.name} instead.` });
    else server.indexes = server.indexes.filter((one) => one !== index);
  }
}
