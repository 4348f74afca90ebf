import type { JsonObject } from '../json.ts';

/** Who calls, as a mesh knows them: a principal and a namespace only where the caller is in the mesh. */
export interface Caller {
  readonly principal: string | null;
  readonly namespace: string | null;
  readonly ip: string | null;
}

/** What is called. */
export interface Operation {
  readonly ports: readonly number[];
  readonly path: string;
}

/** Whether a rule of an AuthorizationPolicy covers a call. Source: https://istio.io/latest/docs/reference/config/security/authorization-policy/ */
export function covers(rule: JsonObject, caller: Caller, operation: Operation): boolean {
  const from = listOf(rule['from']);
  const to = listOf(rule['to']);
  const when = listOf(rule['when']);
  return (from.length === 0 || from.some((one) => fromSource(objectOf(one['source']), caller)))
    && (to.length === 0 || to.some((one) => toOperation(objectOf(one['operation']), operation)))
    && when.every((one) => meets(one, caller));
}

function fromSource(source: JsonObject, { principal, namespace, ip }: Caller): boolean {
  return fits(source, 'principals', 'notPrincipals', principal === null ? null : principal, like)
    && fits(source, 'namespaces', 'notNamespaces', namespace, like)
    && fits(source, 'ipBlocks', 'notIpBlocks', ip, within)
    && (wordsOf(source['serviceAccounts']).length === 0 || (principal !== null && wordsOf(source['serviceAccounts']).some((account) => principal.endsWith(account.includes('/') ? `/ns/${account.replace('/', '/sa/')}` : `/sa/${account}`))));
}

/** A request of the model is a GET of its route. */
function toOperation(operation: JsonObject, { ports, path }: Operation): boolean {
  const portsFit = (key: string): boolean => wordsOf(operation[key]).some((port) => ports.includes(Number(port)));
  return (wordsOf(operation['ports']).length === 0 || portsFit('ports')) && !portsFit('notPorts')
    && fits(operation, 'methods', 'notMethods', 'GET', like) && fits(operation, 'paths', 'notPaths', path, like);
}

function meets(condition: JsonObject, caller: Caller): boolean {
  const value = { 'source.principal': caller.principal, 'source.namespace': caller.namespace, 'source.ip': caller.ip }[String(condition['key'])] ?? null;
  return fits(condition, 'values', 'notValues', value, condition['key'] === 'source.ip' ? within : like);
}

/** One of `wanted` and none of `unwanted`, each where it is given. */
function fits(given: JsonObject, wanted: string, unwanted: string, value: string | null, matches: (pattern: string, value: string) => boolean): boolean {
  const [is, isNot] = [wordsOf(given[wanted]), wordsOf(given[unwanted])];
  return (is.length === 0 || (value !== null && is.some((pattern) => matches(pattern, value)))) && !(value !== null && isNot.some((pattern) => matches(pattern, value)));
}

/** Exact, `prefix*`, `*suffix`, or `*` for whatever is there. */
function like(pattern: string, value: string): boolean {
  if (pattern === '*') return value !== '';
  if (pattern.endsWith('*')) return value.startsWith(pattern.slice(0, -1));
  return pattern.startsWith('*') ? value.endsWith(pattern.slice(1)) : value === pattern;
}

/** `10.244.1.0/24`, or one address. */
function within(block: string, ip: string): boolean {
  const [address = '', bits = '32'] = block.split('/');
  const size = powerOfTwo(32 - Number(bits));
  return Math.floor(numberOf(address) / size) === Math.floor(numberOf(ip) / size);
}

function numberOf(ip: string): number {
  let number = 0;
  for (const part of ip.split('.')) number = number * 256 + Number(part);
  return number;
}

function powerOfTwo(exponent: number): number {
  let power = 1;
  for (let left = exponent; left > 0; left--) power *= 2;
  return power;
}

export function wordsOf(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.map(String) : [];
}

export function listOf(value: unknown): readonly JsonObject[] {
  return Array.isArray(value) ? (value as JsonObject[]) : [];
}

export function objectOf(value: unknown): JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as JsonObject) : {};
}
