import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parse } from '../../src/promql/parse.ts';
import { PromqlError } from '../../src/promql/promql-error.ts';

/** What Prometheus says of the same text: all of them as promtool 2.42 prints them. */
const ERRORS: readonly (readonly [string, string])[] = [
  ['', '1:1: parse error: no expression found in input'],
  ['sum(', '1:5: parse error: unclosed left parenthesis'],
  ['1 + (2', '1:7: parse error: unclosed left parenthesis'],
  ['foo{', '1:5: parse error: unexpected end of input inside braces'],
  ['up{a="b"', '1:9: parse error: unexpected end of input inside braces'],
  ['foo{a=1}', "1:7: parse error: unexpected character inside braces: '1'"],
  ['up{a}', '1:5: parse error: unexpected "}" in label matching, expected label matching operator'],
  ['up{a=}', '1:6: parse error: unexpected "}" in label matching, expected string'],
  ['up[5m', '1:6: parse error: unclosed left bracket'],
  ['sum(up) by', '1:11: parse error: unexpected end of input in grouping opts, expected "("'],
  ['1 +', '1:4: parse error: unexpected end of input'],
  ['foo bar', '1:5: parse error: unexpected identifier "bar"'],
  ['foo(1)', '1:1: parse error: unknown function with name "foo"'],
  ['rate(up)', '1:6: parse error: expected type range vector in call to function "rate", got instant vector'],
  ['sum(up[5m])', '1:5: parse error: expected type instant vector in aggregation expression, got range vector'],
  ['rate(up[5m], 1)', '1:1: parse error: expected 1 argument(s) in call to "rate", got 2'],
  ['topk(up)', '1:1: parse error: wrong number of arguments for aggregate expression provided, expected 2, got 1'],
  ['{a=""}', '1:1: parse error: vector selector must contain at least one non-empty matcher'],
  ['1 == 1', '1:3: parse error: comparisons between scalars must use BOOL modifier'],
  ['up + bool up', '1:4: parse error: bool modifier can only be used on comparison operators'],
  ['up and 1', '1:1: parse error: set operator "and" not allowed in binary scalar expression'],
  ['up offset 5m offset 5m', '1:1: parse error: offset may not be set multiple times'],
  ['up offset 1m[5m]', '1:13: parse error: no offset modifiers allowed before range'],
  ['(up)[5m]', '1:5: parse error: ranges only allowed for vector selectors'],
  ['up[0s]', '1:4: parse error: duration must be greater than 0'],
  ['up{a=~"("}', '1:4: parse error: error parsing regexp: missing closing ): `^(?:()$`'],
  ['sum by (a\n) (up))', "2:8: parse error: unexpected right parenthesis ')'"],
  ['"a', '1:1: parse error: unterminated quoted string'],
];

describe('a text that says nothing', () => {
  test.each(ERRORS)('%s', (text, message) => {
    expect(() => parse(text)).toThrow(new PromqlError(message, true));
  });

  test('is refused with an error of this room and no other, whatever it is', () => {
    const pieces = fc.constantFrom('sum', 'rate', '(', ')', '[5m]', '[5m:1m]', '{', '}', 'a="b"', ',', 'up', ' by (x) ', '+', '-', '^', ' == bool ', ' and ', 'offset 5m', '@ 1', '1e', '"', '`', '#', '\n', '1.', 'é', 'Inf', ' or ', 'smoothed', 'group_left');
    fc.assert(fc.property(fc.oneof(fc.string(), fc.array(pieces, { maxLength: 14 }).map((all) => all.join(''))), (text) => {
      try {
        parse(text);
      } catch (error) {
        expect(error).toBeInstanceOf(PromqlError);
      }
    }), { numRuns: 3_000 });
  });

  test('does not exhaust anything by being deep', () => {
    expect(() => parse(`${'('.repeat(20_000)}1${')'.repeat(20_000)}`)).toThrow(/parse error/);
  });
});

test('a regular expression takes time by the length of the text alone', () => {
  const expr = parse('up{a=~"(a+)+$"}');
  const meets = expr.kind === 'selector' ? expr.matchers[0]?.meets : undefined;
  expect(meets?.(`${'a'.repeat(5_000)}b`)).toBe(false);
});
