import type { Surroundings } from './settings.ts';

/** `payments` is the Service of that name in the caller's namespace, `payments.shop` the one in `shop`. */
export function serviceKey(name: string, namespace: string): string {
  if (name.includes('/')) return name;
  const [service, inNamespace] = name.split('.');
  return `${inNamespace ?? namespace}/${service}`;
}

/**
 * Where a program really goes when it calls a Service: the address in its environment (`CATALOG_URL`, `CATALOG_ADDR` or
 * `CATALOG_HOST` for `catalog`, whatever the program's author called the variable of a database or cache) where there is
 * one. A port that the Service does not have is part of the key, as {@link portOf} reads it. Where names do not resolve, or
 * the address is none, the key is one at which nobody ever is.
 */
export function addressOf(target: string, namespace: string, surroundings: Surroundings): string {
  const key = serviceKey(target, namespace);
  if (surroundings.resolves === false) return `${NOWHERE}${key}`;
  const written = variableFor(target, surroundings.environment);
  if (written === undefined) return key;
  const { service, port } = read(written, namespace);
  if (service === null) return `${NOWHERE}${key}`;
  const named = `${service}:${String(port)}`;
  return port !== null && surroundings.closed?.includes(named) === true ? named : service;
}

/** The Service that an address of an environment means in a namespace; null for none. */
export function hostIn(written: string, namespace: string): string | null {
  return read(written, namespace).service;
}

/** The addresses in an environment that name a port, other than the usual one of their scheme. */
export function namedPorts(namespace: string, environment: ReadonlyMap<string, string>): readonly string[] {
  const found: string[] = [];
  for (const [name, value] of environment) {
    if (!SUFFIXES.some((suffix) => name.endsWith(suffix))) continue;
    const { service, port } = read(value, namespace);
    if (service !== null && port !== null) found.push(`${service}:${port}`);
  }
  return found;
}

/** The Service of an address, null for none, and its port where that is not the usual one. */
function read(written: string, namespace: string): { readonly service: string | null; readonly port: string | null } {
  const [, scheme = '', host = '', port] = /^(?:([a-z][a-z0-9+.-]*):\/\/)?(?:[^/@]*@)?([^/:]*)(?::(\d+))?/i.exec(written) ?? [];
  return { service: host === '' ? null : hostKey(host, namespace), port: port === undefined || port === PORTS[scheme.toLowerCase()] ? null : port };
}

/** The host outside that a program calls instead of the one its author meant, or null where it calls that. */
export function otherHost(target: string, host: string, surroundings: Surroundings): string | null {
  const written = variableFor(target, surroundings.environment);
  const named = written === undefined ? undefined : /^[a-z][a-z0-9+.-]*:\/\/(?:[^/@]*@)?([^/:]*)/i.exec(written)?.[1];
  return named === undefined || named === host ? null : named;
}

/** The port that a key names, and the Service without it; null where it names none. */
export function portOf(key: string): { readonly service: string; readonly port: number } | null {
  const colon = key.lastIndexOf(':');
  return colon === -1 ? null : { service: key.slice(0, colon), port: Number(key.slice(colon + 1)) };
}

const NOWHERE = 'nowhere/';
const SUFFIXES = ['_URL', '_ADDR', '_ADDRESS', '_HOST'];
const STEMS: Readonly<Record<string, readonly string[]>> = { postgres: ['DATABASE', 'DB'], mysql: ['DATABASE', 'DB'], mongodb: ['DATABASE', 'DB', 'MONGO'], redis: ['CACHE'], valkey: ['REDIS', 'CACHE'] };
const PORTS: Readonly<Record<string, string>> = { http: '80', https: '443', postgres: '5432', postgresql: '5432', redis: '6379', valkey: '6379', mysql: '3306', mongodb: '27017', kafka: '9092', amqp: '5672' };

function variableFor(target: string, environment: ReadonlyMap<string, string>): string | undefined {
  const name = target.slice(target.lastIndexOf('/') + 1).split('.')[0] ?? '';
  for (const stem of [name.toUpperCase().replaceAll('-', '_'), ...(Object.hasOwn(STEMS, name) ? (STEMS[name] ?? []) : [])]) {
    for (const suffix of SUFFIXES) {
      const value = environment.get(stem + suffix);
      if (value !== undefined && value !== '') return value;
    }
  }
  return undefined;
}

/** The Service that a host's name means in a namespace; a name of the world outside is nobody here. */
function hostKey(host: string, namespace: string): string {
  const [service = '', inNamespace, ...rest] = host.toLowerCase().replace(/\.$/, '').replace(/\.svc(?:\.cluster\.local)?$/, '').split('.');
  return rest.length > 0 ? `${NOWHERE}${host}` : `${inNamespace ?? namespace}/${service}`;
}
