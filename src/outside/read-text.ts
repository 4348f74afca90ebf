import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs';
import { quoted } from '../yaml/complaint.ts';

/** What is wrong with a file. */
export interface Trouble {
  readonly problem: string;
  readonly cure: string;
  readonly rule: string;
}

/** The text of a regular file of at most 1 MiB of UTF-8. Its size is asked before a byte of it is read. */
export function readText(path: string): { text: string } | { trouble: Trouble } {
  let handle: number | null = null;
  try {
    // Without blocking: a pipe that nobody writes to must not hold up everything.
    handle = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
    const stat = fstatSync(handle);
    if (stat.isDirectory()) return { trouble: { problem: 'This is a folder, not a file.', cure: 'Name a file inside it.', rule: 'no-file' } };
    if (!stat.isFile()) return { trouble: { problem: 'This is no regular file.', cure: 'Name a YAML file.', rule: 'no-file' } };
    if (stat.size > LARGEST_BYTES) {
      return { trouble: { problem: `The file holds ${(stat.size / LARGEST_BYTES).toFixed(1)} MiB; 1 MiB is the most.`, cure: 'Keep it shorter.', rule: 'too-large' } };
    }
    return { text: new TextDecoder('utf-8', { fatal: true }).decode(readAll(handle, stat.size)) };
  } catch (error) {
    if (error instanceof TypeError) return { trouble: { problem: 'This is no text in UTF-8.', cure: 'Save it as UTF-8.', rule: 'not-text' } };
    return { trouble: missing(path, error, 'Check the path.', 'no-file') };
  } finally {
    if (handle !== null) closeSync(handle);
  }
}

function readAll(handle: number, size: number): Uint8Array {
  const bytes = new Uint8Array(size);
  let filled = 0;
  while (filled < size) {
    const count = readSync(handle, bytes, filled, size - filled, filled);
    if (count === 0) break;
    filled += count;
  }
  return bytes.subarray(0, filled);
}

/** Why a file that was asked for cannot be had. */
export function missing(name: string, error: unknown, cure: string, rule: string): Trouble {
  const code = (error as NodeJS.ErrnoException).code;
  const shown = quoted(name);
  if (code === 'ENOENT' || code === 'ENOTDIR') return { problem: `There is no file ${shown}.`, cure, rule };
  if (code === 'EACCES' || code === 'EPERM') return { problem: `The file ${shown} may not be read.`, cure: 'Check its permissions.', rule };
  return { problem: `The file ${shown} cannot be read (${code ?? 'unknown error'}).`, cure, rule };
}

const LARGEST_BYTES = 1_048_576;
