import type { PanelView } from '../drill/screen.ts';
import type { Span } from './rows.ts';
import type { Style } from './theme.ts';

/** How a value stands: past its limit, clearly worse than normal, or fine. */
export type Standing = 'good' | 'warn' | 'bad';

/** A quarter worse than normal is where a person should start to look. */
const CLEARLY = 1.25;

export function standing(panel: PanelView, value: number | null): Standing {
  if (value === null) return 'good';
  const up = panel.worse === 'up';
  if (panel.limit !== null && (up ? value > panel.limit : value < panel.limit)) return 'bad';
  if (panel.baseline === null) return 'good';
  if (up) return value > panel.baseline * CLEARLY && value - panel.baseline > tiny(panel) ? 'warn' : 'good';
  return value * CLEARLY < panel.baseline && panel.baseline - value > tiny(panel) ? 'warn' : 'good';
}

/** A value that is fine asks for no attention. */
function drawnAs(panel: PanelView, value: number | null): Style {
  const how = standing(panel, value);
  return how === 'good' ? 'series' : how;
}

/** The value now; null where the last window measured nothing: what was seen before is no longer so. */
export function newest(panel: PanelView): number | null {
  return panel.values.at(-1) ?? null;
}

/** Where the last three values go compared with the six before them: `▲`, `▼` or `→`. */
export function trend(panel: PanelView): '▲' | '▼' | '→' {
  const values = panel.values.filter((value) => value !== null);
  if (values.length < 4) return '→';
  const late = mean(values.slice(-3));
  const early = mean(values.slice(-9, -3));
  const change = late - early;
  if (Math.abs(change) <= Math.abs(early) * 0.1 || Math.abs(change) <= tiny(panel)) return '→';
  return change > 0 ? '▲' : '▼';
}

/** The series as one row of bars, newest at the right edge. Many values per column show their worst. */
export function sparkline(panel: PanelView, columns: number): Span[] {
  const values = resample(panel, columns);
  const top = ceiling(panel, values);
  const spans: Span[] = [];
  for (const value of values) {
    if (value === null) append(spans, 'plain', ' ');
    else append(spans, drawnAs(panel, value), BARS[Math.max(0, Math.min(7, Math.ceil((value / top) * 8) - 1))] as string);
  }
  return spans;
}

/**
 * The series as a line of dots in `height` rows, two values a column, newest at the right edge. `┈` runs at the normal
 * value and `╌` at the limit, where the line does not hide them.
 */
export function chart(panel: PanelView, columns: number, height: number): Span[][] {
  const values = resample(panel, columns * 2);
  const top = ceiling(panel, values);
  const levels = values.map((value) =>
    value === null ? null : Math.max(0, Math.min(height * 4 - 1, Math.round((value / top) * (height * 4 - 1)))),
  );
  const normal = rowOf(panel.baseline, top, height);
  const limit = rowOf(panel.limit, top, height);
  return Array.from({ length: height }, (_, fromTop) => {
    const r = height - 1 - fromTop;
    const spans: Span[] = [];
    for (let x = 0; x < columns; x++) {
      const dots = dotsAt(levels, x * 2, r, 0) | dotsAt(levels, x * 2 + 1, r, 1);
      if (dots > 0) append(spans, drawnAs(panel, values[x * 2 + 1] ?? values[x * 2] ?? null), String.fromCodePoint(0x2800 + dots));
      else if (r === limit) append(spans, 'warn', '╌');
      else if (r === normal) append(spans, 'faint', '┈');
      else append(spans, 'plain', ' ');
    }
    return spans;
  });
}

/** Dots of one value in the cell of row `r`: its own, and those that lead to it from the value before. */
function dotsAt(levels: readonly (number | null)[], index: number, r: number, side: 0 | 1): number {
  const level = levels[index] ?? null;
  if (level === null) return 0;
  const before = levels[index - 1] ?? level;
  const low = Math.min(level, before + (before < level ? 1 : 0));
  const high = Math.max(level, before - (before > level ? 1 : 0));
  let dots = 0;
  for (let y = Math.max(low, r * 4); y <= Math.min(high, r * 4 + 3); y++) dots |= DOTS[side][y - r * 4] as number;
  return dots;
}

/** Bits of a braille character from its lowest dot up: left column, right column. Unicode block U+2800. */
const DOTS = [
  [0x40, 0x04, 0x02, 0x01],
  [0x80, 0x20, 0x10, 0x08],
] as const;
const BARS = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];

/**
 * The value at the top edge. What is normal stays low where more is worse and high where less is, so that a calm series
 * looks calm. The limit is inside only where that does not press the values flat.
 */
function ceiling(panel: PanelView, values: readonly (number | null)[]): number {
  const roomy = (panel.baseline ?? 0) * (panel.worse === 'up' ? 3 : 1.4);
  const highest = Math.max(roomy, 1e-9, ...values.filter((value) => value !== null));
  return panel.limit !== null && panel.limit <= highest * 3 ? Math.max(highest, panel.limit) : highest;
}

function rowOf(value: number | null, top: number, height: number): number {
  return value === null || value > top ? -1 : Math.floor(Math.round((value / top) * (height * 4 - 1)) / 4);
}

/** As many values as there are points. Too many: the worst of each group. Too few: stretched a little, else empty on the left. */
function resample(panel: PanelView, points: number): (number | null)[] {
  const { values } = panel;
  const used = Math.min(points, Math.floor(values.length * MOST_STRETCH));
  const sampled: (number | null)[] = Array.from({ length: points - used }, () => null);
  for (let x = 0; x < used; x++)
    sampled.push(
      used <= values.length ? worstOf(panel, x, used) : between(values, (x * (values.length - 1)) / Math.max(1, used - 1)),
    );
  return sampled;
}

/** More, and a minute of values would look like an hour. */
const MOST_STRETCH = 2.5;

function worstOf(panel: PanelView, x: number, points: number): number | null {
  const from = Math.floor((x * panel.values.length) / points);
  const to = Math.max(from + 1, Math.floor(((x + 1) * panel.values.length) / points));
  const group = panel.values.slice(from, to).filter((value) => value !== null);
  return group.length === 0 ? null : panel.worse === 'up' ? Math.max(...group) : Math.min(...group);
}

function between(values: readonly (number | null)[], place: number): number | null {
  const left = values[Math.floor(place)] ?? null;
  const right = values[Math.ceil(place)] ?? null;
  return left === null || right === null ? left : left + (right - left) * (place - Math.floor(place));
}

function append(spans: Span[], style: Style, text: string): void {
  const last = spans.at(-1);
  if (last !== undefined && last[0] === style) spans[spans.length - 1] = [style, last[1] + text];
  else spans.push([style, text]);
}

function mean(values: readonly number[]): number {
  return values.length === 0 ? 0 : values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** Differences that nobody should be shown as one. */
function tiny(panel: PanelView): number {
  return panel.unit === '%' ? 0.5 : panel.unit === 'ms' ? 5 : 0.01;
}
