import { isCustomKind } from '../custom-kind.ts';
import { schemaShapeProblem } from '../extensions/schema-shape.ts';
import { isJsonObject } from '../json.ts';
import type { KindMap } from '../objects.ts';
import { parseQuantity } from '../quantity.ts';
import { shapeProblem } from './shape-rules.ts';
import type { AnyObject } from '../store.ts';

/**
 * Whether an object would have been decoded at all: the few types that people get wrong, with the server's sentence,
 * or null. Everything that follows may rely on these fields having their type.
 */
export function decodingProblem(object: AnyObject): string | null {
  const problem = typeProblem(object);
  return problem === null ? null : `${object.kind} in version "${object.apiVersion.split('/').at(-1)}" cannot be handled as a ${object.kind}: ${problem}`;
}

function typeProblem(object: AnyObject): string | null {
  const spec: unknown = 'spec' in object && !isCustomKind(object.kind) ? object.spec : undefined;
  if (spec !== undefined && !isJsonObject(spec)) return mismatch(spec, `${object.kind}.spec`, `v1.${object.kind}Spec`);
  if (isJsonObject(spec) && spec['replicas'] !== undefined && !Number.isInteger(spec['replicas'])) {
    return mismatch(spec['replicas'], `${object.kind}Spec.spec.replicas`, 'int32');
  }
  for (const map of ['labels', 'annotations'] as const) {
    for (const value of Object.values(object.metadata[map] ?? {})) {
      if (typeof value !== 'string') return mismatch(value, `ObjectMeta.metadata.${map}`, 'string');
    }
  }
  if (object.kind === 'ConfigMap' || object.kind === 'Secret') {
    for (const field of ['data', 'stringData', 'binaryData'] as const) {
      const map: unknown = (object as AnyObject & Readonly<Record<typeof field, unknown>>)[field] ?? {};
      if (!isJsonObject(map)) return mismatch(map, `${object.kind}.${field}`, 'map[string]string');
      for (const value of Object.values(map)) if (typeof value !== 'string') return mismatch(value, `${object.kind}.${field}`, 'string');
    }
  }
  // Their fields have names that mean something else elsewhere.
  if (object.kind === 'CustomResourceDefinition') return definitionProblem(object);
  if (object.kind === 'CSIStorageCapacity' || isCustomKind(object.kind)) return null;
  const { kind: _kind, apiVersion: _version, metadata: _metadata, status: _status, data: _data, ...rest } = object as AnyObject & { status?: unknown; data?: unknown };
  const misshapen = shapeProblem(rest, object.kind);
  if (misshapen !== null) return misshapen;
  const template = isJsonObject(spec) && isJsonObject(spec['template']) ? spec['template']['spec'] : spec;
  const prefix = template === spec ? 'spec' : 'spec.template.spec';
  return isJsonObject(template) ? containersProblem(template['containers'], prefix) : null;
}

function definitionProblem({ spec }: KindMap['CustomResourceDefinition']): string | null {
  const versions: unknown = (spec as Partial<typeof spec> | undefined)?.versions ?? [];
  if (!Array.isArray(versions)) return mismatch(versions, 'CustomResourceDefinitionSpec.spec.versions', '[]v1.CustomResourceDefinitionVersion');
  for (const version of versions as readonly unknown[]) {
    if (!isJsonObject(version)) return mismatch(version, 'CustomResourceDefinitionSpec.spec.versions', 'v1.CustomResourceDefinitionVersion');
    const schema = isJsonObject(version['schema']) ? version['schema']['openAPIV3Schema'] : undefined;
    const problem = schema === undefined ? null : schemaShapeProblem(schema);
    if (problem !== null) return problem;
  }
  return null;
}

function containersProblem(containers: unknown, prefix: string): string | null {
  if (containers === undefined) return null;
  if (!Array.isArray(containers)) return mismatch(containers, `PodSpec.${prefix}.containers`, '[]v1.Container');
  for (const container of containers as readonly unknown[]) {
    if (!isJsonObject(container)) return mismatch(container, `PodSpec.${prefix}.containers`, 'v1.Container');
    if (container['image'] !== undefined && typeof container['image'] !== 'string') {
      return mismatch(container['image'], `Container.${prefix}.containers.image`, 'string');
    }
    const env = container['env'];
    if (env !== undefined && !Array.isArray(env)) return mismatch(env, `Container.${prefix}.containers.env`, '[]v1.EnvVar');
    for (const variable of (env ?? []) as readonly unknown[]) {
      if (isJsonObject(variable) && variable['value'] !== undefined && typeof variable['value'] !== 'string') {
        return mismatch(variable['value'], `EnvVar.${prefix}.containers.env.value`, 'string');
      }
    }
    const resources = container['resources'];
    for (const list of isJsonObject(resources) ? [resources['limits'], resources['requests']] : []) {
      for (const quantity of isJsonObject(list) ? Object.values(list) : []) {
        if ((typeof quantity !== 'string' && typeof quantity !== 'number') || parseQuantity(quantity) === null) {
          return "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'";
        }
      }
    }
  }
  return null;
}

function mismatch(value: unknown, field: string, wanted: string): string {
  return `json: cannot unmarshal ${jsonType(value)} into Go struct field ${field} of type ${wanted}`;
}

function jsonType(value: unknown): string {
  if (Array.isArray(value)) return 'array';
  if (typeof value === 'boolean') return 'bool';
  if (typeof value === 'number') return Number.isInteger(value) ? 'number' : `number ${value}`;
  return typeof value;
}
