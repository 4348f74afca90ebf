import type { EndView, Screen } from '../../drill/screen.ts';
import type { Outcome } from '../../journal/timeline.ts';
import { blank, row } from '../rows.ts';
import { headWindow, type Scroll, type Window } from '../scroll.ts';
import { safeLine } from '../safe-text.ts';
import { wrap } from '../text.ts';
import type { Style, Theme } from '../theme.ts';

/** The hot wash: how the drill ended and its numbers, before anybody stands up. */
export function hotWash(
  screen: Pick<Screen, 'title'>,
  end: EndView,
  theme: Theme,
  columns: number,
  height: number,
  scroll: Scroll,
): Window {
  const { symbol, style } = OUTCOMES[end.outcome];
  const lines = [
    blank(columns),
    ...wrap(end.headline, columns - 8).map((text, i) =>
      row(theme, columns, [
        ['plain', '  '],
        [style, i === 0 ? `${symbol} ${text}` : `  ${text}`],
      ]),
    ),
    row(theme, columns, [['faint', `    ${screen.title}`]]),
    blank(columns),
    ...end.lines.flatMap((line) => keepIndent(line, columns - 4).map((text) => row(theme, columns, [['plain', `    ${text}`]]))),
    blank(columns),
    ...wrap('Before you read the debrief: say what surprised you, one thing that went well, one thing to change.', columns - 8).map(
      (text) => row(theme, columns, [['faint', `    ${text}`]]),
    ),
  ];
  return headWindow(lines, height, scroll);
}

/** Wraps a line of a table without losing what it is indented by. */
function keepIndent(line: string, columns: number): string[] {
  const safe = safeLine(line);
  const indent = /^ */.exec(safe)?.[0] ?? '';
  return wrap(safe.slice(indent.length), columns - indent.length).map((text) => indent + text);
}

const OUTCOMES = {
  resolved: { symbol: '✓', style: 'good' },
  mitigated: { symbol: '◆', style: 'good' },
  timebox: { symbol: '○', style: 'warn' },
  worse: { symbol: '▼', style: 'bad' },
} as const satisfies Record<Outcome, { symbol: string; style: Style }>;
