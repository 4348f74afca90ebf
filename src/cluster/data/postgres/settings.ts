import { LOCK_TIMEOUT_MS } from '../../traffic/call.ts';
import { settingMs } from './values.ts';

/** A setting that this server knows: what it is where nobody set it, and whether it is read at a start only. */
interface Known {
  readonly byDefault: string;
  readonly unit: string;
  readonly context: 'user' | 'sighup' | 'postmaster' | 'superuser' | 'internal';
}

const KNOWN: Readonly<Record<string, Known>> = {
  autovacuum: { byDefault: 'on', unit: '', context: 'sighup' },
  checkpoint_timeout: { byDefault: '5min', unit: 's', context: 'sighup' },
  deadlock_timeout: { byDefault: '1s', unit: 'ms', context: 'superuser' },
  effective_cache_size: { byDefault: '4GB', unit: '8kB', context: 'user' },
  hot_standby: { byDefault: 'on', unit: '', context: 'postmaster' },
  idle_in_transaction_session_timeout: { byDefault: '0', unit: 'ms', context: 'user' },
  idle_session_timeout: { byDefault: '0', unit: 'ms', context: 'user' },
  listen_addresses: { byDefault: '*', unit: '', context: 'postmaster' },
  // Set by whoever runs it: programs that wait for rows get an error, not an endless wait.
  lock_timeout: { byDefault: `${LOCK_TIMEOUT_MS / 1000}s`, unit: 'ms', context: 'user' },
  log_lock_waits: { byDefault: 'off', unit: '', context: 'superuser' },
  log_min_duration_statement: { byDefault: '-1', unit: 'ms', context: 'superuser' },
  log_statement: { byDefault: 'none', unit: '', context: 'superuser' },
  maintenance_work_mem: { byDefault: '64MB', unit: 'kB', context: 'user' },
  max_connections: { byDefault: '100', unit: '', context: 'postmaster' },
  max_parallel_workers_per_gather: { byDefault: '2', unit: '', context: 'user' },
  max_replication_slots: { byDefault: '10', unit: '', context: 'postmaster' },
  max_slot_wal_keep_size: { byDefault: '-1', unit: 'MB', context: 'sighup' },
  max_wal_size: { byDefault: '1GB', unit: 'MB', context: 'sighup' },
  port: { byDefault: '5432', unit: '', context: 'postmaster' },
  random_page_cost: { byDefault: '4', unit: '', context: 'user' },
  server_version: { byDefault: '16.4', unit: '', context: 'internal' },
  shared_buffers: { byDefault: '128MB', unit: '8kB', context: 'postmaster' },
  shared_preload_libraries: { byDefault: 'pg_stat_statements', unit: '', context: 'postmaster' },
  statement_timeout: { byDefault: '0', unit: 'ms', context: 'user' },
  superuser_reserved_connections: { byDefault: '3', unit: '', context: 'postmaster' },
  synchronous_commit: { byDefault: 'on', unit: '', context: 'user' },
  timezone: { byDefault: 'Etc/UTC', unit: '', context: 'user' },
  wal_keep_size: { byDefault: '0', unit: 'MB', context: 'sighup' },
  wal_level: { byDefault: 'replica', unit: '', context: 'postmaster' },
  work_mem: { byDefault: '4MB', unit: 'kB', context: 'user' },
};

/** The settings of a server: as they are in force, and as its file has them for the next reload or start. */
export class Settings {
  /** What was set by hand and is in force. */
  readonly #inForce = new Map<string, string>();
  /** `postgresql.auto.conf`. */
  readonly #written = new Map<string, string>();

  knows(name: string): boolean {
    return Object.hasOwn(KNOWN, name);
  }

  names(): string[] {
    return Object.keys(KNOWN);
  }

  about(name: string): Known | undefined {
    return this.knows(name) ? KNOWN[name] : undefined;
  }

  /** Undefined where nobody set it. */
  chosen(name: string): string | undefined {
    return this.#inForce.get(name);
  }

  value(name: string): string | undefined {
    return this.#inForce.get(name) ?? this.about(name)?.byDefault;
  }

  pending(name: string): boolean {
    return this.about(name)?.context === 'postmaster' && this.#written.has(name) && this.#written.get(name) !== this.#inForce.get(name);
  }

  /** `ALTER SYSTEM`: null takes it back. */
  write(name: string, value: string | null): void {
    if (value === null) this.#written.delete(name);
    else this.#written.set(name, value);
  }

  writeNone(): void {
    this.#written.clear();
  }

  /** Reads the file again, but for what is read at a start only. */
  reload(): void {
    for (const name of Object.keys(KNOWN)) if (KNOWN[name]?.context !== 'postmaster') this.#take(name);
  }

  restarted(): void {
    for (const name of Object.keys(KNOWN)) this.#take(name);
  }

  /** What it says, one line a setting, for who compares. */
  lines(): string[] {
    return [...this.#inForce].map(([name, value]) => `${name} = ${value}`);
  }

  get lockTimeoutMs(): number {
    return orNever(settingMs(this.value('lock_timeout') ?? '0'));
  }

  get statementTimeoutMs(): number {
    return orNever(settingMs(this.value('statement_timeout') ?? '0'));
  }

  #take(name: string): void {
    const value = this.#written.get(name);
    if (value === undefined) this.#inForce.delete(name);
    else this.#inForce.set(name, value);
  }
}

function orNever(ms: number | null): number {
  return ms === null || ms === 0 ? Infinity : ms;
}

const SIZES: Readonly<Record<string, number>> = { kB: 1_024, MB: 1_048_576, GB: 1_073_741_824, '8kB': 8_192 };

/** A value as `pg_settings` has it: a bare number of the setting's unit. */
export function inUnit(value: string, unit: string): string {
  const ms = unit === 'ms' || unit === 's' ? settingMs(value) : null;
  if (ms !== null) return String(unit === 's' ? ms / 1_000 : ms);
  const [, count, size = ''] = /^(\d+)(kB|MB|GB)$/.exec(value) ?? [];
  const of = SIZES[unit];
  return count === undefined || of === undefined ? value : String((Number(count) * (SIZES[size] ?? 1)) / of);
}
