import { describe, expect, test } from 'vitest';
import { findsPattern, withinPatternWork } from '../../../src/cluster/extensions/go-pattern.ts';
import { ruleErrors } from '../../../src/cluster/extensions/schema-rules.ts';
import { schemaErrors } from '../../../src/cluster/extensions/schema-validation.ts';
import { celProgram, celValue } from '../../../src/cluster/kube-cel.ts';

const long = { l: Array.from({ length: 400 }, (_, nth) => `v${nth}`), s: 'a'.repeat(5_000) };

function evaluated(expression: string): unknown {
  const read = celProgram(expression, ['self']);
  if ('problem' in read) return read;
  return read.program({ self: celValue(long) });
}

describe('an expression that would take hours', () => {
  test.each([
    'self.l.all(a, self.l.all(b, self.l.all(c, self.l.all(d, a + b + c + d != "x"))))',
    'self.l.exists(a, self.l.exists(b, self.l.exists(c, a == "x" && b == c)))',
    'self.l.map(x, self.l.map(y, self.l.filter(z, true))).size() >= 0',
    'self.s.split("").map(x, self.s.split("").map(y, x)).size() > 0',
    `cel.bind(a, self.s + self.s, ${'cel.bind(a, a + a, '.repeat(20)}a.size()${')'.repeat(20)}) > 0`,
  ])('%s', (expression) => {
    expect(evaluated(expression)).toEqual({ error: 'operation cancelled: actual cost limit exceeded' });
  });

  test('a pattern of twenty thousand choices in a long text', () => {
    expect(evaluated(`self.s.matches("${'(a|b)'.repeat(20_000)}")`)).toEqual({ error: 'operation cancelled: actual cost limit exceeded' });
  });

  test('a text that would fill the memory is not made', () => {
    expect(evaluated('self.s.replace("a", self.s).size() > 0')).toMatchObject({ error: expect.stringContaining('too long') as unknown });
  });

  test('what costs little is worked out as ever, again and again', () => {
    for (let nth = 0; nth < 3; nth++) expect(evaluated('self.l.all(a, self.l.exists(b, a == b)) && self.l.filter(a, a == "v7").size() == 1')).toEqual({ value: true });
  });
});

test('rules of one object share what they may cost', () => {
  const rule = { rule: 'self.all(a, self.all(b, a != "x" || b != "x"))' };
  const schema = { type: 'array', items: { type: 'array', items: { type: 'string' }, 'x-kubernetes-validations': [rule] } } as const;
  const value = Array.from({ length: 50 }, () => Array.from({ length: 150 }, (_, nth) => `v${nth}`));
  expect(ruleErrors(value, undefined, schema)).toEqual([expect.stringContaining('validation failed due to running out of cost budget, no further validation rules will be run')]);
});

test('patterns of one object share what they may take', () => {
  const properties = Object.fromEntries(Array.from({ length: 30 }, (_, nth) => [`p${nth}`, { type: 'string', pattern: `^${'(a|b)'.repeat(2_000)}$` }]));
  const value = Object.fromEntries(Object.keys(properties).map((key) => [key, 'ab'.repeat(1_000)]));
  const errors = withinPatternWork(() => schemaErrors(value, { type: 'object', properties }));
  expect(errors.length).toBeGreaterThan(0);
  expect(errors.length).toBeLessThan(30);
  expect(findsPattern('^(a|b)+$', 'ab'.repeat(1_000))).toBe(true);
});

test('a field may be called constructor', () => {
  const rule = { rule: 'self.size == "big" && self.constructor.prototype == "x" && has(self.constructor)' };
  const schema = { type: 'object', properties: { size: { type: 'string' }, constructor: { type: 'object', properties: { prototype: { type: 'string' } } } }, 'x-kubernetes-validations': [rule] } as const;
  expect(ruleErrors({ size: 'big', constructor: { prototype: 'x' } }, undefined, schema)).toEqual([]);
  expect(ruleErrors({ size: 'small', constructor: { prototype: 'x' } }, undefined, schema)).toHaveLength(1);
});
