import type { Op, PodFlow, QueryOp } from '../traffic/graph.ts';
import { serviceKey } from '../traffic/addresses.ts';

/** A pod that uses a server of data, and who it says that it is. */
export interface Client {
  readonly pod: PodFlow;
  readonly role: string;
  /** Null where it shows none. */
  readonly password: string | null;
  readonly database: string;
}

/** What of a client's environment says who it is, by the kind of server. */
interface Words {
  readonly scheme: RegExp;
  readonly roles: readonly string[];
  readonly passwords: readonly string[];
}

export const SQL_WORDS: Words = { scheme: /^postgres(?:ql)?$/, roles: ['PGUSER', 'DB_USER', 'DATABASE_USER', 'POSTGRES_USER'], passwords: ['PGPASSWORD', 'DB_PASSWORD', 'DATABASE_PASSWORD', 'POSTGRES_PASSWORD'] };
export const CACHE_WORDS: Words = { scheme: /^(?:redis|rediss|valkey)$/, roles: ['REDIS_USERNAME', 'REDIS_USER'], passwords: ['REDIS_PASSWORD', 'VALKEY_PASSWORD', 'CACHE_PASSWORD'] };

/** Who a pod says that it is when it speaks to a Service. */
export function clientOf(pod: PodFlow, service: string, words: Words, unnamed: string): Client {
  const { environment } = pod;
  const named = (names: readonly string[]): string | undefined => names.map((name) => environment.get(name)).find((value) => value !== undefined && value !== '');
  for (const value of environment.values()) {
    const [, scheme = '', user = '', password, host = '', database] = /^([a-z]+):\/\/(?:([^:@/]*)(?::([^@/]*))?@)?([^:/?]+)(?::\d+)?(?:\/([^?]*))?/i.exec(value) ?? [];
    if (!words.scheme.test(scheme.toLowerCase()) || serviceKey(host.replace(/\.svc(?:\.cluster\.local)?$/, ''), pod.namespace) !== service) continue;
    const role = user === '' ? (named(words.roles) ?? unnamed) : decoded(user);
    return { pod, role, password: password === undefined || password === '' ? (named(words.passwords) ?? null) : decoded(password), database: database === undefined || database === '' ? role : database };
  }
  const role = named(words.roles) ?? unnamed;
  return { pod, role, password: named(words.passwords) ?? null, database: environment.get('PGDATABASE') ?? environment.get('DB_NAME') ?? role };
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** The steps of a pod's program that are statements on a database. */
export function queriesOf(pod: PodFlow, database: string): { readonly route: string; readonly at: number; readonly op: Op & QueryOp }[] {
  return pod.variant.routes.flatMap(({ name, ops }, at) => ops.flatMap((op) => (op.kind === 'query' && op.database.key === database ? [{ route: name, at, op }] : [])));
}
