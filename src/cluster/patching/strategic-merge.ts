import { isJsonObject, sameJson, type JsonObject } from '../json.ts';
import { mergeKeyOf, mergesPrimitives } from './merge-keys.ts';

/**
 * Kubernetes' strategic merge patch: as a merge patch, but lists of objects merge by their key (`containers` by
 * `name`), with the directives `$patch`, `$setElementOrder/…`, `$deleteFromPrimitiveList/…` and `$retainKeys`.
 * Source: https://git.k8s.io/community/contributors/devel/sig-api-machinery/strategic-merge-patch.md
 */
export function strategicMerge(target: unknown, patch: JsonObject, parent = ''): JsonObject {
  if (patch['$patch'] === 'replace') return withoutDirectives(patch);
  if (patch['$patch'] === 'delete') return {};
  const merged: Record<string, unknown> = isJsonObject(target) ? { ...target } : {};
  const retained = patch['$retainKeys'];
  if (Array.isArray(retained)) {
    for (const key of Object.keys(merged)) if (!retained.includes(key)) delete merged[key];
  }
  for (const [key, value] of Object.entries(patch)) {
    if (key.startsWith(DELETE_FROM)) deletePrimitives(merged, key.slice(DELETE_FROM.length), value);
    else if (key.startsWith('$')) continue;
    else if (value === null) delete merged[key];
    else {
      const current = Object.hasOwn(merged, key) ? merged[key] : undefined;
      if (isJsonObject(value)) merged[key] = strategicMerge(current, value, key);
      else if (Array.isArray(value)) merged[key] = mergeList(current, value as unknown[], key, parent);
      else merged[key] = value;
    }
  }
  for (const [key, order] of Object.entries(patch)) {
    if (key.startsWith(SET_ORDER)) setOrder(merged, key.slice(SET_ORDER.length), order, parent);
  }
  return merged;
}

const DELETE_FROM = '$deleteFromPrimitiveList/';
const SET_ORDER = '$setElementOrder/';

function mergeList(current: unknown, patch: readonly unknown[], field: string, parent: string): unknown[] {
  const items: unknown[] = Array.isArray(current) ? [...(current as unknown[])] : [];
  const mergeKey = mergeKeyOf(field, parent);
  if (mergeKey === null) {
    if (!mergesPrimitives(field)) return [...patch];
    return [...items, ...patch.filter((item) => !items.includes(item))];
  }
  if (patch.some((item) => isJsonObject(item) && item['$patch'] === 'replace')) {
    return patch.filter((item) => isJsonObject(item) && item['$patch'] === undefined);
  }
  for (const item of patch) {
    if (!isJsonObject(item)) continue;
    const key = item[mergeKey];
    const at = items.findIndex((candidate) => isJsonObject(candidate) && sameJson(candidate[mergeKey], key));
    if (item['$patch'] === 'delete') {
      if (at >= 0) items.splice(at, 1);
    } else if (at >= 0) items[at] = strategicMerge(items[at], item, field);
    else items.push(strategicMerge(undefined, item, field));
  }
  return items;
}

function deletePrimitives(merged: Record<string, unknown>, field: string, values: unknown): void {
  const current = merged[field];
  if (!Array.isArray(current) || !Array.isArray(values)) return;
  merged[field] = current.filter((item) => !values.includes(item));
}

/** Puts the listed elements in the order given; elements not listed keep their place relative to those before them. */
function setOrder(merged: Record<string, unknown>, field: string, order: unknown, parent: string): void {
  const current = merged[field];
  if (!Array.isArray(current) || !Array.isArray(order)) return;
  const mergeKey = mergeKeyOf(field, parent);
  const keyOf = (item: unknown): unknown => (mergeKey !== null && isJsonObject(item) ? item[mergeKey] : item);
  const wanted = order.map(keyOf);
  let reached = -1;
  const ranked = (current as unknown[]).map((item, at) => {
    const place = wanted.findIndex((key) => sameJson(key, keyOf(item)));
    if (place >= 0) reached = place;
    return { item, place: place >= 0 ? place : reached + 0.5, at };
  });
  ranked.sort((left, right) => left.place - right.place || left.at - right.at);
  merged[field] = ranked.map(({ item }) => item);
}

function withoutDirectives(patch: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(patch).filter(([key]) => !key.startsWith('$')));
}
