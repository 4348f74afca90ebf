import { createHash } from 'node:crypto';
import { constants } from 'node:fs';
import { open, stat, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import type { LineEnd } from '../journal/line.ts';
import { readTimeline } from '../journal/read-timeline.ts';
import type { Timeline } from '../journal/timeline.ts';
import { codeOf, fileTrouble } from './journal-trouble.ts';

export const TIMELINE_NAME = 'timeline.jsonl';

/** More than any drill writes: a thousand facts a minute for a day are 300 MB. */
const MOST_BYTES = 536_870_912;

export type TimelineFile =
  | {
      readonly path: string;
      readonly timeline: Timeline;
      /** The last line where it was never finished; it is not among the facts. */
      readonly torn: { readonly atByte: number; readonly line: number } | null;
      readonly end: LineEnd;
      /** Of the file's bytes, without a torn line, in hexadecimal. */
      readonly timelineSha256: string;
      /** Bytes of the file without a torn line. */
      readonly byteLength: number;
    }
  | {
      readonly refusal: string;
      /** `unreadable`: there is no such file, or it cannot be opened; `damaged`: what is in it cannot be trusted. */
      readonly why: 'unreadable' | 'damaged';
    };

/** Reads the timeline of a drill's directory, or of a file. Changes nothing. What is wrong with it comes back as one sentence. */
export async function readTimelineFile(path: string): Promise<TimelineFile> {
  let file = path;
  let handle: FileHandle | null = null;
  try {
    if ((await stat(path)).isDirectory()) file = join(path, TIMELINE_NAME);
    // Without waiting: opening a pipe would wait for somebody to write to it.
    handle = await open(file, constants.O_RDONLY | constants.O_NONBLOCK);
    return await readOpenTimeline(handle, file);
  } catch (error) {
    const hint = codeOf(error) === 'ENOENT' ? `; give the directory of a drill, or its ${TIMELINE_NAME}` : '';
    return { refusal: `The timeline cannot be read: ${fileTrouble(error, file)}${hint}.`, why: 'unreadable' };
  } finally {
    await handle?.close();
  }
}

/** Reads an opened timeline; `path` is only for messages. Rejects with what the file system says. */
export async function readOpenTimeline(handle: FileHandle, path: string): Promise<TimelineFile> {
  const status = await handle.stat();
  if (!status.isFile()) return { refusal: `The timeline cannot be read: ${path} is no ordinary file.`, why: 'unreadable' };
  if (status.size > MOST_BYTES) return { refusal: `The timeline cannot be read: ${path} has ${status.size} bytes, and ${MOST_BYTES} are the most.`, why: 'unreadable' };
  const bytes = await handle.readFile();
  const reading = readTimeline(bytes);
  if ('damage' in reading) {
    return { refusal: `${path}:${reading.damage.line}: The timeline cannot be trusted: ${reading.damage.problem}.`, why: 'damaged' };
  }
  const byteLength = reading.torn?.atByte ?? bytes.length;
  const timelineSha256 = createHash('sha256').update(bytes.subarray(0, byteLength)).digest('hex');
  return { path, ...reading, timelineSha256, byteLength };
}
