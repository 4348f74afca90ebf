import type { Call, Program, Work } from '../shell/machine.ts';
import { Shell } from '../shell/shell.ts';
import { type Process, sleep, type Steps } from '../shell/process.ts';
import { readAll, writeOut } from '../shell/streams.ts';
import { BUILTINS, signalOf } from '../shell/builtins.ts';
import { interactive } from '../shell/interactive.ts';
import { TerminalInput } from '../shell/terminal-input.ts';
import { atOnce, optionsOf } from './command.ts';
import { formatDate } from './dates.ts';

/** Commands on the machine and its processes. */
export const SYSTEM_COMMANDS: Readonly<Record<string, Program>> = {
  sh: startShell, bash: startShell, ash: startShell, dash: startShell,
  true: atOnce(() => ''),
  false: atOnce(() => ({ code: 1 })),
  echo: builtin('echo'), printf: builtin('printf'), test: builtin('test'), '[': builtin('['), pwd: builtin('pwd'), kill: builtin('kill'),
  sleep: function* ({ args, task, io }) {
    let ms = 0;
    for (const argument of args) {
      const [, amount, unit = 's'] = /^(\d*\.?\d+|inf|infinity)([smhd]?)$/.exec(argument) ?? [];
      if (amount === undefined) {
        io.stderr.write(`sleep: invalid time interval '${argument}'\n`);
        return 1;
      }
      ms += amount.startsWith('inf') ? Infinity : Number(amount) * ({ s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 }[unit || 's'] ?? 1_000);
    }
    if (args.length === 0) {
      io.stderr.write('sleep: missing operand\n');
      return 1;
    }
    yield* sleep(task, ms);
    return 0;
  },
  date: atOnce(({ args, machine }) => {
    const text = args.find((argument) => !argument.startsWith('-'));
    const dated = args[args.indexOf('-d') + 1];
    const given = args.includes('-d') && dated !== undefined ? (/^@\d+$/.test(dated) ? Number(dated.slice(1)) * 1000 : Date.parse(dated)) : machine.unixMs();
    return Number.isNaN(given) ? { error: `invalid date '${dated ?? ''}'` } : `${formatDate(text?.startsWith('+') === true ? text.slice(1) : args.includes('-Iseconds') ? '%Y-%m-%dT%H:%M:%S+00:00' : '%a %b %e %H:%M:%S UTC %Y', given)}\n`;
  }),
  env: function* (call) {
    const added = new Map(call.env);
    let nth = 0;
    for (; nth < call.args.length; nth++) {
      const argument = call.args[nth] as string;
      if (argument === '-i') added.clear();
      else if (/^[A-Za-z_]\w*=/.test(argument)) added.set(argument.slice(0, argument.indexOf('=')), argument.slice(argument.indexOf('=') + 1));
      else break;
    }
    if (nth < call.args.length) return yield* run({ ...call, env: added }, call.args.slice(nth));
    yield* writeOut(call.task, call.io.stdout, [...added].map(([name, value]) => `${name}=${value}\n`).join(''));
    return 0;
  },
  printenv: atOnce(({ args, env }) => {
    if (args.length === 0) return [...env].map(([name, value]) => `${name}=${value}\n`).join('');
    const found = args.flatMap((name) => (env.has(name) ? [`${env.get(name) ?? ''}\n`] : []));
    return { out: found.join(''), code: found.length === args.length ? 0 : 1 };
  }),
  hostname: atOnce(({ args, machine, env }) => (args[0] === '-i' || args[0] === '-I' ? `${machine.files.read('/etc/hosts').trimEnd().split('\n').at(-1)?.split('\t')[0] ?? ''}\n` : `${env.get('HOSTNAME') ?? machine.files.read('/etc/hostname').trim()}\n`)),
  id: atOnce((call) => identity(call)),
  whoami: atOnce(({ machine }) => (machine.uid === 0 ? 'root\n' : { error: `unknown uid ${machine.uid}` })),
  groups: atOnce(() => 'root\n'),
  uname: atOnce(({ args, machine }) => {
    const node = machine.files.read('/etc/hostname').trim();
    const all: Readonly<Record<string, string>> = { s: 'Linux', n: node, r: '6.1.0-28-amd64', v: '#1 SMP PREEMPT_DYNAMIC Debian 6.1.119-1 (2024-11-22)', m: 'x86_64', o: machine.shell === 'busybox' ? 'Linux' : 'GNU/Linux' };
    const asked = args.join('').replaceAll('-', '');
    return `${(asked.includes('a') ? Object.values(all) : (asked === '' ? ['s'] : asked.split('')).map((letter) => all[letter] ?? '')).join(' ')}\n`;
  }),
  nproc: atOnce(() => '4\n'),
  arch: atOnce(() => 'x86_64\n'),
  which: atOnce(({ args, machine }) => {
    const found = args.filter((name) => machine.program(name) !== undefined);
    return { out: found.map((name) => `/usr/bin/${name}\n`).join(''), code: found.length === args.length ? 0 : 1 };
  }),
  ps: atOnce(processes),
  pgrep: atOnce((call) => {
    const found = meant(call);
    return { out: found.map(({ pid }) => `${pid}\n`).join(''), code: found.length > 0 ? 0 : 1 };
  }),
  pkill: atOnce((call) => {
    const signal = signalOf(call.args.find((argument) => /^-[A-Z\d]/.test(argument))?.slice(1) ?? 'TERM') ?? 'TERM';
    const found = meant(call);
    for (const task of found) task.signal(signal);
    return { code: found.length > 0 ? 0 : 1 };
  }),
  top: atOnce(busiest),
  free: atOnce(({ args }) => (args.includes('-m') ? '              total        used        free      shared  buff/cache   available\nMem:          16004        4215        6387          40        5401       11464\nSwap:             0           0           0\n' : '              total        used        free      shared  buff/cache   available\nMem:       16388084     4316988     6540972       41232     5530124    11739480\nSwap:             0           0           0\n')),
  uptime: atOnce(({ machine, task }) => ` ${formatDate('%H:%M:%S', machine.unixMs())} up ${Math.floor((task.nowMs + 14 * 86_400_000) / 86_400_000)} days,  0 users,  load average: 0.42, 0.38, 0.35\n`),
  timeout: function* (call) {
    const { values, rest } = optionsOf(call.args, 'stk');
    const [given = '0', ...command] = values.has('t') ? [values.get('t') as string, ...rest] : rest;
    const [, amount = '0', unit] = /^([\d.]+)([smh]?)$/.exec(given) ?? [];
    const untilMs = call.task.nowMs + Number(amount) * (unit === 'm' ? 60_000 : unit === 'h' ? 3_600_000 : 1_000);
    const inner = run(call, command);
    for (;;) {
      const { done, value } = inner.next();
      if (done === true) return value;
      if (call.task.nowMs >= untilMs) {
        inner.return(124);
        return call.machine.shell === 'busybox' ? 143 : 124;
      }
      yield Math.min(value, untilMs - call.task.nowMs);
    }
  },
  time: function* (call) {
    const fromMs = call.task.nowMs;
    const code = yield* run(call, call.args);
    call.io.stderr.write(`real\t0m ${((call.task.nowMs - fromMs) / 1000).toFixed(2)}s\nuser\t0m 0.00s\nsys\t0m 0.00s\n`);
    return code;
  },
  nohup: (call) => run(call, call.args),
  nice: (call) => run(call, call.args),
  tini: (call) => run(call, call.args.filter((argument, nth) => nth > 0 || !argument.startsWith('-'))),
  'dumb-init': (call) => run(call, call.args.filter((argument) => argument !== '--')),
  xargs: function* (call) {
    const { values, rest } = optionsOf(call.args, 'nI');
    const words = (yield* readAll(call.task, call.io.stdin)).split(/\s+/).filter((word) => word !== '');
    const size = values.has('I') ? 1 : Number(values.get('n') ?? (words.length || 1));
    let code = 0;
    for (let at = 0; at < Math.max(1, words.length); at += size) {
      const batch = words.slice(at, at + size);
      const mark = values.get('I');
      const command = mark === undefined ? [...(rest.length === 0 ? ['echo'] : rest), ...batch] : rest.map((word) => word.replaceAll(mark, batch[0] ?? ''));
      if ((yield* run(call, command)) !== 0) code = 123;
    }
    return code;
  },
  expr: atOnce(({ args: [left = '', operator = '', right = ''] }) => {
    const [one, other] = [Number(left), Number(right)];
    const value = ({ '+': one + other, '-': one - other, '*': one * other, '/': Math.trunc(one / other), '%': one % other, '=': Number(left === right), '!=': Number(left !== right), '<': Number(one < other), '>': Number(one > other), '<=': Number(one <= other), '>=': Number(one >= other) } as Readonly<Record<string, number>>)[operator];
    return value === undefined ? `${left}\n` : Number.isNaN(value) ? { error: 'non-integer argument', code: 2 } : { out: `${value}\n`, code: value === 0 ? 1 : 0 };
  }),
  clear: atOnce(() => '\u001b[H\u001b[2J'),
  stty: atOnce(({ args, io: { stdin } }) => {
    if (!(stdin instanceof TerminalInput)) return { error: 'standard input: Inappropriate ioctl for device', code: 1 };
    if (args[0] === 'size') return `${stdin.rows} ${stdin.columns}\n`;
    return args.length === 0 || args[0] === '-a' ? `speed 38400 baud; ${args.length === 0 ? '' : `rows ${stdin.rows}; columns ${stdin.columns}; `}line = 0;\n` : '';
  }),
  tty: atOnce(({ io: { stdin } }) => (stdin instanceof TerminalInput ? '/dev/pts/0\n' : { out: 'not a tty\n', code: 1 })),
  reset: atOnce(() => ''),
  su: (call) => run(call, ['sh']),
};

/** The processes that `pgrep` and `pkill` mean: by the names of their programs, with -f by their whole command lines; never their own. */
function meant({ args, machine, task }: Call): Process[] {
  const wanted = args.at(-1) ?? '';
  const whole = args.includes('-f');
  return [...machine.table.all.values()].filter((one) => one !== task && (whole ? one.title.join(' ') : (one.title[0] ?? '').replace(/.*\//, '')).includes(wanted));
}

function builtin(name: string): Program {
  return (call) => (BUILTINS[name] as NonNullable<(typeof BUILTINS)[string]>)(new Shell(call.machine, call.task, call.env, call.cwd), call.args, call.io);
}

/** A command by its name and arguments, as `env` or `timeout` call one. */
function run(call: Call, [name = 'sh', ...args]: readonly string[]): Steps {
  const shell = new Shell(call.machine, call.task, call.env, call.cwd);
  shell.name = call.name;
  return shell.external(name, args, [], call.io);
}

/** `sh -c SCRIPT [NAME ARGS]`, `sh FILE`, `sh` with its script on the standard input, or for a terminal. */
function* startShell(call: Call): Steps {
  const own = new Shell(call.machine, call.task, call.env, call.cwd);
  own.name = call.name;
  if (call.name === 'bash') own.dialect = 'bash';
  const args = [...call.args];
  let command = false;
  while (/^[-+]./.test(args[0] ?? '') && args[0] !== '--') {
    const option = args.shift() as string;
    if (option.includes('c') && !option.startsWith('--')) command = true;
    for (const letter of ['e', 'u', 'x']) if (option.slice(1).includes(letter) && !option.startsWith('--')) own.options.add(letter);
    if (option.endsWith('o') && !option.startsWith('--')) own.options.add(args.shift() ?? '');
  }
  if (command) {
    const [script = '', name, ...rest] = args;
    if (name !== undefined) own.name = name;
    own.positional = rest;
    return yield* own.main(script, call.io);
  }
  const [path, ...rest] = args;
  if (path === undefined) return yield* interactive(own, call.io, call.env.has('TERM'));
  own.positional = rest;
  const node = call.machine.files.find(path.startsWith('/') ? path : `${call.cwd}/${path}`);
  if (node?.type !== 'file') {
    call.io.stderr.write(`${call.name}: ${call.machine.shell === 'dash' ? '0: cannot open ' : "can't open '"}${path}${call.machine.shell === 'dash' ? ': No such file' : "': No such file or directory"}\n`);
    return own.dialect === 'bash' ? 127 : 2;
  }
  own.name = path;
  return yield* own.main(node.bytes, call.io);
}

function identity({ args, machine: { uid, gid, groups } }: Call): string {
  if (args[0] === '-u') return `${uid}\n`;
  if (args[0] === '-g') return `${gid}\n`;
  const named = (id: number): string => (id === 0 ? '0(root)' : String(id));
  return `uid=${named(uid)} gid=${named(gid)}${uid === 0 || groups.length > 0 ? ` groups=${[gid, ...groups].map(named).join(',')}` : ''}\n`;
}

function rows({ machine, task }: Call): (readonly [string, string, string, string])[] {
  return [...machine.table.all.values()].map(({ pid, startedAtMs, title }) => [String(pid).padStart(5), String(pid === 1 ? 0 : 1), formatDate('%H:%M', machine.unixMs() - (task.nowMs - startedAtMs)), title.join(' ')] as const);
}

/** One screen of `top`. Shares of CPU are of the whole machine, as busybox has them. */
function busiest(call: Call): string {
  const { ownCores, ownMiB, busyCores, cores, memoryMiB } = call.machine.work ?? NO_WORK;
  const busy = Math.round((busyCores * 100) / cores);
  const system = Math.round(busy / 5);
  const load = (busyCores + 0.2).toFixed(2);
  const lines = rows(call).map(([pid, parent, , title]) => {
    const own = Number(pid) === 1;
    const kib = own ? Math.round(ownMiB * 1_024) : 4_408;
    const percent = own ? Math.round((ownCores * 100) / cores) : 0;
    return { percent, text: `${pid} ${parent.padStart(5)} root     ${percent > 10 ? 'R' : 'S'}    ${String(kib).padStart(7)} ${`${Math.round(kib / (memoryMiB * 10.24))}%`.padStart(4)}   0 ${`${percent}%`.padStart(4)} ${title}\n` };
  }).toSorted((one, other) => other.percent - one.percent).map(({ text }) => text);
  return `Mem: 9846712K used, 6541372K free, 41232K shrd, 402168K buff, 5120044K cached\nCPU: ${String(busy - system).padStart(3)}% usr ${String(system).padStart(3)}% sys   0% nic ${String(100 - busy).padStart(3)}% idle   0% io   0% irq   0% sirq\nLoad average: ${load} ${load} ${(busyCores * 0.9 + 0.2).toFixed(2)} 1/812 ${call.task.pid}\n  PID  PPID USER     STAT     VSZ %VSZ CPU %CPU COMMAND\n${lines.join('')}`;
}

/** Of a machine that nobody has measured. */
const NO_WORK: Work = { ownCores: 0, ownMiB: 4, busyCores: 0.1, cores: 4, memoryMiB: 16_000 };

function processes(call: Call): string {
  const listed = rows(call);
  const own = [String(call.task.pid + 1).padStart(5), String(call.task.pid), formatDate('%H:%M', call.machine.unixMs()), ['ps', ...call.args].join(' ')] as const;
  const all = listed.some(([, , , title]) => title.startsWith('ps')) ? listed : [...listed, own];
  if (call.machine.shell === 'busybox') return `PID   USER     TIME  COMMAND\n${all.map(([pid, , , title]) => `${pid} root      0:00 ${title}\n`).join('')}`;
  if (call.args.some((argument) => argument.includes('ef'))) return `UID          PID    PPID  C STIME TTY          TIME CMD\n${all.map(([pid, parent, at, title]) => `root     ${pid.padStart(7)} ${parent.padStart(7)}  0 ${at} ?        00:00:00 ${title}\n`).join('')}`;
  const { ownCores } = call.machine.work ?? NO_WORK;
  return `USER         PID %CPU %MEM    VSZ   RSS TTY      STAT START   TIME COMMAND\n${all.map(([pid, , at, title]) => `root     ${pid.padStart(7)} ${(Number(pid) === 1 ? ownCores * 100 : 0).toFixed(1).padStart(4)}  0.0   4408   712 ?        S    ${at}   0:00 ${title}\n`).join('')}`;
}
