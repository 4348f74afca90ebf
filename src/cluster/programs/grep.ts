import { FileError, type FileNode, resolvePath } from '../shell/file-system.ts';
import type { Call } from '../shell/machine.ts';
import type { Steps } from '../shell/process.ts';
import { type Input, readLine, WholeInput, writeOut } from '../shell/streams.ts';
import { optionsOf } from './command.ts';

/** `grep`, with basic and extended expressions; 0 where a line matched, 1 where none did, 2 where something was wrong. */
export function* grep(call: Call): Steps {
  const { flags, values, rest } = optionsOf(call.args, 'eABCm');
  const pattern = values.get('e') ?? rest.shift();
  if (pattern === undefined) {
    call.io.stderr.write('Usage: grep [OPTION]... PATTERNS [FILE]...\n');
    return 2;
  }
  const expression = expressionOf(pattern, flags.has('F') || call.name === 'fgrep' ? 'fixed' : flags.has('E') || flags.has('P') || call.name === 'egrep' ? 'extended' : 'basic', flags);
  if (expression === null) {
    call.io.stderr.write(`grep: bad regex '${pattern}'\n`);
    return 2;
  }
  const files: [string, string | null][] = [];
  let code = 1;
  for (const path of rest.length === 0 ? (flags.has('r') ? ['.'] : []) : rest) {
    const node = call.machine.files.find(resolvePath(call.cwd, path));
    if (node === undefined) {
      if (!flags.has('s')) call.io.stderr.write(`grep: ${path}: No such file or directory\n`);
      code = 2;
    } else collect(path, node, flags.has('r') || flags.has('R'), files);
  }
  const named = (files.length > 1 || flags.has('r') || flags.has('H')) && !flags.has('h');
  const inputs: [string, Input][] = rest.length === 0 && !flags.has('r') ? [['(standard input)', call.io.stdin]] : files.map(([path, bytes]) => [path, new WholeInput(bytes ?? '')]);
  for (const [path, input] of inputs) {
    const matched = yield* search(call, input, named ? `${path}:` : '', path, expression, flags, Number(values.get('m') ?? Infinity));
    if (matched && code === 1) code = 0;
    if (matched && flags.has('q')) return 0;
  }
  return code;
}

function* search(call: Call, input: Input, head: string, path: string, expression: RegExp, flags: ReadonlySet<string>, most: number): Steps<boolean> {
  let count = 0;
  for (let nth = 1; count < most; nth++) {
    const raw = yield* readLine(call.task, input);
    if (raw === null) break;
    const line = raw.replace(/\n$/, '');
    expression.lastIndex = 0;
    if (expression.test(line.slice(0, LONGEST_LINE)) === flags.has('v')) continue;
    count++;
    if (flags.has('q')) return true;
    if (flags.has('l')) break;
    if (flags.has('c')) continue;
    const at = flags.has('n') ? `${nth}:` : '';
    const shown = flags.has('o') ? [...line.matchAll(new RegExp(expression.source, `${expression.flags}g`))].map(([found]) => found) : [line];
    if (!(yield* writeOut(call.task, call.io.stdout, shown.map((text) => `${head}${at}${text}\n`).join('')))) return count > 0;
  }
  if (flags.has('l') && count > 0) yield* writeOut(call.task, call.io.stdout, `${path}\n`);
  else if (flags.has('c')) yield* writeOut(call.task, call.io.stdout, `${head}${count}\n`);
  return count > 0;
}

const LONGEST_LINE = 8_192;

function collect(path: string, node: FileNode, deep: boolean, files: [string, string | null][]): void {
  if (node.type === 'file') files.push([path, node.bytes]);
  else if (node.type === 'folder' && deep && files.length < 5_000) for (const [name, inner] of node.entries) collect(`${path.replace(/\/$/, '')}/${name}`, inner, deep, files);
  else if (node.type === 'folder') return;
  if (files.length > 10_000) throw new FileError('Argument list too long');
}

/** A POSIX expression as one of ours; null where it is none. Those that could take forever are refused. */
export function expressionOf(pattern: string, kind: 'basic' | 'extended' | 'fixed', flags: ReadonlySet<string>): RegExp | null {
  let source = kind === 'fixed' ? pattern.split('\n').map((line) => line.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&')).join('|') : kind === 'basic' ? fromBasic(pattern) : pattern;
  source = source.replace(/\[\[:(\w+):\]\]/g, (_, name: string) => ({ digit: '\\d', space: '\\s', alpha: '[A-Za-z]', alnum: '[A-Za-z0-9]', upper: '[A-Z]', lower: '[a-z]' })[name] ?? '.');
  if (source.length > 512 || /\([^)]*[*+][^)]*\)[*+{]/.test(source)) return null;
  if (flags.has('w')) source = `\\b(?:${source})\\b`;
  if (flags.has('x')) source = `^(?:${source})$`;
  try {
    return new RegExp(source, flags.has('i') || flags.has('y') ? 'i' : '');
  } catch {
    return null;
  }
}

/** In a basic expression `\(`, `\|`, `\+` and the like are the operators, and bare ones mean themselves. */
function fromBasic(pattern: string): string {
  return pattern.replace(/\\([(){}|+?])|[(){}|+?]/g, (whole, operator?: string) => operator ?? `\\${whole}`);
}
