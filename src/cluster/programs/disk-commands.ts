import { type FileNode, fileSize, type Mount, resolvePath } from '../shell/file-system.ts';
import type { Call, Program } from '../shell/machine.ts';
import { atOnce, optionsOf } from './command.ts';

/** What takes room, and how much is left. */
export const DISK_COMMANDS: Readonly<Record<string, Program>> = {
  du: atOnce((call) => {
    const { flags, rest, values } = optionsOf(call.args, 'd');
    const depth = flags.has('s') ? 0 : Number(values.get('d') ?? Infinity);
    const found: string[] = [];
    const wrong: string[] = [];
    for (const path of rest.length === 0 ? ['.'] : rest) {
      const node = call.machine.files.find(resolvePath(call.cwd, path));
      if (node === undefined) wrong.push(`${path}: No such file or directory`);
      else found.push(...entries(node, path, depth, flags.has('a')).map(({ of, kib }) => `${flags.has('h') ? inUnits(kib) : flags.has('m') ? Math.ceil(kib / 1024) : kib}\t${of}\n`));
    }
    return { out: found.join(''), error: wrong.join('\n') };
  }),
  df: atOnce((call) => {
    const { flags } = optionsOf(call.args);
    const human = flags.has('h');
    const all = devices(call);
    const asked = optionsOf(call.args).rest.map((path) => resolvePath(call.cwd, path));
    const shown = asked.length === 0 ? all : asked.flatMap((path) => all.filter((one) => one.path === '/' || path === one.path || path.startsWith(`${one.path}/`)).toSorted((one, other) => other.path.length - one.path.length).slice(0, 1));
    if (flags.has('i')) return `Filesystem              Inodes      Used Available Use% Mounted on\n${shown.map(inodeLine).join('')}`;
    const line = ({ source, path, kib, used }: Device): string => {
      const free = Math.max(0, kib - used);
      return `${source.padEnd(20)} ${(human ? inUnits(kib) : String(kib)).padStart(9)} ${(human ? inUnits(used) : String(used)).padStart(9)} ${(human ? inUnits(free) : String(free)).padStart(9)} ${String(Math.min(100, Math.ceil((used * 100) / kib))).padStart(3)}% ${path}\n`;
    };
    return `Filesystem           ${human ? '    Size' : '1K-blocks'}      Used Available Use% Mounted on\n${shown.map(line).join('')}`;
  }),
};

/** A filesystem has one inode for each 16 KiB; files are of some 70 KiB. */
function inodeLine({ source, path, kib, used }: Device): string {
  const all = Math.floor(kib / 16);
  const taken = Math.min(all, Math.ceil(used / 70));
  return `${source.padEnd(20)} ${String(all).padStart(9)} ${String(taken).padStart(9)} ${String(all - taken).padStart(9)} ${String(Math.ceil((taken * 100) / all)).padStart(3)}% ${path}\n`;
}

interface Device {
  readonly source: string;
  readonly path: string;
  readonly kib: number;
  readonly used: number;
}

function devices({ machine }: Call): Device[] {
  const { mounts } = machine.files;
  const shm = mounts.some(({ path }) => path === '/dev/shm') ? [] : [{ source: 'shm', path: '/dev/shm', kib: 65_536, used: 12 }];
  return [{ source: 'overlay', path: '/', kib: NODE_DISK_KIB, used: NODE_DISK_USED_KIB }, { source: 'tmpfs', path: '/dev', kib: 65_536, used: 1 }, ...shm, ...mounts.map(deviceOf)];
}

function deviceOf({ source, path, kind, usage }: Mount): Device {
  if (usage !== undefined) {
    const { sizeBytes, usedBytes } = usage();
    return { source, path, kib: Math.round(sizeBytes / 1024), used: Math.round(usedBytes / 1024) };
  }
  return kind === 'tmpfs' ? { source: 'tmpfs', path, kib: 16_388_092, used: 12 } : { source, path, kib: NODE_DISK_KIB, used: NODE_DISK_USED_KIB };
}

const NODE_DISK_KIB = 98_831_908;
const NODE_DISK_USED_KIB = 31_250_212;

/** A file or folder with what is in it, the innermost first, as deep as is asked. */
function entries(node: FileNode, path: string, depth: number, files: boolean): { readonly of: string; readonly kib: number }[] {
  if (node.type !== 'folder') return [{ of: path, kib: kibOf(node) }];
  const inner = [...node.entries].flatMap(([name, entry]) => {
    const shown = entries(entry, `${path.replace(/\/$/, '')}/${name}`, depth - 1, files);
    return entry.type === 'folder' || files ? shown : [];
  });
  return [...(depth > 0 ? inner : []), { of: path, kib: kibOf(node) }];
}

function kibOf(node: FileNode): number {
  if (node.type === 'folder') return [...node.entries.values()].reduce((sum, entry) => sum + kibOf(entry), 4);
  return node.type === 'file' ? Math.ceil(fileSize(node) / 4096) * 4 : 0;
}

function inUnits(kib: number): string {
  let size = kib;
  for (const unit of ['K', 'M', 'G']) {
    if (size < 1024) return `${size < 10 && unit !== 'K' ? size.toFixed(1) : Math.ceil(size)}${unit}`;
    size /= 1024;
  }
  return `${size < 10 ? size.toFixed(1) : Math.ceil(size)}T`;
}
