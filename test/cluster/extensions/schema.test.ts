import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import type { JsonSchema } from '../../../src/cluster/extensions/json-schema.ts';
import { duplicateErrors } from '../../../src/cluster/extensions/list-types.ts';
import { ruleErrors } from '../../../src/cluster/extensions/schema-rules.ts';
import { schemaErrors } from '../../../src/cluster/extensions/schema-validation.ts';
import { pruned, withSchemaDefaults } from '../../../src/cluster/extensions/shaping.ts';
import { structuralErrors } from '../../../src/cluster/extensions/structural-rules.ts';
import { valuesAt } from '../../../src/cluster/extensions/json-path.ts';


const NAMES = ['a', 'b', 'c'];

/** Structural schemas of a few levels, of what they may hold the words that have counterparts elsewhere. */
const schemas: fc.Arbitrary<JsonSchema> = fc.letrec<{ any: JsonSchema }>((tie) => ({
  any: fc.oneof(
    { maxDepth: 3, withCrossShrink: true },
    fc.constant<JsonSchema>({ type: 'boolean' }),
    fc.record({ minimum: fc.integer({ min: -3, max: 3 }), maximum: fc.integer({ min: -3, max: 6 }) }).map((bounds): JsonSchema => ({ type: 'integer', ...bounds })),
    fc.record({ maxLength: fc.integer({ min: 0, max: 4 }) }).map((bounds): JsonSchema => ({ type: 'string', ...bounds })),
    fc.subarray(['x', 'y', 'z'], { minLength: 1 }).map((words): JsonSchema => ({ type: 'string', enum: words })),
    fc.tuple(tie('any'), fc.integer({ min: 0, max: 2 })).map(([items, minItems]): JsonSchema => ({ type: 'array', items, minItems })),
    fc.tuple(fc.dictionary(fc.constantFrom(...NAMES), tie('any'), { maxKeys: 3 }), fc.subarray(NAMES)).map(([properties, wanted]): JsonSchema => ({ type: 'object', properties, required: wanted.filter((name) => name in properties) })),
    tie('any').map((additionalProperties): JsonSchema => ({ type: 'object', additionalProperties })),
  ),
})).any;

const values = fc.letrec((tie) => ({
  any: fc.oneof({ maxDepth: 3 }, fc.integer({ min: -5, max: 8 }), fc.boolean(), fc.constantFrom('', 'x', 'y', 'word', 'longer'), fc.constant(1.5), fc.array(tie('any'), { maxLength: 3 }), fc.dictionary(fc.constantFrom(...NAMES), tie('any'), { maxKeys: 3 })),
})).any;

describe('the validator of custom objects', () => {
  it('finds fault where another reader of JSON Schema does', () => {
    fc.assert(fc.property(schemas, values, (schema, value) => {
      const other = z.fromJSONSchema(schema as Parameters<typeof z.fromJSONSchema>[0]).safeParse(value).success;
      expect({ schema, value, fine: schemaErrors(value, schema, 'spec').length === 0 }).toEqual({ schema, value, fine: other });
    }), { numRuns: 2_000 });
  });

  it('names a place in every error, and reads whatever it is given', () => {
    fc.assert(fc.property(schemas, fc.jsonValue(), (schema, value) => {
      for (const error of schemaErrors(value, schema, 'spec')) expect(error).toMatch(/^spec[^]*?: (?:Invalid value|Required value|Unsupported value|Too long|Too many)/);
      duplicateErrors(value, schema, 'spec');
    }));
  });

  it('prunes and fills in once and for all', () => {
    fc.assert(fc.property(schemas, fc.dictionary(fc.constantFrom(...NAMES), values), (inner, value) => {
      const schema: JsonSchema = { type: 'object', properties: { a: inner, b: { type: 'integer', default: 7 } } };
      const once = withSchemaDefaults(pruned(value, schema).value, schema);
      expect(withSchemaDefaults(pruned(once, schema).value, schema)).toEqual(once);
      expect(pruned(once, schema).unknown).toEqual([]);
      expect(Object.keys(once).every((key) => key === 'a' || key === 'b')).toBe(true);
    }));
  });

  it('takes the schemas above for structural', () => {
    fc.assert(fc.property(schemas, (schema) => {
      expect(structuralErrors({ type: 'object', properties: { spec: schema } }, 'spec')).toEqual([]);
    }));
  });
});

/** The texts are those of a 1.32 API server. */
describe('what a schema can say', () => {
  const told = (schema: JsonSchema, value: unknown): string[] => schemaErrors(value, schema, 'spec');

  it.each<[JsonSchema, unknown, string[]]>([
    [{ type: 'string', nullable: true }, null, []],
    [{ type: 'string' }, null, ['spec: Invalid value: "null": spec in body must be of type string: "null"']],
    [{ 'x-kubernetes-int-or-string': true }, '50%', []],
    [{ type: 'array', items: { type: 'string' }, maxItems: 1 }, ['a', 'b'], ['spec: Too many: 2: must have at most 1 items']],
    [{ type: 'object', minProperties: 1, additionalProperties: { type: 'string' } }, {}, ['spec: Invalid value: 0: spec in body should have at least 1 properties']],
    [{ type: 'number', exclusiveMinimum: true, minimum: 0 }, 0, ['spec: Invalid value: 0: spec in body should be greater than 0']],
    [{ type: 'integer', multipleOf: 5 }, 7, ['spec: Invalid value: 7: spec in body should be a multiple of 5']],
    [{ type: 'string', format: 'date-time' }, 'today', ['spec: Invalid value: "today": spec in body must be of type date-time: "today"']],
    [{ type: 'object', oneOf: [{ required: ['a'] }, { required: ['b'] }] }, {}, ['spec: Invalid value: "": "spec" must validate one and only one schema (oneOf). Found none valid']],
    [{ type: 'object', not: { required: ['a'] } }, { a: 1 }, ['spec: Invalid value: "": "spec" must not validate the schema (not)']],
    [{ type: 'string', pattern: '^(a+)+$' }, `${'a'.repeat(60)}b`, [`spec: Invalid value: "${'a'.repeat(60)}b": spec in body should match '^(a+)+$'`]],
    [{ type: 'string', minLength: 2 }, 'x', ['spec: Invalid value: "x": spec in body should be at least 2 chars long']],
  ])('%j of %j', (schema, value, errors) => {
    expect(told(schema, value)).toEqual(errors);
  });

  it.each<[string, unknown, unknown, string[]]>([
    ['self.min <= self.max', { min: 2, max: 1 }, undefined, ['spec: Invalid value: "object": failed rule: self.min <= self.max']],
    ['self.max >= oldSelf.max', { max: 1 }, { max: 2 }, ['spec: Invalid value: "object": failed rule: self.max >= oldSelf.max']],
    ['self.max >= oldSelf.max', { max: 1 }, undefined, []],
    ['self.missing == 1', { max: 1 }, undefined, ['spec: Invalid value: "object": no such key: missing evaluating rule: self.missing == 1']],
    ["quantity(self.memory).isGreaterThan(quantity('1Gi'))", { memory: '512Mi' }, undefined, ['spec: Invalid value: "object": failed rule: quantity(self.memory).isGreaterThan(quantity(\'1Gi\'))']],
    ["self.names.all(n, n.matches('^(a+)+$')) || self.memory == '.matches('", { names: [`${'a'.repeat(60)}b`], memory: '.matches(' }, undefined, []],
    ["self.names.all(n, n.startsWith('a')) && self.names.isSorted()", { names: ['aa', 'ab'] }, undefined, []],
  ])('the rule %s', (rule, value, old, errors) => {
    const properties = { min: { type: 'integer' }, max: { type: 'integer' }, memory: { type: 'string' }, names: { type: 'array', items: { type: 'string' } } };
    expect(ruleErrors(value, old, { type: 'object', properties, 'x-kubernetes-validations': [{ rule }] }, 'spec')).toEqual(errors);
  });

  it.each<[string, readonly unknown[]]>([
    ['.spec.replicas', [3]], [".metadata.labels['a.b/c']", ['x']], ['.spec.list[1].name', ['two']], ['.spec.list[*].name', ['one', 'two']],
    ['.status.conditions[?(@.type=="Ready")].status', ['True']], ['.spec.missing', []], ['.metadata.labels.a\\.b/c', ['x']],
  ])('the path %s', (path, found) => {
    const object = { metadata: { labels: { 'a.b/c': 'x' } }, spec: { replicas: 3, list: [{ name: 'one' }, { name: 'two' }] }, status: { conditions: [{ type: 'Ready', status: 'True' }] } };
    expect(valuesAt(object, path)).toEqual(found);
  });
});
