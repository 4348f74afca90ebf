import { bytesOfText, Pipe, Sink, textOfBytes, bufferOf, WholeInput, type Io } from '../shell/streams.ts';
import { resolvePath } from '../shell/file-system.ts';
import { findCommand } from '../shell/machine.ts';
import type { Process } from '../shell/process.ts';
import { Leave } from '../shell/leave.ts';
import { Shell } from '../shell/shell.ts';
import type { ProcessOptions, ProcessReceiver, RunningProcess, Started } from '../processes.ts';
import type { Container } from './container.ts';
import { callOf } from './entry-point.ts';
import { Terminal } from './terminal.ts';

/** Starts a command in a running container. */
export function execIn(container: Container, command: readonly string[], options: ProcessOptions, receiver: ProcessReceiver): Started {
  const words = command.map(bytesOfText);
  const [name = ''] = words;
  const found = findCommand(container, name, resolvePath(container.workingDir, name));
  if ('missing' in found) {
    const why = found.missing === 126 ? `exec: "${name}": permission denied` : name.includes('/') ? `exec: "${name}": stat ${name}: no such file or directory` : `exec: "${name}": executable file not found in $PATH`;
    return { ok: false, code: 500, message: `error executing command in container: failed to exec in container: failed to start exec "${container.execId()}": OCI runtime exec failed: exec failed: unable to start container process: ${why}: unknown` };
  }
  const out = (bytes: string): void => receiver.stdout(bufferOf(bytes));
  const terminal = options.tty ? new Terminal(out) : null;
  const pipe = terminal?.input ?? new Pipe();
  const stdin = options.stdin ? pipe : new WholeInput('');
  const output = terminal?.output ?? new Sink(out);
  const io: Io = { stdin, stdout: output, stderr: terminal === null ? new Sink((bytes) => receiver.stderr(bufferOf(bytes))) : output };
  const env = terminal === null ? container.environment : new Map([...container.environment, ['TERM', 'xterm']]);
  const task = container.table.start(command, 0, (own) => {
    if ('program' in found) return found.program(callOf(container, own, words, io, env));
    const shell = new Shell(container, own, env, container.workingDir);
    shell.name = name;
    shell.positional = words.slice(1);
    return shell.main(found.script, io);
  }, (code) => receiver.exited(code));
  return { ok: true, process: handleOf(task, pipe, terminal, true) };
}

/** Joins the container's own process. */
export function attachTo(container: Container, options: ProcessOptions, receiver: ProcessReceiver): Started {
  const { main } = container;
  if (main === undefined) return { ok: false, code: 400, message: `cannot attach to container "${container.spec.name}": not running` };
  const stop = container.log.follow((stream, bytes) => {
    const sent = bufferOf(container.spec.tty === true ? bytes.replace(/\r?\n/g, '\r\n') : bytes);
    if (stream === 'out' || container.spec.tty === true) receiver.stdout(sent);
    else receiver.stderr(sent);
  });
  container.whenEnded((code) => {
    stop();
    receiver.exited(code);
  });
  const { terminal, pipe } = container;
  return { ok: true, process: handleOf(main, options.stdin ? pipe : new Pipe(), options.stdin ? terminal : null, false, stop) };
}

function handleOf(task: Process, pipe: Pipe, terminal: Terminal | null, own: boolean, stop: () => void = () => undefined): RunningProcess {
  return {
    stdin: (bytes) => {
      if (task.code !== null) return;
      const text = textOfBytes(bytes);
      if (terminal === null) pipe.write(text);
      else terminal.type(text, task, interrupt);
    },
    endStdin: () => pipe.close(),
    resize: (columns, rows) => terminal?.resize(columns, rows),
    hangUp: () => {
      stop();
      if (!own) return;
      pipe.close();
      task.signal(task.handlers.has('HUP') ? 'HUP' : 'KILL');
    },
  };
}

function interrupt(task: Process): void {
  if (task.interruptible) task.interrupt(new Leave('interrupt', 1, 130));
  else task.signal('INT');
}
