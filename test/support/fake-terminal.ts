import headless from '@xterm/headless';
import { EventEmitter } from 'node:events';
import type { TerminalIn } from '../../src/ui/terminal-input.ts';

/** A terminal in memory: it draws what is written to it as a real one would, and types what a test says. */
export class FakeTerminal {
  readonly stdin: TerminalIn & { readonly rawModes: boolean[] };
  readonly stdout: Out;
  readonly #keyboard = new EventEmitter();
  readonly #screen: InstanceType<typeof headless.Terminal>;

  constructor(columns: number, rows: number) {
    this.#screen = new headless.Terminal({ cols: columns, rows, allowProposedApi: true });
    this.stdout = new Out(columns, rows, (text) => this.#screen.write(text.replaceAll('\n', '\r\n')));
    const rawModes: boolean[] = [];
    this.stdin = Object.assign(this.#keyboard, {
      isTTY: true,
      rawModes,
      setRawMode: (raw: boolean) => rawModes.push(raw),
      resume: () => undefined,
      pause: () => undefined,
    });
  }

  /** Presses keys, in one piece as a terminal sends them. */
  type(keys: string): void {
    this.#keyboard.emit('data', Buffer.from(keys));
  }

  resize(columns: number, rows: number): void {
    this.#screen.resize(columns, rows);
    this.stdout.columns = columns;
    this.stdout.rows = rows;
    this.stdout.emit('resize');
  }

  /** What stands on the screen now, without the spaces at the ends of its rows. */
  text(): string {
    const { active } = this.#screen.buffer;
    return Array.from({ length: this.#screen.rows }, (_, y) => active.getLine(active.baseY + y)?.translateToString(true).trimEnd() ?? '').join('\n');
  }

  /** True while the alternate screen is shown. */
  get alternate(): boolean {
    return this.#screen.buffer.active.type === 'alternate';
  }

  /** Settles with the screen's text once it satisfies the condition; rejects with the screen where it does not in time. */
  async until(holds: (text: string) => boolean): Promise<string> {
    const deadline = performance.now() + 8_000;
    for (;;) {
      await new Promise<void>((resolve) => this.#screen.write('', resolve));
      const text = this.text();
      if (holds(text)) return text;
      if (performance.now() > deadline) throw new Error(`the screen never showed it:\n${text}`);
      await new Promise((resolve) => setImmediate(resolve));
    }
  }

  shows(words: string): Promise<string> {
    return this.until((text) => text.includes(words));
  }
}

class Out extends EventEmitter {
  columns: number;
  rows: number;
  readonly isTTY = true;
  /** Everything that was written, as it was. */
  written = '';
  readonly #draw: (text: string) => void;

  constructor(columns: number, rows: number, draw: (text: string) => void) {
    super();
    this.columns = columns;
    this.rows = rows;
    this.#draw = draw;
  }

  write(text: string, whenDone?: () => void): boolean {
    this.written += text;
    this.#draw(text);
    if (whenDone !== undefined) queueMicrotask(whenDone);
    return true;
  }
}
