import { HARD_FILE_LIMIT } from '../shell/ulimit.ts';
import { type FileNode, folder, type Folder } from '../shell/file-system.ts';
import type { PodFlow } from '../traffic/graph.ts';
import { FILE_LIMIT } from '../traffic/wear.ts';

/** `/proc/1/fd`: what a program was started with, then sockets, as many as it has open when somebody looks. */
export function descriptorFolder(started: ReadonlyMap<string, FileNode>, flow: () => PodFlow | undefined): Folder {
  const { mode, uid, changedAtMs } = folder(0);
  return {
    type: 'folder', mode, uid, changedAtMs,
    get entries() {
      const open = new Map(started);
      const files = Math.min(FILE_LIMIT, Math.round(flow()?.wear.files ?? 0));
      for (let nth = open.size; nth < files; nth++) open.set(String(nth), { type: 'link', target: `socket:[${FIRST_INODE + nth * 7}]` });
      return open;
    },
  };
}

/** Inodes of sockets count up over the whole node. */
const FIRST_INODE = 48_213;

/** `/proc/1/limits`. Source of its columns: proc_pid_limits in https://github.com/torvalds/linux/blob/v6.1/fs/proc/base.c */
export function limitsFile(): string {
  const rows = [['Limit', 'Soft Limit', 'Hard Limit', 'Units'], ['Max cpu time', 'unlimited', 'unlimited', 'seconds'], ['Max core file size', 'unlimited', 'unlimited', 'bytes'], ['Max processes', 'unlimited', 'unlimited', 'processes'], ['Max open files', String(FILE_LIMIT), String(HARD_FILE_LIMIT), 'files'], ['Max locked memory', '8388608', '8388608', 'bytes']];
  return rows.map(([limit = '', soft = '', hard = '', units = '']) => `${limit.padEnd(25)} ${soft.padEnd(20)} ${hard.padEnd(20)} ${units.padEnd(10)}\n`).join('');
}
