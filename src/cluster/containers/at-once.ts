import { Agenda } from '../../time/agenda.ts';
import type { AgendaEntry } from '../agenda-entry.ts';
import { resolvePath } from '../shell/file-system.ts';
import { findCommand, type Machine } from '../shell/machine.ts';
import { ProcessTable } from '../shell/process.ts';
import { Shell } from '../shell/shell.ts';
import { bytesOfText, type Io, Sink, WholeInput } from '../shell/streams.ts';
import type { Container } from './container.ts';
import { callOf } from './entry-point.ts';

/** What a command came to. Output is bytes as a text. */
export interface Ran {
  readonly out: string;
  readonly error: string;
  /** Its exit code; null where it was not started, or was still running after {@link MOST_MS}. */
  readonly code: number | null;
  /** Why it was not started; null where it was. */
  readonly refusal: string | null;
}

/** A command that lasts longer is ended: who asks so does not wait. */
const MOST_MS = 900_000;

/**
 * Runs a command in a container to its end while the world stands still, for prompts that answer at once. What it waits for
 * passes on a clock of its own; what it changes is changed.
 */
export function runAtOnce(container: Container, command: readonly string[]): Ran {
  const words = command.map(bytesOfText);
  const [name = ''] = words;
  const found = findCommand(container, name, resolvePath(container.workingDir, name));
  if ('missing' in found) return { out: '', error: '', code: null, refusal: `OCI runtime exec failed: exec failed: unable to start container process: exec: "${name}": ${found.missing === 126 ? 'permission denied' : name.includes('/') ? `stat ${name}: no such file or directory` : 'executable file not found in $PATH'}: unknown` };
  const agenda = new Agenda<AgendaEntry>(container.surroundings.agenda.nowMs);
  const machine = onOtherClock(container, new ProcessTable(agenda));
  let out = '';
  let error = '';
  const ended: { code: number | null } = { code: null };
  const io: Io = { stdin: new WholeInput(''), stdout: new Sink((bytes) => (out += bytes)), stderr: new Sink((bytes) => (error += bytes)) };
  machine.table.start(words, 0, (own) => {
    if ('program' in found) return found.program(callOf(container, own, words, io, container.environment, machine));
    const shell = new Shell(machine, own, container.environment, container.workingDir);
    shell.name = name;
    shell.positional = words.slice(1);
    return shell.main(found.script, io);
  }, (status) => (ended.code = status));
  const untilMs = agenda.nowMs + MOST_MS;
  for (let entry = agenda.take(untilMs); entry !== null && ended.code === null; entry = agenda.take(untilMs)) entry.due(agenda.nowMs);
  machine.table.clear();
  return { out, error, code: ended.code, refusal: null };
}

/** The same machine with other processes. */
function onOtherClock(container: Container, table: ProcessTable): Machine {
  return new Proxy<Machine>(container, {
    get: (_, name) => {
      if (name === 'table') return table;
      if (name === 'outer') return (root: string | null) => beside(container.outer(root), table);
      const value: unknown = Reflect.get(container, name, container);
      return typeof value === 'function' ? (value.bind(container) as unknown) : value;
    },
  });
}

/** A node on the other clock: what is started there now runs on that, and what runs there can be seen and ended. */
function beside(host: Machine | null, own: ProcessTable): Machine | null {
  if (host === null) return null;
  const table = new Proxy(own, {
    get: (_, name) => {
      if (name === 'all') return new Map([...host.table.all, ...own.all]);
      const value: unknown = Reflect.get(own, name, own);
      return typeof value === 'function' ? (value.bind(own) as unknown) : value;
    },
  });
  return new Proxy<Machine>(host, {
    get: (_, name) => {
      if (name === 'table') return table;
      const value: unknown = Reflect.get(host, name, host);
      return typeof value === 'function' ? (value.bind(host) as unknown) : value;
    },
  });
}
