import type { OutputBlock, Screen } from '../../drill/screen.ts';
import { blank, row } from '../rows.ts';
import { tailWindow, type Scroll, type Window } from '../scroll.ts';
import { safeLine } from '../safe-text.ts';
import { skip, wrap, widthOf } from '../text.ts';
import { incidentTime, type Style, type Theme } from '../theme.ts';

/** What this seat's commands answered, the newest at the bottom. Tables keep their columns: long lines are cut, and shifted aside on request. */
export function work(
  screen: Pick<Screen, 'outputs' | 'clock' | 'synopsis'>,
  theme: Theme,
  columns: number,
  height: number,
  scroll: Scroll,
): Window {
  if (screen.outputs.length === 0) return { lines: briefing(screen, theme, columns), above: 0, below: 0, back: 0 };
  return tailWindow(screen.outputs, height, scroll, (block) => blockRows(block, screen, theme, columns, scroll.aside));
}

function blockRows(block: OutputBlock, screen: Pick<Screen, 'clock'>, theme: Theme, columns: number, aside: number): string[] {
  const { symbol, style, words } = ENDINGS[block.status];
  const rows = [
    row(
      theme,
      columns,
      [
        [style, `${symbol} `],
        ['strong', block.line],
      ],
      [['faint', incidentTime(screen.clock, block.atMs)]],
    ),
  ];
  for (const text of block.text) {
    if (block.status === 'refused')
      for (const part of wrap(text, columns - 2)) rows.push(row(theme, columns, [[words, `  ${part}`]]));
    else rows.push(row(theme, columns, [[words, shifted(safeLine(text), aside, columns)]]));
  }
  rows.push(blank(columns));
  return rows;
}

/** A line moved aside, with `‹` where something is hidden on the left. */
function shifted(text: string, aside: number, columns: number): string {
  if (aside === 0 || widthOf(text) === 0) return text;
  const rest = skip(text, Math.min(aside, Math.max(0, widthOf(text) - columns)));
  return rest === text ? text : `‹${skip(rest, 1)}`;
}

const ENDINGS = {
  ok: { symbol: '$', style: 'key', words: 'plain' },
  failed: { symbol: '✗', style: 'bad', words: 'plain' },
  refused: { symbol: '–', style: 'warn', words: 'warn' },
} as const satisfies Record<OutputBlock['status'], { symbol: string; style: Style; words: Style }>;

/** What stands here before the first command: the situation, and where to begin. */
function briefing(screen: Pick<Screen, 'synopsis'>, theme: Theme, columns: number): string[] {
  const text = (style: Style, words: string): string[] => wrap(words, columns).map((line) => row(theme, columns, [[style, line]]));
  return [
    ...text('plain', screen.synopsis),
    blank(columns),
    ...text('faint', 'Begin with /ack when you are paged, then /claim. Look before you touch: changes, dash, logs.'),
    ...text('faint', '? on an empty prompt shows everything that can be done here. Answers to your commands appear in this pane.'),
  ];
}
