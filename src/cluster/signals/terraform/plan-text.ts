import { isJsonObject, sameJson, type JsonObject } from '../../json.ts';
import type { AnyObject } from '../../store.ts';
import { addressOf } from './address.ts';

/** What happens to one object, as Terraform prints it: one of both is null where it comes or goes. */
export interface PlannedChange {
  readonly before: AnyObject | null;
  readonly after: AnyObject | null;
}

/**
 * The lines of one resource in the text of a plan (developer.hashicorp.com/terraform, "Understanding plan output"):
 * `+` comes, `-` goes, `~` changes in place; what stays is counted, not shown. [] where nothing changes, and for kinds that nobody plans.
 */
export function resourceText({ before, after }: PlannedChange, heading: 'will be' | 'has'): string[] {
  const object = after ?? before;
  const address = object === null ? null : addressOf(object);
  if (object === null || address === null || (before !== null && after !== null && sameJson(attributesOf(before), attributesOf(after)))) return [];
  const sign: Sign = before === null ? '+' : after === null ? '-' : '~';
  const { metadata } = object;
  const body = block(before === null ? {} : attributesOf(before), after === null ? {} : attributesOf(after), 6);
  const id = sign === '~' ? [`        id = ${JSON.stringify(metadata.namespace === undefined ? metadata.name : `${metadata.namespace}/${metadata.name}`)}`] : [];
  return [`  # ${address.type}.${address.name} ${HEADINGS[heading][sign]}`, `  ${sign} resource "${address.type}" "${address.name}" {`, ...id, ...body, '    }'];
}

type Sign = '+' | '-' | '~';

const HEADINGS: Readonly<Record<'will be' | 'has', Readonly<Record<Sign, string>>>> = {
  'will be': { '+': 'will be created', '-': 'will be destroyed', '~': 'will be updated in-place' },
  has: { '+': 'has been created', '-': 'has been deleted', '~': 'has changed' },
};

/** `Plan: 0 to add, 1 to change, 0 to destroy.` */
export function planCounts(changes: readonly PlannedChange[]): string {
  const add = changes.filter(({ before }) => before === null).length;
  const destroy = changes.filter(({ after }) => after === null).length;
  return `${add} to add, ${changes.length - add - destroy} to change, ${destroy} to destroy`;
}

/** What a provider keeps of an object: not what the server and its controllers write. */
export function attributesOf(object: AnyObject): JsonObject {
  const { apiVersion: _version, kind, status: _status, metadata, ...rest } = object as AnyObject & { status?: unknown };
  const annotations = Object.fromEntries(Object.entries(metadata.annotations ?? {}).filter(([key]) => !SERVERS_OWN.test(key)));
  const kept = { annotations: Object.keys(annotations).length === 0 ? undefined : annotations, labels: metadata.labels, name: metadata.name, namespace: metadata.namespace };
  return { metadata: kept, ...(kind === 'Secret' ? { data: fingerprints((rest as { data?: JsonObject }).data) } : rest) };
}

/** Annotations that controllers and clients keep for themselves. */
const SERVERS_OWN = /^(?:deployment\.kubernetes\.io|kubectl\.kubernetes\.io|pv\.kubernetes\.io|volume\.[\w.]*kubernetes\.io|meta\.helm\.sh|deprecated\.daemonset\.template)\//;

/** Secret values are compared and never shown. */
function fingerprints(data: JsonObject = {}): JsonObject {
  return Object.fromEntries(Object.entries(data).map(([key, value]) => [key, { sensitive: value }]));
}

/** The lines inside of a block, attributes first, as Terraform orders them. */
function block(before: JsonObject, after: JsonObject, indent: number): string[] {
  const attributes: string[] = [];
  const blocks: string[] = [];
  let hiddenAttributes = 0;
  let hiddenBlocks = 0;
  for (const key of keysOf(before, after)) {
    const [from, to] = [before[key], after[key]];
    const nested = isBlock(key, to ?? from);
    if (sameJson(from, to) && nested) hiddenBlocks++;
    else if (sameJson(from, to)) hiddenAttributes++;
    else if (nested) blocks.push(...(Array.isArray(to ?? from) ? repeated(key, listOf(from), listOf(to), indent) : one(snake(key), from, to, indent)));
    else attributes.push(...attribute(snake(key), from, to, indent));
  }
  return [...attributes, ...hidden(hiddenAttributes, 'attribute', indent), ...blocks, ...hidden(hiddenBlocks, 'block', indent)];
}

function attribute(name: string, from: unknown, to: unknown, indent: number): string[] {
  const sign: Sign = from === undefined ? '+' : to === undefined ? '-' : '~';
  const lead = `${' '.repeat(indent)}${sign} ${name} = `;
  if (isSensitive(from) || isSensitive(to)) return [`${lead}(sensitive value)`];
  if (Array.isArray(from ?? to)) return [`${lead}[`, ...elements(listOf(from), listOf(to), indent + 4), `${' '.repeat(indent + 2)}]${sign === '-' ? ' -> null' : ''}`];
  if (isJsonObject(from ?? to)) return [`${lead}{`, ...entries(objectOf(from), objectOf(to), indent + 4), `${' '.repeat(indent + 2)}}${sign === '-' ? ' -> null' : ''}`];
  return [`${lead}${sign === '+' ? literal(to) : `${literal(from)} -> ${sign === '-' ? 'null' : literal(to)}`}`];
}

/** Entries of a map whose keys are data, such as labels. */
function entries(before: JsonObject, after: JsonObject, indent: number): string[] {
  const lines: string[] = [];
  let same = 0;
  for (const key of keysOf(before, after)) {
    if (sameJson(before[key], after[key])) same++;
    else lines.push(...attribute(JSON.stringify(key), before[key], after[key], indent));
  }
  return [...lines, ...hidden(same, 'element', indent)];
}

function elements(before: readonly unknown[], after: readonly unknown[], indent: number): string[] {
  const lines: string[] = [];
  for (let at = 0; at < Math.max(before.length, after.length); at++) {
    if (sameJson(before[at], after[at])) lines.push(`${' '.repeat(indent + 2)}${literal(after[at])},`);
    else if (at >= before.length) lines.push(`${' '.repeat(indent)}+ ${literal(after[at])},`);
    else lines.push(`${' '.repeat(indent)}${at >= after.length ? '-' : '~'} ${literal(before[at])}${at >= after.length ? '' : ` -> ${literal(after[at])}`},`);
  }
  return lines;
}

/** A block that there may be several of, such as `container`: those of the same name belong together. */
function repeated(key: string, before: readonly unknown[], after: readonly unknown[], indent: number): string[] {
  const named = (list: readonly unknown[]): ReadonlyMap<string, unknown> => new Map(list.map((item, at) => [isJsonObject(item) && typeof item['name'] === 'string' ? item['name'] : String(at), item]));
  const [were, are] = [named(before), named(after)];
  const lines: string[] = [];
  let same = 0;
  for (const name of new Set([...were.keys(), ...are.keys()])) {
    if (sameJson(were.get(name), are.get(name))) same++;
    else lines.push(...one(singular(snake(key)), were.get(name), are.get(name), indent));
  }
  return [...lines, ...hidden(same, 'block', indent)];
}

function one(name: string, from: unknown, to: unknown, indent: number): string[] {
  const sign: Sign = from === undefined ? '+' : to === undefined ? '-' : '~';
  return [`${' '.repeat(indent)}${sign} ${name} {`, ...block(objectOf(from), objectOf(to), indent + 4), `${' '.repeat(indent + 2)}}`];
}

/** Whether a field is a block of its own, and no attribute: objects are, and lists of them, but not maps whose keys are data. */
function isBlock(key: string, value: unknown): boolean {
  if (Array.isArray(value)) return value.some(isJsonObject);
  return isJsonObject(value) && !MAPS.has(key);
}

const MAPS: ReadonlySet<string> = new Set(['labels', 'annotations', 'data', 'binaryData', 'stringData', 'matchLabels', 'selector', 'nodeSelector', 'hard', 'limits', 'requests', 'parameters', 'capacity', 'default', 'defaultRequest', 'max', 'min']);

function hidden(count: number, what: string, indent: number): string[] {
  return count === 0 ? [] : [`${' '.repeat(indent + 2)}# (${count} unchanged ${what}${count === 1 ? '' : 's'} hidden)`];
}

function isSensitive(value: unknown): boolean {
  return isJsonObject(value) && 'sensitive' in value;
}

function keysOf(before: JsonObject, after: JsonObject): string[] {
  const keys = [...new Set([...Object.keys(before), ...Object.keys(after)])].filter((key) => before[key] !== undefined || after[key] !== undefined);
  return keys.toSorted((left, right) => (left < right ? -1 : left > right ? 1 : 0));
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function objectOf(value: unknown): JsonObject {
  return isJsonObject(value) ? value : {};
}

function literal(value: unknown): string {
  return value === undefined ? 'null' : JSON.stringify(value);
}

/** `containerPort` is `container_port`. */
function snake(key: string): string {
  return key.replaceAll(/[A-Z]+/g, (capitals) => `_${capitals.toLowerCase()}`).replace(/^_/, '');
}

/** Blocks that repeat are named in the singular. */
function singular(name: string): string {
  return name.endsWith('ies') ? `${name.slice(0, -3)}y` : name.replace(/s$/, '');
}
