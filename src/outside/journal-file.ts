import { constants, existsSync, fstatSync } from 'node:fs';
import { lstat, mkdir, open, unlink, type FileHandle } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { factLine, headerLine, type LineEnd } from '../journal/line.ts';
import type { Fact, Timeline, TimelineHeader } from '../journal/timeline.ts';
import { journalHandle, syncNames, writeAll, type JournalHandle } from './journal-disk.ts';
import { takeJournalLock, type JournalLock } from './journal-lock.ts';
import { readOpenTimeline, TIMELINE_NAME } from './journal-reading.ts';
import { codeOf, fileTrouble } from './journal-trouble.ts';
import { isOfSystem } from './system-folders.ts';

/**
 * The one writer of a drill's `timeline.jsonl`. A fact is acknowledged once it is on the disk, not before.
 *
 * Facts that arrive while a sync is under way go together into the next one. A write or a sync that fails is final: what
 * the disk holds is then unknown, so nothing is tried again and everything that waits, and all later, rejects alike.
 */
export class JournalFile {
  readonly path: string;
  readonly #handle: JournalHandle;
  readonly #lock: JournalLock | null;
  #end: LineEnd;
  #safeSeq: number;
  /** Bytes that are ours. A file that is longer or shorter was touched by somebody else. */
  #byteLength: number;
  /** Lines that no flush has taken yet. */
  #waiting = '';
  /** The flush that will take them, or null where nothing waits. */
  #next: Promise<void> | null = null;
  /** The newest flush. */
  #running: Promise<void> = Promise.resolve();
  #stopped: JournalStopped | null = null;

  /** For an opened file of `byteLength` bytes that ends with the line `end`. {@link JournalFile.create} and {@link JournalFile.reopen} are what a drill calls. */
  constructor(path: string, handle: JournalHandle, end: LineEnd, byteLength: number, lock: JournalLock | null) {
    this.path = path;
    this.#handle = handle;
    this.#end = end;
    this.#safeSeq = end.seq;
    this.#byteLength = byteLength;
    this.#lock = lock;
  }

  /** Begins a drill's timeline in a directory, which is made where it is missing. Never touches a timeline that is there. */
  static async create(dir: string, header: TimelineHeader): Promise<Created> {
    const path = join(resolve(dir), TIMELINE_NAME);
    const line = headerLine(header);
    if (isOfSystem(path)) return { refusal: `No timeline was begun: ${dirname(path)} belongs to the system. Give another directory.` };
    let lock: JournalLock | null = null;
    try {
      const made = await mkdir(dirname(path), { recursive: true });
      if (existsSync(path)) return { refusal: alreadyThere(path) };
      const taken = await takeJournalLock(dirname(path));
      if ('heldBy' in taken) return { refusal: `No timeline was begun: ${dirname(path)} is in use by ${taken.heldBy}.` };
      lock = taken;
      const handle = await begin(path, line.text, made);
      const journal = new JournalFile(path, journalHandle(handle), line, Buffer.byteLength(line.text), lock);
      lock = null;
      return { journal };
    } catch (error) {
      if (codeOf(error) === 'EEXIST' && lock !== null) return { refusal: alreadyThere(path) };
      return { refusal: `No timeline was begun: ${fileTrouble(error, lock === null ? dirname(path) : path)}.` };
    } finally {
      await lock?.release();
    }
  }

  /** Goes on with a drill's timeline: cuts off a last line that was never finished, and gives what is there. */
  static async reopen(dir: string): Promise<Reopened> {
    const path = join(resolve(dir), TIMELINE_NAME);
    let lock: JournalLock | null = null;
    let handle: FileHandle | null = null;
    let journal: JournalFile | null = null;
    try {
      if ((await lstat(path)).isSymbolicLink()) return { refusal: `The drill cannot be resumed: ${path} is a symbolic link, and only the file itself is written to.` };
      const taken = await takeJournalLock(dirname(path));
      if ('heldBy' in taken) return { refusal: `The drill cannot be resumed: ${path} is being written by ${taken.heldBy}.` };
      lock = taken;
      handle = await open(path, constants.O_RDWR | constants.O_APPEND | constants.O_NONBLOCK | constants.O_NOFOLLOW);
      const file = await readOpenTimeline(handle, path);
      if ('refusal' in file) return file;
      if (file.torn !== null) {
        await handle.truncate(file.byteLength);
        await handle.datasync();
      }
      journal = new JournalFile(path, journalHandle(handle), file.end, file.byteLength, lock);
      return { journal, timeline: file.timeline, torn: file.torn };
    } catch (error) {
      return { refusal: `The drill cannot be resumed: ${fileTrouble(error, path)}.` };
    } finally {
      if (journal === null) {
        await handle?.close();
        await lock?.release();
      }
    }
  }

  /**
   * Resolves once the facts, and all before them, are on the disk. Rejects with {@link JournalStopped}. Throws at once, and
   * writes none of them, where they do not follow on the last one: a bug of ours.
   */
  append(facts: readonly Fact[]): Promise<void> {
    if (this.#stopped !== null) return Promise.reject(this.#stopped);
    let end = this.#end;
    let text = '';
    for (const fact of facts) {
      const line = factLine(fact, end);
      text += line.text;
      end = line;
    }
    this.#end = end;
    this.#waiting += text;
    if (this.#waiting === '') return this.#running;
    if (this.#next === null) {
      this.#next = this.#running.then(() => this.#flush());
      this.#running = this.#next;
    }
    return this.#next;
  }

  /** Waits for what was appended, then gives the file and the drill back. Resolves in any case: who appended has heard. */
  async close(): Promise<void> {
    await this.#running.catch(() => undefined);
    this.#stopped ??= new JournalStopped(`The timeline at ${this.path} is closed.`);
    await this.#handle.close().catch(() => undefined); // all that was acknowledged is on the disk
    await this.#lock?.release().catch(() => undefined); // a lock of a dead process is taken over
  }

  async #flush(): Promise<void> {
    const bytes = Buffer.from(this.#waiting, 'utf8');
    const { seq } = this.#end;
    this.#waiting = '';
    this.#next = null;
    try {
      this.#insistOnOwnFile();
      writeAll(this.#handle, bytes);
      this.#byteLength += bytes.length;
      await this.#handle.datasync();
      this.#safeSeq = seq;
    } catch (error) {
      this.#stopped ??= error instanceof JournalStopped ? error : this.#stop(fileTrouble(error, this.path), error);
      throw this.#stopped;
    }
  }

  /** Stops before writing into a file that somebody deleted, cut or added to. */
  #insistOnOwnFile(): void {
    const status = fstatSync(this.#handle.fd);
    if (!status.isFile()) return;
    if (status.nlink === 0) throw this.#stop(`somebody deleted ${this.path}`);
    if (status.size !== this.#byteLength) {
      throw this.#stop(`somebody else changed ${this.path}; it has ${status.size} bytes, and ${this.#byteLength} were written to it`);
    }
  }

  #stop(trouble: string, cause?: unknown): JournalStopped {
    const safe = this.#safeSeq === 0 ? 'No fact was written yet' : `Everything up to fact ${this.#safeSeq} is safe`;
    return new JournalStopped(
      `The drill was stopped, because its timeline cannot be written any more: ${trouble}. ${safe}; what came after may be lost. ` +
        `Put that right, then resume the drill in ${dirname(this.path)}.`,
      cause,
    );
  }
}

/** Nothing more will be written to a timeline. The message is for people: what happened, what is safe, what to do. */
export class JournalStopped extends Error {
  constructor(message: string, cause?: unknown) {
    super(message, { cause });
    this.name = 'JournalStopped';
  }
}

export type Created = { readonly journal: JournalFile } | { readonly refusal: string };

export type Reopened =
  | {
      readonly journal: JournalFile;
      readonly timeline: Timeline;
      /** The line that was never finished, and was cut off, or null. */
      readonly torn: { readonly atByte: number; readonly line: number } | null;
    }
  | { readonly refusal: string };

/** Writes the first line and makes it and the file's name durable; takes the file away again where that fails. */
async function begin(path: string, firstLine: string, made: string | undefined): Promise<FileHandle> {
  const handle = await open(path, constants.O_WRONLY | constants.O_APPEND | constants.O_CREAT | constants.O_EXCL, 0o644);
  try {
    writeAll(journalHandle(handle), Buffer.from(firstLine, 'utf8'));
    await handle.sync();
    await syncNames(dirname(path), made);
    return handle;
  } catch (error) {
    await handle.close();
    await unlink(path);
    throw error;
  }
}

function alreadyThere(path: string): string {
  return `There already is a timeline at ${path}, and none is ever overwritten. Choose another directory, or resume that drill.`;
}
