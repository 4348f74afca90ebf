import type { PaneId } from './panes.ts';

export interface Size {
  readonly columns: number;
  readonly rows: number;
}

/** Where a pane stands, heading included. */
export interface Slot {
  readonly pane: PaneId;
  readonly height: number;
}

interface Column {
  readonly width: number;
  readonly slots: readonly Slot[];
}

/** How a terminal's rows are shared out. `columns` stand side by side with one rule between them. */
export interface Layout {
  readonly kind: 'one' | 'two' | 'all';
  readonly headerRows: 1 | 3;
  readonly bodyRows: number;
  readonly columns: readonly Column[];
}

/** Less than this cannot hold a header, a pane, a prompt and its footer. */
export const SMALLEST: Size = { columns: 60, rows: 16 };

/** Rows below the body: the room's last word, the prompt, the footer; above it: the strip and, with one pane, the tabs. */
const BELOW = 3;

/** The layout for a size, or null where there is no room for one. `focus` is the pane being read, `left` what stands on the left of two columns. */
export function layoutFor(size: Size, focus: PaneId, left: PaneId): Layout | null {
  const { columns, rows } = size;
  if (columns < SMALLEST.columns || rows < SMALLEST.rows) return null;
  if (columns >= 180 && rows >= 44) return everything(columns, rows - 3 - 2 - BELOW);
  if (columns >= 110 && rows >= 32) return twoColumns(columns, rows - 3 - 2 - BELOW, left);
  const bodyRows = rows - 1 - 2 - BELOW;
  return { kind: 'one', headerRows: 1, bodyRows, columns: [{ width: columns, slots: [{ pane: focus, height: bodyRows }] }] };
}

export function visiblePanes(layout: Layout): PaneId[] {
  return layout.columns.flatMap((column) => column.slots.map((slot) => slot.pane));
}

/** Panes that share the left of two columns; the others stand on the right at all times. */
const LEFT: ReadonlySet<PaneId> = new Set(['work', 'timeline', 'board']);

/** What the left column goes on showing while a pane of the right one is read. */
export function leftPane(before: PaneId, chosen: PaneId): PaneId {
  return LEFT.has(chosen) ? chosen : before;
}

function twoColumns(columns: number, bodyRows: number, left: PaneId): Layout {
  const right = Math.min(60, Math.floor(columns * 0.39));
  const pager = 5;
  const dash = Math.floor((bodyRows - pager) * 0.52);
  return {
    kind: 'two',
    headerRows: 3,
    bodyRows,
    columns: [
      { width: columns - right - 3, slots: [{ pane: left, height: bodyRows }] },
      {
        width: right,
        slots: [
          { pane: 'pager', height: pager },
          { pane: 'dash', height: dash },
          { pane: 'room', height: bodyRows - pager - dash },
        ],
      },
    ],
  };
}

function everything(columns: number, bodyRows: number): Layout {
  const side = Math.floor((columns - 6) * 0.28);
  const middle = Math.floor((columns - 6) * 0.3);
  const board = 11;
  const pager = 7;
  const timeline = Math.floor(bodyRows * 0.36);
  return {
    kind: 'all',
    headerRows: 3,
    bodyRows,
    columns: [
      {
        width: columns - 6 - side - middle,
        slots: [
          { pane: 'work', height: bodyRows - timeline },
          { pane: 'timeline', height: timeline },
        ],
      },
      {
        width: middle,
        slots: [
          { pane: 'dash', height: bodyRows - board },
          { pane: 'board', height: board },
        ],
      },
      {
        width: side,
        slots: [
          { pane: 'pager', height: pager },
          { pane: 'room', height: bodyRows - pager },
        ],
      },
    ],
  };
}
