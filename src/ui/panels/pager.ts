import type { PageView, Screen } from '../../drill/screen.ts';
import { row, type Span } from '../rows.ts';
import { headWindow, type Scroll, type Window } from '../scroll.ts';
import { wrap } from '../text.ts';
import { incidentTime, SEVERITY_STYLES, type Theme } from '../theme.ts';

/** The pages: what rings first, then the newest. A ringing page is one solid bar; it does not blink. */
export function pager(
  screen: Pick<Screen, 'pages' | 'clock'>,
  theme: Theme,
  columns: number,
  height: number,
  scroll: Scroll,
): Window {
  if (screen.pages.length === 0) return headWindow([row(theme, columns, [['faint', 'No pages. It is quiet.']])], height, scroll);
  const newestFirst = screen.pages.toReversed();
  const ordered = [...newestFirst.filter((page) => page.ringing), ...newestFirst.filter((page) => !page.ringing)];
  return headWindow(
    ordered.flatMap((page) => pageRows(page, screen, theme, columns)),
    height,
    scroll,
  );
}

function pageRows(page: PageView, screen: Pick<Screen, 'clock'>, theme: Theme, columns: number): string[] {
  const time = incidentTime(screen.clock, page.sentAtMs).slice(0, 5);
  const words = wrap(page.text, columns - 2);
  if (page.ringing) {
    const bar = ` ● RINGING  ${page.id}  ${page.severity}  ${time}`;
    return [
      row(theme, columns, [['alarm', `${bar}${' '.repeat(Math.max(0, columns - bar.length))}`]]),
      ...words.map((line) => row(theme, columns, [['strong', `  ${line}`]])),
      row(theme, columns, [['plain', '  '], ['key', `/ack ${page.id}`], ['faint', ' says that you have it'], ...by(page, ' · ')]),
    ];
  }
  const symbol: Span = page.resolved ? ['good', '✓ '] : ['warn', '◐ '];
  const head: Span[] = [
    symbol,
    [page.resolved ? 'faint' : 'strong', page.id],
    ['plain', ' '],
    [page.resolved ? 'faint' : SEVERITY_STYLES[page.severity], page.severity],
    ['faint', ` ${time} `],
  ];
  return [
    row(theme, columns, [...head, ...by(page, '')], page.resolved ? [['good', 'resolved']] : []),
    ...words.map((line) => row(theme, columns, [[page.resolved ? 'faint' : 'plain', `  ${line}`]])),
  ];
}

function by(page: PageView, before: string): Span[] {
  if (page.acknowledged.length === 0) return [];
  return [['faint', `${before}acknowledged by ${page.acknowledged.map((one) => one.name).join(' and ')}`]];
}
