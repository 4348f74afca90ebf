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

/** The terminal's input as Ink reads it. Ink cannot tell F1 from F2: here they become Alt-1 to Alt-6, which it can. */
export class TerminalInput extends PassThrough {
  readonly isTTY = true;
  readonly #from: TerminalIn;
  readonly #decoder = new TextDecoder();
  readonly #take = (chunk: Buffer | string): void => {
    const text = typeof chunk === 'string' ? chunk : this.#decoder.decode(chunk, { stream: true });
    this.write(text.replace(FUNCTION_KEY, (key) => `\u001b${FUNCTION_KEYS.findIndex((names) => names.includes(key.slice(1))) + 1}`));
  };

  constructor(from: TerminalIn) {
    super();
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

/** What xterm, vt220 and the Linux console send for F1 to F6, without ESC. */
const FUNCTION_KEYS = [
  ['OP', '[11~', '[[A'], ['OQ', '[12~', '[[B'], ['OR', '[13~', '[[C'], ['OS', '[14~', '[[D'], ['[15~', '[[E'], ['[17~'],
];
// oxlint-disable-next-line no-control-regex -- escape sequences begin with ESC
const FUNCTION_KEY = /\u001b(?:O[PQRS]|\[1[1-57]~|\[\[[A-E])/g;
