import { isJsonObject, sameJson, type JsonObject } from '../json.ts';
import { formatFits } from './formats.ts';
import { findsPattern } from './go-pattern.ts';
import { childPath, fieldSchema, type JsonSchema } from './json-schema.ts';

/**
 * What is wrong with a value by its schema: `path: problem`, in the words of a Kubernetes API server. They are those of
 * kube-openapi's validator, wrapped as field errors by the apiextensions server; no JSON Schema library has them, and
 * their `nullable`, int-or-string and embedded objects are Kubernetes' own: hence this small validator.
 */
export function schemaErrors(value: unknown, schema: JsonSchema, path = ''): string[] {
  const name = path === '' ? '' : path;
  const typed = typeErrors(value, schema, path);
  if (typed.length > 0) return typed;
  if (value === null) return [];
  const errors: string[] = [];
  if (schema.enum !== undefined && !schema.enum.some((one) => sameJson(one, value))) {
    errors.push(`${path}: Unsupported value: ${shown(value)}: supported values: ${schema.enum.map(shown).join(', ')}`);
  }
  if (typeof value === 'string') errors.push(...textErrors(value, schema, path));
  else if (typeof value === 'number') errors.push(...numberErrors(value, schema, path));
  else if (Array.isArray(value)) errors.push(...listErrors(value, schema, path));
  else if (isJsonObject(value)) errors.push(...objectErrors(value, schema, path));
  return [...errors, ...combinedErrors(value, schema, path, name)];
}

function typeErrors(value: unknown, schema: JsonSchema, path: string): string[] {
  const is = typeOf(value);
  if (value === null) return schema.nullable === true || (schema.type === undefined && schema['x-kubernetes-int-or-string'] !== true) ? [] : [mistyped(path, wantedOf(schema), 'null')];
  if (schema['x-kubernetes-int-or-string'] === true) return is === 'integer' || is === 'string' ? [] : [mistyped(path, 'integer,string', is)];
  const { type } = schema;
  if (type === undefined || type === is || (type === 'number' && is === 'integer')) return [];
  return [mistyped(path, type, is)];
}

function wantedOf(schema: JsonSchema): string {
  return schema['x-kubernetes-int-or-string'] === true ? 'integer,string' : (schema.type ?? 'object');
}

function mistyped(path: string, wanted: string, is: string): string {
  return `${path === '' ? '<nil>' : path}: Invalid value: "${is}": ${path} in body must be of type ${wanted}: "${is}"`;
}

/** As JSON Schema names types; a number without a fraction is an integer. */
function typeOf(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'array';
  if (typeof value === 'number') return Number.isInteger(value) ? 'integer' : 'number';
  return typeof value;
}

function textErrors(value: string, schema: JsonSchema, path: string): string[] {
  const errors: string[] = [];
  const length = Array.from(value).length;
  if (schema.maxLength !== undefined && length > schema.maxLength) errors.push(`${path}: Too long: may not be more than ${schema.maxLength} bytes`);
  if (schema.minLength !== undefined && length < schema.minLength) errors.push(wrong(path, value, `should be at least ${schema.minLength} chars long`));
  if (schema.pattern !== undefined && !findsPattern(schema.pattern, value)) errors.push(wrong(path, value, `should match '${schema.pattern}'`));
  if (schema.format !== undefined && !formatFits(schema.format, value)) errors.push(wrong(path, value, `must be of type ${schema.format}: ${JSON.stringify(value)}`));
  return errors;
}

function numberErrors(value: number, schema: JsonSchema, path: string): string[] {
  const errors: string[] = [];
  const { minimum, maximum, multipleOf } = schema;
  if (maximum !== undefined && (schema.exclusiveMaximum === true ? value >= maximum : value > maximum)) errors.push(wrong(path, value, `should be less than ${schema.exclusiveMaximum === true ? '' : 'or equal to '}${maximum}`));
  if (minimum !== undefined && (schema.exclusiveMinimum === true ? value <= minimum : value < minimum)) errors.push(wrong(path, value, `should be greater than ${schema.exclusiveMinimum === true ? '' : 'or equal to '}${minimum}`));
  if (multipleOf !== undefined && multipleOf > 0 && !Number.isInteger(value / multipleOf)) errors.push(wrong(path, value, `should be a multiple of ${multipleOf}`));
  if (schema.type === 'integer' && schema.format === 'int32' && Math.abs(value) > 2_147_483_647) errors.push(wrong(path, value, `must be of type int32: "int64"`));
  return errors;
}

function listErrors(items: readonly unknown[], schema: JsonSchema, path: string): string[] {
  const errors: string[] = [];
  if (schema.minItems !== undefined && items.length < schema.minItems) errors.push(wrong(path, items.length, `should have at least ${schema.minItems} items`));
  if (schema.maxItems !== undefined && items.length > schema.maxItems) errors.push(tooMany(path, items.length, schema.maxItems));
  const { items: inner } = schema;
  if (inner !== undefined) items.forEach((item, at) => errors.push(...schemaErrors(item, inner, childPath(path, at))));
  return errors;
}

function objectErrors(value: JsonObject, schema: JsonSchema, path: string): string[] {
  const errors: string[] = [];
  const keys = Object.keys(value);
  if (schema.minProperties !== undefined && keys.length < schema.minProperties) errors.push(wrong(path, keys.length, `should have at least ${schema.minProperties} properties`));
  if (schema.maxProperties !== undefined && keys.length > schema.maxProperties) errors.push(tooMany(path, keys.length, schema.maxProperties));
  for (const key of schema.required ?? []) if (value[key] === undefined) errors.push(`${childPath(path, key)}: Required value`);
  for (const key of keys) {
    const inner = fieldSchema(schema, key);
    if (inner !== undefined && value[key] !== undefined) errors.push(...schemaErrors(value[key], inner, childPath(path, key)));
  }
  return errors;
}

function combinedErrors(value: unknown, schema: JsonSchema, path: string, name: string): string[] {
  const fits = (one: JsonSchema): boolean => schemaErrors(value, one, path).length === 0;
  const errors: string[] = [];
  const place = path === '' ? '<nil>' : path;
  const { allOf = [], anyOf, oneOf, not } = schema;
  if (anyOf !== undefined && !(schema['x-kubernetes-int-or-string'] === true || anyOf.some(fits))) {
    errors.push(`${place}: Invalid value: "": "${name}" must validate at least one schema (anyOf)`, ...(anyOf[0] === undefined ? [] : schemaErrors(value, anyOf[0], path)));
  }
  if (oneOf !== undefined) {
    const valid = oneOf.filter(fits).length;
    if (valid !== 1) errors.push(`${place}: Invalid value: "": "${name}" must validate one and only one schema (oneOf). ${valid === 0 ? 'Found none valid' : `Found ${valid} valid alternatives`}`);
  }
  const failed = allOf.flatMap((one) => schemaErrors(value, one, path));
  if (failed.length > 0) errors.push(`${place}: Invalid value: "": "${name}" must validate all the schemas (allOf)`, ...failed);
  if (not !== undefined && fits(not)) errors.push(`${place}: Invalid value: "": "${name}" must not validate the schema (not)`);
  return errors;
}

function wrong(path: string, value: unknown, problem: string): string {
  return `${path === '' ? '<nil>' : path}: Invalid value: ${shown(value)}: ${path} in body ${problem}`;
}

function tooMany(path: string, count: number, most: number): string {
  return `${path}: Too many: ${count}: must have at most ${most} items`;
}

function shown(value: unknown): string {
  return JSON.stringify(value);
}
