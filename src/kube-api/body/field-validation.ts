import { pruned } from '../../cluster/extensions/shaping.ts';
import { isJsonObject, type JsonObject } from '../../cluster/json.ts';
import type { CustomRestResource } from '../extensions/custom-resources.ts';
import { definition, definitionName, referenced, type GroupVersionKind, type Schema } from '../schema/schemas.ts';

/** A value as the server's types would hold it. */
export interface Fitted {
  /** Without nulls and unknown fields; the value itself where it has none. */
  readonly value: JsonObject;
  /** Paths of fields that the kind does not have, such as `spec.replcias`. */
  readonly unknown: readonly string[];
  /** The first field whose type is wrong, in the words of Go's decoder; null where none is. */
  readonly mismatch: string | null;
}

/**
 * Fits an object, or a patch for one, to the published schema of its kind. In a patch (`partial`) nulls and directives
 * have a meaning and stay. Kinds without a schema are taken as they are, and so are parts that `stored` holds already.
 */
export function fitted(value: JsonObject, kind: GroupVersionKind, partial: boolean, stored: JsonObject = NOTHING): Fitted {
  const name = definitionName(kind);
  const schema = name === undefined ? undefined : definition(name);
  if (name === undefined || schema === undefined) return { value, unknown: [], mismatch: null };
  const fit = new Fit(partial, stored);
  const cleaned = fit.object(value, schema, { path: '', struct: shortName(name) });
  return { value: cleaned, unknown: fit.unknown, mismatch: fit.mismatch };
}

/** As {@link fitted}, by the schema of a custom kind. Its types are checked later, in words of their own. */
export function fittedCustom(value: JsonObject, { custom }: CustomRestResource): Fitted {
  const { metadata } = value;
  const known = definition(META)?.properties ?? {};
  const strange = isJsonObject(metadata) ? Object.keys(metadata).filter((key) => !Object.hasOwn(known, key)) : [];
  const kept = strange.length === 0 ? value : { ...value, metadata: Object.fromEntries(Object.entries(metadata as JsonObject).filter(([key]) => !strange.includes(key))) };
  return { value: kept, unknown: [...strange.map((key) => `metadata.${key}`), ...pruned(value, custom.version.schema).unknown], mismatch: null };
}

const META = 'io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta';

const NOTHING: JsonObject = {};

interface Place {
  readonly path: string;
  /** The Go type that holds the field, as errors name it. */
  readonly struct: string;
}

class Fit {
  readonly unknown: string[] = [];
  mismatch: string | null = null;
  readonly #partial: boolean;
  readonly #stored: JsonObject;

  constructor(partial: boolean, stored: JsonObject) {
    this.#partial = partial;
    this.#stored = stored;
  }

  object(value: JsonObject, schema: Schema, place: Place): JsonObject {
    const { properties, additionalProperties } = schema;
    if (properties === undefined && additionalProperties === undefined) return value;
    let copy: Record<string, unknown> | null = null;
    for (const key of Object.keys(value)) {
      const inner = properties !== undefined && Object.hasOwn(properties, key) ? properties[key] : additionalProperties;
      const path = place.path === '' ? key : `${place.path}.${key}`;
      const item = value[key];
      if (this.#partial && key.startsWith('$')) continue;
      if (place.path === '' && typeof item === 'object' && item !== null && item === this.#stored[key]) continue;
      if (inner === undefined) this.unknown.push(path);
      else if (item !== null) {
        const next = this.#value(item, inner, { path, struct: place.struct });
        if (next !== item) (copy ??= { ...value })[key] = next;
        continue;
      } else if (this.#partial || (properties === undefined && inner.type === undefined)) continue;
      copy ??= { ...value };
      delete copy[key];
    }
    return copy ?? value;
  }

  #value(value: unknown, schema: Schema, place: Place): unknown {
    const name = referenced(schema);
    if (name !== undefined) {
      const target = definition(name);
      if (target === undefined || FREE.has(name)) return value;
      if (target.type === 'object' && !isJsonObject(value)) return this.#wrong(value, place, `v1.${shortName(name)}`);
      return target.type === 'object' ? this.object(value as JsonObject, target, { path: place.path, struct: shortName(name) }) : this.#value(value, target, place);
    }
    switch (schema.type ?? '') {
      case 'object':
        return isJsonObject(value) ? this.object(value, schema, place) : this.#wrong(value, place, 'map[string]string');
      case 'array':
        return Array.isArray(value) ? this.#list(value as unknown[], schema.items ?? {}, place) : this.#wrong(value, place, `[]${goType(schema.items ?? {})}`);
      case 'string':
        return typeof value === 'string' || schema.format === 'int-or-string' ? value : this.#wrong(value, place, 'string');
      case 'boolean':
        return typeof value === 'boolean' ? value : this.#wrong(value, place, 'bool');
      case 'integer':
        return Number.isSafeInteger(value) ? value : this.#wrong(value, place, schema.format ?? 'int64');
      case 'number':
        return typeof value === 'number' ? value : this.#wrong(value, place, 'float64');
      default:
        return value;
    }
  }

  #list(items: readonly unknown[], schema: Schema, place: Place): readonly unknown[] {
    let copy: unknown[] | null = null;
    for (const [at, item] of items.entries()) {
      if (item === null) continue;
      const next = this.#value(item, schema, { ...place, path: `${place.path}[${at}]` });
      if (next !== item) (copy ??= [...items])[at] = next;
    }
    return copy ?? items;
  }

  #wrong(value: unknown, { path, struct }: Place, wanted: string): unknown {
    this.mismatch ??= `json: cannot unmarshal ${jsonType(value)} into Go struct field ${struct}.${path.replace(/\[\d+\]/g, '')} of type ${wanted}`;
    return value;
  }
}

/** Definitions whose JSON may be anything that their own decoders understand. */
const FREE = new Set([
  'io.k8s.apimachinery.pkg.api.resource.Quantity', 'io.k8s.apimachinery.pkg.util.intstr.IntOrString', 'io.k8s.apimachinery.pkg.apis.meta.v1.FieldsV1', 'io.k8s.apimachinery.pkg.runtime.RawExtension',
]);

function goType(schema: Schema): string {
  const name = referenced(schema);
  return name === undefined ? (schema.type ?? 'string') : `v1.${shortName(name)}`;
}

function shortName(name: string): string {
  return name.slice(name.lastIndexOf('.') + 1);
}

function jsonType(value: unknown): string {
  if (Array.isArray(value)) return 'array';
  if (typeof value === 'boolean') return 'bool';
  return typeof value === 'number' && !Number.isInteger(value) ? `number ${value}` : typeof value;
}
