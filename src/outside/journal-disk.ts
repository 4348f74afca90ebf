import { fdatasyncSync, writeSync } from 'node:fs';
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
 * A journal's way to a file. Writing blocks, because it only fills memory. A sync waits for the disk in the pool of
 * threads, unless the one before was over sooner than a trip there and back is worth: then it, too, blocks.
 */
export function journalHandle(file: FileHandle): JournalHandle {
  const { fd } = file;
  let lastSyncMs = Infinity;
  return {
    fd,
    write: (bytes, offset, length) => writeSync(fd, bytes, offset, length),
    datasync: async () => {
      const start = performance.now();
      if (lastSyncMs < QUICK_SYNC_MS) fdatasyncSync(fd);
      else await file.datasync();
      lastSyncMs = performance.now() - start;
    },
    close: () => file.close(),
  };
}

/** Less than anybody notices in a terminal, even several times in a row. */
const QUICK_SYNC_MS = 1;

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
