import { isJsonObject, type JsonObject } from '../json.ts';
import { childPath, fieldSchema, type JsonSchema } from './json-schema.ts';

/** An object as a custom kind's schema holds it, and the paths of fields that it does not know. */
export interface Shaped {
  readonly value: JsonObject;
  readonly unknown: readonly string[];
}

/** What `metadata` may hold. Of the object itself somebody else looks after it. */
const OBJECT_META = new Set(['name', 'generateName', 'namespace', 'selfLink', 'uid', 'resourceVersion', 'generation', 'creationTimestamp', 'deletionTimestamp', 'deletionGracePeriodSeconds', 'labels', 'annotations', 'ownerReferences', 'finalizers', 'managedFields']);
const TYPE_META = new Set(['apiVersion', 'kind', 'metadata']);

/**
 * Drops the fields that a schema does not know, but where it says to preserve them. Of the object itself, and of
 * embedded ones, `apiVersion`, `kind` and `metadata` always stay.
 */
export function pruned(object: JsonObject, schema: JsonSchema): Shaped {
  const unknown: string[] = [];
  return { value: prunedObject(object, schema, '', true, unknown), unknown };
}

function prunedValue(value: unknown, schema: JsonSchema, path: string, unknown: string[]): unknown {
  if (Array.isArray(value)) {
    const { items } = schema;
    return items === undefined ? value : sharing(value, (item, at) => prunedValue(item, items, childPath(path, at), unknown));
  }
  return isJsonObject(value) ? prunedObject(value, schema, path, schema['x-kubernetes-embedded-resource'] === true, unknown) : value;
}

function prunedObject(value: JsonObject, schema: JsonSchema, path: string, embedded: boolean, unknown: string[]): JsonObject {
  const preserve = schema['x-kubernetes-preserve-unknown-fields'] === true || schema.additionalProperties === true;
  let copy: Record<string, unknown> | null = null;
  for (const key of Object.keys(value)) {
    if (embedded && TYPE_META.has(key)) {
      const own = value[key];
      if (key !== 'metadata' || path === '' || !isJsonObject(own)) continue;
      const strange = Object.keys(own).filter((name) => !OBJECT_META.has(name));
      if (strange.length === 0) continue;
      unknown.push(...strange.map((name) => childPath(childPath(path, key), name)));
      (copy ??= { ...value })[key] = Object.fromEntries(Object.entries(own).filter(([name]) => OBJECT_META.has(name)));
      continue;
    }
    const inner = fieldSchema(schema, key);
    const place = childPath(path, key);
    if (inner === undefined) {
      if (preserve) continue;
      unknown.push(place);
      delete (copy ??= { ...value })[key];
      continue;
    }
    const next = prunedValue(value[key], inner, place, unknown);
    if (next !== value[key]) (copy ??= { ...value })[key] = next;
  }
  return copy ?? value;
}

/** Fills in defaults where a field is absent, or null where the schema lets no null be: outer ones first, so that inner ones fill them. */
export function withSchemaDefaults<Value>(value: Value, schema: JsonSchema): Value {
  if (Array.isArray(value)) {
    const { items } = schema;
    return items === undefined ? value : (sharing(value, (item) => withSchemaDefaults(item, items)) as Value);
  }
  if (!isJsonObject(value)) return value;
  let copy: Record<string, unknown> | null = null;
  for (const [key, inner] of Object.entries(schema.properties ?? {})) {
    const own = value[key];
    const absent = own === undefined || (own === null && inner.nullable !== true);
    if (absent && inner.default !== undefined) (copy ??= { ...value })[key] = inner.default;
    else if (own === null && absent) delete (copy ??= { ...value })[key];
  }
  const filled: JsonObject = copy ?? value;
  for (const key of Object.keys(filled)) {
    const inner = fieldSchema(schema, key);
    if (inner === undefined) continue;
    const next = withSchemaDefaults(filled[key], inner);
    if (next !== filled[key]) (copy ??= { ...value })[key] = next;
  }
  return (copy ?? value) as Value;
}

const known = new WeakMap<JsonSchema, boolean>();

/** Whether a schema, or what is in it, says of any field what it is where it is absent. */
export function hasDefaults(schema: JsonSchema): boolean {
  let has = known.get(schema);
  if (has === undefined) {
    const { items, additionalProperties, properties = {} } = schema;
    has = schema.default !== undefined || [...Object.values(properties), items, additionalProperties].some((inner) => typeof inner === 'object' && hasDefaults(inner));
    known.set(schema, has);
  }
  return has;
}

/** The list itself where nothing in it changes. */
function sharing(items: readonly unknown[], change: (item: unknown, at: number) => unknown): readonly unknown[] {
  let copy: unknown[] | null = null;
  for (const [at, item] of items.entries()) {
    const next = change(item, at);
    if (next !== item) (copy ??= [...items])[at] = next;
  }
  return copy ?? items;
}
