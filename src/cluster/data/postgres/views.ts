import type { SimMs } from '../../../time/sim-time.ts';
import type { PgServer } from './server.ts';
import { blockersOf, type Session } from './sessions.ts';
import { statistics } from './statistics.ts';
import { heapBytes, indexBytes, type PgTable } from './schema.ts';
import { inUnit } from './settings.ts';
import { Interval, type Relation, type Value } from './values.ts';

/** What the system's views are made from. */
export interface ViewSource {
  readonly server: PgServer;
  readonly nowMs: SimMs;
  readonly at: (atMs: SimMs | null) => Value;
  /** Asked for when a view needs them. */
  readonly sessions: () => readonly Session[];
}

type View = (source: ViewSource) => Relation;

/** A relation of rows that name their columns. */
function table(columns: readonly string[], rows: readonly Readonly<Record<string, Value>>[]): Relation {
  return { columns, rows: rows.map((row) => columns.map((column) => row[column] ?? null)) };
}

const oids = (server: PgServer): ReadonlyMap<string, number> => new Map([...server.tables.keys(), ...server.indexes.map(({ name }) => name)].map((name, nth) => [name, 16_384 + nth * 3]));

/** The system's views by name; those of `information_schema` with its name before theirs. */
export const VIEWS: Readonly<Record<string, View>> = {
  pg_stat_activity: ({ server, sessions, at }) => table(
    ['datid', 'datname', 'pid', 'leader_pid', 'usesysid', 'usename', 'application_name', 'client_addr', 'client_hostname', 'client_port', 'backend_start', 'xact_start', 'query_start', 'state_change', 'wait_event_type', 'wait_event', 'state', 'backend_xid', 'backend_xmin', 'query_id', 'query', 'backend_type'],
    sessions().map((session) => ({
      datid: session.role === null ? null : 16_383, datname: session.role === null ? null : server.database, pid: session.pid, usesysid: session.role === null ? null : 10, usename: session.role, application_name: session.application,
      client_addr: session.address, client_port: session.port, backend_start: at(session.startedAtMs), xact_start: at(session.transactionAtMs), query_start: at(session.statementAtMs), state_change: at(session.changedAtMs),
      wait_event_type: session.waits?.type ?? null, wait_event: session.waits?.event ?? null, state: session.state, backend_xid: session.writes && session.transactionAtMs !== null ? xidOf(session) : null, backend_xmin: session.transactionAtMs === null ? null : xidOf(session), query: session.statement, backend_type: session.backend,
    })),
  ),
  pg_locks: (source) => table(['locktype', 'database', 'relation', 'page', 'tuple', 'virtualxid', 'transactionid', 'virtualtransaction', 'pid', 'mode', 'granted', 'fastpath', 'waitstart'], locks(source)),
  pg_stat_statements: (source) => statistics(source),
  pg_stat_user_tables: (source) => tableStatistics(source),
  pg_stat_all_tables: (source) => tableStatistics(source),
  pg_stat_user_indexes: ({ server }) => table(['relid', 'indexrelid', 'schemaname', 'relname', 'indexrelname', 'idx_scan', 'idx_tup_read', 'idx_tup_fetch'], server.indexes.map((index) => {
    const scans = index.primary ? 18_000 + index.name.length * 611 : Math.round((server.tables.get(index.table)?.rows ?? 0) * (index.valid ? 3.1 : 0));
    return { relid: oids(server).get(index.table) ?? null, indexrelid: oids(server).get(index.name) ?? null, schemaname: 'public', relname: index.table, indexrelname: index.name, idx_scan: scans, idx_tup_read: scans, idx_tup_fetch: scans };
  })),
  pg_indexes: ({ server }) => table(['schemaname', 'tablename', 'indexname', 'tablespace', 'indexdef'], server.indexes.map((index) => ({ schemaname: 'public', tablename: index.table, indexname: index.name, indexdef: `CREATE ${index.unique ? 'UNIQUE ' : ''}INDEX ${index.name} ON public.${index.table} USING btree (${index.columns.join(', ')})` }))),
  pg_index: ({ server }) => table(['indexrelid', 'indrelid', 'indisunique', 'indisprimary', 'indisvalid', 'indisready', 'indislive'], server.indexes.map((index) => ({ indexrelid: oids(server).get(index.name) ?? null, indrelid: oids(server).get(index.table) ?? null, indisunique: index.unique, indisprimary: index.primary, indisvalid: index.valid, indisready: true, indislive: true }))),
  pg_class: ({ server }) => table(['oid', 'relname', 'relnamespace', 'relowner', 'relkind', 'reltuples', 'relpages', 'relpersistence'], [
    ...[...server.tables.values()].map((one) => ({ oid: oids(server).get(one.name) ?? null, relname: one.name, relnamespace: 2_200, relowner: 10, relkind: 'r', reltuples: one.rows, relpages: heapBytes(one) / 8_192, relpersistence: 'p' })),
    ...server.indexes.map((one) => ({ oid: oids(server).get(one.name) ?? null, relname: one.name, relnamespace: 2_200, relowner: 10, relkind: 'i', reltuples: server.tables.get(one.table)?.rows ?? 0, relpages: indexBytes(server.tables.get(one.table) as PgTable, one) / 8_192, relpersistence: 'p' })),
  ]),
  pg_namespace: () => table(['oid', 'nspname'], [{ oid: 11, nspname: 'pg_catalog' }, { oid: 2_200, nspname: 'public' }]),
  pg_tables: ({ server }) => table(['schemaname', 'tablename', 'tableowner', 'tablespace', 'hasindexes'], [...server.tables.values()].map(({ name, owner }) => ({ schemaname: 'public', tablename: name, tableowner: owner, hasindexes: server.indexes.some((index) => index.table === name) }))),
  pg_roles: ({ server }) => table(['rolname', 'rolsuper', 'rolinherit', 'rolcreaterole', 'rolcreatedb', 'rolcanlogin', 'rolreplication', 'rolconnlimit', 'rolpassword', 'rolvaliduntil'], [...server.roles.all.values()].map((role) => ({ rolname: role.name, rolsuper: role.superuser, rolinherit: true, rolcreaterole: role.createrole, rolcreatedb: role.createdb, rolcanlogin: role.login, rolreplication: role.replication, rolconnlimit: role.connectionLimit, rolpassword: '********', rolvaliduntil: null }))),
  pg_user: ({ server }) => table(['usename', 'usesuper', 'usecreatedb', 'userepl', 'passwd'], [...server.roles.all.values()].filter(({ login }) => login).map((role) => ({ usename: role.name, usesuper: role.superuser, usecreatedb: role.createdb, userepl: role.replication, passwd: '********' }))),
  pg_settings: ({ server }) => table(['name', 'setting', 'unit', 'context', 'boot_val', 'pending_restart'], server.settings.names().map((name) => ({ name, setting: inUnit(settingOf(server, name) ?? '', server.settings.about(name)?.unit ?? ''), unit: server.settings.about(name)?.unit === '' ? null : (server.settings.about(name)?.unit ?? null), context: server.settings.about(name)?.context ?? null, boot_val: server.settings.about(name)?.byDefault ?? null, pending_restart: server.settings.pending(name) }))),
  pg_database: ({ server }) => table(['oid', 'datname', 'datdba', 'encoding', 'datcollate', 'datallowconn', 'datconnlimit'], ['postgres', 'template0', 'template1', ...(server.database === 'postgres' ? [] : [server.database])].map((name, nth) => ({ oid: name === server.database ? 16_383 : nth + 1, datname: name, datdba: 10, encoding: 6, datcollate: 'en_US.utf8', datallowconn: name !== 'template0', datconnlimit: -1 }))),
  pg_stat_database: ({ server, sessions }) => table(['datid', 'datname', 'numbackends', 'xact_commit', 'xact_rollback', 'blks_read', 'blks_hit', 'conflicts', 'temp_files', 'temp_bytes', 'deadlocks'], [{ datid: 16_383, datname: server.database, numbackends: sessions().filter(({ role }) => role !== null).length, xact_commit: Math.round(totals(server).calls), xact_rollback: Math.round(totals(server).failed), blks_read: 91_204, blks_hit: 48_112_907, conflicts: 0, temp_files: 0, temp_bytes: 0, deadlocks: 0 }]),
  pg_replication_slots: ({ server }) => table(['slot_name', 'plugin', 'slot_type', 'database', 'temporary', 'active', 'active_pid', 'restart_lsn', 'confirmed_flush_lsn', 'wal_status', 'safe_wal_size'], server.slots.map(({ name, plugin, active, keepsBytes }) => ({ slot_name: name, plugin, slot_type: plugin === null ? 'physical' : 'logical', database: plugin === null ? null : server.database, temporary: false, active, restart_lsn: lsnText(WAL_BYTES - keepsBytes), confirmed_flush_lsn: plugin === null ? null : lsnText(WAL_BYTES - keepsBytes), wal_status: keepsBytes > 1_073_741_824 ? 'extended' : 'reserved', safe_wal_size: null }))),
  pg_stat_replication: ({ server }) => table(['pid', 'usename', 'application_name', 'client_addr', 'state', 'sent_lsn', 'write_lsn', 'flush_lsn', 'replay_lsn', 'write_lag', 'flush_lag', 'replay_lag', 'sync_state'], followersOf(server)),
  pg_stat_wal_receiver: () => table(['pid', 'status', 'latest_end_lsn', 'slot_name', 'sender_host'], []),
  pg_stat_progress_vacuum: () => table(['pid', 'datname', 'relid', 'phase'], []),
  pg_stat_progress_create_index: () => table(['pid', 'datname', 'relid', 'phase'], []),
  pg_prepared_xacts: () => table(['transaction', 'gid', 'prepared', 'owner', 'database'], []),
  pg_extension: () => table(['extname', 'extversion'], [{ extname: 'plpgsql', extversion: '1.0' }, { extname: 'pg_stat_statements', extversion: '1.10' }]),
  pg_hba_file_rules: ({ server }) => table(['rule_number', 'file_name', 'line_number', 'type', 'database', 'user_name', 'address', 'netmask', 'auth_method', 'options', 'error'], [
    { rule_number: 1, file_name: '/var/lib/postgresql/data/pg_hba.conf', line_number: 117, type: 'local', database: ['all'], user_name: ['all'], auth_method: 'trust' },
    { rule_number: 2, file_name: '/var/lib/postgresql/data/pg_hba.conf', line_number: 119, type: 'host', database: ['all'], user_name: ['all'], address: '127.0.0.1', netmask: '255.255.255.255', auth_method: 'trust' },
    { rule_number: 3, file_name: '/var/lib/postgresql/data/pg_hba.conf', line_number: 128, type: 'host', database: ['all'], user_name: ['all'], address: 'all', auth_method: server.authentication },
  ]),
  'information_schema.tables': ({ server }) => table(['table_catalog', 'table_schema', 'table_name', 'table_type'], [...server.tables.values()].map(({ name }) => ({ table_catalog: server.database, table_schema: 'public', table_name: name, table_type: 'BASE TABLE' }))),
  'information_schema.columns': ({ server }) => table(['table_schema', 'table_name', 'column_name', 'ordinal_position', 'is_nullable', 'data_type'], [...server.tables.values()].flatMap(({ name, columns }) => columns.map((column, nth) => ({ table_schema: 'public', table_name: name, column_name: column.name, ordinal_position: nth + 1, is_nullable: column.required ? 'NO' : 'YES', data_type: column.type })))),
  'information_schema.role_table_grants': ({ server }) => table(['grantor', 'grantee', 'table_schema', 'table_name', 'privilege_type'], [...server.tables.values()].flatMap(({ name, owner }) => [...server.roles.all.values()].flatMap((role) => (['select', 'insert', 'update', 'delete', 'truncate', 'references', 'trigger'] as const).filter((privilege) => (role.name === owner && !role.grants.has(name)) || role.grants.get(name)?.has(privilege) === true).map((privilege) => ({ grantor: owner, grantee: role.name, table_schema: 'public', table_name: name, privilege_type: privilege.toUpperCase() }))))),
};

const WAL_BYTES = 0x0b_a2_41_77_30;

function lsnText(bytes: number): string {
  return `${Math.floor(bytes / 4_294_967_296).toString(16).toUpperCase()}/${(bytes % 4_294_967_296).toString(16).toUpperCase()}`;
}

/** A setting as it is in force; what the server's image takes from its environment is so, too. */
export function settingOf(server: PgServer, name: string): string | undefined {
  const [pod] = server.pods;
  if (name === 'wal_lsn') return lsnText(WAL_BYTES);
  if (name === 'server_version') return pod?.variant.tag ?? '16.4';
  if (name === 'max_connections') return server.settings.chosen(name) ?? String(pod?.variant.maxConnections ?? 100);
  return server.settings.chosen(name) ?? pod?.environment.get(name.toUpperCase()) ?? server.settings.value(name);
}

function totals(server: PgServer): { calls: number; failed: number } {
  let calls = 0;
  for (const { rows } of server.tables.values()) calls += rows * 3;
  return { calls, failed: calls * 0.001 };
}

function xidOf({ pid, transactionAtMs }: Session): number {
  return 4_100_000 + Math.floor((transactionAtMs ?? 0) / 40) + (pid % 40);
}

function locks(source: ViewSource): Readonly<Record<string, Value>>[] {
  const sessions = source.sessions();
  const known = oids(source.server);
  const rows: Readonly<Record<string, Value>>[] = [];
  for (const session of sessions) {
    if (session.transactionAtMs === null || session.role === null) continue;
    const shared = { database: 16_383, virtualtransaction: `${session.pid % 90}/${session.pid}`, pid: session.pid };
    rows.push({ ...shared, locktype: 'virtualxid', virtualxid: `${session.pid % 90}/${session.pid}`, mode: 'ExclusiveLock', granted: true, fastpath: true });
    if (session.table !== null && known.has(session.table)) rows.push({ ...shared, locktype: 'relation', relation: known.get(session.table) ?? null, mode: session.writes ? 'RowExclusiveLock' : 'AccessShareLock', granted: true, fastpath: true });
    if (session.writes) rows.push({ ...shared, locktype: 'transactionid', transactionid: xidOf(session), mode: 'ExclusiveLock', granted: true, fastpath: false });
    if (!session.blocked) continue;
    const [blocker] = blockersOf(session.pid, sessions);
    const by = sessions.find(({ pid }) => pid === blocker);
    if (by !== undefined) rows.push({ ...shared, locktype: 'transactionid', transactionid: xidOf(by), mode: 'ShareLock', granted: false, fastpath: false, waitstart: source.at(session.statementAtMs) });
  }
  return rows;
}

function tableStatistics({ server, at, nowMs }: ViewSource): Relation {
  server.count(nowMs);
  return table(['relid', 'schemaname', 'relname', 'seq_scan', 'seq_tup_read', 'idx_scan', 'idx_tup_fetch', 'n_tup_ins', 'n_tup_upd', 'n_tup_del', 'n_live_tup', 'n_dead_tup', 'n_mod_since_analyze', 'last_vacuum', 'last_autovacuum', 'last_analyze', 'last_autoanalyze', 'vacuum_count', 'autovacuum_count', 'analyze_count', 'autoanalyze_count'], [...server.tables.values()].map((one) => {
    const { whole = 0, byIndex = 0 } = server.scans.get(one.name) ?? {};
    return {
      relid: oids(server).get(one.name) ?? null, schemaname: 'public', relname: one.name, seq_scan: Math.round(whole), seq_tup_read: Math.round(whole * one.rows), idx_scan: Math.round(byIndex), idx_tup_fetch: Math.round(byIndex),
      n_tup_ins: one.rows, n_tup_upd: Math.round(one.rows * 0.4), n_tup_del: 0, n_live_tup: one.misled > 1 ? 0 : one.rows, n_dead_tup: one.deadRows, n_mod_since_analyze: one.misled > 1 ? one.rows : Math.round(one.rows * 0.004),
      last_vacuum: null, last_autovacuum: at(one.vacuumedAtMs), last_analyze: null, last_autoanalyze: at(one.analyzedAtMs), vacuum_count: 0, autovacuum_count: one.vacuumedAtMs === null ? 0 : 31, analyze_count: 0, autoanalyze_count: one.analyzedAtMs === null ? 0 : 44,
    };
  }));
}

/** A server that hears nothing of a follower for so long ends the connection: wal_sender_timeout. */
const SENDER_TIMEOUT_MS = 60_000;

/** Those who read its log as it is written. */
function followersOf({ key, traffic }: PgServer): Readonly<Record<string, Value>>[] {
  return [...traffic.flow.replication.replicas.values()].flatMap(({ source, database }, nth) =>
    source?.key === key && database.behindMs < SENDER_TIMEOUT_MS && database.service.pods.length > 0
      ? [{ pid: 310 + nth, usename: 'postgres', application_name: 'walreceiver', state: database.behindMs > 10_000 ? 'catchup' : 'streaming', write_lag: new Interval(database.behindMs / 2), flush_lag: new Interval(database.behindMs / 2), replay_lag: new Interval(database.behindMs), sync_state: 'async' }]
      : []);
}
