import type { OutputBlock, Screen } from '../../drill/screen.ts';
import { blank, row, type Span } from '../rows.ts';
import { tailWindow, type Scroll, type Window } from '../scroll.ts';
import { safeLine } from '../safe-text.ts';
import { skip, wrap, widthOf } from '../text.ts';
import { incidentTime, type Style, type Theme } from '../theme.ts';

/**
 * What this seat's commands answered, the newest at the bottom. Tables keep their columns: what does not fit is cut,
 * and shifted into sight on request. Everything else is wrapped, because the end of a log line is what matters.
 */
export function work(
  screen: Pick<Screen, 'outputs' | 'clock' | 'synopsis' | 'commands' | 'pages'>,
  theme: Theme,
  columns: number,
  height: number,
  scroll: Scroll,
): Window {
  if (screen.outputs.length === 0) return { lines: briefing(screen, theme, columns), above: 0, below: 0, back: 0 };
  return tailWindow(screen.outputs, height, scroll, (block) =>
    isTalk(block, screen) ? [] : blockRows(block, screen, theme, columns, scroll.aside),
  );
}

/** What was only said stands in the room. */
function isTalk(block: OutputBlock, screen: Pick<Screen, 'commands'>): boolean {
  if (block.status !== 'ok' || block.text.length > 0) return false;
  const [name] = block.line.trim().split(/\s/, 1);
  return !screen.commands.some((command) => command.name === name);
}

function blockRows(block: OutputBlock, screen: Pick<Screen, 'clock'>, theme: Theme, columns: number, aside: number): string[] {
  const { symbol, style, words } = ENDINGS[block.status];
  const line: readonly Span[] = [
    [style, `${symbol} `],
    ['strong', block.line],
  ];
  const keepLines = aside > 0 || isTable(block);
  const rows = [row(theme, columns, line, [['faint', incidentTime(screen.clock, block.atMs)]])];
  for (const text of block.text) {
    const parts = keepLines ? [shifted(safeLine(text), aside, columns)] : wrapped(text, columns);
    for (const part of parts) rows.push(row(theme, columns, [[words, part]]));
  }
  rows.push(blank(columns));
  return rows;
}

/** True where the first line is a heading as kubectl writes them: `NAME   READY   STATUS`. */
function isTable(block: OutputBlock): boolean {
  return /^[A-Z][A-Z0-9()%/-]*(?: [A-Z]+)*(?: {2,}|\t)[A-Z]/.test(block.text.find((line) => line.trim() !== '') ?? '');
}

/** A line over as many rows as it needs, those after the first set in. */
function wrapped(text: string, columns: number): string[] {
  const safe = safeLine(text);
  if (widthOf(safe) <= columns) return [safe];
  return wrap(safe, columns - HANG).map((part, i) => (i === 0 ? part : ' '.repeat(HANG) + part));
}

const HANG = 4;

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
  running: { symbol: '…', style: 'key', words: 'plain' },
} as const satisfies Record<OutputBlock['status'], { symbol: string; style: Style; words: Style }>;

const WAITING = 'Nothing rings yet. ^T lets time run faster until it does, and back; Space on the empty prompt pauses.';

/** What stands here before the first command: the situation, and where to begin. */
function briefing(screen: Pick<Screen, 'synopsis' | 'pages'>, theme: Theme, columns: number): string[] {
  const text = (style: Style, words: string): string[] => wrap(words, columns).map((line) => row(theme, columns, [[style, line]]));
  return [
    ...text('plain', screen.synopsis),
    blank(columns),
    ...(screen.pages.length === 0 ? [...text('faint', WAITING), blank(columns)] : []),
    ...text('faint', 'Begin with /ack when you are paged, then /claim. Look before you touch: changes, dash, logs.'),
    ...text('faint', '? on an empty prompt shows everything that can be done here. Answers to your commands appear in this pane.'),
  ];
}
