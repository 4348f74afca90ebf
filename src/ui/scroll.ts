/**
 * Where a reader is in a pane. `back` counts lines away from where the pane rests: up from the newest, or down from
 * the top. `held` is how many items the pane had when the reader left the newest one, so that news below does not
 * move what is being read.
 */
export interface Scroll {
  readonly back: number;
  readonly held: number | null;
  /** Columns that long lines are shifted by. */
  readonly aside: number;
}

export const AT_REST: Scroll = { back: 0, held: null, aside: 0 };

export interface Window {
  /** At most `height` lines, in reading order. */
  readonly lines: readonly string[];
  readonly above: number;
  /** Lines or items below what is shown. */
  readonly below: number;
  /** `back` as far as there was anything to go. */
  readonly back: number;
}

/** The end of a growing list, as seen by a reader. Only as many items are turned into lines as are looked at. */
export function tailWindow<Item>(
  items: readonly Item[],
  height: number,
  scroll: Scroll,
  linesOf: (item: Item) => readonly string[],
): Window {
  const until = scroll.held === null ? items.length : Math.min(scroll.held, items.length);
  const wanted = height + scroll.back;
  const found: (readonly string[])[] = [];
  let count = 0;
  let first = until;
  while (first > 0 && count < wanted) {
    const lines = linesOf(items[--first] as Item);
    found.push(lines);
    count += lines.length;
  }
  const all = found.toReversed().flat();
  const back = Math.min(scroll.back, Math.max(0, all.length - height));
  const end = all.length - back;
  const start = Math.max(0, end - height);
  return { lines: all.slice(start, end), above: start + first, below: back + (items.length - until), back };
}

/** A page that rests at its top, as seen by a reader. */
export function headWindow(all: readonly string[], height: number, scroll: Scroll): Window {
  const back = Math.min(scroll.back, Math.max(0, all.length - height));
  return { lines: all.slice(back, back + height), above: back, below: Math.max(0, all.length - back - height), back };
}
