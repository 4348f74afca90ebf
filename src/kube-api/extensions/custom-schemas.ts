import type { JsonSchema } from '../../cluster/extensions/json-schema.ts';
import { listKindOf, type CustomRestResource } from './custom-resources.ts';

/** The definitions that a custom kind adds to its group's OpenAPI document, by their names: `com.example.v1.Widget` and its list. */
export function customSchemas(resource: CustomRestResource): Readonly<Record<string, object>> {
  const { group, version, custom } = resource;
  const prefix = `${group.split('.').reverse().join('.')}.${version}`;
  const { schema } = custom.version;
  const name = `${prefix}.${custom.resource.shownKind}`;
  const kindOf = (kind: string): object => ({ 'x-kubernetes-group-version-kind': [{ group, kind, version }] });
  return {
    [name]: { ...published(schema), type: 'object', properties: { ...TYPE_META, metadata: { description: METADATA_TEXT, allOf: [{ $ref: `${META}ObjectMeta` }] }, ...withoutMeta(schema) }, ...kindOf(custom.resource.shownKind) },
    [`${prefix}.${listKindOf(resource)}`]: {
      description: `${listKindOf(resource)} is a list of ${custom.resource.shownKind}`, type: 'object', required: ['items'],
      properties: { ...TYPE_META, metadata: { description: 'Standard list metadata. More info: https://git.k8s.io/community/contributors/devel/sig-architecture/api-conventions.md#types-kinds', allOf: [{ $ref: `${META}ListMeta` }] }, items: { description: `List of ${resource.plural}. More info: https://git.k8s.io/community/contributors/devel/sig-architecture/api-conventions.md`, type: 'array', items: { $ref: `#/components/schemas/${name}` } } },
      ...kindOf(listKindOf(resource)),
    },
  };
}

const META = '#/components/schemas/io.k8s.apimachinery.pkg.apis.meta.v1.';
const METADATA_TEXT = "Standard object's metadata. More info: https://git.k8s.io/community/contributors/devel/sig-architecture/api-conventions.md#metadata";
const TYPE_META = {
  apiVersion: { description: 'APIVersion defines the versioned schema of this representation of an object. Servers should convert recognized schemas to the latest internal value, and may reject unrecognized values. More info: https://git.k8s.io/community/contributors/devel/sig-architecture/api-conventions.md#resources', type: 'string' },
  kind: { description: 'Kind is a string value representing the REST resource this object represents. Servers may infer this from the endpoint the client submits requests to. Cannot be updated. In CamelCase. More info: https://git.k8s.io/community/contributors/devel/sig-architecture/api-conventions.md#types-kinds', type: 'string' },
} as const;

function published(schema: JsonSchema): object {
  const { properties: _properties, ...rest } = schema;
  return rest;
}

function withoutMeta({ properties = {} }: JsonSchema): Readonly<Record<string, JsonSchema>> {
  return Object.fromEntries(Object.entries(properties).filter(([key]) => key !== 'apiVersion' && key !== 'kind' && key !== 'metadata'));
}
