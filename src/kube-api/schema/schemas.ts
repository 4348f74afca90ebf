import DEFINITIONS from './openapi.json' with { type: 'json' };

/** The part of an OpenAPI schema that is used here. */
export interface Schema {
  readonly type?: string;
  readonly format?: string;
  readonly $ref?: string;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly items?: Schema;
  readonly additionalProperties?: Schema;
  readonly required?: readonly string[];
  readonly 'x-kubernetes-group-version-kind'?: readonly GroupVersionKind[];
}

export interface GroupVersionKind {
  readonly group: string;
  readonly version: string;
  readonly kind: string;
}

/** Definitions of Kubernetes 1.32 by name, without their descriptions. Made by bin/kubernetes-tables.mjs. */
const SCHEMAS = DEFINITIONS as unknown as Readonly<Record<string, Schema>>;
const REFERENCE = '#/components/schemas/';

const BY_KIND = new Map<string, string>();
for (const [name, { 'x-kubernetes-group-version-kind': kinds = [] }] of Object.entries(SCHEMAS)) {
  for (const { group, version, kind } of kinds) if (kinds.length === 1) BY_KIND.set(`${group}/${version}/${kind}`, name);
}

/** The name of a kind's definition; undefined for kinds that are not published. */
export function definitionName({ group, version, kind }: GroupVersionKind): string | undefined {
  return BY_KIND.get(`${group}/${version}/${kind}`);
}

export function definition(name: string): Schema | undefined {
  return Object.hasOwn(SCHEMAS, name) ? SCHEMAS[name] : undefined;
}

/** All definitions by name. */
export function allSchemas(): Readonly<Record<string, Schema>> {
  return SCHEMAS;
}

/** The name that a schema refers to; undefined where it says itself what it is. */
export function referenced({ $ref }: Schema): string | undefined {
  if ($ref === undefined) return undefined;
  let name = NAMES.get($ref);
  if (name === undefined) NAMES.set($ref, (name = $ref.slice(REFERENCE.length)));
  return name;
}

/** By reference: the few hundred that there are are followed at every field of every body. */
const NAMES = new Map<string, string>();

/** The named definitions with whatever they refer to. */
export function closure(names: Iterable<string>): Readonly<Record<string, Schema>> {
  const found: Record<string, Schema> = {};
  const waiting = [...names];
  for (let name = waiting.pop(); name !== undefined; name = waiting.pop()) {
    const schema = definition(name);
    if (schema === undefined || Object.hasOwn(found, name)) continue;
    found[name] = schema;
    for (const [, to] of JSON.stringify(schema).matchAll(/"#\/components\/schemas\/([^"]+)"/g)) waiting.push(to as string);
  }
  return found;
}
