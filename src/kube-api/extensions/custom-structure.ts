import type { JsonSchema } from '../../cluster/extensions/json-schema.ts';
import { DEDUCED, type Structure } from '../../cluster/patching/structure.ts';
import { compareTexts } from '../../time/text-order.ts';
import { structureOfKind } from '../schema/structures.ts';

/** How the objects of a custom kind merge, by its schema. Where that does not preserve what it does not know, nothing else may be applied. */
export function customStructure(schema: JsonSchema): Structure {
  let known = KNOWN.get(schema);
  if (known === undefined) KNOWN.set(schema, (known = object(schema, true)));
  return known;
}

const KNOWN = new WeakMap<JsonSchema, Structure>();
const ANY: Structure = { kind: 'scalar', type: 'any' };
/** Metadata and the like are those of every kind. */
const PLAIN = structureOfKind({ group: '', version: 'v1', kind: 'ConfigMap' });

function structureOf(schema: JsonSchema): Structure {
  if (schema['x-kubernetes-preserve-unknown-fields'] === true && schema.properties === undefined) return DEDUCED;
  if (schema['x-kubernetes-int-or-string'] === true) return ANY;
  switch (schema.type ?? '') {
    case 'object':
      return object(schema, schema['x-kubernetes-embedded-resource'] === true);
    case 'array':
      return listOf(schema);
    case 'string':
      return { kind: 'scalar', type: 'string' };
    case 'boolean':
      return { kind: 'scalar', type: 'boolean' };
    case 'integer':
    case 'number':
      return { kind: 'scalar', type: 'numeric' };
    default:
      return DEDUCED;
  }
}

function listOf({ items, 'x-kubernetes-list-type': type, 'x-kubernetes-list-map-keys': keys = [] }: JsonSchema): Structure {
  if (items === undefined) return DEDUCED;
  if (type === 'set') return { kind: 'set' };
  if (type !== 'map' || keys.length === 0) return { kind: 'atomic', of: 'list' };
  const defaults = Object.fromEntries(keys.flatMap((key) => (items.properties?.[key]?.default === undefined ? [] : [[key, items.properties[key].default]])));
  return { kind: 'list', keys: keys.toSorted(compareTexts), defaults, item: () => structureOf(items) };
}

function object(schema: JsonSchema, whole: boolean): Structure {
  const { properties = {}, additionalProperties } = schema;
  if (schema['x-kubernetes-map-type'] === 'atomic') return { kind: 'atomic', of: 'map' };
  const preserves = schema['x-kubernetes-preserve-unknown-fields'] === true || additionalProperties === true;
  return {
    kind: 'map', others: preserves ? DEDUCED : typeof additionalProperties === 'object' ? structureOf(additionalProperties) : null,
    field: (name) => {
      if (whole && TYPE_META.has(name)) return PLAIN.kind === 'map' ? PLAIN.field(name) : DEDUCED;
      const inner = Object.hasOwn(properties, name) ? properties[name] : undefined;
      return inner === undefined ? undefined : structureOf(inner);
    },
  };
}

const TYPE_META = new Set(['apiVersion', 'kind', 'metadata']);
