import { isJsonObject, sameJson, type JsonObject } from '../json.ts';
import { celBudget, type CelBudget } from '../cel-cost.ts';
import { celObject, celProgram, type CelProgram } from '../kube-cel.ts';
import { childPath, fieldSchema, type JsonSchema, type ValidationRule } from './json-schema.ts';

/** Whether any rule in CEL stands in a schema; most have none. */
export function hasRules(schema: JsonSchema): boolean {
  return JSON.stringify(schema).includes('"x-kubernetes-validations"');
}

/**
 * What the CEL rules of a schema find wrong with a value. `old` is what it replaces, undefined where that is unknown:
 * rules that name `oldSelf` are then left out, unless they take it as optional.
 */
export function ruleErrors(value: unknown, old: unknown, schema: JsonSchema, path = '', budget = celBudget()): string[] {
  if (value === undefined || value === null) return [];
  const errors = (schema['x-kubernetes-validations'] ?? []).flatMap((rule) => oneRule(rule, { value, old, schema, path, budget }));
  if (Array.isArray(value)) {
    const { items } = schema;
    if (items !== undefined) value.forEach((item, at) => errors.push(...ruleErrors(item, counterpart(item, old, schema), items, childPath(path, at), budget)));
  } else if (isJsonObject(value)) {
    for (const key of Object.keys(value)) {
      const inner = fieldSchema(schema, key);
      if (inner !== undefined) errors.push(...ruleErrors(value[key], isJsonObject(old) ? old[key] : undefined, inner, childPath(path, key), budget));
    }
  }
  return errors;
}

/** The item of the list before that an item of a map-like list replaces; other lists have none. */
function counterpart(item: unknown, old: unknown, schema: JsonSchema): unknown {
  if (!Array.isArray(old) || schema['x-kubernetes-list-type'] !== 'map' || !isJsonObject(item)) return undefined;
  const keys = schema['x-kubernetes-list-map-keys'] ?? [];
  return old.find((other) => isJsonObject(other) && keys.every((key) => sameJson(other[key], item[key])));
}

interface Judged {
  readonly value: unknown;
  readonly old: unknown;
  readonly schema: JsonSchema;
  readonly path: string;
  readonly budget: CelBudget;
}

function oneRule(rule: ValidationRule, { value, old, schema, path, budget }: Judged): string[] {
  if (budget.left <= 0) return [];
  const transition = /\boldSelf\b/.test(rule.rule);
  if (transition && old === undefined && rule.optionalOldSelf !== true) return [];
  const program = ruleProgram(rule.rule);
  if ('problem' in program) return [wrong(rule, schema, path, program.problem)];
  const context = { self: schemaValue(value, schema), oldSelf: old === undefined ? null : schemaValue(old, schema) };
  const result = program.program(context, budget);
  const said = (rule.message ?? '').trim() === '' ? rule.rule.trim() : (rule.message ?? '').trim();
  if (budget.left <= 0) return [wrong({ ...rule, reason: 'FieldValueInvalid' }, schema, path, 'validation failed due to running out of cost budget, no further validation rules will be run')];
  if ('error' in result) return [wrong({ ...rule, reason: 'FieldValueInvalid' }, schema, path, `${result.error} evaluating rule: ${said}`)];
  if (result.value === true) return [];
  return [wrong(rule, schema, path, messageOf(rule, context) ?? ((rule.message ?? '').trim() === '' ? `failed rule: ${said}` : said))];
}

/** What the rule's own expression says; null where it has none, or it does not come to a text. */
function messageOf({ messageExpression }: ValidationRule, context: JsonObject): string | null {
  if (messageExpression === undefined || messageExpression === '') return null;
  const program = ruleProgram(messageExpression);
  const said = 'program' in program ? program.program(context) : null;
  return said !== null && 'value' in said && typeof said.value === 'string' && said.value.trim() !== '' ? said.value : null;
}

export function ruleProgram(expression: string): { readonly program: CelProgram } | { readonly problem: string } {
  return celProgram(expression, ['self', 'oldSelf']);
}

function wrong(rule: ValidationRule, schema: JsonSchema, path: string, problem: string): string {
  const place = `${path}${rule.fieldPath ?? ''}`.replace(/^\./, '');
  const where = place === '' ? '<nil>' : place;
  const type = JSON.stringify(schema.type ?? 'object');
  if (rule.reason === 'FieldValueRequired') return `${where}: Required value: ${problem}`;
  if (rule.reason === 'FieldValueForbidden') return `${where}: Forbidden: ${problem}`;
  return rule.reason === 'FieldValueDuplicate' ? `${where}: Duplicate value: ${type}` : `${where}: Invalid value: ${type}: ${problem}`;
}

/** A value as CEL has it by its schema: names that CEL cannot write are escaped, whole numbers of a number's field stay doubles. */
function schemaValue(value: unknown, schema: JsonSchema | undefined): unknown {
  if (typeof value === 'number') return Number.isSafeInteger(value) && schema?.type !== 'number' ? BigInt(value) : value;
  if (Array.isArray(value)) return value.map((item) => schemaValue(item, schema?.items));
  if (!isJsonObject(value)) return value ?? null;
  const named = schema?.properties ?? {};
  return celObject(Object.entries(value).flatMap(([key, inner]) => {
    if (inner === undefined) return [];
    return [[Object.hasOwn(named, key) ? escaped(key) : key, schemaValue(inner, schema === undefined ? undefined : fieldSchema(schema, key))]];
  }));
}

function escaped(name: string): string {
  if (RESERVED.has(name)) return `__${name}__`;
  return name.replace(/__/g, '__underscores__').replace(/\./g, '__dot__').replace(/-/g, '__dash__').replace(/\//g, '__slash__');
}

const RESERVED = new Set(['true', 'false', 'null', 'in', 'as', 'break', 'const', 'continue', 'else', 'for', 'function', 'if', 'import', 'let', 'loop', 'package', 'namespace', 'return', 'var', 'void', 'while']);
