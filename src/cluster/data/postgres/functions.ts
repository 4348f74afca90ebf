import { noRelation, PgError } from './pg-error.ts';
import type { Surround } from './surround.ts';
import { compare, Interval, intervalMs, isArray, textOf, Timestamp, type Value } from './values.ts';

/** Aggregates over values that are not null; the second argument is the separator of `string_agg`. */
export const AGGREGATES: Readonly<Record<string, (values: readonly Value[], second: Value) => Value>> = {
  count: (values) => values.length,
  sum: (values) => (values.length === 0 ? null : values.some((value) => value instanceof Interval) ? new Interval(total(values.map((value) => (value instanceof Interval ? value.ms : 0)))) : total(values.map(Number))),
  avg: (values) => (values.length === 0 ? null : total(values.map(Number)) / values.length),
  min: (values) => values.reduce<Value>((least, value) => (least === null || compare(value, least) < 0 ? value : least), null),
  max: (values) => values.reduce<Value>((most, value) => (most === null || compare(value, most) > 0 ? value : most), null),
  string_agg: (values, between) => (values.length === 0 ? null : values.map(textOf).join(textOf(between))),
  array_agg: (values) => values,
  bool_or: (values) => values.includes(true),
  bool_and: (values) => values.every((value) => value === true),
};

function total(numbers: readonly number[]): number {
  return numbers.reduce((sum, number) => sum + number, 0);
}

type Scalar = (args: readonly Value[], surround: Surround) => Value;

/** Functions that answer nothing for nothing are listed in {@link STRICT}. */
const STRICT: Readonly<Record<string, Scalar>> = {
  pg_terminate_backend: ([pid = null], surround) => signalled(surround, Number(pid), (number) => surround.terminate(number)),
  pg_cancel_backend: ([pid = null], surround) => signalled(surround, Number(pid), (number) => surround.cancel(number)),
  pg_blocking_pids: ([pid = null], surround) => surround.blockers(Number(pid)),
  pg_size_pretty: ([bytes = null]) => prettySize(Number(textOf(bytes))),
  pg_database_size: (_, surround) => surround.bytes(null, true) ?? null,
  pg_total_relation_size: ([name = null], surround) => sizeOf(surround, name, true),
  pg_table_size: ([name = null], surround) => sizeOf(surround, name, false),
  pg_relation_size: ([name = null], surround) => sizeOf(surround, name, false),
  pg_indexes_size: ([name = null], surround) => Number(sizeOf(surround, name, true)) - Number(sizeOf(surround, name, false)),
  pg_drop_replication_slot: ([name = null], surround) => dropSlot(surround, textOf(name)),
  pg_wal_lsn_diff: ([one = null, other = null]) => lsn(textOf(one)) - lsn(textOf(other)),
  pg_sleep: ([seconds = null], surround) => {
    surround.rest(Number(textOf(seconds)) * 1000);
    return '';
  },
  left: ([text = null, count = null]) => (Number(count) < 0 ? textOf(text).slice(0, Number(count)) : textOf(text).slice(0, Number(count))),
  right: ([text = null, count = null]) => (Number(count) === 0 ? '' : textOf(text).slice(-Number(count))),
  substr: ([text = null, from = null, count = null]) => textOf(text).slice(Number(from) - 1, count === null ? undefined : Number(from) - 1 + Number(count)),
  length: ([text = null]) => textOf(text).length,
  lower: ([text = null]) => textOf(text).toLowerCase(),
  upper: ([text = null]) => textOf(text).toUpperCase(),
  trim: ([text = null]) => textOf(text).trim(), btrim: ([text = null]) => textOf(text).trim(),
  replace: ([text = null, from = null, to = null]) => textOf(text).replaceAll(textOf(from), textOf(to)),
  quote_ident: ([text = null]) => textOf(text), quote_literal: ([text = null]) => `'${textOf(text).replaceAll("'", "''")}'`,
  abs: ([number = null]) => Math.abs(Number(textOf(number))),
  ceil: ([number = null]) => Math.ceil(Number(textOf(number))), floor: ([number = null]) => Math.floor(Number(textOf(number))),
  round: ([number = null, digits = 0]) => {
    const shift = Number(`1e${Math.max(0, Math.min(9, Number(digits)))}`);
    return Math.round(Number(textOf(number)) * shift) / shift;
  },
  cardinality: ([array = null]) => (array !== null && isArray(array) ? array.length : null),
  array_length: ([array = null]) => (array !== null && isArray(array) && array.length > 0 ? array.length : null),
  array_to_string: ([array = null, between = null]) => (array !== null && isArray(array) ? array.map(textOf).join(textOf(between)) : null),
  age: ([one = null, other = null], surround) => (one instanceof Timestamp ? new Interval(other instanceof Timestamp ? one.unixMs - other.unixMs : surround.unixMs - one.unixMs) : one),
  date_trunc: ([unit = null, value = null]) => truncated(textOf(unit), value),
  to_char: ([value = null]) => textOf(value),
  make_interval: ([value = null]) => new Interval(Number(value) * 1000),
  obj_description: () => null, col_description: () => null, pg_get_userbyid: () => 'postgres', format_type: ([value = null]) => value,
  has_table_privilege: () => true, pg_table_is_visible: () => true,
  inet_server_port: () => 5432,
};

const LENIENT: Readonly<Record<string, Scalar>> = {
  now: (_, { unixMs }) => new Timestamp(unixMs), clock_timestamp: (_, { unixMs }) => new Timestamp(unixMs), statement_timestamp: (_, { unixMs }) => new Timestamp(unixMs), transaction_timestamp: (_, { unixMs }) => new Timestamp(unixMs),
  version: (_, { version }) => `PostgreSQL ${version} on x86_64-pc-linux-gnu, compiled by gcc (Debian 12.2.0-14) 12.2.0, 64-bit`,
  current_database: (_, { database }) => database, current_schema: () => 'public', current_user: (_, { user }) => user, session_user: (_, { user }) => user,
  pg_backend_pid: (_, { pid }) => pid,
  pg_is_in_recovery: (_, { behindMs }) => behindMs !== null,
  pg_last_xact_replay_timestamp: (_, { behindMs, unixMs }) => (behindMs === null ? null : new Timestamp(unixMs - behindMs)),
  pg_promote: (_, surround) => {
    mustBeSuperuser(surround, 'pg_promote');
    if (surround.behindMs === null) throw new PgError('55000', 'recovery is not in progress', { hint: 'Recovery control functions can only be executed during recovery.' });
    surround.promote();
    return true;
  },
  pg_reload_conf: (_, surround) => {
    mustBeSuperuser(surround, 'pg_reload_conf');
    surround.reload();
    return true;
  },
  pg_current_wal_lsn: (_, surround) => textOf(surround.setting('wal_lsn') ?? '0/0'),
  pg_stat_reset: () => '', pg_stat_statements_reset: () => '',
  pg_switch_wal: (_, surround) => textOf(surround.setting('wal_lsn') ?? '0/0'),
  current_setting: ([name = null], surround) => {
    const value = surround.setting(textOf(name));
    if (value === undefined) throw new PgError('42704', `unrecognized configuration parameter "${textOf(name)}"`);
    return value;
  },
  coalesce: (args) => args.find((value) => value !== null) ?? null,
  nullif: ([one = null, other = null]) => (one !== null && other !== null && compare(one, other) === 0 ? null : one),
  greatest: (args) => (AGGREGATES['max'] as (values: readonly Value[], second: Value) => Value)(args.filter((value) => value !== null), null),
  least: (args) => (AGGREGATES['min'] as (values: readonly Value[], second: Value) => Value)(args.filter((value) => value !== null), null),
  concat: (args) => args.map(textOf).join(''),
  interval: ([text = null]) => new Interval(intervalMs(textOf(text)) ?? 0),
};

/** Calls a function by its name. */
export function callFunction(name: string, args: readonly Value[], surround: Surround, offset: number | null): Value {
  const lenient = Object.hasOwn(LENIENT, name) ? LENIENT[name] : undefined;
  if (lenient !== undefined) return lenient(args, surround);
  const strict = Object.hasOwn(STRICT, name) ? STRICT[name] : undefined;
  if (strict !== undefined) return args.includes(null) ? null : strict(args, surround);
  const types = args.map((value) => (typeof value === 'number' ? 'integer' : value instanceof Timestamp ? 'timestamp with time zone' : value instanceof Interval ? 'interval' : typeof value === 'boolean' ? 'boolean' : 'unknown'));
  throw new PgError('42883', `function ${name}(${types.join(', ')}) does not exist`, { offset, hint: 'No function matches the given name and argument types. You might need to add explicit type casts.' });
}

function mustBeSuperuser({ superuser }: Surround, name: string): void {
  if (!superuser) throw new PgError('42501', `permission denied for function ${name}`);
}

function signalled(surround: Surround, pid: number, signal: (pid: number) => boolean): boolean {
  if (!signal(pid)) {
    surround.warn(`PID ${pid} is not a PostgreSQL backend process`);
    return false;
  }
  return true;
}

function dropSlot(surround: Surround, name: string): Value {
  if (!surround.dropSlot(name)) throw new PgError('42704', `replication slot "${name}" does not exist`);
  return '';
}

function sizeOf(surround: Surround, name: Value, withIndexes: boolean): Value {
  const found = surround.bytes(textOf(surround.relationName(name)).replace(/^public\./, ''), withIndexes);
  if (found === undefined) throw noRelation(textOf(name));
  return found;
}

/** As the server rounds: up to 10 of a unit in the one below. */
function prettySize(bytes: number): string {
  const units = ['bytes', 'kB', 'MB', 'GB', 'TB'];
  let size = bytes;
  let unit = 0;
  while (Math.abs(size) >= 10_240 && unit < 4) {
    size /= 1024;
    unit++;
  }
  return `${Math.round(size)} ${units[unit]}`;
}

function lsn(text: string): number {
  const [high = '0', low = '0'] = text.split('/');
  return Number.parseInt(high, 16) * 4_294_967_296 + Number.parseInt(low, 16);
}

const TRUNCATED: Readonly<Record<string, number>> = { second: 1_000, minute: 60_000, hour: 3_600_000, day: 86_400_000, milliseconds: 1 };

function truncated(unit: string, value: Value): Value {
  const step = (Object.hasOwn(TRUNCATED, unit) ? TRUNCATED[unit] : undefined) ?? 1;
  if (value instanceof Timestamp) return new Timestamp(Math.floor(value.unixMs / step) * step);
  return value instanceof Interval ? new Interval(Math.floor(value.ms / step) * step) : value;
}
