import type { SimMs } from '../../time/sim-time.ts';

/** What stands at a path. Modes are the permission bits alone. */
export type FileNode = PlainFile | Folder | Link | Device;

export interface PlainFile {
  readonly type: 'file';
  mode: number;
  uid: number;
  changedAtMs: SimMs;
  /** Bytes; of a live file, as they are now. */
  bytes: string;
  /** How many there are, where they are too many to be kept. */
  sizeBytes?: number;
}

export interface Folder {
  readonly type: 'folder';
  mode: number;
  uid: number;
  changedAtMs: SimMs;
  readonly entries: Map<string, FileNode>;
}

interface Link {
  readonly type: 'link';
  readonly target: string;
}

interface Device {
  readonly type: 'device';
  readonly device: 'null' | 'zero' | 'full' | 'random' | 'tty' | 'stdin' | 'stdout' | 'stderr';
}

/** Why something could not be done, in the words of the C library. */
export class FileError extends Error {}

export interface Mount {
  readonly path: string;
  readonly folder: FileNode;
  readonly readOnly: boolean;
  readonly source: string;
  /** `ext4`, `tmpfs`, `overlay`. */
  readonly kind: string;
  /** Of what it is on, where that is its own. */
  readonly usage?: () => { readonly sizeBytes: number; readonly usedBytes: number };
}

export function fileSize({ bytes, sizeBytes }: PlainFile): number {
  return sizeBytes ?? bytes.length;
}

/** The files of one container: a tree with other trees mounted into it. Paths are absolute. */
export class FileSystem {
  readonly root: Folder;
  readonly mounts: Mount[] = [];
  /** Root itself may not be written to: `readOnlyRootFilesystem`. */
  readonly readOnlyRoot: boolean;
  readonly #nowMs: () => SimMs;
  #bytesLeft = DISK_BYTES;
  #filesLeft = MOST_FILES;

  constructor(root: Folder, readOnlyRoot: boolean, nowMs: () => SimMs) {
    this.root = root;
    this.readOnlyRoot = readOnlyRoot;
    this.#nowMs = nowMs;
  }

  mount(mount: Mount): void {
    const at = mount.path.lastIndexOf('/');
    const parent = this.#folders(mount.path.slice(0, at));
    parent.entries.set(mount.path.slice(at + 1), mount.folder);
    this.mounts.push(mount);
  }

  /** What stands at a path, links followed; undefined where nothing does. */
  find(path: string): FileNode | undefined {
    return this.#walk(path, true, 0);
  }

  /** As {@link find}, but a link at the end is told as it is. */
  findLink(path: string): FileNode | undefined {
    return this.#walk(path, false, 0);
  }

  /** Bytes of a file. Throws {@link FileError}. */
  read(path: string): string {
    const node = this.find(path);
    if (node === undefined) throw new FileError('No such file or directory');
    if (node.type === 'folder') throw new FileError('Is a directory');
    return node.type === 'file' ? node.bytes : '';
  }

  /** Writes or makes a file. Throws {@link FileError}. */
  write(path: string, bytes: string, { append = false, mode = 0o644 }: { append?: boolean; mode?: number } = {}): void {
    const node = this.find(path);
    if (node?.type === 'folder') throw new FileError('Is a directory');
    if (node?.type === 'device') {
      if (node.device === 'full') throw new FileError('No space left on device');
      return;
    }
    this.#mayWrite(path);
    const before = node?.type === 'file' ? node.bytes.length : 0;
    this.#bytesLeft -= bytes.length - (append ? 0 : before);
    if (this.#bytesLeft < 0) throw new FileError('No space left on device');
    if (node?.type === 'file') {
      node.bytes = append ? node.bytes + bytes : bytes;
      if (!append) delete node.sizeBytes;
      node.changedAtMs = this.#nowMs();
    } else this.#put(path, { type: 'file', mode, uid: 0, changedAtMs: this.#nowMs(), bytes });
  }

  /** Makes a folder. Throws {@link FileError}. */
  makeFolder(path: string): void {
    if (this.find(path) !== undefined) throw new FileError('File exists');
    this.#mayWrite(path);
    this.#put(path, folder(this.#nowMs()));
  }

  link(path: string, target: string): void {
    if (this.findLink(path) !== undefined) throw new FileError('File exists');
    this.#mayWrite(path);
    this.#put(path, { type: 'link', target });
  }

  /** Removes what stands there, with all that is in it. Throws {@link FileError}. */
  remove(path: string): void {
    const [parent, name] = this.#parentOf(path);
    if (parent === undefined || !parent.entries.has(name)) throw new FileError('No such file or directory');
    if (this.mounts.some((mount) => mount.path === path)) throw new FileError('Device or resource busy');
    this.#mayWrite(path);
    this.#filesLeft += filesIn(parent.entries.get(name));
    parent.entries.delete(name);
    parent.changedAtMs = this.#nowMs();
  }

  /** Throws {@link FileError}, and leaves everything where it is then. */
  move(from: string, to: string): void {
    const node = this.findLink(from);
    const [parent, name] = this.#parentOf(to);
    if (node === undefined || parent === undefined) throw new FileError('No such file or directory');
    if (holds(node, parent)) throw new FileError('Invalid argument');
    if (parent.entries.get(name) === node) return;
    this.#mayWrite(to);
    this.remove(from);
    this.#filesLeft -= filesIn(node);
    parent.entries.set(name, node);
  }

  /** Whether a change there is allowed; throws {@link FileError} where not. */
  #mayWrite(path: string): void {
    let readOnly = this.readOnlyRoot && !path.startsWith('/dev/') && !path.startsWith('/proc/');
    let longest = 0;
    for (const mount of this.mounts) {
      if ((path === mount.path || path.startsWith(`${mount.path}/`)) && mount.path.length > longest) {
        longest = mount.path.length;
        ({ readOnly } = mount);
      }
    }
    if (readOnly) throw new FileError('Read-only file system');
  }

  #put(path: string, node: FileNode): void {
    const [parent, name] = this.#parentOf(path);
    if (parent === undefined) throw new FileError('No such file or directory');
    if (this.#filesLeft <= 0) throw new FileError('No space left on device');
    this.#filesLeft--;
    parent.entries.set(name, node);
    parent.changedAtMs = this.#nowMs();
  }

  #parentOf(path: string): [Folder | undefined, string] {
    const at = path.lastIndexOf('/');
    const parent = this.find(path.slice(0, at) || '/');
    return [parent?.type === 'folder' ? parent : undefined, path.slice(at + 1)];
  }

  #folders(path: string): Folder {
    let at: Folder = this.root;
    for (const part of path.split('/')) {
      if (part === '') continue;
      let next = at.entries.get(part);
      if (next === undefined || next.type !== 'folder') {
        next = folder(this.#nowMs());
        at.entries.set(part, next);
      }
      at = next;
    }
    return at;
  }

  #walk(path: string, follow: boolean, depth: number): FileNode | undefined {
    let node: FileNode | undefined = this.root;
    const parts = path.split('/').filter((part) => part !== '');
    for (let nth = 0; nth < parts.length; nth++) {
      if (node?.type !== 'folder') return undefined;
      node = node.entries.get(parts[nth] as string);
      if (node?.type === 'link' && (follow || nth < parts.length - 1)) {
        if (depth > 16) return undefined;
        node = this.#walk(resolvePath(`/${parts.slice(0, nth).join('/')}`, node.target), true, depth + 1);
      }
    }
    return node;
  }
}

/** More than this a container cannot write. */
const DISK_BYTES = 67_108_864;
/** Nor more files and folders than this, as a disk has only so many inodes. */
const MOST_FILES = 20_000;

/** What stands there, and all in it. */
function filesIn(node: FileNode | undefined): number {
  let count = 0;
  for (const open = node === undefined ? [] : [node]; open.length > 0; count++) {
    const next = open.pop();
    if (next?.type === 'folder') open.push(...next.entries.values());
  }
  return count;
}

/** Whether a folder is another, or is somewhere in it. */
function holds(node: FileNode, wanted: Folder): boolean {
  for (const open = [node]; open.length > 0;) {
    const next = open.pop();
    if (next === wanted) return true;
    if (next?.type === 'folder') open.push(...next.entries.values());
  }
  return false;
}

export function folder(changedAtMs: SimMs, entries: readonly (readonly [string, FileNode])[] = [], mode = 0o755): Folder {
  return { type: 'folder', mode, uid: 0, changedAtMs, entries: new Map(entries) };
}

export function plainFile(bytes: string, changedAtMs: SimMs, mode = 0o644): PlainFile {
  return { type: 'file', mode, uid: 0, changedAtMs, bytes };
}

/** An absolute path without `.`, `..` and doubled slashes. */
export function resolvePath(cwd: string, path: string): string {
  const parts: string[] = [];
  for (const part of (path.startsWith('/') ? path : `${cwd}/${path}`).split('/')) {
    if (part === '..') parts.pop();
    else if (part !== '' && part !== '.') parts.push(part);
  }
  return `/${parts.join('/')}`;
}
