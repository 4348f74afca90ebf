import { digest } from '../../../time/dice.ts';
import type { SimMs } from '../../../time/sim-time.ts';
import type { PodFlow, PoolFlow } from '../../traffic/graph.ts';
import { clientOf, queriesOf, SQL_WORDS } from '../clients.ts';
import { type HeldSession, type PgServer, WRITES } from './server.ts';

/** One session as `pg_stat_activity` shows it. Times are null where there is none of the kind. */
export interface Session {
  readonly pid: number;
  readonly role: string | null;
  readonly application: string;
  readonly address: string | null;
  readonly port: number | null;
  readonly backend: string;
  readonly state: 'active' | 'idle' | 'idle in transaction' | null;
  readonly waits: { readonly type: string; readonly event: string } | null;
  readonly startedAtMs: SimMs;
  readonly transactionAtMs: SimMs | null;
  readonly statementAtMs: SimMs | null;
  readonly changedAtMs: SimMs | null;
  readonly statement: string;
  readonly table: string | null;
  /** Whether it waits for rows of its table that another holds. */
  readonly blocked: boolean;
  readonly writes: boolean;
}

/** Where pods are, and since when. */
interface Pods {
  addressOf(pod: PodFlow): string | null;
  startedMs(pod: PodFlow): SimMs;
}

/** Every session of a server, in the order of their numbers. `own` are those of the people who are looking. */
export function sessionsOf(server: PgServer, nowMs: SimMs, own: readonly Session[], pods: Pods): Session[] {
  const taken = new Set<number>(own.map(({ pid }) => pid));
  const number = (wanted: number): number => {
    let pid = wanted;
    while (taken.has(pid)) pid++;
    taken.add(pid);
    return pid;
  };
  const all: Session[] = [...own, ...server.held.map((held) => heldSession(held))];
  for (const held of server.held) taken.add(held.pid);
  for (const [nth, backend] of BACKENDS.entries()) all.push({ ...plain(number(27 + nth * 2), server.pods[0] === undefined ? server.bornAtMs : pods.startedMs(server.pods[0])), backend, waits: { type: 'Activity', event: EVENTS[nth] as string } });
  for (const pod of server.traffic.flow.layout.pods) {
    for (const pool of pod.pools) if (pool.plan.database.key === server.key) all.push(...ofPool(server, pod, pool, nowMs, number, pods));
  }
  return all.toSorted((one, other) => one.pid - other.pid);
}

const BACKENDS = ['checkpointer', 'background writer', 'walwriter', 'autovacuum launcher', 'logical replication launcher', 'archiver'] as const;
const EVENTS: readonly string[] = ['CheckpointerMain', 'BgWriterHibernate', 'WalWriterMain', 'AutoVacuumMain', 'LogicalLauncherMain', 'ArchiverMain'];

function plain(pid: number, startedAtMs: SimMs): Session {
  return { pid, role: null, application: '', address: null, port: null, backend: 'client backend', state: null, waits: null, startedAtMs, transactionAtMs: null, statementAtMs: null, changedAtMs: null, statement: '', table: null, blocked: false, writes: false };
}

function heldSession({ pid, role, application, address, statement, startedAtMs, table }: HeldSession): Session {
  return {
    ...plain(pid, startedAtMs - 41_000), role, application, address, port: address === null ? -1 : 43_310, state: 'idle in transaction', waits: { type: 'Client', event: 'ClientRead' },
    transactionAtMs: startedAtMs - 2_300, statementAtMs: startedAtMs - 4, changedAtMs: startedAtMs, statement, table, writes: table !== null,
  };
}

/** How much of the time in which they have a connection requests of a route spend in a statement, in waiting for rows, and in doing something else. */
interface Doing {
  readonly statement: string;
  readonly table: string;
  readonly writes: boolean;
  readonly kind: 'active' | 'blocked' | 'idle in transaction';
  readonly weight: number;
  readonly ms: number;
}

function ofPool(server: PgServer, pod: PodFlow, pool: PoolFlow, nowMs: SimMs, number: (wanted: number) => number, pods: Pods): Session[] {
  const { role } = clientOf(pod, server.key, SQL_WORDS, 'app');
  if (server.roles.all.get(role) === undefined) return [];
  const granted = Math.round(pool.granted);
  let inside = 0;
  for (const count of pool.station.inside) inside += count;
  const busy = Math.min(granted, Math.round(inside));
  const doings = doingsOf(server, pod, pool);
  const total = doings.reduce((sum, { weight }) => sum + weight, 0);
  const sessions: Session[] = [];
  for (let nth = 0; nth < granted; nth++) {
    const hash = Number.parseInt(digest(`${pod.uid}/${pod.run}/${server.key}/${nth}`).slice(0, 8), 16);
    const base = { ...plain(number(120 + (hash % 28_000)), pods.startedMs(pod)), role, application: pod.workload, address: pods.addressOf(pod), port: 32_768 + (hash % 28_000) };
    const doing = nth < busy && total > 0 ? pick(doings, ((nth + 0.5) / busy) * total) : null;
    sessions.push(doing === null ? idle(base, doings, hash, nowMs) : busySession(base, doing, hash, nowMs));
  }
  return sessions;
}

function pick(doings: readonly Doing[], at: number): Doing {
  let left = at;
  for (const doing of doings) {
    left -= doing.weight;
    if (left <= 0) return doing;
  }
  return doings.at(-1) as Doing;
}

function idle(base: Session, doings: readonly Doing[], hash: number, nowMs: SimMs): Session {
  const agoMs = 40 + (hash % 4_000);
  return { ...base, state: 'idle', waits: { type: 'Client', event: 'ClientRead' }, statementAtMs: nowMs - agoMs - 3, changedAtMs: nowMs - agoMs, statement: doings[hash % Math.max(1, doings.length)]?.statement ?? 'COMMIT' };
}

function busySession(base: Session, { kind, statement, table, writes, ms }: Doing, hash: number, nowMs: SimMs): Session {
  const agoMs = Math.round(ms * (((hash >>> 8) % 97) / 97));
  const shared = { ...base, transactionAtMs: nowMs - agoMs - 2, statementAtMs: nowMs - agoMs, changedAtMs: nowMs - agoMs, statement, table, writes };
  if (kind === 'active') return { ...shared, state: 'active' };
  return kind === 'blocked' ? { ...shared, state: 'active', blocked: true, waits: { type: 'Lock', event: 'transactionid' } } : { ...shared, state: 'idle in transaction', waits: { type: 'Client', event: 'ClientRead' } };
}

function doingsOf(server: PgServer, pod: PodFlow, pool: PoolFlow): Doing[] {
  const nth = pod.pools.indexOf(pool);
  const doings: Doing[] = [];
  pod.variant.routes.forEach((route, at) => {
    const inside = pool.station.inside[at] ?? 0;
    const hold = Math.max(route.poolHoldMs[nth] ?? 0, 1e-6);
    if (inside <= 0) return;
    let last = 'BEGIN';
    let table = '';
    for (const op of route.ops) {
      if (op.pool !== nth) continue;
      const weight = (inside * op.wanted * op.ms) / hold;
      if (op.kind !== 'query') {
        doings.push({ statement: last, table, writes: false, kind: 'idle in transaction', weight, ms: op.ms });
        continue;
      }
      const { statement, writes } = statementOf(server, pod, route.name, op.table, op.lock !== null);
      const waitMs = op.lock === null ? 0 : op.lock.stuck ? op.ms : Math.min(op.ms, op.lock.waitMs);
      const blocked = op.ms > 0 ? waitMs / op.ms : 0;
      if (blocked > 0) doings.push({ statement, table: op.table, writes, kind: 'blocked', weight: weight * blocked, ms: waitMs });
      doings.push({ statement, table: op.table, writes, kind: 'active', weight: weight * (1 - blocked), ms: op.ms });
      last = statement;
      table = op.table;
    }
  });
  return doings;
}

/** The statement that a step of a program sends. */
export function statementOf(server: PgServer, pod: PodFlow, route: string, name: string, locks: boolean): { readonly statement: string; readonly writes: boolean } {
  const key = server.needs.find(({ table }) => table === name)?.columns[0] ?? 'id';
  const naming = server.namings.find(({ table }) => table === name);
  const columns = server.tables.get(name)?.columns ?? [];
  const second = columns.find(({ name: column }) => column !== key && column !== 'id')?.name ?? 'updated_at';
  const first = queriesOf(pod, server.key).find((query) => query.route === route && query.op.table === name)?.op;
  const more = naming === undefined || naming.column === key ? '' : `, ${naming.column}`;
  if (locks) return { statement: `UPDATE ${name} SET ${columns.some(({ name: column }) => column === 'reserved') ? 'reserved = reserved + $1' : `${second} = $1`}, updated_at = now() WHERE ${key} = $2`, writes: true };
  if (WRITES.test(route) && first !== undefined) return { statement: `INSERT INTO ${name} (${key}, ${second}${more}, created_at) VALUES ($1, $2${more === '' ? '' : ', $3'}, now()) RETURNING id`, writes: true };
  return { statement: `SELECT id, ${key}, ${second}${more} FROM ${name} WHERE ${key} = $1`, writes: false };
}

/** Sessions that keep another from going on. */
export function blockersOf(pid: number, sessions: readonly Session[]): number[] {
  const waiting = sessions.find((session) => session.pid === pid);
  if (waiting?.blocked !== true) return [];
  const held = sessions.filter((session) => session.table === waiting.table && session.state === 'idle in transaction' && session.writes);
  if (held.length > 0) return held.map((session) => session.pid);
  // In an ordinary queue one works, and the others wait for it.
  const ahead = sessions.find((session) => session.table === waiting.table && session.writes && !session.blocked && session.state === 'active') ?? sessions.find((session) => session.table === waiting.table && session.blocked);
  return ahead === undefined || ahead.pid === pid ? [] : [ahead.pid];
}

/** How many sessions of the application have a transaction open and do something else meanwhile. */
export function idleInTransaction(server: PgServer): number {
  let idling = 0;
  for (const pod of server.traffic.flow.layout.pods) {
    for (const pool of pod.pools) {
      if (pool.plan.database.key === server.key) for (const { kind, weight } of doingsOf(server, pod, pool)) if (kind === 'idle in transaction') idling += weight;
    }
  }
  return idling;
}
