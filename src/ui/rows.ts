import { safeLine } from './safe-text.ts';
import { cut, widthOf } from './text.ts';
import type { Style, Theme } from './theme.ts';

/** A piece of text with its meaning. Its text may come from outside: {@link row} makes it harmless. */
export type Span = readonly [style: Style, text: string];

/**
 * One painted screen row of exactly `columns` columns: `left` is cut where it does not fit, `right` stands at the
 * right edge. Everything that reaches the terminal goes through here, so that nothing unsafe can.
 */
export function row(theme: Theme, columns: number, left: readonly Span[], right: readonly Span[] = []): string {
  const tail = clip(right, columns);
  const head = clip(left, columns - tail.width - (tail.width > 0 ? 1 : 0));
  const gap = ' '.repeat(Math.max(0, columns - head.width - tail.width));
  return paint(theme, head.spans) + gap + paint(theme, tail.spans);
}

/** A row that is empty. */
export function blank(columns: number): string {
  return ' '.repeat(Math.max(0, columns));
}

/** A heading with a rule to the right edge: `─ 2 Room ──────── 3 new ─`. */
export function heading(theme: Theme, columns: number, title: string, note: Span | null, focused: boolean): string {
  const rule: Style = focused ? 'rule-focused' : 'rule';
  const noteWidth = note === null ? 0 : widthOf(safeLine(note[1])) + 3;
  const used = 2 + widthOf(title) + 1 + noteWidth;
  const line = '─'.repeat(Math.max(0, columns - used));
  const left: Span[] = [
    [rule, focused ? '━ ' : '─ '],
    [focused ? 'title' : 'strong', title],
    [rule, ` ${focused ? line.replaceAll('─', '━') : line}`],
  ];
  return row(theme, columns, note === null ? left : [...left, ['plain', ' '], note, [rule, focused ? ' ━' : ' ─']]);
}

/** Exactly `height` rows: cut at the end, or filled up with empty ones. */
export function exactly(height: number, columns: number, rows: readonly string[]): string[] {
  const kept = rows.slice(0, Math.max(0, height));
  while (kept.length < height) kept.push(blank(columns));
  return kept;
}

function clip(spans: readonly Span[], columns: number): { spans: Span[]; width: number } {
  const kept: Span[] = [];
  let width = 0;
  for (const [style, text] of spans) {
    const room = columns - width;
    if (room <= 0) break;
    const safe = cut(safeLine(text), room);
    kept.push([style, safe]);
    width += widthOf(safe);
  }
  return { spans: kept, width };
}

function paint(theme: Theme, spans: readonly Span[]): string {
  let painted = '';
  for (const [style, text] of spans) painted += theme.paint(style, text);
  return painted;
}
