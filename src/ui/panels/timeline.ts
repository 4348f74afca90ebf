import type { Screen, TimelineLine } from '../../drill/screen.ts';
import { row, type Span } from '../rows.ts';
import { tailWindow, type Scroll, type Window } from '../scroll.ts';
import { wrap } from '../text.ts';
import { incidentTime, type Style, type Theme } from '../theme.ts';

/** What happened, as far as this seat may know, oldest first. */
export function timeline(
  screen: Pick<Screen, 'timeline' | 'clock'>,
  theme: Theme,
  columns: number,
  height: number,
  scroll: Scroll,
): Window {
  return tailWindow(screen.timeline, height, scroll, (line) => factRows(line, screen, theme, columns));
}

const INDENT = 11;

function factRows(line: TimelineLine, screen: Pick<Screen, 'clock'>, theme: Theme, columns: number): string[] {
  const { symbol, style } = KINDS[line.kind];
  const text = line.who === null ? line.text : `${line.who}: ${line.text}`;
  return wrap(text, Math.max(8, columns - INDENT)).map((words, i) => {
    const lead: Span[] =
      i === 0
        ? [
            ['faint', incidentTime(screen.clock, line.atMs)],
            [style, ` ${symbol} `],
          ]
        : [['plain', ' '.repeat(INDENT)]];
    return row(theme, columns, [...lead, ['plain', words]]);
  });
}

const KINDS = {
  world: { symbol: '○', style: 'system' },
  page: { symbol: '●', style: 'bad' },
  look: { symbol: '·', style: 'faint' },
  act: { symbol: '▶', style: 'warn' },
  talk: { symbol: '"', style: 'partner' },
  end: { symbol: '■', style: 'strong' },
} as const satisfies Record<TimelineLine['kind'], { symbol: string; style: Style }>;
