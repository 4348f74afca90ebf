import { parse, type SelectStatement, type Statement } from 'pgsql-ast-parser';
import type { SimMs } from '../../../time/sim-time.ts';
import type { PodFlow } from '../../traffic/graph.ts';
import { administer, type Administrator, tableFor } from './administration.ts';
import { changeRows, type Written } from './change-rows.ts';
import { define } from './definitions.ts';
import { explain } from './explain.ts';
import { notAllowed, notOwner, PgError } from './pg-error.ts';
import { heapBytes, indexBytes } from './schema.ts';
import { select } from './select.ts';
import type { HeldSession, PgServer } from './server.ts';
import { blockersOf, type Session, sessionsOf } from './sessions.ts';
import type { Surround } from './surround.ts';
import { rowsOf } from './table-rows.ts';
import { type Relation, textOf, Timestamp, type Value } from './values.ts';
import { settingOf, VIEWS } from './views.ts';
import { Reader } from './words.ts';

/** What a statement answered. */
export interface Outcome {
  readonly relation: Relation | null;
  /** Such as `SELECT 3` or `CREATE INDEX`. */
  readonly tag: string;
  readonly notices: readonly { readonly severity: string; readonly text: string }[];
}

/** A statement takes longer than it was given: it is to be run again when so many ms have passed. */
export class Lasts {
  readonly ms: number;

  constructor(ms: number) {
    this.ms = ms;
  }
}

/** What a session needs of the world around its server. */
export interface SessionWorld {
  readonly nowMs: SimMs;
  unixMs(atMs: SimMs): number;
  addressOf(pod: PodFlow): string | null;
  /** When its container was started. */
  startedMs(pod: PodFlow): SimMs;
  /** Called when something was changed that others may feel. */
  changed(): void;
}

/** One session of somebody with `psql`. */
export class PgSession {
  readonly server: PgServer;
  readonly user: string;
  readonly database: string;
  readonly pid: number;
  readonly #world: SessionWorld;
  readonly #startedAtMs: SimMs;
  readonly #mine = new Map<string, string>();
  #block: 'none' | 'open' | 'failed' = 'none';
  #blockAtMs: SimMs = 0;
  #held: HeldSession | null = null;
  #notices: { severity: string; text: string }[] = [];
  #running = '';
  #given = 0;
  #asked = 0;

  constructor(server: PgServer, user: string, database: string, pid: number, world: SessionWorld) {
    this.server = server;
    this.user = user;
    this.database = database;
    this.pid = pid;
    this.#world = world;
    this.#startedAtMs = world.nowMs;
  }

  get block(): 'none' | 'open' | 'failed' {
    return this.#block;
  }

  get superuser(): boolean {
    return this.server.roles.all.get(this.user)?.superuser === true;
  }

  /** Runs one statement, which has been given so many ms; throws what the server complains of, or that it {@link Lasts}. */
  run(sql: string, givenMs: number): Outcome {
    this.#notices = [];
    this.#running = sql;
    this.#given = givenMs;
    this.#asked = 0;
    try {
      if (this.#block === 'failed' && !/^\s*(?:rollback|abort|commit|end)\b/i.test(sql)) throw new PgError('25P02', 'current transaction is aborted, commands ignored until end of transaction block');
      const outcome = this.#run(sql);
      return { ...outcome, notices: this.#notices };
    } catch (error) {
      if (error instanceof PgError && this.#block === 'open') this.#block = 'failed';
      throw error;
    }
  }

  /** The client is gone. */
  close(): void {
    this.#letGo();
    this.#block = 'none';
  }

  #run(sql: string): Pick<Outcome, 'relation' | 'tag'> {
    const short = this.#shortcut(sql);
    if (short !== null) return short;
    const tag = administer(sql, this.#administrator);
    if (tag !== null) {
      this.#world.changed();
      return { relation: null, tag };
    }
    const [statement] = parsed(sql);
    return statement === undefined ? { relation: null, tag: '' } : this.#execute(statement);
  }

  /** Statements that are about the session itself, and `EXPLAIN`. */
  #shortcut(sql: string): Pick<Outcome, 'relation' | 'tag'> | null {
    const reader = new Reader(sql);
    if (reader.take('begin') || reader.take('start', 'transaction')) return this.#begin();
    if (reader.take('commit') || reader.take('end')) return this.#end(this.#block === 'failed' ? 'ROLLBACK' : 'COMMIT');
    if (reader.take('rollback') || reader.take('abort')) return this.#end('ROLLBACK');
    if (reader.take('show')) return this.#show(reader);
    if (reader.take('set')) return this.#set(reader);
    if (reader.take('reset')) {
      this.#mine.delete(reader.name());
      return { relation: null, tag: 'RESET' };
    }
    if (reader.take('lock', 'table') || reader.take('lock')) {
      if (this.#block === 'none') throw new PgError('25P01', 'LOCK TABLE can only be used in transaction blocks');
      this.#wrote({ table: tableFor(this.#administrator, reader.name()).name, count: 0 }, sql);
      return { relation: null, tag: 'LOCK TABLE' };
    }
    const explained = /^\s*explain\s*(\(([^)]*)\)|analyze\b)?\s*(?:verbose\b)?/i.exec(sql);
    if (explained === null) return null;
    const analyze = /analy[sz]e/i.test(explained[1] ?? '');
    const [statement] = parsed(sql.slice(explained[0].length));
    if (statement === undefined) throw new PgError('42601', 'syntax error at end of input');
    const { lines, tookMs } = explain(this.server, statement, analyze, this.server.traffic.places.database(this.server.key).stretch);
    this.#rest(tookMs);
    return { relation: { columns: ['QUERY PLAN'], rows: lines.map((line) => [line]) }, tag: 'EXPLAIN' };
  }

  #begin(): Pick<Outcome, 'relation' | 'tag'> {
    if (this.#block !== 'none') this.#notice('WARNING', 'there is already a transaction in progress');
    else {
      this.#block = 'open';
      this.#blockAtMs = this.#world.nowMs;
    }
    return { relation: null, tag: 'BEGIN' };
  }

  #end(tag: string): Pick<Outcome, 'relation' | 'tag'> {
    if (this.#block === 'none') this.#notice('WARNING', 'there is no transaction in progress');
    this.#letGo();
    this.#block = 'none';
    return { relation: null, tag };
  }

  #show(reader: Reader): Pick<Outcome, 'relation' | 'tag'> {
    const name = reader.name();
    if (name === 'all') return { relation: { columns: ['name', 'setting', 'description'], rows: this.server.settings.names().map((one) => [one, this.#setting(one) ?? '', '']) }, tag: 'SHOW' };
    const value = this.#setting(name);
    if (value === undefined) throw new PgError('42704', `unrecognized configuration parameter "${name}"`);
    return { relation: { columns: [name], rows: [[value]] }, tag: 'SHOW' };
  }

  #set(reader: Reader): Pick<Outcome, 'relation' | 'tag'> {
    if (!reader.take('session')) reader.take('local');
    const name = reader.name();
    if (!['role', 'search_path', 'application_name', 'client_encoding', 'datestyle', 'time', 'transaction', 'client_min_messages'].includes(name)) {
      const known = this.server.settings.about(name);
      if (known === undefined) throw new PgError('42704', `unrecognized configuration parameter "${name}"`);
      if (known.context === 'sighup' || known.context === 'postmaster') throw new PgError('55P02', known.context === 'sighup' ? `parameter "${name}" cannot be changed now` : `parameter "${name}" cannot be changed without restarting the server`);
      if (!reader.take('to')) reader.need('=');
      this.#mine.set(name, reader.value());
    }
    return { relation: null, tag: 'SET' };
  }

  #setting(name: string): string | undefined {
    return this.#mine.get(name) ?? settingOf(this.server, name);
  }

  #execute(statement: Statement): Pick<Outcome, 'relation' | 'tag'> {
    const by = this.#administrator;
    if (isSelect(statement)) {
      const relation = select(statement, this.surround());
      return { relation, tag: `SELECT ${relation.rows.length}` };
    }
    if (statement.type === 'insert' || statement.type === 'update' || statement.type === 'delete' || statement.type === 'truncate table') {
      const { tag, written } = changeRows(statement, by, (ms) => this.#rest(ms), this.#mine.get('lock_timeout') ?? null);
      if (written !== null) this.#wrote(written, tag);
      return { relation: null, tag };
    }
    if (!define(statement, by, this.#block !== 'none')) throw new PgError('0A000', `${statement.type} is not supported by this server`);
    this.#world.changed();
    return { relation: null, tag: statement.type.toUpperCase() };
  }

  /** What it wrote it holds until its transaction ends. */
  #wrote({ table }: Written, statement: string): void {
    if (this.#block !== 'open' || table === null) return;
    this.#letGo();
    this.#held = { pid: this.pid, role: this.user, application: 'psql', address: null, statement, startedAtMs: this.#world.nowMs, table };
    this.server.held.push(this.#held);
    this.#world.changed();
  }

  #letGo(): void {
    const at = this.#held === null ? -1 : this.server.held.indexOf(this.#held);
    this.#held = null;
    if (at === -1) return;
    this.server.held.splice(at, 1);
    this.#world.changed();
  }

  #notice(severity: string, text: string): void {
    this.#notices.push({ severity, text });
  }

  #rest(ms: number): void {
    this.#asked += ms;
    if (this.#asked > this.#given) throw new Lasts(this.#asked);
  }

  get #administrator(): Administrator {
    return { server: this.server, pid: this.pid, user: this.user, superuser: this.superuser, nowMs: this.#world.nowMs, notice: (severity, text) => this.#notice(severity, text), rest: (ms) => this.#rest(ms) };
  }

  /** Sessions as they are now, this one among them. */
  sessions(): Session[] {
    const { nowMs } = this.#world;
    const own: Session = {
      pid: this.pid, role: this.user, application: 'psql', address: null, port: -1, backend: 'client backend', state: 'active', waits: null, startedAtMs: this.#startedAtMs, transactionAtMs: this.#block === 'none' ? nowMs : this.#blockAtMs,
      statementAtMs: nowMs, changedAtMs: nowMs, statement: this.#running.trim(), table: null, blocked: false, writes: false,
    };
    return sessionsOf(this.server, nowMs, [own], this.#world).filter((session, nth, all) => session.pid !== this.pid || all.findIndex(({ pid }) => pid === this.pid) === nth);
  }

  surround(): Surround {
    const { server } = this;
    const world = this.#world;
    return {
      user: this.user, superuser: this.superuser, database: this.database, pid: this.pid, unixMs: world.unixMs(world.nowMs), version: settingOf(server, 'server_version') ?? '16.4',
      relation: (schema, name) => this.#relation(schema, name),
      relationName: (value) => (typeof value === 'number' || /^\d+$/.test(textOf(value)) ? nameOfOid(this.#relation('pg_catalog', 'pg_class'), Number(textOf(value))) : value),
      setting: (name) => this.#setting(name),
      blockers: (pid) => blockersOf(pid, this.sessions()),
      terminate: (pid) => this.#terminate(pid),
      cancel: (pid) => this.sessions().some((session) => session.pid === pid && session.role !== null),
      behindMs: behindOf(server),
      promote: () => server.traffic.promote(server.key),
      reload: () => {
        server.settings.reload();
        server.applySettings();
        world.changed();
      },
      bytes: (name, withIndexes) => this.#bytes(name, withIndexes),
      dropSlot: (name) => this.#dropSlot(name),
      warn: (text) => this.#notice('WARNING', text),
      rest: (ms) => this.#rest(ms),
    };
  }

  #relation(schema: string | undefined, name: string): Relation | undefined {
    const { server } = this;
    const key = schema === 'information_schema' ? `information_schema.${name}` : name;
    const view = schema !== 'public' && Object.hasOwn(VIEWS, key) ? VIEWS[key] : undefined;
    if (view !== undefined) return view({ server, nowMs: this.#world.nowMs, at: (atMs) => (atMs === null ? null : new Timestamp(this.#world.unixMs(atMs))), sessions: () => this.sessions() });
    const table = schema === undefined || schema === 'public' ? server.tables.get(name) : undefined;
    if (table === undefined || (this.database !== server.database && server.database !== '')) return undefined;
    if (!server.roles.may(this.user, 'select', name, table.owner)) throw notAllowed(`for table ${name}`);
    return rowsOf(table, this.#world.unixMs(server.bornAtMs), server.misread());
  }

  #terminate(pid: number): boolean {
    const target = this.sessions().find((session) => session.pid === pid);
    if (target === undefined || target.role === null) return false;
    if (!this.superuser && target.role !== this.user) throw notOwnerOfSession();
    this.server.endSession(pid);
    this.#world.changed();
    return true;
  }

  #bytes(name: string | null, withIndexes: boolean): number | undefined {
    const { tables, indexes } = this.server;
    if (name === null) return [...tables.keys()].reduce((sum, one) => sum + (this.#bytes(one, true) ?? 0), 7_900_000);
    const index = indexes.find((one) => one.name === name);
    const table = tables.get(index?.table ?? name);
    if (table === undefined) return undefined;
    if (index !== undefined) return indexBytes(table, index);
    return heapBytes(table) + (withIndexes ? indexes.filter((one) => one.table === name).reduce((sum, one) => sum + indexBytes(table, one), 0) : 0);
  }

  #dropSlot(name: string): boolean {
    const slot = this.server.slots.find((one) => one.name === name);
    if (slot === undefined) return false;
    if (!this.superuser) throw new PgError('42501', 'permission denied to use replication slots', { detail: 'Only roles with the REPLICATION attribute may use replication slots.' });
    if (slot.active) throw new PgError('55006', `replication slot "${name}" is active for PID 214`);
    this.server.slots.splice(this.server.slots.indexOf(slot), 1);
    this.#world.changed();
    return true;
  }
}

function notOwnerOfSession(): PgError {
  const { code } = notOwner('');
  return new PgError(code, 'permission denied to terminate process', { detail: 'Only roles with privileges of the role whose process is being terminated or with privileges of the "pg_signal_backend" role may terminate this process.' });
}

function nameOfOid(classes: Relation | undefined, oid: number): Value {
  return classes?.rows.find(([own = null]) => own === oid)?.[1] ?? oid;
}

function isSelect(statement: Statement): statement is SelectStatement {
  return ['select', 'union', 'union all', 'values', 'with', 'with recursive'].includes(statement.type);
}

/** The statements of a text; PostgreSQL's own complaint where they are none. */
function parsed(sql: string): Statement[] {
  try {
    return parse(sql, { locationTracking: true });
  } catch (error) {
    const token = (error as { token?: { value: string; offset: number } }).token;
    if (token === undefined) throw new PgError('42601', 'syntax error at end of input', { offset: sql.trimEnd().length });
    // A word that begins no statement is complained of itself.
    const [, first = ''] = /^\s*(\w+)/.exec(sql) ?? [];
    const unknown = !KNOWN_FIRST.test(first);
    throw new PgError('42601', `syntax error at or near "${unknown ? first : token.value}"`, { offset: unknown ? sql.indexOf(first) : token.offset });
  }
}

const KNOWN_FIRST = /^(?:select|with|values|insert|update|delete|create|drop|alter|truncate|table|set|show|begin|commit|rollback|comment|refresh|prepare|deallocate|do|raise|start)$/i;

/** How far a server is behind the one that it follows; null for a primary. */
function behindOf({ key, traffic }: PgServer): number | null {
  const replica = traffic.flow.replication.replicas.get(key);
  return replica === undefined || replica.source === null ? null : replica.database.behindMs;
}
