import { isJsonObject, sameJson, type JsonObject } from '../json.ts';
import { ordered } from './element-order.ts';
import { goMap, goType, goValue, goWord } from './go-words.ts';
import { markerOf, mergeTypeOf, type MergeMarker, type MergeType } from './merge-markers.ts';

export type Merged = { readonly ok: true; readonly document: JsonObject } | { readonly ok: false; readonly code: 400 | 422 | 500; readonly problem: string };

/**
 * Kubernetes' strategic merge patch: as a merge patch, but lists that are marked so merge by their key (`containers` by
 * `name`), with the directives `$patch`, `$setElementOrder/…`, `$deleteFromPrimitiveList/…` and `$retainKeys`. `target`
 * says by its kind which lists those are. Source: apimachinery, pkg/util/strategicpatch, whose words the problems are in.
 */
export function strategicMerge(target: JsonObject, patch: JsonObject): Merged {
  try {
    return { ok: true, document: mergedObject(target, patch, mergeTypeOf(target)) };
  } catch (error) {
    if (error instanceof MergeProblem) return { ok: false, code: error.code, problem: error.message };
    throw error;
  }
}

/** Carries a refusal out of the recursion; never leaves this file. */
class MergeProblem extends Error {
  readonly code: 400 | 422 | 500;

  constructor(message: string, code: 400 | 422 | 500 = 500) {
    super(message);
    this.code = code;
  }
}

const DELETE_FROM = '$deleteFromPrimitiveList/';
const SET_ORDER = '$setElementOrder/';

function mergedObject(original: JsonObject, patch: JsonObject, type: MergeType): JsonObject {
  const directive = patch['$patch'];
  if (directive === 'replace') return without(patch, '$patch');
  if (directive === 'delete') return {};
  if (directive !== undefined) throw new MergeProblem(`unknown patch type: ${goWord(directive)} in map: ${goMap(patch)}`);
  const merged: Record<string, unknown> = retained(original, patch);
  const done = new Set(['$retainKeys', ...orderedLists(merged, patch, type)]);
  for (const key of Object.keys(patch)) {
    if (done.has(key)) continue;
    const value = patch[key];
    if (key.startsWith(DELETE_FROM)) deletePlain(merged, key.slice(DELETE_FROM.length), value);
    else if (value === null) delete merged[key];
    else mergeField(merged, key, value, markerOf(type, key));
  }
  return merged;
}

function mergeField(merged: Record<string, unknown>, key: string, value: unknown, marker: MergeMarker): void {
  const current = Object.hasOwn(merged, key) ? merged[key] : undefined;
  if (isJsonObject(current) && isJsonObject(value)) merged[key] = marker.strategy === 'replace' ? value : mergedObject(current, value, marker.type);
  else if (Array.isArray(current) && Array.isArray(value)) merged[key] = marker.strategy === 'merge' ? mergedList(current as unknown[], value as unknown[], marker) : value;
  else {
    const kept = plainValue(value);
    if (kept === undefined) delete merged[key];
    else merged[key] = kept;
  }
}

/** A new value as it is stored: without nulls, and without whatever holds a directive. */
function plainValue(value: unknown): unknown {
  if (Array.isArray(value)) return (value as unknown[]).map(plainValue).filter((item) => item !== undefined);
  if (!isJsonObject(value)) return value;
  if (value['$patch'] !== undefined) return undefined;
  return Object.fromEntries(Object.entries(value).flatMap(([key, item]) => {
    const kept = item === null ? undefined : plainValue(item);
    return kept === undefined ? [] : [[key, kept] as const];
  }));
}

/** A copy of the original with nothing but the fields that `$retainKeys` names, where it is there. */
function retained(original: JsonObject, patch: JsonObject): Record<string, unknown> {
  const keys = patch['$retainKeys'];
  if (keys === undefined) return { ...original };
  const bad = new MergeProblem('invalid patch format of retainKeys', 400);
  if (!Array.isArray(keys)) throw bad;
  const kept = new Set(keys as unknown[]);
  for (const [key, value] of Object.entries(patch)) {
    if (key !== '$retainKeys' && value !== null && !key.startsWith(DELETE_FROM) && !key.startsWith(SET_ORDER) && !kept.has(key)) throw bad;
  }
  return Object.fromEntries(Object.entries(original).filter(([key]) => kept.has(key)));
}

/** Merges the lists whose order the patch gives; returns the keys of the patch that this took care of. */
function orderedLists(merged: Record<string, unknown>, patch: JsonObject, type: MergeType): string[] {
  return Object.keys(patch).flatMap((directive) => {
    if (!directive.startsWith(SET_ORDER)) return [];
    const field = directive.slice(SET_ORDER.length);
    const [order, changes] = [patch[directive], patch[field]];
    const live = Object.hasOwn(merged, field) ? merged[field] : undefined;
    for (const list of [order, live, changes]) if (list !== undefined && list !== null && !Array.isArray(list)) throw new MergeProblem(`expected a []interface {}, but received a ${goType(list)}`);
    if (changes === null) return [directive];
    const marker = markerOf(type, field);
    const [wanted, before, items] = [order, live, changes] as [unknown[], unknown[] | undefined, unknown[] | undefined];
    checkOrder(items ?? [], wanted, marker.key);
    if (before === undefined && items === undefined) return [directive];
    const all = before === undefined ? (plainValue(items) as unknown[]) : items === undefined ? before : marker.strategy === 'merge' ? mergedList(before, items, marker) : items;
    merged[field] = ordered(all, wanted, before ?? [], marker.key);
    return [directive, field];
  });
}

/** The items of a patch must come in the order that it sets itself. */
function checkOrder(items: readonly unknown[], order: readonly unknown[], key: string | null): void {
  if (items.length === 0 || order.length === 0) return;
  const kept = items.filter((item) => !(isJsonObject(item) && item['$patch'] !== undefined));
  let at = 0;
  for (const place of order) if (at < kept.length && sameJson(keyOf(kept[at], key), keyOf(place, key))) at++;
  if (at < kept.length) throw new MergeProblem(`The order in patch list:\n${goValue(items)}\n doesn't match $setElementOrder list:\n${goValue(order)}\n`);
}

function mergedList(original: readonly unknown[], patch: readonly unknown[], marker: MergeMarker): unknown[] {
  const { key, type } = marker;
  if (original.length === 0 && patch.length === 0) return [];
  const types = new Set([...original, ...patch].map(goType));
  if (types.has('[]interface {}')) throw new MergeProblem('lists of lists are not supported', 422);
  if (types.size > 1) throw new MergeProblem(`list element types are not identical: [${goValue(original)} ${goValue(patch)}]`);
  if (!types.has('map[string]interface {}')) return ordered([...new Set([...original, ...patch])], patch, original, null);
  if (key === null) throw new MergeProblem('cannot merge lists without merge key for ');
  let items = original as readonly JsonObject[];
  const changes = patch as readonly JsonObject[];
  for (const change of changes) {
    const directive = change['$patch'];
    if (directive === 'delete') items = items.filter((item) => !sameJson(item[key], keyOf(change, key)));
    else if (directive === 'merge') throw new MergeProblem('merging lists cannot yet be specified in the patch');
    else if (directive !== undefined && directive !== 'replace') throw new MergeProblem(`unknown patch type: ${goWord(directive)} in map: ${goMap(change)}`);
  }
  const plain = changes.filter((change) => change['$patch'] === undefined);
  if (changes.some((change) => change['$patch'] === 'replace')) return plain;
  const merged: JsonObject[] = [...items];
  for (const change of plain) {
    const value = keyOf(change, key);
    const at = merged.findIndex((item) => sameJson(item[key], value));
    if (at >= 0) merged[at] = mergedObject(merged[at] as JsonObject, change, type);
    else merged.push(plainValue(change) as JsonObject);
  }
  return ordered(merged, plain, items, key);
}

/** What an item is known by. */
function keyOf(item: unknown, key: string | null): unknown {
  if (key === null) return item;
  if (!isJsonObject(item)) throw new MergeProblem(`expected a map[string]interface {}, but received a ${goType(item)}`);
  if (item[key] === undefined) throw new MergeProblem(`map: ${goMap(item)} does not contain declared merge key: ${key}`);
  return item[key];
}

function deletePlain(merged: Record<string, unknown>, field: string, values: unknown): void {
  if (!Array.isArray(values)) throw new MergeProblem('invalid patch format of primitive list', 400);
  const current = merged[field];
  if (Array.isArray(current)) merged[field] = current.filter((item) => !values.includes(item));
}

function without(object: JsonObject, key: string): JsonObject {
  const { [key]: _gone, ...rest } = object;
  return rest;
}
