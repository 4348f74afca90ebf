import { shownKind } from '../../cluster/custom-kind.ts';
import type { Descriptions, ShownResource } from './documented.ts';
import { allSchemas, type GroupVersionKind, type Schema } from '../schema/schemas.ts';

/** The part of an OpenAPI v2 document that kubectl reads. */
export interface SwaggerDocument {
  readonly swagger: '2.0';
  readonly info: { readonly title: string; readonly version: string };
  readonly paths: Readonly<Record<string, Readonly<Record<string, SwaggerOperation>>>>;
  readonly definitions: Readonly<Record<string, SwaggerSchema>>;
}

export interface SwaggerOperation {
  readonly parameters?: readonly { readonly name: string; readonly in: 'query'; readonly type: string; readonly uniqueItems: boolean }[];
  readonly responses: object;
  readonly 'x-kubernetes-action': string;
  readonly 'x-kubernetes-group-version-kind': GroupVersionKind;
}

export interface SwaggerSchema {
  readonly type?: string;
  readonly format?: string;
  readonly description?: string;
  readonly $ref?: string;
  readonly properties?: Readonly<Record<string, SwaggerSchema>>;
  readonly items?: SwaggerSchema;
  readonly additionalProperties?: SwaggerSchema;
  readonly required?: readonly string[];
}

/** `/openapi/v2`: every definition, and of the paths what clients look for there: which writes know dry run and field validation. `more` are the schemas of custom kinds. */
export function swaggerOf(resources: readonly ShownResource[], more: Readonly<Record<string, Schema>>, descriptions: Descriptions): SwaggerDocument {
  const definitions = Object.fromEntries(Object.entries({ ...allSchemas(), ...more }).map(([name, schema]) => {
    const said = Object.hasOwn(descriptions, name) ? (descriptions[name] as Readonly<Record<string, string>>) : {};
    const { properties } = schema;
    const fields = properties === undefined ? {} : { properties: Object.fromEntries(Object.entries(properties).map(([field, one]) => [field, described(one, said[field])])) };
    return [name, { ...described(schema, said['']), ...fields }];
  }));
  return { swagger: '2.0', info: { title: 'Kubernetes', version: 'v1.32.3' }, paths: Object.fromEntries(resources.flatMap(pathsOf)), definitions };
}

function described(schema: Schema, description: string | undefined): SwaggerSchema {
  const converted = inSecondVersion(schema);
  return description === undefined || description === '' ? converted : { description, ...converted };
}

/** References of the second version go to another place. */
function inSecondVersion(schema: Schema): SwaggerSchema {
  const { $ref, items, properties, additionalProperties, ...rest } = schema;
  return {
    ...rest,
    ...($ref === undefined ? {} : { $ref: $ref.replace('#/components/schemas/', '#/definitions/') }),
    ...(items === undefined ? {} : { items: inSecondVersion(items) }),
    ...(properties === undefined ? {} : { properties: Object.fromEntries(Object.entries(properties).map(([name, one]) => [name, inSecondVersion(one)])) }),
    ...(additionalProperties === undefined ? {} : { additionalProperties: inSecondVersion(additionalProperties) }),
  };
}

function pathsOf({ group, version, kind: named, plural, namespaced }: ShownResource): [path: string, item: Readonly<Record<string, SwaggerOperation>>][] {
  const kind = shownKind(named);
  const root = group === '' ? `/api/${version}` : `/apis/${group}/${version}`;
  const all = namespaced ? `${root}/namespaces/{namespace}/${plural}` : `${root}/${plural}`;
  const operation = (action: string): SwaggerOperation => ({
    ...(WRITES.has(action) ? { parameters: PARAMETERS } : {}), responses: { 200: { description: 'OK' } }, 'x-kubernetes-action': action, 'x-kubernetes-group-version-kind': { group, version, kind },
  });
  return [
    [all, { get: operation('list'), post: operation('post'), delete: operation('deletecollection') }],
    [`${all}/{name}`, { get: operation('get'), put: operation('put'), patch: operation('patch'), delete: operation('delete') }],
  ];
}

const WRITES = new Set(['post', 'put', 'patch']);
const PARAMETERS = ['dryRun', 'fieldManager', 'fieldValidation'].map((name) => ({ name, in: 'query', type: 'string', uniqueItems: true }) as const);
