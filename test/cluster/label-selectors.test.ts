import { describe, expect, test } from 'vitest';
import { readLabelSelector } from '../../src/cluster/label-selector.ts';
import { matchesLabels } from '../../src/cluster/labels.ts';

/** Which of four pods a selector selects. */
function selected(text: string): string {
  const selector = readLabelSelector(text);
  if ('error' in selector) throw new Error(selector.error);
  return Object.entries(PODS).filter(([, labels]) => matchesLabels(selector, labels)).map(([name]) => name).join(' ');
}

const PODS = { web: { app: 'web', cpu: '8' }, db: { app: 'db', cpu: '4', 'example.com/tier': 'data' }, bare: {}, named: { app: 'in', cpu: 'many' } };

describe('A label selector', () => {
  test.each([
    ['', 'web db bare named'],
    ['app=web', 'web'],
    ['app == web', 'web'],
    ['app!=web', 'db bare named'],
    ['app', 'web db named'],
    ['!app', 'bare'],
    ['app,!example.com/tier', 'web named'],
    ['app in (web,db)', 'web db'],
    ['app in(web)', 'web'],
    ['app in (in)', 'named'],
    ['app notin ( web , db )', 'bare named'],
    ['app notin ()', 'web db bare named'],
    ['app=', ''],
    ['cpu>4', 'web'],
    ['cpu<5,app', 'db'],
  ])('%j selects %j', (text, pods) => {
    expect(selected(text)).toBe(pods);
  });

  // The texts of TestSelectorParse and of the parser in k8s.io/apimachinery, pkg/labels.
  test.each([
    ['a=b=c', "found '=', expected: ',' or 'end of string'"],
    ['a=b,', "found '', expected: identifier after ','"],
    ['a,,b', "found ',', expected: identifier after ','"],
    [',a', "found ',', expected: !, identifier, or 'end of string'"],
    ['=b', "found '=', expected: !, identifier, or 'end of string'"],
    ['!', "unable to parse requirement: found '', expected: identifier"],
    ['a b', "unable to parse requirement: found 'b', expected: in, notin, =, ==, !=, gt, lt"],
    ['!a=b', "found '=', expected: ',' or 'end of string'"],
    ['a in b', "unable to parse requirement: found 'b' expected: '('"],
    ['a in (b', "unable to parse requirement: found '', expected: ',' or ')'"],
    ['a in (b c)', "unable to parse requirement: found 'c', expected: ',' or ')'"],
    ['a=(b)', "unable to parse requirement: found '(', expected: identifier"],
    ['a>many', "unable to parse requirement: values[0]: Invalid value: \"many\": for 'Gt', 'Lt' operators, the value must be an integer"],
    ['app=foo/bar', /^unable to parse requirement: values\[0\]\[app\]: Invalid value: "foo\/bar": a valid label must be an empty string or consist of/],
    ['-app=x', /^unable to parse requirement: <nil>: Invalid value: "-app": name part must consist of alphanumeric characters/],
    ['a/b/c=x', /^unable to parse requirement: <nil>: Invalid value: "a\/b\/c": a qualified name must consist of .* with an optional DNS subdomain prefix/],
  ])('%j is refused in the words of the real parser', (text, error) => {
    const read = readLabelSelector(text);
    expect('error' in read ? read.error : read).toEqual(typeof error === 'string' ? error : expect.stringMatching(error));
  });
});
