import type { Redirection } from 'unbash';
import { expandText, textOfParts } from './expansion.ts';
import { FileError, resolvePath } from './file-system.ts';
import type { Machine } from './machine.ts';
import type { Steps } from './process.ts';
import type { Shell } from './shell.ts';
import { type Input, type Io, type Output, Sink, WholeInput } from './streams.ts';

/** Runs a command with its streams as the redirections say; 1 where a file cannot be opened. */
export function* withRedirects(shell: Shell, redirects: readonly Redirection[], io: Io, run: (io: Io) => Steps): Steps {
  if (redirects.length === 0) return yield* run(io);
  const streams: Record<number, Input | Output> = { 0: io.stdin, 1: io.stdout, 2: io.stderr };
  for (const redirect of redirects) {
    const problem = yield* redirected(shell, redirect, streams, io);
    if (problem !== null) {
      io.stderr.write(`${shell.name}: ${problem}\n`);
      return 1;
    }
  }
  return yield* run({ stdin: streams[0] as Input, stdout: streams[1] as Output, stderr: streams[2] as Output });
}

function* redirected(shell: Shell, redirect: Redirection, streams: Record<number, Input | Output>, io: Io): Steps<string | null> {
  const from = redirect.descriptor?.type === 'FileDescriptor' ? redirect.descriptor.value : null;
  if (redirect.type === 'HereDoc') {
    const body = redirect.body.parts === undefined ? redirect.body.text : yield* textOfParts(shell, redirect.body.parts, io);
    streams[from ?? 0] = new WholeInput(redirect.operator === '<<-' ? body.replace(/^\t+/gm, '') : body);
    return null;
  }
  const target = yield* expandText(shell, redirect.target, io);
  if (redirect.type === 'HereString') {
    streams[from ?? 0] = new WholeInput(`${target}\n`);
    return null;
  }
  const { operator } = redirect;
  if ((operator === '>&' || operator === '<&') && /^\d+$|^-$/.test(target)) {
    const to = target === '-' ? new Sink(() => undefined) : streams[Number(target)];
    if (to === undefined) return `${target}: Bad file descriptor`;
    streams[from ?? (operator === '>&' ? 1 : 0)] = to;
    return null;
  }
  const path = resolvePath(shell.cwd, target);
  try {
    if (operator === '<' || operator === '<>') {
      streams[from ?? 0] = openInput(shell.machine, path, io);
      return null;
    }
    const output = openOutput(shell.machine, path, operator === '>>' || operator === '&>>', io);
    if (operator === '&>' || operator === '&>>' || operator === '>&') streams[1] = streams[2] = output;
    else streams[from ?? 1] = output;
    return null;
  } catch (error) {
    if (!(error instanceof FileError)) throw error;
    const create = operator !== '<' && shell.dialect !== 'bash' && error.message === 'No such file or directory';
    return shell.dialect === 'bash' ? `${target}: ${error.message}` : create ? `can't create ${target}: nonexistent directory` : `can't ${operator === '<' ? 'open' : 'create'} ${target}: ${operator === '<' ? 'no such file' : error.message}`;
  }
}

/** A file opened for reading. Throws {@link FileError}. */
export function openInput(machine: Machine, path: string, io: Io): Input {
  const node = machine.files.find(path);
  if (node?.type === 'device') {
    if (node.device === 'stdin' || node.device === 'tty') return io.stdin;
    if (node.device === 'zero' || node.device === 'random') return new Endless(node.device === 'zero' ? '\0' : '\u00a7\u0019\u00e3Q');
  }
  return new WholeInput(machine.files.read(path));
}

/** A file opened for writing. Throws {@link FileError}. */
function openOutput(machine: Machine, path: string, append: boolean, io: Io): Output {
  const node = machine.files.find(path);
  if (node?.type === 'device') {
    if (node.device === 'stdout' || node.device === 'tty') return io.stdout;
    if (node.device === 'stderr') return io.stderr;
    if (node.device !== 'full') return new Sink(() => undefined);
  }
  machine.files.write(path, '', { append });
  return new FileOutput(machine, path);
}

/** Appends to a file what is written; false, as for a pipe without a reader, where the disk is full. */
class FileOutput implements Output {
  readonly full = false;
  readonly #machine: Machine;
  readonly #path: string;

  constructor(machine: Machine, path: string) {
    this.#machine = machine;
    this.#path = path;
  }

  write(bytes: string): boolean {
    try {
      if (bytes !== '') this.#machine.files.write(this.#path, bytes, { append: true });
      return true;
    } catch (error) {
      if (error instanceof FileError) return false;
      throw error;
    }
  }

  wakes(): void {
    // It is never full.
  }

  close(): void {
    // Nothing is held.
  }
}

/** `/dev/zero` and `/dev/urandom`: as much as is asked for. */
class Endless implements Input {
  readonly #unit: string;

  constructor(unit: string) {
    this.#unit = unit;
  }

  take(): string {
    return this.#unit.repeat(4_096);
  }

  giveBack(): void {
    // There is enough.
  }

  wakes(): void {
    // It is always there.
  }

  close(): void {
    // Nothing is held.
  }
}
