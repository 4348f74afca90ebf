import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { pipe } from '../../../src/drill/tools/pipe.ts';
import { compilePattern } from '../../../src/drill/tools/pattern.ts';
import { plainText } from '../../../src/drill/tools/plain-text.ts';
import { quoteWord, splitLine } from '../../../src/drill/tools/words.ts';

describe('a line is cut as a shell would', () => {
  it('keeps quoted and escaped blanks together', () => {
    expect(splitLine(String.raw`kubectl patch deploy/x -p '{"spec": {}}' "a \"b\"" c\ d`)).toEqual({ stages: [['kubectl', 'patch', 'deploy/x', '-p', '{"spec": {}}', 'a "b"', 'c d']] });
  });

  it('parts a pipeline and passes over what has nothing to do here', () => {
    expect(splitLine('kubectl logs x 2>&1 | grep -i "a | b" | head -5')).toEqual({ stages: [['kubectl', 'logs', 'x'], ['grep', '-i', 'a | b'], ['head', '-5']] });
  });

  it.each([
    ["kubectl get 'pods", /single quote/],
    ['kubectl get "pods', /double quote/],
    ['kubectl get pods \\', /backslash/],
    ['kubectl get pods > file', /no files/],
    ['kubectl get pods; kubectl get svc', /One command a line/],
    ['kubectl delete pod $(kubectl get pods)', /inside a command/],
    ['kubectl get pods |', /both sides/],
    ['| grep x', /both sides/],
  ])('refuses %s in a sentence', (line, sentence) => {
    expect(splitLine(line)).toEqual({ refusal: expect.stringMatching(sentence) });
  });

  it('reads back whatever was quoted', () => {
    fc.assert(fc.property(fc.array(fc.string({ unit: 'binary' }), { minLength: 1, maxLength: 6 }), (words) => {
      expect(splitLine(words.map(quoteWord).join(' '))).toEqual({ stages: [words] });
    }));
  });

  it('answers any line with words or a sentence', () => {
    fc.assert(fc.property(fc.string({ unit: fc.constantFrom('a', 'b', ' ', "'", '"', '\\', '|', '>', '&', ';', '$', '(', '\t', '2') }), (line) => {
      const split = splitLine(line);
      expect('refusal' in split ? split.refusal.endsWith('.') || split.refusal.includes(': ') || split.refusal.endsWith(')') : split.stages.length > 0).toBe(true);
    }));
  });
});

describe('what responders pipe into', () => {
  const pods = ['NAME       READY', 'web-1      1/1', 'web-2      0/1', 'db-0       1/1', 'cache-0    0/1'];
  const through = (line: string): unknown => {
    const split = splitLine(`kubectl get pods | ${line}`);
    return 'stages' in split ? pipe(pods, split.stages.slice(1)) : split;
  };

  it.each([
    ['grep 0/1', ['web-2      0/1', 'cache-0    0/1']],
    ['grep -v 1/1 | grep -v NAME | wc -l', ['2']],
    ['grep -iE "WEB|db" | head -n 2', ['web-1      1/1', 'web-2      0/1']],
    [String.raw`grep 'web\|db' | tail -1`, ['db-0       1/1']],
    ['grep -A1 web-2', ['web-2      0/1', 'db-0       1/1']],
    ['grep -n db', ['4:db-0       1/1']],
    ['grep -c web', ['2']],
    ['grep -o "web-[0-9]"', ['web-1', 'web-2']],
    ['grep -F .', []],
    [String.raw`grep -E '^(web|db)-[[:digit:]]+ +0/[0-9]{1}$'`, ['web-2      0/1']],
    [String.raw`grep -w 'cache\|READY' | grep -i ready`, ['NAME       READY']],
    [String.raw`grep -v '^NAME\|1/1$' | head -1`, ['web-2      0/1']],
    ['tail -n +5', ['cache-0    0/1']],
    ['tail -n 1', ['cache-0    0/1']],
    ['head -n -4', ['NAME       READY']],
    ['sort | head -2', ['NAME       READY', 'cache-0    0/1']],
    ['sort -k2 -r | head -1', ['NAME       READY']],
    ['wc -l', ['5']],
    ['less', pods],
  ])('| %s', (line, expected) => {
    expect(through(line)).toMatchObject({ text: expected });
  });

  it('exits as grep does where nothing was found', () => {
    expect(through('grep nothing')).toEqual({ text: [], exitCode: 1 });
  });

  it.each([['awk "{print}"', /can follow a pipe/], ['grep', /needs a pattern/], ['grep a b', /one pattern/], ['head -x', /number of lines/], ['grep -E "(["', /cannot read/]])('refuses | %s', (line, sentence) => {
    expect(through(line)).toEqual({ refusal: expect.stringMatching(sentence) });
  });

  it('finds what JavaScript would find, and takes no longer for a cruel pattern', () => {
    const atom = fc.constantFrom('a', 'b', '.', '[ab]', '[^a]', '(a|b)', '(ab)', '(a*|b)', String.raw`\w`, String.raw`\b`, '^', '$', 'a{1,2}', '(ba){2}', '|');
    const part = fc.tuple(atom, fc.constantFrom('', '', '*', '+', '?')).map(([one, repeat]) => (/^[\^$|]$|\\b|\}$/.test(one) ? one : one + repeat));
    fc.assert(fc.property(fc.array(part, { minLength: 1, maxLength: 5 }), fc.string({ unit: fc.constantFrom('a', 'b', ' '), maxLength: 8 }), fc.boolean(), (pieces, line, word) => {
      const source = pieces.join('');
      const ours = compilePattern(source, { basic: false, ignoreCase: false, wholeWords: word });
      const theirs = new RegExp(word ? String.raw`(?<!\w)(?:${source})(?!\w)` : source);
      if ('refusal' in ours) throw new Error(`${source}: ${ours.refusal}`);
      expect([source, line, ours.found(line)]).toEqual([source, line, theirs.test(line)]);
    }), { numRuns: 2000 });
    expect(pipe(['a'.repeat(5000)], [['grep', '-E', '(a+)+(a*)*.*.*.*.*.*b$']])).toEqual({ text: [], exitCode: 1 });
  });

  it('sorts numbers as numbers', () => {
    expect(pipe(['10 b', '9 a', '100 c'], [['sort', '-n', '-r']])).toEqual({ text: ['100 c', '10 b', '9 a'], exitCode: 0 });
    expect(pipe(['a 10', 'b 9'], [['sort', '-k2', '-n'], ['uniq', '-c']])).toEqual({ text: ['      1 b 9', '      1 a 10'], exitCode: 0 });
  });

  it('never throws, whatever is typed behind the pipe', () => {
    const word = fc.oneof(fc.constantFrom('grep', 'head', 'tail', 'wc', 'sort', 'uniq', '-E', '-i', '-n', '-A', '-k', '-k2', '-c', '-v', '3', '-3', '+2'), fc.string({ unit: 'binary', maxLength: 8 }));
    fc.assert(fc.property(fc.array(fc.array(word, { minLength: 1, maxLength: 5 }), { maxLength: 3 }), (stages) => {
      const piped = pipe(pods, stages);
      expect('refusal' in piped || piped.text.every((line) => typeof line === 'string')).toBe(true);
    }), { numRuns: 500 });
  });
});

describe('text for a terminal', () => {
  it('shows control characters and does not let them act', () => {
    expect(plainText('a\u001b[31mred\u0007\r\tb\u202eevil\u009bz')).toBe('a␛[31mred␇␍    b\ufffdevil\ufffdz');
  });

  it('cuts floods of combining marks', () => {
    expect(plainText(`e${'\u0301'.repeat(50)}`)).toBe(`e${'\u0301'.repeat(3)}`);
  });

  it('leaves no control character, whatever came in', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary' }), (text) => {
      // oxlint-disable-next-line no-control-regex
      expect(plainText(text)).not.toMatch(/[\u0000-\u001f\u007f-\u009f]/);
    }));
  });
});
