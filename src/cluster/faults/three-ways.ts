import { isJsonObject, sameJson, type JsonObject } from '../json.ts';

/**
 * What remains of `now` when the change from `before` to `after` is taken back: exactly what the change changed is as it
 * was, unless somebody has changed it again since. Lists of things with a name are taken by their names, others whole.
 * `undefined` is what is not there.
 */
export function takenBack(before: unknown, after: unknown, now: unknown): unknown {
  if (sameJson(before, after)) return now;
  if (sameJson(after, now)) return before;
  if (isJsonObject(after) && isJsonObject(now) && (isJsonObject(before) || before === undefined)) return fields(before ?? {}, after, now);
  const names = keyOfList(before, after, now);
  return names === null ? now : items(names, before as Items, after as Items, now as Items);
}

function fields(before: JsonObject, after: JsonObject, now: JsonObject): JsonObject {
  const left: Record<string, unknown> = {};
  for (const key of new Set([...Object.keys(now), ...Object.keys(before)])) {
    const value = takenBack(before[key], after[key], now[key]);
    if (value !== undefined) left[key] = value;
  }
  return left;
}

type Items = readonly JsonObject[];

/** In the order of `now`; what is put back comes where it was. */
function items(key: string, before: Items, after: Items, now: Items): Items {
  const named = (list: Items, name: unknown): JsonObject | undefined => list.find((item) => item[key] === name);
  const left = now.flatMap((item): JsonObject[] | JsonObject => (takenBack(named(before, item[key]), named(after, item[key]), item) as JsonObject | undefined) ?? []) as JsonObject[];
  before.forEach((item, at) => {
    if (named(after, item[key]) === undefined && named(now, item[key]) === undefined) left.splice(Math.min(at, left.length), 0, item);
  });
  return left;
}

/** By what the things in the lists are told apart; null where they are not. */
function keyOfList(...lists: readonly unknown[]): string | null {
  return ['name', 'containerPort', 'port', 'key', 'type', 'topologyKey', 'path', 'host'].find((key) => lists.every((list) => Array.isArray(list) && new Set(list.map((item: unknown) => (isJsonObject(item) ? item[key] : undefined))).size === list.length && list.every((item) => isJsonObject(item) && item[key] !== undefined))) ?? null;
}
