import { compareTexts } from '../../time/text-order.ts';
import { DEDUCED, type Structure } from '../../cluster/patching/structure.ts';
import { definition, definitionName, referenced, type GroupVersionKind, type Schema } from './schemas.ts';

/** How the objects of a kind merge, by its published schema. Of kinds without one nothing is known. */
export function structureOfKind(kind: GroupVersionKind): Structure {
  const name = definitionName(kind);
  return name === undefined ? DEDUCED : structureOf({ $ref: `#/components/schemas/${name}` });
}

/** How values of a schema merge. Source: k8s.io/kube-openapi, pkg/schemaconv. */
function structureOf(schema: Schema): Structure {
  const known = KNOWN.get(schema);
  if (known !== undefined) return known;
  const made = structure(schema);
  KNOWN.set(schema, made);
  return made;
}

const KNOWN = new WeakMap<Schema, Structure>();
const NAMED = new Map<string, Structure>();

interface MarkedSchema extends Schema {
  readonly 'x-kubernetes-list-type'?: string;
  readonly 'x-kubernetes-list-map-keys'?: readonly string[];
  readonly 'x-kubernetes-map-type'?: string;
  readonly 'x-kubernetes-patch-strategy'?: string;
  readonly 'x-kubernetes-patch-merge-key'?: string;
}

function structure(schema: MarkedSchema): Structure {
  const name = referenced(schema);
  if (name !== undefined) {
    const said = schema['x-kubernetes-map-type'];
    const target = definition(name);
    if (target === undefined) return DEDUCED;
    return said === undefined ? named(name, target) : structure({ ...target, 'x-kubernetes-map-type': said });
  }
  if (schema.type === 'array') return listOf(schema);
  if (schema['x-kubernetes-map-type'] === 'atomic') return { kind: 'atomic', of: 'map' };
  if (schema.properties !== undefined || schema.additionalProperties !== undefined) return mapOf(schema);
  return scalarOf(schema);
}

function named(name: string, target: Schema): Structure {
  let known = NAMED.get(name);
  if (known === undefined) NAMED.set(name, (known = name.endsWith('.Quantity') ? { kind: 'scalar', type: 'any' } : structureOf(target)));
  return known;
}

function listOf(schema: MarkedSchema): Structure {
  const strategy = schema['x-kubernetes-patch-strategy']?.split(',')[0];
  const mergeKey = schema['x-kubernetes-patch-merge-key'];
  const type = schema['x-kubernetes-list-type'] ?? (strategy === 'merge' ? (mergeKey === undefined ? 'set' : 'map') : 'atomic');
  const keys = schema['x-kubernetes-list-map-keys'] ?? (mergeKey === undefined ? [] : [mergeKey]);
  if (type === 'set') return { kind: 'set' };
  if (type !== 'map' || keys.length === 0) return { kind: 'atomic', of: 'list' };
  const { items = {} } = schema;
  return { kind: 'list', keys: keys.toSorted(compareTexts), defaults: keys.includes('protocol') ? DEFAULT_PROTOCOL : {}, item: () => structureOf(items) };
}

/** The only key with a default: ports of containers and of Services count as TCP. The published document does not tell. */
const DEFAULT_PROTOCOL = { protocol: 'TCP' };

function mapOf({ properties = {}, additionalProperties }: Schema): Structure {
  const fields = new Map<string, Structure>();
  return {
    kind: 'map', others: additionalProperties === undefined ? null : structureOf(additionalProperties),
    field: (name) => {
      let found = fields.get(name);
      if (found !== undefined || !Object.hasOwn(properties, name)) return found;
      fields.set(name, (found = structureOf(properties[name] as Schema)));
      return found;
    },
  };
}

function scalarOf({ type, format }: Schema): Structure {
  switch (type ?? '') {
    case 'string':
      return { kind: 'scalar', type: format === 'int-or-string' ? 'any' : 'string' };
    case 'integer':
    case 'number':
      return { kind: 'scalar', type: 'numeric' };
    case 'boolean':
      return { kind: 'scalar', type: 'boolean' };
    default:
      return { kind: 'atomic', of: 'any' };
  }
}
