import { isJsonObject } from '../json.ts';

/** Whether a schema would have been decoded at all: the server's sentence about the first field whose type is wrong, or null. What follows may rely on it. */
export function schemaShapeProblem(schema: unknown, path = 'JSONSchemaProps'): string | null {
  if (!isJsonObject(schema)) return mismatch(schema, path, 'v1.JSONSchemaProps');
  for (const [key, value] of Object.entries(schema)) {
    const problem = fieldProblem(key, value, `${path}.${key}`);
    if (problem !== null) return problem;
  }
  return null;
}

const TEXTS = new Set(['type', 'format', 'description', 'title', 'pattern', 'x-kubernetes-list-type', 'x-kubernetes-map-type']);
const FLAGS = new Set(['nullable', 'exclusiveMinimum', 'exclusiveMaximum', 'uniqueItems', 'x-kubernetes-preserve-unknown-fields', 'x-kubernetes-embedded-resource', 'x-kubernetes-int-or-string']);
const NUMBERS = new Set(['minimum', 'maximum', 'multipleOf', 'minLength', 'maxLength', 'minItems', 'maxItems', 'minProperties', 'maxProperties']);
const TEXT_LISTS = new Set(['required', 'x-kubernetes-list-map-keys']);
const SCHEMA_LISTS = new Set(['allOf', 'anyOf', 'oneOf']);
const SCHEMA_MAPS = new Set(['properties', 'patternProperties', 'definitions']);

function fieldProblem(key: string, value: unknown, path: string): string | null {
  if (value === undefined || value === null) return null;
  if (TEXTS.has(key)) return typeof value === 'string' ? null : mismatch(value, path, 'string');
  if (FLAGS.has(key)) return typeof value === 'boolean' ? null : mismatch(value, path, 'bool');
  if (NUMBERS.has(key)) return typeof value === 'number' ? null : mismatch(value, path, 'float64');
  if (key === 'enum') return Array.isArray(value) ? null : mismatch(value, path, '[]v1.JSON');
  if (TEXT_LISTS.has(key)) return Array.isArray(value) && value.every((item) => typeof item === 'string') ? null : mismatch(value, path, '[]string');
  if (SCHEMA_LISTS.has(key)) return Array.isArray(value) ? firstOf(value.map((item) => schemaShapeProblem(item, path))) : mismatch(value, path, '[]v1.JSONSchemaProps');
  if (SCHEMA_MAPS.has(key)) return isJsonObject(value) ? firstOf(Object.values(value).map((item) => schemaShapeProblem(item, path))) : mismatch(value, path, 'map[string]v1.JSONSchemaProps');
  if (key === 'not') return schemaShapeProblem(value, path);
  if (key === 'items') return Array.isArray(value) ? `${path}: items must be a schema object and not an array` : schemaShapeProblem(value, path);
  if (key === 'additionalProperties') return typeof value === 'boolean' ? null : schemaShapeProblem(value, path);
  return key === 'x-kubernetes-validations' ? rulesProblem(value, path) : null;
}

function rulesProblem(rules: unknown, path: string): string | null {
  if (!Array.isArray(rules)) return mismatch(rules, path, 'v1.ValidationRules');
  return firstOf((rules as readonly unknown[]).map((rule) => {
    if (!isJsonObject(rule)) return mismatch(rule, path, 'v1.ValidationRule');
    return firstOf(['rule', 'message', 'messageExpression', 'reason', 'fieldPath'].map((field) => (typeof (rule[field] ?? '') === 'string' ? null : mismatch(rule[field], `${path}.${field}`, 'string'))));
  }));
}

function firstOf(problems: readonly (string | null)[]): string | null {
  return problems.find((problem) => problem !== null) ?? null;
}

function mismatch(value: unknown, path: string, wanted: string): string {
  const type = Array.isArray(value) ? 'array' : typeof value === 'boolean' ? 'bool' : typeof value;
  return `json: cannot unmarshal ${type} into Go struct field ${path} of type ${wanted}`;
}
