import { compareTexts } from '../../time/text-order.ts';
import { printf } from './printf.ts';
import { resolvePath } from './file-system.ts';
import { findCommand } from './machine.ts';
import { Exit, type Signal, SIGNALS, type Steps } from './process.ts';
import { Leave } from './leave.ts';
import type { Shell } from './shell.ts';
import { type Io, readLine } from './streams.ts';
import { test } from './test-expression.ts';
import { ulimitText } from './ulimit.ts';

/** A command that the shell does itself. */
type Builtin = (shell: Shell, args: readonly string[], io: Io) => Steps;

/** What changes or knows the shell itself; everything else is a program of the image. */
export const BUILTINS: Readonly<Record<string, Builtin>> = Object.assign(Object.create(null) as Record<string, Builtin>, {
  ':': at(() => 0),
  true: at(() => 0),
  false: at(() => 1),
  echo: at((_, args, io) => {
    io.stdout.write(echoed(args));
    return 0;
  }),
  printf: at((_, args, io) => {
    io.stdout.write(printf(args));
    return args.length === 0 ? 2 : 0;
  }),
  test: at((shell, args, io) => told(shell, 'test', test(shell, args), io)),
  '[': at((shell, args, io) => (args.at(-1) === ']' ? told(shell, '[', test(shell, args.slice(0, -1)), io) : told(shell, '[', 'missing ]', io))),
  cd: at((shell, args, io) => {
    const to = args[0] === '-' ? (shell.get('OLDPWD') ?? shell.cwd) : (args[0] ?? shell.get('HOME') ?? '/');
    const path = resolvePath(shell.cwd, to);
    const node = shell.machine.files.find(path);
    if (node?.type !== 'folder') {
      const why = node === undefined ? 'No such file or directory' : 'Not a directory';
      io.stderr.write(shell.dialect === 'dash' ? `${shell.name}: 1: cd: can't cd to ${to}\n` : shell.dialect === 'bash' ? `${shell.name}: line 1: cd: ${to}: ${why}\n` : `${shell.name}: cd: can't cd to ${to}: ${why}\n`);
      return shell.dialect === 'bash' ? 1 : 2;
    }
    shell.set('OLDPWD', shell.cwd);
    shell.cwd = path;
    shell.set('PWD', path);
    return 0;
  }),
  pwd: at((shell, _, io) => {
    io.stdout.write(`${shell.cwd}\n`);
    return 0;
  }),
  exit: at((shell, args) => {
    throw new Exit(args[0] === undefined ? shell.status : Number(args[0]) & 255);
  }),
  return: at((shell, args) => {
    throw new Leave('return', 1, args[0] === undefined ? shell.status : Number(args[0]) & 255);
  }),
  break: at((_, args) => {
    throw new Leave('break', Math.max(1, Number(args[0] ?? 1) || 1), 0);
  }),
  continue: at((_, args) => {
    throw new Leave('continue', Math.max(1, Number(args[0] ?? 1) || 1), 0);
  }),
  export: at((shell, args, io) => declared(shell, args, io, (name) => shell.exported.add(name))),
  readonly: at((shell, args, io) => declared(shell, args, io, (name) => shell.readOnly.add(name))),
  local: at((shell, args, io) => {
    for (const argument of args) {
      const name = argument.split('=')[0] as string;
      const frame = shell.locals.at(-1);
      if (frame !== undefined && !frame.has(name)) frame.set(name, shell.variables.get(name));
    }
    return declared(shell, args, io, () => undefined);
  }),
  declare: at((shell, args, io) => declared(shell, args.filter((argument) => !argument.startsWith('-')), io, () => undefined)),
  unset: at((shell, args) => {
    for (const name of args) {
      if (name.startsWith('-')) continue;
      shell.variables.delete(name);
      shell.functions.delete(name);
    }
    return 0;
  }),
  shift: at((shell, args) => {
    const by = Number(args[0] ?? 1);
    if (by > shell.positional.length) return 1;
    shell.positional = shell.positional.slice(by);
    return 0;
  }),
  set: at((shell, args, io) => options(shell, args, io)),
  trap: at((shell, args) => trap(shell, args)),
  eval: (shell, args, io) => shell.run(args.join(' '), io),
  exec: function* (shell, args, io) {
    const [name, ...rest] = args;
    if (name === undefined) return 0;
    shell.task.title = args;
    throw new Exit(yield* shell.external(name, rest, [], io));
  },
  command: function* (shell, args, io) {
    const [first, ...rest] = args;
    if (first === '-v' || first === '-V') return located(shell, rest, io, first === '-V');
    if (first === undefined) return 0;
    const builtin = BUILTINS[first];
    return builtin === undefined ? yield* shell.external(first, rest, [], io) : yield* builtin(shell, rest, io);
  },
  type: at((shell, args, io) => located(shell, args, io, true)),
  '.': source,
  source,
  read: function* (shell, args, io) {
    const names = args.filter((argument, nth) => !argument.startsWith('-') && args[nth - 1] !== '-p' && args[nth - 1] !== '-t');
    const line = yield* readLine(shell.task, io.stdin);
    let rest = (line ?? '').replace(/\n$/, '').trim();
    if (!args.includes('-r')) rest = rest.replace(/\\(.)/g, '$1');
    (names.length === 0 ? ['REPLY'] : names).forEach((name, nth, all) => {
      const [word = ''] = nth === all.length - 1 ? [rest] : rest.split(/[ \t]+/, 1);
      rest = rest.slice(word.length).trimStart();
      shell.set(name, word);
    });
    return line === null || !line.endsWith('\n') ? 1 : 0;
  },
  wait: function* (shell, args) {
    const wanted = args.length === 0 ? shell.jobs : shell.jobs.filter(({ pid }) => args.includes(String(pid)));
    for (const job of wanted) {
      while (job.code === null) {
        if (shell.hasPending) return 143;
        yield Infinity;
      }
    }
    return args.length === 0 ? 0 : (wanted.at(-1)?.code ?? 127);
  },
  jobs: at(() => 0),
  umask: at((_, args, io) => {
    if (args.length === 0) io.stdout.write('0022\n');
    return 0;
  }),
  ulimit: at((_, args, io) => {
    io.stdout.write(`${ulimitText(args)}\n`);
    return 0;
  }),
  hash: at(() => 0),
  alias: at(() => 0),
  kill: at((shell, args, io) => kill(shell, args, io)),
} satisfies Record<string, Builtin>);

/** A builtin that waits for nothing. */
function at(run: (shell: Shell, args: readonly string[], io: Io) => number): Builtin {
  // eslint-disable-next-line require-yield
  return function* (shell, args, io) {
    return run(shell, args, io);
  };
}

/** What `echo` writes, with `-n` and `-e`. */
function echoed(args: readonly string[]): string {
  let first = 0;
  let newline = true;
  let escapes = false;
  for (; /^-[neE]+$/.test(args[first] ?? ''); first++) {
    if ((args[first] as string).includes('n')) newline = false;
    if ((args[first] as string).includes('e')) escapes = true;
  }
  const text = args.slice(first).join(' ');
  return (escapes ? text.replace(/\\([nt\\re])/g, (_, letter: string) => ({ n: '\n', t: '\t', r: '\r', e: '\u001b' })[letter] ?? '\\') : text) + (newline ? '\n' : '');
}

function told(shell: Shell, name: string, outcome: boolean | string, io: Io): number {
  if (typeof outcome !== 'string') return outcome ? 0 : 1;
  io.stderr.write(`${shell.name}: ${name}: ${outcome}\n`);
  return 2;
}

function declared(shell: Shell, args: readonly string[], io: Io, mark: (name: string) => void): number {
  if (args.length === 0 || args[0] === '-p') {
    for (const name of [...shell.exported].sort(compareTexts)) io.stdout.write(`export ${name}='${shell.get(name) ?? ''}'\n`);
    return 0;
  }
  for (const argument of args) {
    const equals = argument.indexOf('=');
    const name = equals === -1 ? argument : argument.slice(0, equals);
    if (!/^[A-Za-z_]\w*$/.test(name)) return shell.fail(`${name}: bad variable name`, 2);
    if (equals !== -1) shell.set(name, argument.slice(equals + 1));
    mark(name);
  }
  return 0;
}

function options(shell: Shell, args: readonly string[], io: Io): number {
  if (args.length === 0) for (const [name, value] of [...shell.variables].sort(([one], [other]) => compareTexts(one, other))) io.stdout.write(`${name}='${value}'\n`);
  for (let nth = 0; nth < args.length; nth++) {
    const argument = args[nth] as string;
    if (argument === '--' || !/^[-+]/.test(argument)) {
      shell.positional = args.slice(argument === '--' ? nth + 1 : nth);
      return 0;
    }
    const letters = argument.slice(1) === 'o' ? [({ errexit: 'e', nounset: 'u', xtrace: 'x' } as Record<string, string>)[args[++nth] ?? ''] ?? args[nth] ?? ''] : argument.slice(1).split('').filter((letter) => letter !== 'o');
    if (argument.length > 2 && argument.endsWith('o')) letters.push(args[++nth] ?? '');
    for (const letter of letters) {
      if (argument.startsWith('-')) shell.options.add(letter);
      else shell.options.delete(letter);
    }
  }
  return 0;
}

function trap(shell: Shell, [command, ...names]: readonly string[]): number {
  if (command === undefined) return 0;
  for (const name of names) {
    const signal = name === '0' ? 'EXIT' : (signalOf(name) ?? 'EXIT');
    if (command === '-') {
      shell.traps.delete(signal);
      if (signal !== 'EXIT') shell.task.handlers.delete(signal);
    } else {
      shell.traps.set(signal, command);
      if (signal !== 'EXIT') shell.task.handlers.set(signal, () => shell.trapped(signal));
    }
  }
  return 0;
}

/** `TERM`, `SIGTERM` or `15`; null for none of them. */
export function signalOf(name: string): Signal | null {
  const bare = name.toUpperCase().replace(/^SIG/, '');
  if (Object.hasOwn(SIGNALS, bare)) return bare as Signal;
  return (Object.keys(SIGNALS) as Signal[]).find((signal) => String(SIGNALS[signal]) === bare) ?? null;
}

function kill(shell: Shell, args: readonly string[], io: Io): number {
  if (args[0] === '-l') {
    io.stdout.write(`${Object.keys(SIGNALS).join(' ')}\n`);
    return 0;
  }
  const given = args[0]?.startsWith('-') === true && !/^-\d+$/.test(args[0]) ? args[0].slice(1) : args[0]?.startsWith('-') === true && args.length > 1 ? args[0].slice(1) : null;
  const signal = given === null ? 'TERM' : given === 's' ? signalOf(args[1] ?? '') : given === '0' ? null : signalOf(given);
  let code = 0;
  for (const pid of args.slice(given === null ? 0 : given === 's' ? 2 : 1)) {
    const task = shell.machine.table.all.get(Number(pid));
    if (task !== undefined) {
      // Nobody kills the first process of a container from within, not even with KILL.
      if (signal !== null && !(signal === 'KILL' && task.pid === 1)) task.signal(signal);
      continue;
    }
    io.stderr.write(`${shell.name}: ${/^-?\d+$/.test(pid) ? `can't kill pid ${pid}: No such process` : `invalid number '${pid}'`}\n`);
    code = 1;
  }
  return code;
}

function located(shell: Shell, names: readonly string[], io: Io, long: boolean): number {
  let code = 0;
  for (const name of names) {
    const kind = shell.functions.has(name) ? 'function' : BUILTINS[name] === undefined ? null : 'shell builtin';
    if (kind !== null) io.stdout.write(long ? `${name} is a ${kind}\n` : `${name}\n`);
    else if ('missing' in findCommand(shell.machine, name, resolvePath(shell.cwd, name))) {
      if (long) io.stdout.write(`${name}: not found\n`);
      code = 127;
    } else io.stdout.write(long ? `${name} is ${name.includes('/') ? name : `/usr/bin/${name}`}\n` : `${name.includes('/') ? name : `/usr/bin/${name}`}\n`);
  }
  return code;
}

function* source(shell: Shell, [path = '']: readonly string[], io: Io): Steps {
  const node = shell.machine.files.find(resolvePath(shell.cwd, path));
  if (node?.type !== 'file') return shell.fail(`.: can't open '${path}': No such file or directory`, 2);
  return yield* shell.run(node.bytes, io);
}
