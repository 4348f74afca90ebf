import { isJsonObject, type JsonObject } from '../json.ts';
import { readPattern, withinPatternWork } from './go-pattern.ts';
import { schemaErrors } from './schema-validation.ts';
import { ruleProgram } from './schema-rules.ts';
import type { JsonSchema } from './json-schema.ts';

/**
 * Whether a schema is structural: every part says its type, so that objects can be pruned and filled in by it. `path` is
 * where it stands in its definition. Source: apiextensions-apiserver's pkg/apiserver/schema/validation.go.
 */
export function structuralErrors(schema: JsonObject, path: string): string[] {
  const root = schema as JsonSchema;
  const errors: string[] = [];
  if (root.type === undefined || root.type === '') errors.push(`${path}.type: Required value: must not be empty at the root`);
  else if (root.type !== 'object') errors.push(`${path}.type: Invalid value: ${JSON.stringify(root.type)}: must be object at the root`);
  if (root.nullable === true) errors.push(`${path}.nullable: Forbidden: nullable cannot be true at the root`);
  const metadata = root.properties?.['metadata'];
  if (metadata !== undefined && Object.keys(metadata).some((key) => key !== 'type' && key !== 'properties' && key !== 'description')) errors.push(`${path}.properties[metadata]: Forbidden: must not specify anything other than name and generateName, but metadata is implicitly specified`);
  return [...errors, ...partErrors(root, path, 'root')];
}

type Position = 'root' | 'field' | 'item' | 'logical';

function partErrors(schema: JsonSchema, path: string, position: Position): string[] {
  const errors: string[] = [];
  const untyped = schema.type === undefined || schema.type === '';
  const free = schema['x-kubernetes-int-or-string'] === true || schema['x-kubernetes-preserve-unknown-fields'] === true;
  if (untyped && !free && position === 'field') errors.push(`${path}.type: Required value: must not be empty for specified object fields`);
  if (untyped && !free && position === 'item') errors.push(`${path}.type: Required value: must not be empty for specified array items`);
  if (!untyped && !TYPES.includes(schema.type ?? '')) errors.push(`${path}.type: Unsupported value: ${JSON.stringify(schema.type)}: supported values: ${TYPES.map((type) => `"${type}"`).join(', ')}`);
  if (schema.type === 'array' && schema.items === undefined && position !== 'logical') errors.push(`${path}.items: Required value: must be specified`);
  if (schema.uniqueItems === true) errors.push(`${path}.uniqueItems: Forbidden: uniqueItems cannot be set to true since the runtime complexity becomes quadratic`);
  if (schema.additionalProperties === false) errors.push(`${path}.additionalProperties: Forbidden: additionalProperties cannot be set to false`);
  else if (schema.additionalProperties !== undefined && schema.properties !== undefined) errors.push(`${path}.additionalProperties: Forbidden: additionalProperties and properties are mutual exclusive`);
  if (schema.pattern !== undefined) {
    const read = readPattern(schema.pattern);
    if ('problem' in read) errors.push(`${path}.pattern: Invalid value: ${JSON.stringify(schema.pattern)}: must be a valid regular expression, but isn't: ${read.problem}`);
  }
  if ('$ref' in schema) errors.push(`${path}.$ref: Forbidden: $ref is not supported`);
  return [...errors, ...extensionErrors(schema, path), ...defaultErrors(schema, path), ...rulesErrors(schema, path), ...innerErrors(schema, path, position)];
}

const TYPES = ['array', 'boolean', 'integer', 'number', 'object', 'string'];

function innerErrors(schema: JsonSchema, path: string, position: Position): string[] {
  const inside: Position = position === 'logical' ? 'logical' : 'field';
  const errors = Object.entries(schema.properties ?? {}).flatMap(([key, inner]) => (isJsonObject(inner) ? partErrors(inner, `${path}.properties[${key}]`, inside) : []));
  if (isJsonObject(schema.items)) errors.push(...partErrors(schema.items, `${path}.items`, position === 'logical' ? 'logical' : 'item'));
  if (isJsonObject(schema.additionalProperties)) errors.push(...partErrors(schema.additionalProperties, `${path}.additionalProperties`, inside));
  for (const word of ['allOf', 'anyOf', 'oneOf'] as const) (schema[word] ?? []).forEach((inner, at) => errors.push(...logicalErrors(schema, inner, `${path}.${word}[${at}]`)));
  if (schema.not !== undefined) errors.push(...logicalErrors(schema, schema.not, `${path}.not`));
  return errors;
}

/** Inside of logical words nothing may be said that shapes an object; int-or-string alone may name its two types there. */
function logicalErrors(outer: JsonSchema, schema: JsonSchema, path: string): string[] {
  const errors: string[] = [];
  const twoTypes = outer['x-kubernetes-int-or-string'] === true;
  if (schema.type !== undefined && !twoTypes) errors.push(`${path}.type: Forbidden: must be empty to be structural`);
  for (const word of ['description', 'default', 'nullable', 'x-kubernetes-preserve-unknown-fields', 'x-kubernetes-embedded-resource', 'x-kubernetes-list-type'] as const) {
    if (schema[word] !== undefined) errors.push(`${path}.${word}: Forbidden: must be ${word === 'nullable' || word.endsWith('fields') || word.endsWith('resource') ? 'false' : 'empty'} to be structural`);
  }
  return [...errors, ...partErrors(schema, path, 'logical').filter((error) => !error.startsWith(`${path}.type`))];
}

function extensionErrors(schema: JsonSchema, path: string): string[] {
  const errors: string[] = [];
  const listType = schema['x-kubernetes-list-type'];
  const keys = schema['x-kubernetes-list-map-keys'];
  if (schema['x-kubernetes-preserve-unknown-fields'] === false) errors.push(`${path}.x-kubernetes-preserve-unknown-fields: Invalid value: false: must be true or undefined`);
  if (schema['x-kubernetes-int-or-string'] === true && schema.type !== undefined && schema.type !== '') errors.push(`${path}.type: Invalid value: ${JSON.stringify(schema.type)}: must be empty if x-kubernetes-int-or-string is true`);
  if (schema['x-kubernetes-embedded-resource'] === true) {
    if (schema.type !== 'object') errors.push(`${path}.type: Invalid value: ${JSON.stringify(schema.type ?? '')}: must be object if x-kubernetes-embedded-resource is true`);
    if (schema['x-kubernetes-preserve-unknown-fields'] !== true && schema.properties === undefined) errors.push(`${path}.properties: Required value: must not be empty if x-kubernetes-embedded-resource is true without x-kubernetes-preserve-unknown-fields`);
  }
  if (listType !== undefined && schema.type !== 'array') errors.push(`${path}.type: Invalid value: ${JSON.stringify(schema.type ?? '')}: must be array if x-kubernetes-list-type is specified`);
  if (listType !== undefined && !['atomic', 'map', 'set'].includes(listType)) errors.push(`${path}.x-kubernetes-list-type: Unsupported value: ${JSON.stringify(listType)}: supported values: "atomic", "map", "set"`);
  if (listType === 'map' && (keys ?? []).length === 0) errors.push(`${path}.x-kubernetes-list-map-keys: Required value: must not be empty if x-kubernetes-list-type is map`);
  if (keys !== undefined && listType !== 'map') errors.push(`${path}.x-kubernetes-list-type: ${listType === undefined ? 'Required value' : `Invalid value: ${JSON.stringify(listType)}`}: must be map if x-kubernetes-list-map-keys is non-empty`);
  if (listType === 'map') {
    for (const key of keys ?? []) {
      const field = schema.items?.properties?.[key];
      if (field === undefined) errors.push(`${path}.x-kubernetes-list-map-keys: Invalid value: ${JSON.stringify(key)}: entries must all be names of item properties`);
      else if (field.default === undefined && !(schema.items?.required ?? []).includes(key)) errors.push(`${path}.items.properties[${key}].default: Required value: this property is in x-kubernetes-list-map-keys, so it must have a default or be a required property`);
    }
  }
  return errors;
}

function defaultErrors(schema: JsonSchema, path: string): string[] {
  if (schema.default === undefined) return [];
  const { default: given, ...rest } = schema;
  return withinPatternWork(() => schemaErrors(given, rest, 'default')).map((error) => `${path}.${error}`);
}

function rulesErrors(schema: JsonSchema, path: string): string[] {
  return (schema['x-kubernetes-validations'] ?? []).flatMap((rule, at) => {
    const place = `${path}.x-kubernetes-validations[${at}]`;
    if ((rule.rule ?? '').trim() === '') return [`${place}.rule: Required value: rule is not specified`];
    const errors: string[] = [];
    const shown = `apiextensions.ValidationRule{Rule:${JSON.stringify(rule.rule)}, Message:${JSON.stringify(rule.message ?? '')}, MessageExpression:${JSON.stringify(rule.messageExpression ?? '')}, Reason:(*apiextensions.FieldValueErrorReason)(nil), FieldPath:"${rule.fieldPath ?? ''}", OptionalOldSelf:(*bool)(nil)}`;
    const program = ruleProgram(rule.rule);
    if ('problem' in program) errors.push(`${place}.rule: Invalid value: ${shown}: ${program.problem}`);
    if (rule.messageExpression !== undefined && rule.messageExpression !== '') {
      const said = ruleProgram(rule.messageExpression);
      if ('problem' in said) errors.push(`${place}.messageExpression: Invalid value: ${shown}: messageExpression ${said.problem}`);
    }
    return errors;
  });
}
