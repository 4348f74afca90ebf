import { open } from 'node:fs/promises';
import { dirname } from 'node:path';

/** What the journal needs of an opened file; Node's `FileHandle` is one. Writing appends, wherever the file ends. */
export interface JournalHandle {
  readonly fd: number;
  write(bytes: Uint8Array, offset: number, length: number): Promise<{ readonly bytesWritten: number }>;
  datasync(): Promise<void>;
  close(): Promise<void>;
}

/** Writes all bytes, however few the system takes at a time. */
export async function writeAll(handle: JournalHandle, bytes: Uint8Array): Promise<void> {
  let written = 0;
  while (written < bytes.length) {
    const { bytesWritten } = await handle.write(bytes, written, bytes.length - written);
    written += bytesWritten;
  }
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
