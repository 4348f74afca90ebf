import { addressNumber, blockSize } from '../ipv4.ts';
import { isJsonObject, type JsonObject } from '../json.ts';

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
  const { key } = condition;
  const value = { 'source.principal': caller.principal, 'source.namespace': caller.namespace, 'source.ip': caller.ip }[typeof key === 'string' ? key : ''] ?? null;
  return fits(condition, 'values', 'notValues', value, key === 'source.ip' ? within : like);
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
  if (!/^(?:\d|[12]\d|3[0-2])$/.test(bits)) return false;
  const size = blockSize(Number(bits));
  return Math.floor(addressNumber(address) / size) === Math.floor(addressNumber(ip) / size);
}

/** Of a list, what can be read as text. Nobody has checked what stands in objects of the mesh. */
export function wordsOf(value: unknown): readonly string[] {
  return Array.isArray(value) ? (value as unknown[]).flatMap((word) => (typeof word === 'string' || typeof word === 'number' ? [String(word)] : [])) : [];
}

/** Of a list, what are objects. */
export function listOf(value: unknown): readonly JsonObject[] {
  return Array.isArray(value) ? (value as unknown[]).map(objectOf) : [];
}

export function objectOf(value: unknown): JsonObject {
  return isJsonObject(value) ? value : {};
}
