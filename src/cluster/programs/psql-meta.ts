import type { PgSession } from '../data/postgres/session.ts';
import { heapBytes, indexBytes, type PgTable } from '../data/postgres/schema.ts';
import type { PgServer } from '../data/postgres/server.ts';
import { type Relation, textOf } from '../data/postgres/values.ts';
import { callFunction } from '../data/postgres/functions.ts';
import { type Format, written } from './psql-format.ts';

/** What a backslash command shows; null where psql knows none of that name. */
export function described(line: string, session: PgSession, format: Format, host: string | null, port: number): { readonly out: string } | { readonly error: string } | null {
  const [, command = '', argument = ''] = /^\\([a-zA-Z!?+]+)\s*(.*?)\s*;?$/.exec(line.trim()) ?? [];
  const name = argument.replace(/^public\./, '').replace(/^"|"$/g, '').toLowerCase();
  const { server } = session;
  const shown = (relation: Relation, title: string, footers?: readonly string[]): { out: string } => ({ out: written(relation, format, { title, ...(footers === undefined ? {} : { footers }) }) });
  switch (command.replace(/[+S]+$/, '')) {
    case 'd': return name === '' ? relations(server, session, shown, 'ti', command.includes('+')) : oneTable(server, session, name, shown);
    case 'dt': return name === '' || server.tables.has(name) ? relations(server, session, shown, 't', command.includes('+'), name) : { error: `Did not find any relation named "${argument}".` };
    case 'di': return relations(server, session, shown, 'i', command.includes('+'));
    case 'du': case 'dg': return shown({ columns: ['Role name', 'Attributes'], rows: [...server.roles.all.values()].map((role) => [role.name, [role.superuser ? 'Superuser' : '', role.createrole ? 'Create role' : '', role.createdb ? 'Create DB' : '', role.login ? '' : 'Cannot login', role.replication ? 'Replication' : '', role.superuser ? 'Bypass RLS' : ''].filter((word) => word !== '').join(', ')]) }, 'List of roles', []);
    case 'dn': return shown({ columns: ['Name', 'Owner'], rows: [['public', 'pg_database_owner']] }, 'List of schemas');
    case 'dx': return shown({ columns: ['Name', 'Version', 'Schema', 'Description'], rows: [['pg_stat_statements', '1.10', 'public', 'track planning and execution statistics of all SQL statements executed'], ['plpgsql', '1.0', 'pg_catalog', 'PL/pgSQL procedural language']] }, 'List of installed extensions');
    case 'dp': case 'z': return shown(privileges(server, name), 'Access privileges');
    case 'l': return shown({ columns: ['Name', 'Owner', 'Encoding', 'Locale Provider', 'Collate', 'Ctype', 'Access privileges'], rows: [...(server.database === 'postgres' ? [] : [server.database]), 'postgres', 'template0', 'template1'].map((base) => [base, server.superuser, 'UTF8', 'libc', 'en_US.utf8', 'en_US.utf8', base.startsWith('template') ? '=c/postgres' : '']) }, 'List of databases');
    case 'conninfo': return { out: `You are connected to database "${session.database}" as user "${session.user}" ${host === null ? `via socket in "/var/run/postgresql"` : `on host "${host}"`} at port "${port}".\n` };
    default: return null;
  }
}

type Shown = (relation: Relation, title: string, footers?: readonly string[]) => { out: string };

function relations(server: PgServer, session: PgSession, shown: Shown, kinds: 't' | 'i' | 'ti', sizes: boolean, only = ''): { out: string } | { error: string } {
  const pretty = (bytes: number): string => textOf(callFunction('pg_size_pretty', [bytes], session.surround(), null));
  const tables = session.database === server.database ? [...server.tables.values()].filter(({ name }) => only === '' || name === only) : [];
  const rows = tables.toSorted((one, other) => (one.name < other.name ? -1 : 1)).map((table) => ['public', table.name, 'table', table.owner, ...(sizes ? ['permanent', 'heap', pretty(heapBytes(table)), ''] : [])]);
  const indexes = kinds === 'i' ? server.indexes.toSorted((one, other) => (one.name < other.name ? -1 : 1)).map((index) => ['public', index.name, 'index', server.tables.get(index.table)?.owner ?? '', index.table, ...(sizes ? ['permanent', 'btree', pretty(indexBytes(server.tables.get(index.table) as PgTable, index)), ''] : [])]) : [];
  const found = kinds === 'i' ? indexes : rows;
  if (found.length === 0) return { error: 'Did not find any relations.' };
  return shown({ columns: ['Schema', 'Name', 'Type', 'Owner', ...(kinds === 'i' ? ['Table'] : []), ...(sizes ? ['Persistence', 'Access method', 'Size', 'Description'] : [])], rows: found }, 'List of relations');
}

function oneTable(server: PgServer, session: PgSession, name: string, shown: Shown): { out: string } | { error: string } {
  const table = session.database === server.database ? server.tables.get(name) : undefined;
  const index = server.indexes.find((one) => one.name === name);
  if (table === undefined && index !== undefined) return shown({ columns: ['Column', 'Type', 'Key?', 'Definition'], rows: index.columns.map((column) => [column, server.tables.get(index.table)?.columns.find((one) => one.name === column)?.type ?? '', 'yes', column]) }, `Index "public.${name}"`, [`${index.primary ? 'primary key, ' : ''}btree, for table "public.${index.table}"${index.valid ? '' : ', invalid'}`]);
  if (table === undefined) return { error: `Did not find any relation named "${name}".` };
  const indexes = server.indexes.filter((one) => one.table === name).map((one) => `    "${one.name}" ${one.primary ? 'PRIMARY KEY, ' : one.unique ? 'UNIQUE, ' : ''}btree (${one.columns.join(', ')})${one.valid ? '' : ' INVALID'}`);
  return shown({ columns: ['Column', 'Type', 'Collation', 'Nullable', 'Default'], rows: table.columns.map(({ name: column, type, required }) => [column, type, '', required ? 'not null' : '', column === 'id' ? `nextval('${name}_id_seq'::regclass)` : '']) }, `Table "public.${name}"`, indexes.length === 0 ? [] : ['Indexes:', ...indexes]);
}

const LETTERS = { insert: 'a', select: 'r', update: 'w', delete: 'd', truncate: 'D', references: 'x', trigger: 't' } as const;

function privileges(server: PgServer, only: string): Relation {
  const rows = [...server.tables.values()].filter(({ name }) => only === '' || name === only).map(({ name, owner }) => {
    const grants = [...server.roles.all.values()].flatMap((role) => {
      const had = role.grants.get(name);
      if (had === undefined) return [];
      return [`${role.name}=${(Object.keys(LETTERS) as (keyof typeof LETTERS)[]).filter((privilege) => had.has(privilege)).map((privilege) => LETTERS[privilege]).join('')}/${owner}`];
    });
    return ['public', name, 'table', grants.join('\n'), '', ''];
  });
  return { columns: ['Schema', 'Name', 'Type', 'Access privileges', 'Column privileges', 'Policies'], rows };
}
