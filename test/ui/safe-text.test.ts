import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { freshDesk } from '../../src/ui/desk.ts';
import { safeLine, safeLines } from '../../src/ui/safe-text.ts';
import { cut, fit, skip, widthOf, wrap } from '../../src/ui/text.ts';
import { themeNamed } from '../../src/ui/theme.ts';
import { frameMaker } from '../../src/ui/compose.ts';
import { PANES } from '../../src/ui/panes.ts';
import { aPage, aPanel, aScreen } from '../support/a-screen.ts';

describe('text from outside', () => {
  it.each([
    ['\u001b[2J\u001b[Hgone', 'gone'],
    ['\u001b]0;title\u0007text', 'text'],
    ['\u001b]8;;http://evil.example\u001b\\click\u001b]8;;\u001b\\', 'click'],
    ['\u009b31mred', 'red'],
    ['\u001bPq#0\u001b\\after', 'after'],
    ['never closed \u001b]52;c;aGk=', 'never closed '],
    ['left\u202eright', 'leftright'],
    ['two\nlines\rover', 'two lines over'],
    ['z\u0351\u0352\u0353\u0354\u0355', 'z\u0351\u0352'],
    ['a\u200bb\ufeffc\u00add', 'abcd'],
    ['\u{f0003}', '\ufffd'],
    ['column\tcolumn', 'column    column'],
    ['naïve – “quoted” … 支払い', 'naïve – “quoted” … 支払い'],
  ])('%j becomes %j', (given, safe) => expect(safeLine(given)).toBe(safe));

  it('stays one line a line', () => expect(safeLines('a\r\nb\u2028c\rd')).toEqual(['a', 'b', 'c', 'd']));
});

/** Text that tries: escapes, controls, marks, surrogates and wide characters among ordinary words. */
const hostile = fc
  .array(
    fc.oneof(
      fc.string({ unit: 'binary', maxLength: 12 }),
      fc.constantFrom(
        '\u001b[31m',
        '\u001b]0;x\u0007',
        '\u009b2J',
        '\u009d8;;x\u009c',
        '\u0007',
        '\r',
        '\n',
        '\b\b\b',
        '\u202e',
        'e\u0301\u0301\u0301',
        '\ud800',
        '\u{f0001}',
        '支払い',
        '👩‍👩‍👧',
        ' checkout is slow ',
      ),
    ),
    { maxLength: 8 },
  )
  .map((parts) => parts.join(''));

const OWN_SGR =
  // oxlint-disable-next-line no-control-regex -- SGR begins with ESC
  /\u001b\[\d+(?:;\d+)*m/g;
// oxlint-disable-next-line no-control-regex -- control characters are what this looks for
const CONTROL = /[\u0000-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069\u{f0000}-\u{10ffff}]/u;

describe('whatever people, logs and clusters say', () => {
  it('never reaches the terminal as anything but text', () => {
    const theme = themeNamed('colour');
    fc.assert(
      fc.property(
        hostile,
        hostile,
        fc.constantFrom([80, 24], [120, 40], [200, 50]),
        fc.constantFrom('none', 'help', 'end'),
        fc.constantFrom(...PANES),
        (words, name, [columns = 80, rows = 24], over, focus) => {
          const screen = aScreen({
            title: words,
            synopsis: words,
            you: name,
            chat: [{ atMs: 0, from: name, kind: 'person', text: words }],
            timeline: [{ seq: 1, atMs: 0, who: name, kind: 'act', text: words }],
            outputs: [
              { seq: 1, atMs: 0, line: words, text: [words, name], status: 'ok' },
              { seq: 2, atMs: 0, line: name, text: [words], status: 'refused' },
            ],
            pages: [aPage({ id: name, text: words }), aPage({ text: words, ringing: false, acknowledged: [{ name, atMs: 0 }] })],
            incident: {
              state: 'paged',
              severity: 'SEV-1',
              lead: name,
              plan: words,
              hypotheses: [{ id: name, text: words, as: 'open' }],
              tickets: [{ to: name, text: words }],
            },
            people: [{ seat: 'responder-2', name, role: words, scripted: false }],
            dashboards: [{ title: words, panels: [aPanel({ label: name })] }],
            commands: [{ name, usage: words, summary: words, group: 'look', disabled: name, examples: [] }],
            undo: words,
            awaitingConfirm: words,
            end: { outcome: 'worse', headline: words, lines: [words] },
          });
          const fresh = freshDesk(screen);
          const desk = {
            ...fresh,
            over,
            focus,
            prompt: { ...fresh.prompt, offered: { lines: ['a', safeLine(words)], index: 1, typed: '' } },
          };
          const frame = frameMaker()({ screen, desk, size: { columns, rows }, pace: 1, trouble: null, ghost: '', theme });
          for (const row of frame.rows) {
            const text = row.replace(OWN_SGR, '');
            expect(text).not.toMatch(CONTROL);
            expect(widthOf(text)).toBeLessThanOrEqual(columns);
          }
        },
      ),
      { numRuns: 150 },
    );
  });

  it('is made harmless once and for all', () => {
    fc.assert(fc.property(hostile, (text) => safeLine(safeLine(text)) === safeLine(text)));
  });
});

describe('measuring', () => {
  const words = hostile.map(safeLine);

  it('cuts and fills to exactly the columns asked for', () => {
    fc.assert(fc.property(words, fc.integer({ min: 1, max: 40 }), (text, columns) => widthOf(fit(text, columns)) === columns));
  });

  it('wraps to at most the columns asked for, losing no word', () => {
    fc.assert(
      fc.property(words, fc.integer({ min: 2, max: 40 }), (text, columns) => {
        const lines = wrap(text, columns);
        for (const line of lines) expect(widthOf(line)).toBeLessThanOrEqual(columns);
        expect(lines.join('').replace(/\s/g, '')).toBe(text.replace(/\s/g, ''));
      }),
    );
  });

  it('cuts and skips at columns, not at characters', () => {
    expect(cut('支払いが遅い', 5)).toBe('支払…');
    expect(skip('支払い', 1)).toBe(' 払い');
    expect(wrap('a verylongword', 6)).toEqual(['a', 'verylo', 'ngword']);
  });
});
