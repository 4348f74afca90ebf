import { compareTexts } from '../../time/text-order.ts';
import { isJsonObject, sameJson } from '../json.ts';
import { childPath, fieldSchema, type JsonSchema } from './json-schema.ts';

/** Items that come twice in lists that are sets, or maps by some keys: `path[at]: Duplicate value: …`. */
export function duplicateErrors(value: unknown, schema: JsonSchema, path = ''): string[] {
  if (Array.isArray(value)) return [...twice(value, schema, path), ...value.flatMap((item, at) => (schema.items === undefined ? [] : duplicateErrors(item, schema.items, childPath(path, at))))];
  if (!isJsonObject(value)) return [];
  return Object.keys(value).flatMap((key) => {
    const inner = fieldSchema(schema, key);
    return inner === undefined ? [] : duplicateErrors(value[key], inner, childPath(path, key));
  });
}

function twice(items: readonly unknown[], schema: JsonSchema, path: string): string[] {
  const type = schema['x-kubernetes-list-type'];
  const keys = schema['x-kubernetes-list-map-keys'] ?? [];
  if (type !== 'set' && type !== 'map') return [];
  const identities = items.map((item) => (type === 'set' ? item : keysOf(item, keys)));
  return identities.flatMap((one, at) => (identities.findIndex((other) => sameJson(other, one)) < at ? [`${childPath(path, at)}: Duplicate value: ${type === 'set' ? JSON.stringify(one) : goMapOf(one)}`] : []));
}

function keysOf(item: unknown, keys: readonly string[]): unknown {
  if (!isJsonObject(item)) return item;
  return Object.fromEntries(keys.flatMap((key) => (item[key] === undefined ? [] : [[key, item[key]]])));
}

function goMapOf(value: unknown): string {
  if (!isJsonObject(value)) return JSON.stringify(value);
  const pairs = Object.entries(value).sort(([left], [right]) => compareTexts(left, right));
  return `map[string]interface {}{${pairs.map(([key, one]) => `${JSON.stringify(key)}:${JSON.stringify(one)}`).join(', ')}}`;
}
