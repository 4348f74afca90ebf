import { noColumn, noRelation, notAllowed, notOwner, PgError } from './pg-error.ts';
import { newRole, PRIVILEGES, type PgRole, type Privilege } from './roles.ts';
import type { PgIndex, PgTable } from './schema.ts';
import type { PgServer } from './server.ts';
import { Reader } from './words.ts';

/** Who administers a server: a session, and where its notices go. */
export interface Administrator {
  readonly server: PgServer;
  readonly pid: number;
  readonly user: string;
  readonly superuser: boolean;
  readonly nowMs: number;
  notice(severity: 'NOTICE' | 'WARNING' | 'INFO', text: string): void;
  /** The statement takes so long. */
  rest(ms: number): void;
}

/** Runs a statement that the parser of queries does not know; its tag, or null where it is none of these. */
export function administer(sql: string, by: Administrator): string | null {
  const reader = new Reader(sql);
  const start = COMMANDS.find(([keywords]) => reader.take(...keywords));
  if (start === undefined) return null;
  return start[1](reader, by);
}

type Command = (reader: Reader, by: Administrator) => string;

const COMMANDS: readonly (readonly [readonly string[], Command])[] = [
  [['grant'], (reader, by) => share(reader, by, true)],
  [['revoke'], (reader, by) => share(reader, by, false)],
  [['create', 'role'], (reader, by) => createRole(reader, by, false)],
  [['create', 'user'], (reader, by) => createRole(reader, by, true)],
  [['alter', 'role'], alterRole], [['alter', 'user'], alterRole],
  [['drop', 'role'], dropRole], [['drop', 'user'], dropRole],
  [['reassign', 'owned', 'by'], reassign],
  [['drop', 'owned', 'by'], dropOwned],
  [['alter', 'system'], alterSystem],
  [['vacuum'], vacuum],
  [['analyze'], analyze], [['analyse'], analyze],
  [['reindex'], reindex],
  [['checkpoint'], (_, by) => {
    mustAdminister(by, 'to execute CHECKPOINT command');
    by.rest(400);
    return 'CHECKPOINT';
  }],
  [['alter', 'database'], alterDatabase],
];

function mustAdminister({ superuser }: Administrator, what: string): void {
  if (!superuser) throw notAllowed(what);
}

export function tableFor({ server }: Administrator, name: string): PgTable {
  const table = server.tables.get(name);
  if (table === undefined) throw noRelation(name);
  return table;
}

export function mustOwn(by: Administrator, { name, owner }: PgTable, what: 'table' | 'index' = 'table', of = name): void {
  if (!by.superuser && by.user !== owner) throw notOwner(`${what} ${of}`);
}

/** `GRANT` and `REVOKE`. */
function share(reader: Reader, by: Administrator, give: boolean): string {
  if (!give) reader.take('grant', 'option', 'for');
  const words = reader.names();
  const tag = give ? 'GRANT' : 'REVOKE';
  reader.take('privileges');
  if (!reader.take('on')) return shareRole(reader, by, words, give);
  const { server } = by;
  const privileges = words[0] === 'all' ? PRIVILEGES : words.filter((word): word is Privilege => (PRIVILEGES as readonly string[]).includes(word));
  const place = reader.take('schema') ? 'schema' : reader.take('database') ? 'database' : reader.take('all', 'sequences', 'in', 'schema') || reader.take('sequence') || reader.take('function') ? 'other' : 'table';
  const everywhere = place === 'table' && reader.take('all', 'tables', 'in', 'schema');
  if (place === 'table' && !everywhere) reader.take('table');
  const names = reader.names();
  reader.need(give ? 'to' : 'from');
  reader.take('group');
  const roles = reader.names().map((name) => server.roles.get(name === 'current_user' ? by.user : name));
  reader.take('with', 'grant', 'option');
  reader.take('cascade');
  reader.end();
  const tables = place !== 'table' ? [] : everywhere ? [...server.tables.values()] : names.map((name) => tableFor(by, name));
  if (place !== 'table') mustAdminister(by, `for ${place} ${names[0] ?? ''}`);
  for (const role of roles) {
    if (place === 'schema' && (words[0] === 'all' || words.includes('usage'))) role.usage = give;
    if (place === 'database' && (words[0] === 'all' || words.includes('connect'))) role.connect = give;
    for (const table of tables) {
      if (!by.superuser && by.user !== table.owner) throw notAllowed(`for table ${table.name}`);
      if (!give && role.name === table.owner && !role.grants.has(table.name)) role.grants.set(table.name, new Set(PRIVILEGES));
      if (give) server.roles.grant(role.name, table.name, privileges);
      else server.roles.revoke(role.name, table.name, privileges);
    }
  }
  return tag;
}

function shareRole(reader: Reader, by: Administrator, groups: readonly string[], give: boolean): string {
  reader.need(give ? 'to' : 'from');
  const members = reader.names();
  reader.end();
  mustAdminister(by, 'to grant role');
  for (const group of groups) {
    by.server.roles.get(group);
    for (const member of members) {
      const { memberOf } = by.server.roles.get(member);
      if (give) memberOf.add(group);
      else memberOf.delete(group);
    }
  }
  return give ? 'GRANT ROLE' : 'REVOKE ROLE';
}

/** What may be said of a role: keyword, and what it sets. */
const FLAGS: Readonly<Record<string, Partial<PgRole>>> = {
  login: { login: true }, nologin: { login: false }, superuser: { superuser: true }, nosuperuser: { superuser: false }, createdb: { createdb: true }, nocreatedb: { createdb: false },
  createrole: { createrole: true }, nocreaterole: { createrole: false }, replication: { replication: true }, noreplication: { replication: false }, inherit: {}, noinherit: {}, bypassrls: {}, nobypassrls: {},
};

function attributes(reader: Reader): Partial<PgRole> {
  reader.take('with');
  const found: Partial<PgRole> = {};
  while (!reader.done) {
    const word = reader.next?.text.toLowerCase() ?? '';
    if (Object.hasOwn(FLAGS, word)) {
      reader.name();
      Object.assign(found, FLAGS[word]);
    } else if (reader.take('encrypted', 'password') || reader.take('password')) found.password = reader.take('null') ? null : reader.value();
    else if (reader.take('connection', 'limit')) found.connectionLimit = Number((reader.take('-') ? '-' : '') + reader.value());
    else if (reader.take('valid', 'until')) reader.value();
    else if (reader.take('in', 'role') || reader.take('in', 'group')) Object.assign(found, { memberOf: new Set(reader.names()) });
    else reader.fail();
  }
  return found;
}

function createRole(reader: Reader, by: Administrator, login: boolean): string {
  const name = reader.name();
  const said = attributes(reader);
  if (!by.superuser && by.server.roles.all.get(by.user)?.createrole !== true) throw new PgError('42501', 'permission denied to create role', { detail: 'Only roles with the CREATEROLE attribute may create roles.' });
  for (const group of said.memberOf ?? []) by.server.roles.get(group);
  by.server.roles.add(newRole(name, { login, ...said }));
  return 'CREATE ROLE';
}

function alterRole(reader: Reader, by: Administrator): string {
  const name = reader.name();
  const role = by.server.roles.get(name === 'current_user' ? by.user : name);
  if (!by.superuser && by.user !== role.name) throw new PgError('42501', 'permission denied to alter role');
  if (reader.take('rename', 'to')) {
    const next = reader.name();
    reader.end();
    if (by.server.roles.all.has(next)) throw new PgError('42710', `role "${next}" already exists`);
    by.server.roles.all.delete(role.name);
    for (const table of by.server.tables.values()) if (table.owner === role.name) table.owner = next;
    role.name = next;
    by.server.roles.all.set(next, role);
  } else if (reader.take('set') || reader.take('reset')) reader.name();
  else Object.assign(role, attributes(reader));
  return 'ALTER ROLE';
}

function dropRole(reader: Reader, by: Administrator): string {
  const lenient = reader.take('if', 'exists');
  const names = reader.names();
  reader.end();
  mustAdminister(by, 'to drop role');
  const { roles, tables } = by.server;
  for (const name of names) {
    if (!roles.all.has(name)) {
      if (!lenient) roles.get(name);
      by.notice('NOTICE', `role "${name}" does not exist, skipping`);
      continue;
    }
    if (name === by.user) throw new PgError('55006', 'current user cannot be dropped');
    const owned = [...tables.values()].filter(({ owner }) => owner === name).map((table) => `owner of table ${table.name}`);
    const granted = [...(roles.all.get(name)?.grants ?? [])].flatMap(([table, privileges]) => (privileges.size > 0 ? [`privileges for table ${table}`] : []));
    const why = [...owned, ...granted];
    if (why.length > 0) throw new PgError('2BP01', `role "${name}" cannot be dropped because some objects depend on it`, { detail: why.join('\n') });
    roles.all.delete(name);
  }
  return 'DROP ROLE';
}

function reassign(reader: Reader, by: Administrator): string {
  const from = reader.names();
  reader.need('to');
  const to = reader.name();
  reader.end();
  mustAdminister(by, 'to reassign objects');
  for (const name of [...from, to]) by.server.roles.get(name);
  for (const table of by.server.tables.values()) if (from.includes(table.owner)) table.owner = to;
  return 'REASSIGN OWNED';
}

function dropOwned(reader: Reader, by: Administrator): string {
  const names = reader.names();
  mustAdminister(by, 'to drop objects');
  for (const name of names) {
    by.server.roles.get(name).grants.clear();
    for (const table of by.server.tables.values()) if (table.owner === name) dropTable(by.server, table.name);
  }
  return 'DROP OWNED';
}

export function dropTable(server: PgServer, name: string): void {
  server.tables.delete(name);
  server.indexes = server.indexes.filter(({ table }) => table !== name);
}

function alterSystem(reader: Reader, by: Administrator): string {
  mustAdminister(by, 'to perform ALTER SYSTEM');
  const { settings } = by.server;
  if (reader.take('reset', 'all')) settings.writeNone();
  else {
    const reset = reader.take('reset');
    if (!reset) reader.need('set');
    const name = reader.name();
    if (!settings.knows(name)) throw new PgError('42704', `unrecognized configuration parameter "${name}"`);
    if (settings.about(name)?.context === 'internal') throw new PgError('55P02', `parameter "${name}" cannot be changed`);
    if (!reset && !reader.take('to')) reader.need('=');
    settings.write(name, reset || reader.take('default') ? null : reader.value());
  }
  reader.end();
  return 'ALTER SYSTEM';
}

/** So many rows of a table a second are gone through. */
const ROWS_A_MS = 400;

function vacuum(reader: Reader, by: Administrator): string {
  const options = optionsOf(reader);
  for (const word of ['full', 'freeze', 'verbose', 'analyze', 'analyse']) if (reader.take(word)) options.push(word);
  const tables = reader.done ? [...by.server.tables.values()] : reader.names().map((name) => tableFor(by, name));
  for (const table of tables) {
    mustOwn(by, table);
    by.rest(Math.ceil(table.rows / ROWS_A_MS) * (options.includes('full') ? 4 : 1));
    const kept = !vacuumTable(by.server, table, by.nowMs);
    if (options.includes('verbose')) by.notice('INFO', `vacuuming "${by.server.database}.public.${table.name}"`);
    if (options.includes('verbose')) by.notice('INFO', `table "${table.name}": ${kept ? `found 0 removable, ${table.rows} nonremovable row versions; ${table.deadRows} are dead but not yet removable` : `0 dead row versions remain`}`);
    if (options.some((word) => word.startsWith('analy'))) analyzeTable(table, by.nowMs);
  }
  return 'VACUUM';
}

/** Takes away what is dead; false where an old snapshot keeps it. */
export function vacuumTable(server: PgServer, table: PgTable, nowMs: number): boolean {
  table.vacuumedAtMs = nowMs;
  if (server.held.length > 0) return false;
  table.deadRows = 0;
  table.bloat = 1;
  return true;
}

function analyzeTable(table: PgTable, nowMs: number): void {
  table.misled = 1;
  table.analyzedAtMs = nowMs;
}

function analyze(reader: Reader, by: Administrator): string {
  optionsOf(reader);
  reader.take('verbose');
  const tables = reader.done ? [...by.server.tables.values()] : reader.names().map((name) => tableFor(by, name.replace(/\(.*$/, '')));
  for (const table of tables) {
    if (!by.superuser && by.user !== table.owner) {
      by.notice('WARNING', `permission denied to analyze "${table.name}", skipping it`);
      continue;
    }
    by.rest(300 + Math.ceil(table.rows / (ROWS_A_MS * 20)));
    analyzeTable(table, by.nowMs);
  }
  return 'ANALYZE';
}

/** Options in brackets, such as `(FULL, ANALYZE)`. */
function optionsOf(reader: Reader): string[] {
  const options: string[] = [];
  if (!reader.take('(')) return options;
  while (!reader.take(')')) {
    options.push(reader.name());
    if (reader.next?.kind === 'word') reader.value();
    reader.take(',');
  }
  return options;
}

function reindex(reader: Reader, by: Administrator): string {
  optionsOf(reader);
  const what = reader.take('index') ? 'index' : reader.take('table') ? 'table' : reader.take('schema') || reader.take('database') || reader.take('system') ? 'all' : reader.fail();
  reader.take('concurrently');
  const name = reader.done ? '' : reader.name();
  reader.end();
  const { server } = by;
  if (what === 'table') tableFor(by, name);
  const chosen = server.indexes.filter((index) => what === 'all' || (what === 'table' ? index.table === name : index.name === name));
  if (what === 'index' && chosen.length === 0) throw noRelation(name);
  for (const index of chosen) {
    mustOwn(by, tableFor(by, index.table), 'index', index.name);
    by.rest(buildMs(tableFor(by, index.table)));
    index.valid = true;
  }
  return 'REINDEX';
}

/** How long an index of a table takes to be built. */
function buildMs({ rows }: PgTable): number {
  return Math.ceil(rows / 180);
}

export function addIndex(by: Administrator, index: PgIndex): void {
  const table = tableFor(by, index.table);
  mustOwn(by, table);
  for (const column of index.columns) if (!/\W/.test(column) && !table.columns.some(({ name }) => name === column)) throw noColumn(column);
  if (by.server.indexes.some(({ name }) => name === index.name)) throw new PgError('42P07', `relation "${index.name}" already exists`);
  by.rest(buildMs(table) * (index.concurrently ? 2 : 1));
  by.server.indexes.push(index);
}

function alterDatabase(reader: Reader, by: Administrator): string {
  mustAdminister(by, 'to alter database');
  const name = reader.name();
  if (name !== by.server.database && name !== 'postgres') throw new PgError('3D000', `database "${name}" does not exist`);
  while (!reader.done) reader.value();
  return 'ALTER DATABASE';
}
