import { FileError, type FileNode, resolvePath } from '../shell/file-system.ts';
import type { Call, Program } from '../shell/machine.ts';
import type { Steps } from '../shell/process.ts';
import { readAll, writeOut } from '../shell/streams.ts';
import { modeOf } from './file-commands.ts';

/** `tar` as `kubectl cp` and people call it: `cf - PATHS`, `xf -`, `tf -`, with `-C DIR`. The format is POSIX ustar. */
export const TAR_COMMANDS: Readonly<Record<string, Program>> = { tar };

function* tar(call: Call): Steps {
  const wish = read(call);
  if (wish.mode === 'c') {
    let archive = '';
    for (const path of wish.paths) {
      const node = call.machine.files.find(resolvePath(wish.folder, path));
      if (node === undefined) {
        call.io.stderr.write(`tar: ${path}: No such file or directory\n`);
        return 1;
      }
      archive += packed(path.replace(/^\/+/, '') || '.', node, Math.floor(call.machine.unixMs() / 1000));
    }
    archive += '\0'.repeat(1_024);
    archive = archive.padEnd(Math.ceil(archive.length / 10_240) * 10_240, '\0');
    if (wish.file === '-') yield* writeOut(call.task, call.io.stdout, archive);
    else call.machine.files.write(resolvePath(call.cwd, wish.file), archive);
    return 0;
  }
  try {
    const archive = wish.file === '-' ? yield* readAll(call.task, call.io.stdin) : call.machine.files.read(resolvePath(call.cwd, wish.file));
    return yield* unpack(call, wish, archive);
  } catch (error) {
    if (!(error instanceof FileError)) throw error;
    call.io.stderr.write(`tar: ${wish.file}: Cannot open: ${error.message}\n`);
    return 2;
  }
}

interface Wish {
  readonly mode: 'c' | 'x' | 't';
  readonly file: string;
  readonly folder: string;
  readonly paths: readonly string[];
  readonly shows: boolean;
  readonly strip: number;
}

function read({ args, cwd }: Call): Wish {
  let mode: Wish['mode'] = 't';
  let file = '-';
  let folder = cwd;
  let shows = false;
  let strip = 0;
  const paths: string[] = [];
  for (let nth = 0; nth < args.length; nth++) {
    const argument = args[nth] as string;
    const letters = argument.startsWith('--') ? '' : argument.startsWith('-') ? argument.slice(1) : nth === 0 ? argument : null;
    if (letters === null) paths.push(argument);
    else if (argument.startsWith('--strip-components=')) strip = Number(argument.split('=')[1]);
    for (const letter of letters ?? '') {
      if (letter === 'c' || letter === 'x' || letter === 't') mode = letter;
      if (letter === 'v') shows = true;
      if (letter === 'f') file = args[++nth] ?? '-';
      if (letter === 'C') folder = resolvePath(cwd, args[++nth] ?? '.');
    }
  }
  return { mode, file, folder, paths, shows, strip };
}

function packed(name: string, node: FileNode, atS: number): string {
  if (node.type === 'folder') return header(`${name}/`, node, 0, '5', atS) + [...node.entries].map(([child, inner]) => packed(`${name}/${child}`, inner, atS)).join('');
  if (node.type === 'link') return header(name, node, 0, '2', atS, node.target);
  if (node.type === 'device') return '';
  return header(name, node, node.bytes.length, '0', atS) + node.bytes.padEnd(Math.ceil(node.bytes.length / 512) * 512, '\0');
}

/** One header block. Source: IEEE 1003.1, pax, "ustar Interchange Format". */
function header(path: string, node: FileNode, size: number, type: '0' | '2' | '5', atS: number, target = ''): string {
  const cut = path.length > 100 ? path.lastIndexOf('/', path.length - (path.endsWith('/') ? 2 : 1)) : -1;
  const [prefix, name] = cut === -1 ? ['', path] : [path.slice(0, cut), path.slice(cut + 1)];
  const octal = (value: number, digits: number): string => `${value.toString(8).padStart(digits, '0')}\0`;
  const text = (value: string, length: number): string => value.slice(0, length).padEnd(length, '\0');
  const before = text(name, 100) + octal(modeOf(node), 7) + octal(0, 7) + octal(0, 7) + octal(size, 11) + octal(atS, 11);
  const after = type + text(target, 100) + 'ustar\u000000' + text('root', 32) + text('root', 32) + octal(0, 7) + octal(0, 7) + text(prefix, 155) + '\0'.repeat(12);
  let sum = 8 * 32;
  for (const part of [before, after]) for (let at = 0; at < part.length; at++) sum += part.charCodeAt(at);
  return `${before}${sum.toString(8).padStart(6, '0')}\0 ${after}`;
}

function* unpack(call: Call, wish: Wish, archive: string): Steps {
  const { files } = call.machine;
  let longName: string | null = null;
  for (let at = 0; at + 512 <= archive.length && archive.charCodeAt(at) !== 0; ) {
    const field = (from: number, length: number): string => archive.slice(at + from, at + from + length).split('\0')[0] ?? '';
    const size = Number.parseInt(field(124, 12).trim() || '0', 8);
    if (!Number.isFinite(size) || size < 0) {
      call.io.stderr.write('tar: invalid tar magic\n');
      return 1;
    }
    const prefix = field(257, 5) === 'ustar' ? field(345, 155) : '';
    const name: string = longName ?? (prefix === '' ? field(0, 100) : `${prefix}/${field(0, 100)}`);
    const type = field(156, 1);
    const bytes = archive.slice(at + 512, at + 512 + size);
    at += 512 + Math.ceil(size / 512) * 512;
    longName = null;
    if (type === 'L') longName = bytes.split('\0')[0] ?? '';
    else if (type === 'x' || type === 'g') longName = type === 'x' ? (/\d+ path=([^\n]*)\n/.exec(bytes)?.[1] ?? null) : null;
    else {
      if (wish.mode === 't' || wish.shows) yield* writeOut(call.task, call.io.stdout, `${name}\n`);
      // Names that lead out of the folder stay in it, as with the real one.
      const safe = resolvePath('/', name.split('/').slice(wish.strip).join('/'));
      if (wish.mode === 'x' && safe !== '/') extract(files, wish.folder, safe, { type, bytes, mode: Number.parseInt(field(100, 8).trim() || '644', 8) & 0o777, target: field(157, 100) });
    }
  }
  return 0;
}

function extract(files: Call['machine']['files'], folder: string, path: string, { type, bytes, mode, target }: { type: string; bytes: string; mode: number; target: string }): void {
  const absolute = resolvePath(folder, `.${path}`);
  const parts = absolute.split('/').slice(1, type === '5' ? undefined : -1);
  for (let nth = 1; nth <= parts.length; nth++) {
    const parent = `/${parts.slice(0, nth).join('/')}`;
    if (files.find(parent) === undefined) files.makeFolder(parent);
  }
  if (type === '5') return;
  if (type === '2') {
    if (files.findLink(absolute) !== undefined) files.remove(absolute);
    files.link(absolute, target);
  } else {
    files.write(absolute, bytes, { mode });
    const node = files.find(absolute);
    if (node?.type === 'file') node.mode = mode;
  }
}
