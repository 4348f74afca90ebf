import { fdatasync, writeSync } from 'node:fs';
import { open, type FileHandle } from 'node:fs/promises';
import { dirname } from 'node:path';

/** What the journal needs of an opened file. Writing appends, wherever the file ends. */
export interface JournalHandle {
  readonly fd: number;
  /** Hands bytes to the system, which takes them into its memory, and says how many it took. */
  write(bytes: Uint8Array, offset: number, length: number): number;
  datasync(): Promise<void>;
  close(): Promise<void>;
}

/**
 * A journal's way to a file. Writing blocks, because it only fills memory and a trip through the pool of threads takes
 * longer than that; the sync, which waits for the disk, does not.
 */
export function journalHandle(file: FileHandle): JournalHandle {
  const { fd } = file;
  return {
    fd,
    write: (bytes, offset, length) => writeSync(fd, bytes, offset, length),
    datasync: () => new Promise((resolve, reject) => fdatasync(fd, (error) => (error === null ? resolve() : reject(error)))),
    close: () => file.close(),
  };
}

/** Writes all bytes, however few the system takes at a time. */
export function writeAll(handle: JournalHandle, bytes: Uint8Array): void {
  let written = 0;
  while (written < bytes.length) written += handle.write(bytes, written, bytes.length - written);
}

/**
 * Makes the names of a new file durable: of the file in `dir`, and of every directory that was made for it. `made` is the
 * first of those, as `mkdir` tells; the parent of `dir` is synced in any case, for a `dir` that was made just before.
 */
export async function syncNames(dir: string, made: string | undefined): Promise<void> {
  if (process.platform === 'win32') return; // has no directories that can be synced
  const top = dirname(made ?? dir);
  for (let at = dir; ; at = dirname(at)) {
    await syncDirectory(at);
    if (at === top || at === dirname(at)) return;
  }
}

async function syncDirectory(dir: string): Promise<void> {
  const handle = await open(dir, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
