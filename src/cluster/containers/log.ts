import type { SimMs } from '../../time/sim-time.ts';
import type { LogLine } from '../signals/logs.ts';
import { textFromBytes } from '../shell/streams.ts';

/** What one run of a container has written, line by line with its time. The oldest lines go when there is too much, as files are rotated. */
export class ContainerLog {
  readonly lines: LogLine[] = [];
  readonly #nowMs: () => SimMs;
  #open: Readonly<Record<'out' | 'err', string>> = { out: '', err: '' };
  #bytes = 0;
  readonly #listeners = new Set<(stream: 'out' | 'err', bytes: string) => void>();

  constructor(nowMs: () => SimMs) {
    this.#nowMs = nowMs;
  }

  write(stream: 'out' | 'err', bytes: string): void {
    for (const listener of this.#listeners) listener(stream, bytes);
    const pieces = (this.#open[stream] + bytes).split('\n');
    let rest = pieces.pop() ?? '';
    for (const piece of pieces) this.#add(piece);
    if (rest.length >= LONGEST_LINE) {
      this.#add(rest);
      rest = '';
    }
    this.#open = { ...this.#open, [stream]: rest };
  }

  /** The process is gone: what it had not ended is a line too. */
  end(): void {
    for (const stream of ['out', 'err'] as const) if (this.#open[stream] !== '') this.#add(this.#open[stream]);
    this.#open = { out: '', err: '' };
  }

  /** Hears what is written from now on; returns how to stop. */
  follow(listener: (stream: 'out' | 'err', bytes: string) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** The last so many lines, at most so many bytes of them: what the termination message falls back to. */
  tail(lines: number, bytes: number): string {
    return this.lines.slice(-lines).map(({ text }) => `${text}\n`).join('').slice(-bytes);
  }

  #add(bytes: string): void {
    const text = textFromBytes(bytes);
    this.lines.push({ atMs: this.#nowMs(), text });
    this.#bytes += text.length;
    if (this.lines.length < MOST_LINES && this.#bytes < MOST_BYTES) return;
    for (const line of this.lines.splice(0, Math.ceil(this.lines.length / 4))) this.#bytes -= line.text.length;
  }
}

const MOST_LINES = 20_000;
const MOST_BYTES = 4_194_304;
const LONGEST_LINE = 16_384;
