import type { AlterTableStatement } from 'pgsql-ast-parser';
import { type Administrator, mustOwn, tableFor } from './administration.ts';
import { noColumn, PgError } from './pg-error.ts';

/** Types by the other names that they go by. */
const TYPES: Readonly<Record<string, string>> = { int: 'integer', int4: 'integer', int8: 'bigint', int2: 'smallint', bool: 'boolean', varchar: 'character varying', timestamptz: 'timestamp with time zone', float8: 'double precision' };

/** `ALTER TABLE`: columns and tables are renamed, added and dropped; what else there is to change nobody here feels. */
export function alterTable({ table: named, changes, ifExists }: AlterTableStatement, by: Administrator): void {
  if (ifExists === true && !by.server.tables.has(named.name)) return by.notice('NOTICE', `relation "${named.name}" does not exist, skipping`);
  const table = tableFor(by, named.name);
  mustOwn(by, table);
  for (const change of changes) {
    const { columns } = table;
    switch (change.type) {
      case 'rename column': {
        const column = columns.find(({ name }) => name === change.column.name);
        if (column === undefined) throw noColumn(change.column.name);
        if (columns.some(({ name }) => name === change.to.name)) throw new PgError('42701', `column "${change.to.name}" of relation "${table.name}" already exists`);
        column.name = change.to.name;
        for (const index of by.server.indexes) if (index.table === table.name) index.columns = index.columns.map((one) => (one === change.column.name ? change.to.name : one));
        break;
      }
      case 'add column': {
        const { name } = change.column.name;
        if (columns.some((column) => column.name === name)) {
          if (change.ifNotExists !== true) throw new PgError('42701', `column "${name}" of relation "${table.name}" already exists`);
          by.notice('NOTICE', `column "${name}" of relation "${table.name}" already exists, skipping`);
        } else columns.push({ name, type: 'name' in change.column.dataType ? writtenType(change.column.dataType.name) : 'text', required: false });
        break;
      }
      case 'drop column': {
        const at = columns.findIndex(({ name }) => name === change.column.name);
        if (at === -1 && change.ifExists !== true) throw new PgError('42703', `column "${change.column.name}" of relation "${table.name}" does not exist`);
        if (at !== -1) columns.splice(at, 1);
        break;
      }
      case 'rename': {
        if (by.server.tables.has(change.to.name)) throw new PgError('42P07', `relation "${change.to.name}" already exists`);
        by.server.tables.delete(table.name);
        by.server.indexes = by.server.indexes.map((index) => (index.table === table.name ? { ...index, table: change.to.name } : index));
        table.name = change.to.name;
        by.server.tables.set(table.name, table);
        break;
      }
      case 'owner': {
        by.server.roles.get(change.to.name);
        table.owner = change.to.name;
        break;
      }
      case 'add constraint': case 'alter column': case 'drop constraint': case 'rename constraint': break;
    }
  }
}

function writtenType(name: string): string {
  return (Object.hasOwn(TYPES, name) ? TYPES[name] : undefined) ?? name;
}
