import type { Process, Steps } from './process.ts';

/*
 * What processes read and write. Bytes are texts whose characters are all below 256: a command can treat them as text,
 * and tar archives survive.
 */

export interface Input {
  /** What is there: null at the end, undefined where nothing is there yet. */
  take(): string | null | undefined;
  /** Gives back what was taken too much. */
  giveBack(bytes: string): void;
  /** The process is woken when there is something new. */
  wakes(task: Process): void;
  /** Nobody reads any more. */
  close(): void;
}

export interface Output {
  /** False where nobody reads any more. */
  write(bytes: string): boolean;
  /** Whether the writer ought to wait for its reader. */
  readonly full: boolean;
  wakes(task: Process): void;
  /** One writer fewer. */
  close(): void;
}

/** The three streams of a command. */
export interface Io {
  readonly stdin: Input;
  readonly stdout: Output;
  readonly stderr: Output;
}

/** A pipe, as `|` makes one. Its writers count themselves in. */
export class Pipe implements Input, Output {
  #bytes = '';
  #writers = 1;
  #read = true;
  readonly #waiting = new Set<Process>();

  get full(): boolean {
    return this.#bytes.length >= PIPE_BYTES && this.#read;
  }

  write(bytes: string): boolean {
    if (!this.#read) return false;
    if (bytes !== '') this.#bytes += bytes;
    this.#wake();
    return true;
  }

  take(): string | null | undefined {
    if (this.#bytes === '') return this.#writers > 0 ? undefined : null;
    const taken = this.#bytes;
    this.#bytes = '';
    this.#wake();
    return taken;
  }

  giveBack(bytes: string): void {
    this.#bytes = bytes + this.#bytes;
  }

  wakes(task: Process): void {
    this.#waiting.add(task);
  }

  close(): void {
    if (this.#writers > 0) this.#writers--;
    this.#wake();
  }

  /** The reader is gone. */
  stopReading(): void {
    this.#read = false;
    this.#wake();
  }

  #wake(): void {
    for (const task of this.#waiting) task.wake();
    this.#waiting.clear();
  }
}

const PIPE_BYTES = 65_536;

/** The reading end of a pipe, for who closes it. */
export class PipeReader implements Input {
  readonly #pipe: Pipe;

  constructor(pipe: Pipe) {
    this.#pipe = pipe;
  }

  take(): string | null | undefined {
    return this.#pipe.take();
  }

  giveBack(bytes: string): void {
    this.#pipe.giveBack(bytes);
  }

  wakes(task: Process): void {
    this.#pipe.wakes(task);
  }

  close(): void {
    this.#pipe.stopReading();
  }
}

/** An input that is whole from the start, such as a here-document, a file or nothing. */
export class WholeInput implements Input {
  #bytes: string | null;

  constructor(bytes: string) {
    this.#bytes = bytes;
  }

  take(): string | null {
    const bytes = this.#bytes === '' ? null : this.#bytes;
    this.#bytes = null;
    return bytes;
  }

  giveBack(bytes: string): void {
    this.#bytes = bytes + (this.#bytes ?? '');
  }

  wakes(): void {
    // There is nothing to wait for.
  }

  close(): void {
    this.#bytes = null;
  }
}

/** Hands on what is written. */
export class Sink implements Output {
  readonly full = false;
  readonly #take: (bytes: string) => void;

  constructor(take: (bytes: string) => void) {
    this.#take = take;
  }

  write(bytes: string): boolean {
    if (bytes !== '') this.#take(bytes);
    return true;
  }

  wakes(): void {
    // It is never full.
  }

  close(): void {
    // It belongs to who made it.
  }
}

/** Collects what is written, up to a limit. */
export class Capture implements Output {
  readonly full = false;
  bytes = '';

  write(bytes: string): boolean {
    if (this.bytes.length < CAPTURE_BYTES) this.bytes += bytes;
    return true;
  }

  wakes(): void {
    // It is never full.
  }

  close(): void {
    // Its bytes stay.
  }
}

const CAPTURE_BYTES = 8_388_608;

/** The next bytes of an input; null at its end. */
export function* readSome(task: Process, input: Input): Steps<string | null> {
  for (;;) {
    const bytes = input.take();
    if (bytes !== undefined) {
      const pause = task.tire(1 + Math.floor((bytes?.length ?? 0) / 1_024));
      if (pause > 0) yield pause;
      return bytes;
    }
    input.wakes(task);
    yield Infinity;
  }
}

/** All bytes of an input until its end. */
export function* readAll(task: Process, input: Input): Steps<string> {
  let all = '';
  for (let bytes = yield* readSome(task, input); bytes !== null; bytes = yield* readSome(task, input)) {
    all += bytes;
    if (all.length > CAPTURE_BYTES) break;
  }
  return all;
}

/** The next line with its end; null after the last. What comes after it stays in the input. */
export function* readLine(task: Process, input: Input): Steps<string | null> {
  let line = '';
  for (let bytes = yield* readSome(task, input); bytes !== null; bytes = yield* readSome(task, input)) {
    const end = bytes.indexOf('\n');
    if (end === -1) line += bytes;
    else {
      if (end + 1 < bytes.length) input.giveBack(bytes.slice(end + 1));
      return line + bytes.slice(0, end + 1);
    }
    if (line.length > CAPTURE_BYTES) return line;
  }
  return line === '' ? null : line;
}

/** Writes, and waits while the reader is behind. False where nobody reads any more. */
export function* writeOut(task: Process, output: Output, bytes: string): Steps<boolean> {
  if (!output.write(bytes)) return false;
  while (output.full) {
    output.wakes(task);
    yield Infinity;
  }
  return output.write('');
}

/** Text as the bytes of its UTF-8 form, and back. */
export function bytesOfText(text: string): string {
  return isAscii(text) ? text : textOfBytes(new TextEncoder().encode(text));
}

export function textFromBytes(bytes: string): string {
  return isAscii(bytes) ? bytes : new TextDecoder().decode(bufferOf(bytes));
}

export function bufferOf(bytes: string): Uint8Array {
  const buffer = new Uint8Array(bytes.length);
  for (let at = 0; at < bytes.length; at++) buffer[at] = bytes.charCodeAt(at);
  return buffer;
}

export function textOfBytes(buffer: Uint8Array): string {
  let bytes = '';
  for (let at = 0; at < buffer.length; at += 8_192) bytes += String.fromCharCode(...buffer.subarray(at, at + 8_192));
  return bytes;
}

function isAscii(text: string): boolean {
  for (let at = 0; at < text.length; at++) if (text.charCodeAt(at) > 127) return false;
  return true;
}
