import { compareTexts } from '../../time/text-order.ts';
import { isJsonObject, type JsonObject } from '../json.ts';

/** The Go type that a JSON value has once it is decoded, as `%T` prints it. */
export function goType(value: unknown): string {
  if (value === null || value === undefined) return '<nil>';
  if (Array.isArray(value)) return '[]interface {}';
  if (typeof value === 'object') return 'map[string]interface {}';
  if (typeof value === 'boolean') return 'bool';
  return typeof value === 'number' ? (Number.isInteger(value) ? 'int64' : 'float64') : typeof value;
}

/** A JSON value as Go prints it with `%v`. */
export function goValue(value: unknown): string {
  if (Array.isArray(value)) return `[${(value as unknown[]).map(goValue).join(' ')}]`;
  if (isJsonObject(value)) return goMap(value);
  return value === null ? '<nil>' : goWord(value);
}

export function goMap(map: JsonObject): string {
  return `map[${Object.keys(map).sort(compareTexts).map((key) => `${key}:${goValue(map[key])}`).join(' ')}]`;
}

export function goWord(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}
