import type { SimMs } from '../../../time/sim-time.ts';
import type { PodFlow } from '../../traffic/graph.ts';
import type { Traffic } from '../../traffic/traffic.ts';
import { clientOf, queriesOf, SQL_WORDS, type Client } from '../clients.ts';
import type { Wanted } from '../../traffic/lever-set.ts';
import { vacuumTable } from './administration.ts';
import { newRole, Roles, type Privilege } from './roles.ts';
import { newTable, type Need, type PgIndex, type PgTable } from './schema.ts';
import { Settings } from './settings.ts';

/** A session that somebody forgot in the middle of a transaction. */
export interface HeldSession {
  readonly pid: number;
  readonly role: string;
  readonly application: string;
  readonly address: string | null;
  readonly statement: string;
  readonly startedAtMs: SimMs;
  /** A table whose rows it holds; null where it only keeps a snapshot. */
  readonly table: string | null;
}

/** What follows somewhere else reads from here; what it has not read yet is kept. */
export interface Slot {
  readonly name: string;
  readonly plugin: string | null;
  readonly active: boolean;
  readonly keepsBytes: number;
}

/** Columns that statements of the application name; while one is not there they fail. */
export interface Naming {
  readonly table: string;
  readonly column: string;
  /** Of the statements of that table, or of all where it is the whole database that is meant. */
  readonly share: number;
  readonly everywhere: boolean;
  readonly says: string;
}

/**
 * What a PostgreSQL server behind a Service holds: tables, indexes, roles, sessions that nobody of the application has
 * opened, settings. Made when somebody first looks or when something first goes wrong in it: until then all is as the
 * application needs it. What levers follow from it says {@link wanted}.
 */
export class PgServer {
  /** `namespace/service`. */
  readonly key: string;
  readonly roles = new Roles();
  readonly settings = new Settings();
  readonly tables = new Map<string, PgTable>();
  indexes: PgIndex[] = [];
  readonly needs: Need[] = [];
  readonly held: HeldSession[] = [];
  readonly slots: Slot[] = [];
  readonly namings: Naming[] = [];
  /** `trust` where its clients show no password, as `pg_hba.conf` has it. */
  authentication: 'trust' | 'scram-sha-256';
  readonly superuser: string;
  readonly database: string;
  readonly bornAtMs: SimMs;
  readonly traffic: Traffic;
  readonly seed: number;
  /** How often tables were read whole and by an index, as far as it was counted, and how they are read since. */
  readonly scans = new Map<string, { whole: number; byIndex: number; sequential: boolean }>();
  #countedMs: SimMs;
  /** The share of rows that its disk gives back wrong. */
  misread = (): number => 0;
  /** The processes that serve it, by which a restart is known. */
  #run = '';

  /** `environment` is that of the container that serves it. */
  constructor(key: string, traffic: Traffic, environment: ReadonlyMap<string, string>, seed: number, nowMs: SimMs) {
    this.key = key;
    this.traffic = traffic;
    this.seed = seed;
    this.bornAtMs = nowMs;
    this.#countedMs = nowMs;
    this.superuser = environment.get('POSTGRES_USER') ?? 'postgres';
    const clients = this.clients();
    this.database = environment.get('POSTGRES_DB') ?? clients[0]?.database ?? 'postgres';
    this.authentication = clients.length > 0 && clients.every(({ password }) => password === null) ? 'trust' : 'scram-sha-256';
    this.roles.add(newRole(this.superuser, { login: true, superuser: true, createdb: true, createrole: true, replication: true, password: environment.get('POSTGRES_PASSWORD') ?? null }));
    for (const { role, password } of clients) if (!this.roles.all.has(role)) this.roles.add(newRole(role, { login: true, password }));
    this.#meetTables();
    this.#run = this.#runs();
  }

  /** The pods that serve it. */
  get pods(): readonly PodFlow[] {
    return this.traffic.places.service(this.key).pods;
  }

  /** The pods that use it. */
  clients(): Client[] {
    const unnamed = 'app';
    return this.traffic.flow.layout.pods.filter((pod) => pod.pools.some(({ plan }) => plan.database.key === this.key)).map((pod) => clientOf(pod, this.key, SQL_WORDS, unnamed));
  }

  /** Something around it changed: pods came or went. */
  refreshed(): void {
    this.#meetTables();
    const runs = this.#runs();
    if (runs === this.#run || runs === '') return;
    // With its process all sessions end; what it was told to read at a start, it reads.
    this.#run = runs;
    this.held.splice(0);
    this.settings.restarted();
    this.applySettings();
  }

  /** Index that serves statements that search by these columns; undefined where there is none that may be used. */
  serving({ table, columns }: Need): PgIndex | undefined {
    return this.indexes.find((index) => index.valid && index.table === table && columns.every((column, nth) => index.columns[nth] === column));
  }

  /** How many times as long the statements of a table take as they ought to. */
  factorOf(table: PgTable): number {
    const has = (column: string): boolean => table.columns.some(({ name }) => name === column);
    const lacking = this.needs.filter((need) => need.table === table.name && need.columns.every(has) && this.serving(need) === undefined);
    return lacking.reduce((factor, { worth }) => factor * worth, 1) * table.misled * table.bloat;
  }

  /** Whether statements of the application read a table from end to end. */
  readsWhole(table: PgTable): boolean {
    return table.misled > 1 || this.needs.some((need) => need.table === table.name && this.serving(need) === undefined);
  }

  /** Statements a second on each table. */
  rates(): Map<string, number> {
    const rates = new Map<string, number>();
    for (const variant of new Set(this.traffic.flow.layout.pods.map((pod) => pod.variant))) {
      for (const route of variant.routes) for (const op of route.ops) if (op.kind === 'query' && op.database.key === this.key) rates.set(op.table, (rates.get(op.table) ?? 0) + route.startedPerS * op.nowShare);
    }
    return rates;
  }

  /** Counts what has passed since it was counted last, as tables were read until now. */
  count(nowMs: SimMs): void {
    const rates = this.rates();
    const seconds = (nowMs - this.#countedMs) / 1000;
    this.#countedMs = nowMs;
    for (const table of this.tables.values()) {
      const known = this.scans.get(table.name) ?? { whole: 12 + table.name.length, byIndex: table.rows * 3, sequential: this.readsWhole(table) };
      this.scans.set(table.name, known);
      const passed = (rates.get(table.name) ?? 0) * seconds;
      if (known.sequential) known.whole += passed;
      else known.byIndex += passed;
      known.sequential = this.readsWhole(table);
    }
  }

  /** Whether a column that the application names is not there. */
  lacks({ table, column }: Naming): boolean {
    const found = this.tables.get(table);
    return found === undefined || !found.columns.some(({ name }) => name === column);
  }

  /** Why a client is turned away, in the server's words; null where it is not. */
  refusal(client: Client): string | null {
    const { role: name, password } = client;
    const role = this.roles.all.get(name);
    if (this.authentication !== 'trust' && (role === undefined || (role.password ?? '') !== (password ?? '') || password === null)) return password === null && role !== undefined ? 'fe_sendauth: no password supplied' : `FATAL: password authentication failed for user "${name}" (SQLSTATE 28P01)`;
    if (role === undefined) return `FATAL: role "${name}" does not exist (SQLSTATE 28000)`;
    if (!role.login) return `FATAL: role "${name}" is not permitted to log in (SQLSTATE 28000)`;
    if (!role.connect && !role.superuser) return `FATAL: permission denied for database "${this.database}" (SQLSTATE 42501)`;
    if (role.connectionLimit === 0) return `FATAL: too many connections for role "${name}" (SQLSTATE 53300)`;
    for (const { route, op } of queriesOf(client.pod, this.key)) {
      const table = this.tables.get(op.table);
      if (table === undefined) return `ERROR: relation "${op.table}" does not exist (SQLSTATE 42P01)`;
      if (privilegesOf(op.lock !== null, route).some((privilege) => !this.roles.may(name, privilege, table.name, table.owner))) return `ERROR: permission denied for table ${table.name} (SQLSTATE 42501)`;
    }
    return null;
  }

  /** A session begins a transaction and is forgotten. */
  forget(session: Pick<HeldSession, 'role' | 'application' | 'statement' | 'table' | 'startedAtMs'>): HeldSession {
    const held = { ...session, pid: 31_000 + this.held.length * 7 + (this.key.length % 5), address: null };
    this.held.push(held);
    return held;
  }

  /** Ends a session; false where it is not one that somebody forgot. */
  endSession(pid: number): boolean {
    const at = this.held.findIndex((held) => held.pid === pid);
    if (at !== -1) this.held.splice(at, 1);
    return at !== -1;
  }

  /** The table that costs the most work; undefined where there is none. */
  busiest(): PgTable | undefined {
    const work = new Map<string, number>();
    for (const variant of new Set(this.traffic.flow.layout.pods.map((pod) => pod.variant))) {
      for (const route of variant.routes) for (const op of route.ops) if (op.kind === 'query' && op.database.key === this.key) work.set(op.table, (work.get(op.table) ?? 0) + route.startedPerS * op.nowShare * op.workMs);
    }
    const [first] = [...work].toSorted(([, one], [, other]) => other - one);
    return first === undefined ? undefined : this.tables.get(first[0]);
  }

  /** What it has that it was not born with, one line a thing. Two servers that are alike say the same. */
  lines(): string[] {
    return [
      ...[...this.tables.values()].map(({ name, owner, columns, misled, bloat }) => `table ${name} of ${owner}: ${columns.map((column) => column.name).join(', ')}; ${misled} ${bloat}`),
      ...this.indexes.map(({ name, table, columns, valid }) => `index ${name} on ${table} (${columns.join(', ')})${valid ? '' : ' invalid'}`),
      ...[...this.roles.all.values()].map(({ name, login, superuser, password, usage, connect, connectionLimit, grants }) => `role ${name} ${[login, superuser, password, usage, connect, connectionLimit].join(' ')} ${[...grants].map(([table, had]) => `${table}=${[...had].join('+')}`).join(' ')}`),
      ...this.held.map(({ pid, table }) => `session ${pid} holds ${table ?? 'a snapshot'}`),
      ...this.slots.map(({ name }) => `slot ${name}`), ...this.settings.lines(), this.authentication, `${this.namings.length} namings`,
    ].map((line) => `${this.key} ${line}`).toSorted((one, other) => (one < other ? -1 : 1));
  }

  /** What the server does by itself from time to time: nothing where autovacuum is off. */
  tend(nowMs: SimMs): void {
    if (this.settings.value('autovacuum') !== 'on') return;
    for (const table of this.tables.values()) if (table.bloat > 1 && nowMs - (table.vacuumedAtMs ?? 0) > NAP_MS) vacuumTable(this, table, nowMs);
  }

  /** The levers that follow from how it is. */
  wanted(): Wanted[] {
    const wanted: Wanted[] = [];
    for (const table of this.tables.values()) {
      const factor = this.factorOf(table);
      if (factor !== 1) wanted.push({ lever: 'query-factor', target: `${this.key}/${table.name}`, amount: factor });
    }
    for (const naming of this.namings) {
      if (this.lacks(naming)) wanted.push({ lever: 'query-errors', target: naming.everywhere ? this.key : `${this.key}/${naming.table}`, amount: naming.share, says: naming.says });
    }
    const held = new Set(this.held.flatMap(({ table }) => table ?? []));
    for (const lock of this.locksOn(held)) wanted.push({ lever: 'lock-held', target: lock, amount: 1 });
    return [...wanted, ...this.#refusals()];
  }

  /** Keys of the locks of these tables. */
  locksOn(tables: ReadonlySet<string>): string[] {
    const found = new Set<string>();
    for (const pod of this.traffic.flow.layout.pods) for (const { op } of queriesOf(pod, this.key)) if (op.lock !== null && tables.has(op.table)) found.add(op.lock.key);
    return [...found];
  }

  /** Lets what its settings say reach its clients. */
  applySettings(): void {
    const database = this.traffic.places.database(this.key);
    const connections = Number(this.settings.chosen('max_connections'));
    database.connectionsSet = connections > 0 ? connections : null;
    database.lockTimeoutMs = this.settings.lockTimeoutMs;
    database.statementTimeoutMs = this.settings.statementTimeoutMs;
  }

  #refusals(): Wanted[] {
    const byWorkload = new Map<string, { pods: number; refused: number; says: string }>();
    for (const client of this.clients()) {
      const known = byWorkload.get(client.pod.workloadKey) ?? { pods: 0, refused: 0, says: '' };
      const why = this.refusal(client);
      byWorkload.set(client.pod.workloadKey, { pods: known.pods + 1, refused: known.refused + (why === null ? 0 : 1), says: why ?? known.says });
    }
    return [...byWorkload].flatMap(([workload, { pods, refused, says }]) => (refused === 0 ? [] : [{ lever: 'way-denied', target: `${workload}→${this.key}`, amount: refused / pods, says }]));
  }

  /** Tables that programs work on which nobody has met yet: their first migration made them. */
  #meetTables(): void {
    for (const { pod, role } of this.clients()) {
      for (const { op } of queriesOf(pod, this.key)) {
        if (this.needs.some(({ table }) => table === op.table)) continue;
        const { table, indexes, need } = newTable(op.table, role, this.seed, this.key);
        this.needs.push(need);
        if (this.tables.has(table.name)) continue;
        this.tables.set(table.name, table);
        this.indexes.push(...indexes);
      }
    }
  }

  #runs(): string {
    return this.pods.map(({ uid, run }) => `${uid}/${run}`).join(' ');
  }
}

/** Autovacuum looks this often. */
const NAP_MS = 60_000;

/** What a statement of a route has to be allowed. */
function privilegesOf(locks: boolean, route: string): readonly Privilege[] {
  return locks || WRITES.test(route) ? ['select', 'insert', 'update'] : ['select'];
}

export const WRITES = /(?:^|-)(?:place|create|add|reserve|write|update|charge|enqueue|save|store|insert|put|post|book|handle|delete)/;
