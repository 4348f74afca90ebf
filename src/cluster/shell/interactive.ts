import { parse } from 'unbash';
import { Exit, type Steps } from './process.ts';
import { Leave } from './leave.ts';
import type { Shell } from './shell.ts';
import { type Io, readLine } from './streams.ts';

/** A shell that reads its commands from its input, line by line, with a prompt where that is a terminal. */
export function* interactive(shell: Shell, io: Io, terminal: boolean): Steps {
  shell.stderr = io.stderr;
  shell.task.interruptible = terminal;
  try {
    yield* commands(shell, io, terminal);
  } catch (error) {
    if (!(error instanceof Exit)) throw error;
    shell.status = error.code;
  }
  return yield* shell.atExit(io);
}

function* commands(shell: Shell, io: Io, terminal: boolean): Steps<void> {
  let unfinished = '';
  for (;;) {
    if (terminal) io.stderr.write(unfinished === '' ? promptOf(shell) : '> ');
    try {
      const line = yield* readLine(shell.task, io.stdin);
      if (line === null) return;
      const source = unfinished + line;
      // What only lacks its end is gone on with in the next line.
      const open = parse(source).errors?.some(({ message }) => /^(?:unterminated|unclosed|expected '(?:fi|done|then|do|esac|}|\)))/.test(message)) === true;
      if (open && source.length < 65_536) unfinished = source;
      else {
        unfinished = '';
        yield* shell.run(source, io);
      }
    } catch (error) {
      if (error instanceof Leave) {
        unfinished = '';
        if (error.what === 'interrupt') {
          shell.status = 130;
          io.stderr.write('^C\n');
        }
      } else throw error;
    }
  }
}

function promptOf(shell: Shell): string {
  const mark = shell.machine.uid === 0 ? '#' : '$';
  if (shell.dialect === 'dash') return `${mark} `;
  if (shell.dialect === 'bash') return `${shell.machine.uid === 0 ? 'root' : 'app'}@${shell.get('HOSTNAME') ?? ''}:${shell.cwd}${mark} `;
  return `${shell.cwd === shell.get('HOME') ? '~' : shell.cwd} ${mark} `;
}
