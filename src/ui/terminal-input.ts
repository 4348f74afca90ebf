import { PassThrough } from 'node:stream';

/** The part of a terminal's input that is used here; `process.stdin` is one. */
export interface TerminalIn {
  readonly isTTY?: boolean;
  setRawMode?(raw: boolean): unknown;
  on(event: 'data', listener: (chunk: Buffer | string) => void): unknown;
  off(event: 'data', listener: (chunk: Buffer | string) => void): unknown;
  resume(): unknown;
  pause(): unknown;
  ref?(): unknown;
  unref?(): unknown;
}

/**
 * The terminal's input as Ink reads it, key by key. Ink cannot tell F1 from F2: here they become Alt-1 to Alt-6, which
 * it can. And it takes keys that arrive in one piece (fast hands, a slow line) for one text: here control keys are
 * handed over one by one, but never inside of a paste.
 */
export class TerminalInput extends PassThrough {
  readonly isTTY = true;
  readonly #from: TerminalIn;
  readonly #decoder = new TextDecoder();
  #pasting = false;
  readonly #take = (chunk: Buffer | string): void => {
    const text = typeof chunk === 'string' ? chunk : this.#decoder.decode(chunk, { stream: true });
    for (const piece of text.split(PASTE_EDGE)) {
      if (piece === PASTE_BEGINS || piece === PASTE_ENDS) this.#pasting = piece === PASTE_BEGINS;
      for (const part of this.#pasting ? [piece] : keysOf(piece)) if (part !== '') this.write(part);
    }
  };

  constructor(from: TerminalIn) {
    super({ objectMode: true });
    this.#from = from;
    from.on('data', this.#take);
    from.resume();
  }

  setRawMode(raw: boolean): this {
    this.#from.setRawMode?.(raw);
    return this;
  }

  ref(): this {
    this.#from.ref?.();
    return this;
  }

  unref(): this {
    this.#from.unref?.();
    return this;
  }

  /** Lets go of the terminal, so that the process can end or ask something else. */
  release(): void {
    this.#from.off('data', this.#take);
    this.#from.setRawMode?.(false);
    this.#from.pause();
    this.destroy();
  }
}

const PASTE_BEGINS = '\u001b[200~';
const PASTE_ENDS = '\u001b[201~';
// oxlint-disable-next-line no-control-regex -- escape sequences begin with ESC
const PASTE_EDGE = /(\u001b\[20[01]~)/;

/** Several lines in one piece are a paste from a terminal that does not mark pastes: they stay together, unsent. */
function keysOf(piece: string): string[] {
  const text = piece.replace(
    FUNCTION_KEY,
    (key) => `\u001b${FUNCTION_KEYS.findIndex((names) => names.includes(key.slice(1))) + 1}`,
  );
  return /[\r\n](?=.)/s.test(text) && !text.includes('\u001b') ? [text] : text.split(CONTROL_KEY);
}

// oxlint-disable-next-line no-control-regex -- control keys are control characters; ESC begins a longer key
const CONTROL_KEY = /([\u0000-\u001a\u001c-\u001f\u007f])/;

/** What xterm, vt220 and the Linux console send for F1 to F6, without ESC. */
const FUNCTION_KEYS = [
  ['OP', '[11~', '[[A'],
  ['OQ', '[12~', '[[B'],
  ['OR', '[13~', '[[C'],
  ['OS', '[14~', '[[D'],
  ['[15~', '[[E'],
  ['[17~'],
];
// oxlint-disable-next-line no-control-regex -- escape sequences begin with ESC
const FUNCTION_KEY = /\u001b(?:O[PQRS]|\[1[1-57]~|\[\[[A-E])/g;
