import { compareTexts } from '../../time/text-order.ts';
import { FileError, type FileNode, fileSize, resolvePath } from '../shell/file-system.ts';
import { fits } from '../shell/glob.ts';
import type { Call, Program } from '../shell/machine.ts';
import { readSome, writeOut } from '../shell/streams.ts';
import { atOnce, eachInput, optionsOf, tried } from './command.ts';

/** Commands on files and folders. */
export const FILE_COMMANDS: Readonly<Record<string, Program>> = {
  cat: (call) => eachInput(call, optionsOf(call.args).rest, function* (input) {
    for (let bytes = yield* readSome(call.task, input); bytes !== null; bytes = yield* readSome(call.task, input)) {
      if (!(yield* writeOut(call.task, call.io.stdout, bytes))) return;
    }
  }),
  ls: atOnce(list),
  touch: onEach((call, path) => {
    const node = call.machine.files.find(path);
    if (node === undefined) call.machine.files.write(path, '');
    else if (node.type === 'file' || node.type === 'folder') node.changedAtMs = call.task.nowMs;
  }),
  mkdir: onEach((call, path) => {
    if (!call.args.some((argument) => /^-\w*p|^--parents/.test(argument))) return call.machine.files.makeFolder(path);
    const parts = path.split('/').slice(1);
    for (let nth = 1; nth <= parts.length; nth++) {
      const part = `/${parts.slice(0, nth).join('/')}`;
      const node = call.machine.files.find(part);
      if (node === undefined) call.machine.files.makeFolder(part);
      else if (node.type !== 'folder') throw new FileError('File exists');
    }
  }, "can't create directory '%': "),
  rmdir: onEach((call, path) => {
    const node = call.machine.files.find(path);
    if (node?.type === 'folder' && node.entries.size > 0) throw new FileError('Directory not empty');
    call.machine.files.remove(path);
  }),
  rm: onEach((call, path) => {
    const { flags } = optionsOf(call.args);
    const node = call.machine.files.findLink(path);
    if (node === undefined && flags.has('f')) return;
    if (node?.type === 'folder' && !flags.has('r') && !flags.has('R')) throw new FileError('Is a directory');
    if (node?.type === 'folder') for (const mount of call.machine.files.mounts) if (mount.path.startsWith(`${path}/`) || mount.path === path) throw new FileError('Device or resource busy');
    call.machine.files.remove(path);
  }, "can't remove '%': "),
  cp: atOnce((call) => copy(call, false)),
  mv: atOnce((call) => copy(call, true)),
  ln: atOnce((call) => {
    const { rest, flags } = optionsOf(call.args);
    const path = resolvePath(call.cwd, rest[1] ?? (rest[0] ?? '').replace(/.*\//, ''));
    const error = tried(rest[1] ?? '', () => {
      if (flags.has('f') && call.machine.files.findLink(path) !== undefined) call.machine.files.remove(path);
      call.machine.files.link(path, rest[0] ?? '');
    });
    return error === null ? '' : { error };
  }),
  chmod: atOnce((call) => {
    const [mode = '', ...paths] = optionsOf(call.args).rest;
    for (const path of paths) {
      const node = call.machine.files.find(resolvePath(call.cwd, path));
      if (node === undefined) return { error: `${path}: No such file or directory` };
      if (node.type !== 'file' && node.type !== 'folder') continue;
      if (/^[0-7]{3,4}$/.test(mode)) node.mode = Number.parseInt(mode, 8) & 0o777;
      else if (/^[ugoa]*\+[rwx]+$/.test(mode)) node.mode |= (mode.includes('x') ? 0o111 : 0) | (mode.includes('w') ? 0o200 : 0) | (mode.includes('r') ? 0o444 : 0);
    }
    return '';
  }),
  chown: atOnce(() => ''),
  chgrp: atOnce(() => ''),
  sync: atOnce(() => ''),
  readlink: atOnce((call) => {
    const { rest } = optionsOf(call.args);
    const node = call.machine.files.findLink(resolvePath(call.cwd, rest[0] ?? ''));
    return node?.type === 'link' ? `${node.target}\n` : call.args[0] === '-f' ? `${resolvePath(call.cwd, rest[0] ?? '')}\n` : { code: 1 };
  }),
  realpath: atOnce((call) => `${resolvePath(call.cwd, optionsOf(call.args).rest[0] ?? '')}\n`),
  basename: atOnce(({ args: [path = '', suffix = ''] }) => `${path.replace(/\/+$/, '').replace(/.*\//, '').replace(suffix === '' ? /$^/ : new RegExp(`${suffix.replace(/\W/g, '\\$&')}$`), '')}\n`),
  dirname: atOnce(({ args: [path = ''] }) => `${path.includes('/') ? path.replace(/\/+[^/]*$/, '') || '/' : '.'}\n`),
  stat: atOnce((call) => {
    const { values, rest } = optionsOf(call.args, 'c');
    const node = call.machine.files.find(resolvePath(call.cwd, rest[0] ?? ''));
    if (node === undefined) return { error: `can't stat '${rest[0] ?? ''}': No such file or directory` };
    const size = sizeOf(node);
    const format = values.get('c');
    if (format !== undefined) return `${format.replaceAll('%a', modeOf(node).toString(8)).replaceAll('%s', String(size)).replaceAll('%n', rest[0] ?? '').replaceAll('%U', 'root').replaceAll('%G', 'root').replaceAll('%u', '0').replaceAll('%g', '0').replaceAll('%A', permissions(node)).replaceAll('%F', node.type === 'folder' ? 'directory' : 'regular file')}\n`;
    return `  File: ${rest[0] ?? ''}\n  Size: ${size}\tBlocks: ${Math.ceil(size / 512)}\tIO Block: 4096   ${node.type === 'folder' ? 'directory' : 'regular file'}\nAccess: (0${modeOf(node).toString(8)}/${permissions(node)})  Uid: (    0/    root)   Gid: (    0/    root)\n`;
  }),
  find: atOnce(find),
  mount: atOnce(({ machine }) => `overlay on / type overlay (rw,relatime)\nproc on /proc type proc (rw,nosuid,nodev,noexec,relatime)\n${machine.files.mounts.map(({ path, readOnly, source, kind }) => `${source} on ${path} type ${kind} (${readOnly ? 'ro' : 'rw'},relatime)\n`).join('')}`),
};

function onEach(change: (call: Call, path: string) => void, words = '%: '): Program {
  return atOnce((call) => {
    const { rest } = optionsOf(call.args, call.name === 'mkdir' ? 'm' : '');
    if (rest.length === 0) return optionsOf(call.args).flags.has('f') ? '' : { error: 'missing operand' };
    const errors: string[] = [];
    for (const path of rest) {
      const absolute = resolvePath(call.cwd, path);
      const wrong = tried(path, () => change(call, absolute));
      if (wrong !== null) errors.push(words.replace('%', path) + wrong.slice(path.length + 2));
    }
    return { error: errors.join(`\n${call.name}: `) };
  });
}

function list(call: Call): { out: string; error: string } {
  const { flags, rest } = optionsOf(call.args);
  const errors: string[] = [];
  const blocks: string[] = [];
  const paths = rest.length === 0 ? ['.'] : rest;
  for (const path of paths) {
    const absolute = resolvePath(call.cwd, path);
    const node = flags.has('l') && !path.endsWith('/') ? call.machine.files.findLink(absolute) : call.machine.files.find(absolute);
    if (node === undefined) errors.push(`${call.machine.shell === 'busybox' ? path : `cannot access '${path}'`}: No such file or directory`);
    else if (node.type !== 'folder' || flags.has('d')) blocks.push(row(call, path, node, flags));
    else blocks.push((paths.length > 1 || flags.has('R') ? `${path}:\n` : '') + folderRows(call, node, flags));
  }
  return { out: blocks.join(paths.length > 1 ? '\n' : ''), error: errors.join(`\n${call.name}: `) };
}

function folderRows(call: Call, node: Extract<FileNode, { type: 'folder' }>, flags: ReadonlySet<string>): string {
  const names = [...node.entries.keys()].filter((name) => flags.has('a') || flags.has('A') || !name.startsWith('.')).sort(compareTexts);
  const dots = flags.has('a') ? ['.', '..'] : [];
  const total = flags.has('l') ? `total ${names.length * 4}\n` : '';
  return total + [...dots, ...names].map((name) => row(call, name, name === '.' || name === '..' ? node : (node.entries.get(name) as FileNode), flags)).join('');
}

function row(call: Call, name: string, node: FileNode, flags: ReadonlySet<string>): string {
  if (!flags.has('l')) return `${name}\n`;
  const changedMs = call.machine.unixMs() - (call.task.nowMs - (node.type === 'file' || node.type === 'folder' ? node.changedAtMs : 0));
  const [, month, day, time] = dateParts(changedMs);
  return `${permissions(node)} ${String(node.type === 'folder' ? 2 : 1).padStart(4)} root     root     ${String(sizeOf(node)).padStart(9)} ${month ?? ''} ${day ?? ''} ${time ?? ''} ${name}${node.type === 'link' ? ` -> ${node.target}` : ''}\n`;
}

function dateParts(unixMs: number): readonly string[] {
  const [, day = '', month = '', , time = ''] = new Date(unixMs).toUTCString().split(' ');
  return ['', month, day.replace(/^0/, ' '), time.slice(0, 5)];
}

export function modeOf(node: FileNode): number {
  return node.type === 'file' || node.type === 'folder' ? node.mode : node.type === 'link' ? 0o777 : 0o666;
}

/** `-rw-r--r--`. */
export function permissions(node: FileNode): string {
  const mode = modeOf(node);
  let text = ({ file: '-', folder: 'd', link: 'l', device: 'c' } as const)[node.type];
  for (let bit = 8; bit >= 0; bit--) text += (mode & (1 << bit)) === 0 ? '-' : 'rwx'.charAt((8 - bit) % 3);
  return text;
}

function sizeOf(node: FileNode): number {
  if (node.type === 'file') return fileSize(node);
  return node.type === 'folder' ? 4096 : node.type === 'link' ? node.target.length : 0;
}

function copy(call: Call, move: boolean): string | { error: string } {
  const { rest } = optionsOf(call.args);
  const { files } = call.machine;
  const last = rest.at(-1) ?? '';
  if (rest.length < 2) return { error: 'missing file operand' };
  for (const from of rest.slice(0, -1)) {
    const source = resolvePath(call.cwd, from);
    const target = resolvePath(call.cwd, last);
    const to = files.find(target)?.type === 'folder' ? `${target}/${source.slice(source.lastIndexOf('/') + 1)}` : target;
    const error = tried(from, () => (move ? files.move(source, to) : copyTree(call, source, to)));
    if (error !== null) return { error: error.includes('No such file') ? `can't stat '${from}': No such file or directory` : error };
  }
  return '';
}

/** Copies a file, or a folder with all that was in it before: links as they are, so that a tree that leads back into itself has an end. */
function copyTree(call: Call, from: string, to: string): void {
  const { files } = call.machine;
  const top = files.find(from);
  if (top?.type === 'folder' && (to === from || to.startsWith(`${from}/`))) throw new FileError('Invalid argument');
  const found: (readonly [path: string, node: FileNode | undefined])[] = [[to, top]];
  for (const [path, node] of found) {
    if (node?.type === 'folder') for (const [name, inner] of node.entries) found.push([`${path}/${name}`, inner]);
  }
  for (const [path, node] of found) {
    if (node?.type === 'link') files.link(path, node.target);
    else if (node?.type !== 'folder') files.write(path, node === undefined ? files.read(from) : node.type === 'file' ? node.bytes : '', { mode: node === undefined ? 0o644 : modeOf(node) });
    else if (files.find(path) === undefined) files.makeFolder(path);
  }
}

function find(call: Call): { out: string; error?: string } {
  const starts: string[] = [];
  for (const argument of call.args) {
    if (argument.startsWith('-')) break;
    starts.push(argument);
  }
  const after = (name: string): string | undefined => (call.args.includes(name) ? call.args[call.args.indexOf(name) + 1] : undefined);
  const name = after('-name');
  const kind = after('-type');
  const depth = Number(after('-maxdepth') ?? 32);
  const lines: string[] = [];
  const walk = (path: string, node: FileNode, level: number): void => {
    const own = path.slice(path.lastIndexOf('/') + 1);
    const wanted = (name === undefined || fits(name, own)) && (kind === undefined || (kind === 'd') === (node.type === 'folder'));
    if (wanted) lines.push(path);
    if (node.type === 'folder' && level < depth && lines.length < 10_000) for (const [child, inner] of [...node.entries].sort(([one], [other]) => compareTexts(one, other))) walk(path === '/' ? `/${child}` : `${path}/${child}`, inner, level + 1);
  };
  for (const start of starts.length === 0 ? ['.'] : starts) {
    const node = call.machine.files.find(resolvePath(call.cwd, start));
    if (node === undefined) return { out: '', error: `${start}: No such file or directory` };
    walk(start, node, 0);
  }
  return { out: lines.map((line) => `${line}\n`).join('') };
}
