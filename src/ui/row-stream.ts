import { EventEmitter } from 'node:events';
import type { Size } from './layout.ts';

/**
 * Finished rows on their way through Ink. Ink takes every frame apart into cells, several times: 12 ms of CPU at
 * 200x50. A row that is already painted needs none of that, so Ink is given a short key in its place, another one
 * whenever the row changed, and the stream to the terminal puts the row back in. Ink still decides what is on screen,
 * in which order, and which rows to write again. A key is plain ASCII, which Ink measures fastest, and begins with what
 * changes, so that Ink never writes only its end.
 */
export class RowKeys {
  readonly #rows: string[] = [];
  readonly #versions: number[] = [];

  /** What stands for row `y`, from 0 to 255, as it is now: `K|ac`. */
  keyOf(y: number, painted: string): string {
    const trimmed = painted.trimEnd();
    if (this.#rows[y] !== trimmed) {
      this.#rows[y] = trimmed;
      this.#versions[y] = ((this.#versions[y] ?? 0) + 1) % VERSIONS.length;
    }
    return `${VERSIONS[this.#versions[y] ?? 0]}|${NIBBLES[y >> 4]}${NIBBLES[y & 15]}`;
  }

  /** Makes every row new, so that all of them are written again. */
  forget(): void {
    this.#rows.length = 0;
  }

  /** What was written, with each key replaced by its row. Beside keys, Ink writes nothing but escape sequences. */
  expand(written: string): string {
    return written.replace(KEY, (_key, high: string, low: string) => this.#rows[NIBBLES.indexOf(high) * 16 + NIBBLES.indexOf(low)] ?? '');
  }
}

const VERSIONS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';
const NIBBLES = 'abcdefghijklmnop';
const KEY = /[A-Za-z0-9]\|([a-p])([a-p])/g;

/** The part of a terminal's stream that is used here; `process.stdout` is one. */
export interface TerminalOut {
  readonly columns: number;
  readonly rows: number;
  write(text: string, whenDone?: () => void): boolean;
  on(event: 'resize', listener: () => void): unknown;
  off(event: 'resize', listener: () => void): unknown;
}

/** What Ink writes to instead of the terminal. It is as wide as Ink has to know: as a key, and one column more. */
export class RowStream extends EventEmitter {
  readonly isTTY = true;
  readonly columns = 5;
  readonly #out: TerminalOut;
  readonly #keys: RowKeys;

  constructor(out: TerminalOut, keys: RowKeys) {
    super();
    this.#out = out;
    this.#keys = keys;
  }

  get rows(): number {
    return sizeOf(this.#out).rows;
  }

  readonly write = (text: string, ...rest: readonly unknown[]): boolean => {
    const whenDone = rest.findLast((one) => typeof one === 'function') as (() => void) | undefined;
    return this.#out.write(this.#keys.expand(text), whenDone);
  };
}

/** A terminal's size; 80x24 where it does not say. No more rows than there are keys for. */
export function sizeOf(out: TerminalOut): Size {
  return { columns: out.columns || 80, rows: Math.min(250, out.rows || 24) };
}
