/** What a container of Redis is started with. Undefined where nothing says. */
export interface RedisSettings {
  readonly requirepass?: string;
  readonly maxmemory?: string;
  readonly policy?: string;
}

const PASSWORDS = ['REDIS_PASSWORD', 'VALKEY_PASSWORD', 'REQUIREPASS'];
const MEMORY = ['MAXMEMORY', 'REDIS_MAXMEMORY', 'VALKEY_MAXMEMORY'];
const POLICIES = ['MAXMEMORY_POLICY', 'REDIS_MAXMEMORY_POLICY', 'VALKEY_MAXMEMORY_POLICY'];

/** Reads the arguments (`--maxmemory 100mb`) and environment of a container; arguments win. */
export function redisSettings(args: readonly string[], environment: ReadonlyMap<string, string>): RedisSettings {
  const extra = (environment.get('REDIS_ARGS') ?? environment.get('VALKEY_EXTRA_FLAGS') ?? environment.get('REDIS_EXTRA_FLAGS') ?? '').split(/\s+/);
  const words = [...extra, ...args].flatMap((word) => word.split('='));
  const said = (option: string, names: readonly string[]): string | undefined => {
    const at = words.lastIndexOf(`--${option}`);
    const value = at === -1 ? names.map((name) => environment.get(name)).find((one) => one !== undefined && one !== '') : words[at + 1];
    return value === undefined ? undefined : value.replace(/^["']|["']$/g, '');
  };
  const [requirepass, maxmemory, policy] = [said('requirepass', PASSWORDS), said('maxmemory', MEMORY), said('maxmemory-policy', POLICIES)];
  return { ...(requirepass === undefined ? {} : { requirepass }), ...(maxmemory === undefined ? {} : { maxmemory }), policy: policy ?? (maxmemory === undefined ? 'noeviction' : 'allkeys-lru') };
}

const UNITS: Readonly<Record<string, number>> = { '': 1, b: 1, k: 1_000, kb: 1_024, m: 1_000_000, mb: 1_048_576, g: 1_000_000_000, gb: 1_073_741_824 };

/** Bytes of a size such as `768mb`; 0 where it is none. */
export function bytesOf(text: string): number {
  const [, number, unit = ''] = /^(\d+)([a-z]*)$/i.exec(text.trim()) ?? [];
  return number === undefined ? 0 : Number(number) * (UNITS[unit.toLowerCase()] ?? 0);
}
