import type { Process } from '../shell/process.ts';
import { type Output, Sink } from '../shell/streams.ts';
import { TerminalInput } from '../shell/terminal-input.ts';

/** A terminal between a client and a process: it echoes what is typed, hands it on by lines, and knows Ctrl-C and Ctrl-D. */
export class Terminal {
  readonly input = new TerminalInput();
  readonly output: Output;
  readonly #show: (bytes: string) => void;
  #line = '';

  constructor(show: (bytes: string) => void) {
    this.#show = show;
    this.output = new Sink((bytes) => show(bytes.replace(/\r?\n/g, '\r\n')));
  }

  resize(columns: number, rows: number): void {
    this.input.columns = columns;
    this.input.rows = rows;
  }

  /** `interrupt` is called for Ctrl-C. */
  type(bytes: string, task: Process | null, interrupt: (task: Process) => void): void {
    for (const key of bytes) {
      if (key === '\r' || key === '\n') {
        this.#show('\r\n');
        this.input.write(`${this.#line}\n`);
        this.#line = '';
      } else if (key === '\u0003') {
        this.#line = '';
        if (task !== null) interrupt(task);
      } else if (key === '\u0004') {
        if (this.#line === '') this.input.close();
        else this.input.write(this.#line);
        this.#line = '';
      } else if (key === '\u007f' || key === '\b') {
        if (this.#line === '') continue;
        this.#line = this.#line.slice(0, -1);
        this.#show('\b \b');
      } else if (key === '\u0015') {
        this.#show('\b \b'.repeat(this.#line.length));
        this.#line = '';
      } else if (key >= ' ' || key === '\t') {
        if (this.#line.length >= 4_096) continue;
        this.#line += key;
        this.#show(key);
      }
    }
  }
}
