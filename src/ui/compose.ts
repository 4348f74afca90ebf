import type { Screen } from '../drill/screen.ts';
import { modeOf, type Desk } from './desk.ts';
import { layoutFor, SMALLEST, visiblePanes, type Layout, type Size, type Slot } from './layout.ts';
import { board } from './panels/board.ts';
import { dashboards } from './panels/dashboards.ts';
import { header } from './panels/header.ts';
import { help } from './panels/help.ts';
import { hotWash } from './panels/hot-wash.ts';
import { pager } from './panels/pager.ts';
import { choices, footer, promptLine } from './panels/prompt-line.ts';
import { room } from './panels/room.ts';
import { lastWord, strip, tabs } from './panels/strip.ts';
import { timeline } from './panels/timeline.ts';
import { work } from './panels/work.ts';
import { PANES, PANE_FACTS, type PaneId } from './panes.ts';
import { exactly, heading, row, type Span } from './rows.ts';
import type { Scroll, Window } from './scroll.ts';
import { wrap } from './text.ts';
import type { Theme } from './theme.ts';

/** All that one frame is made from. */
export interface FrameInput {
  readonly screen: Screen;
  readonly desk: Desk;
  readonly size: Size;
  readonly pace: number;
  readonly trouble: string | null;
  /** What would follow the cursor, shown faintly. */
  readonly ghost: string;
  readonly theme: Theme;
}

/** A finished frame: `size.rows` painted rows, and where the cursor stands, or null where it is hidden. */
export interface Frame {
  readonly rows: readonly string[];
  readonly cursor: { readonly x: number; readonly y: number } | null;
}

/**
 * Makes frames. Each pane is remembered with what it was made from, by identity, and made again only when one of
 * those things is another object: typing makes two rows, not a screen.
 */
export function frameMaker(): (input: FrameInput) => Frame {
  const remember = memory();
  return (input) => {
    const { screen, desk, size, theme } = input;
    const layout = layoutFor(size, desk.focus, desk.left);
    if (layout === null) return tooSmall(size, theme);
    const { columns } = size;
    const prompt = promptLine(desk.prompt, input.ghost, theme, columns);
    const visible = visiblePanes(layout);
    const rows = [
      ...remember('header', [screen.clock, screen.incident, screen.title, input.pace, size, theme], () =>
        header(screen, input.pace, theme, columns, layout.headerRows),
      ),
      remember('strip', [screen.pages, screen.dashboards, input.trouble, size, theme], () =>
        strip(screen, input.trouble, theme, columns),
      ),
      layout.kind === 'all' ? row(theme, columns, []) : tabs(screen, desk.seen, desk.focus, theme, columns),
      ...(desk.over === 'none' ? panes(input, layout, remember) : overlay(input, layout, remember)),
      desk.prompt.offered === null
        ? lastWord(screen, visible.includes('room') && desk.over === 'none', theme, columns)
        : choices(desk.prompt.offered, theme, columns),
      prompt.line,
      footer(modeOf(desk), desk.notice, theme, columns),
    ];
    return { rows, cursor: desk.over === 'none' && !desk.leaving ? { x: prompt.cursor, y: rows.length - 2 } : null };
  };
}

type Remember = <Made>(place: string, from: readonly unknown[], make: () => Made) => Made;

function memory(): Remember {
  const kept = new Map<string, { from: readonly unknown[]; made: unknown }>();
  return <Made>(place: string, from: readonly unknown[], make: () => Made): Made => {
    const before = kept.get(place);
    if (before?.from.length === from.length && before.from.every((one, i) => same(one, from[i]))) return before.made as Made;
    const made = make();
    kept.set(place, { from, made });
    return made;
  };
}

/** True for one thing, and for two lists of the same things: a screen may copy its lists without changing them. */
function same(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  return Array.isArray(a) && Array.isArray(b) && a.length === b.length && a.every((one, i) => one === b[i]);
}

function panes(input: FrameInput, layout: Layout, remember: Remember): string[] {
  const { theme } = input;
  const columns = layout.columns.map((column) => column.slots.flatMap((slot) => pane(input, layout, slot, column.width, remember)));
  const rule = ` ${theme.paint('rule', '│')} `;
  return Array.from({ length: layout.bodyRows }, (_, y) => columns.map((rows) => rows[y] ?? '').join(rule));
}

function pane(input: FrameInput, layout: Layout, slot: Slot, width: number, remember: Remember): string[] {
  const { screen, desk, theme } = input;
  const focused = layout.kind !== 'one' && desk.focus === slot.pane;
  const scroll = desk.scrolls[slot.pane];
  const { make, from } = DRAWN[slot.pane];
  return remember(`pane ${slot.pane}`, [...from(screen), scroll, focused, width, slot.height, theme], () => {
    const inside = make(screen, theme, width, slot.height - 1, scroll);
    const title = `${PANES.indexOf(slot.pane) + 1} ${PANE_FACTS[slot.pane].title}`;
    return [heading(theme, width, title, more(inside), focused), ...exactly(slot.height - 1, width, inside.lines)];
  });
}

interface Drawing {
  readonly make: (screen: Screen, theme: Theme, columns: number, height: number, scroll: Scroll) => Window;
  readonly from: (screen: Screen) => readonly unknown[];
}

/** How each pane is drawn, and the parts of a screen that it is drawn from. */
const DRAWN = {
  work: { make: work, from: (screen) => [screen.outputs, screen.synopsis, screen.commands, screen.pages.length] },
  room: { make: room, from: (screen) => [screen.chat] },
  dash: { make: dashboards, from: (screen) => [screen.dashboards] },
  pager: { make: pager, from: (screen) => [screen.pages] },
  timeline: { make: timeline, from: (screen) => [screen.timeline] },
  board: { make: board, from: (screen) => [screen.incident, screen.people, screen.undo] },
} as const satisfies Record<PaneId, Drawing>;

function overlay(input: FrameInput, layout: Layout, remember: Remember): string[] {
  const { screen, desk, size, theme } = input;
  return remember('over', [desk.over, desk.overScroll, screen.commands, screen.end, size, theme], () => {
    const height = layout.bodyRows - 1;
    const showsEnd = desk.over === 'end' && screen.end !== null;
    const inside = showsEnd
      ? hotWash(screen, screen.end, theme, size.columns, height, desk.overScroll)
      : help(screen, theme, size.columns, height, desk.overScroll);
    return [
      heading(theme, size.columns, showsEnd ? 'Hot wash' : 'Help', more(inside), true),
      ...exactly(height, size.columns, inside.lines),
    ];
  });
}

/** How much of a pane is out of sight. */
function more(inside: Window): Span | null {
  if (inside.above === 0 && inside.below === 0) return null;
  const parts = [inside.above > 0 ? `▲ ${inside.above}` : null, inside.below > 0 ? `▼ ${inside.below}` : null].filter(
    (part) => part !== null,
  );
  return [inside.below > 0 ? 'warn' : 'faint', parts.join(' ')];
}

function tooSmall(size: Size, theme: Theme): Frame {
  const sentence = `This terminal is ${size.columns}x${size.rows}. The drill needs at least ${SMALLEST.columns}x${SMALLEST.rows}: make the window larger, or the letters smaller. Nothing is lost meanwhile.`;
  return {
    rows: exactly(
      size.rows,
      size.columns,
      wrap(sentence, size.columns).map((text) => row(theme, size.columns, [['warn', text]])),
    ),
    cursor: null,
  };
}
