import { bytesOfText } from '../shell/streams.ts';
import { resolvePath } from '../shell/file-system.ts';
import { type Call, findCommand, type Machine, type Program } from '../shell/machine.ts';
import type { Process, Steps } from '../shell/process.ts';
import { Shell } from '../shell/shell.ts';
import { startedText } from '../dns/resolver-log.ts';
import { runOperator } from '../operators/operator.ts';
import type { Container } from './container.ts';
import { listen, portsOf, type ServerKind } from './servers.ts';

/** What a container's first process is called, and what it does. */
export interface EntryPoint {
  readonly title: readonly string[];
  readonly run: (task: Process) => Steps;
}

/** The entry point of a container, or the word that names no command in it. */
export function entryPointOf(container: Container): EntryPoint | { readonly missing: string; readonly why: string } {
  const { image } = container;
  const { entry, entryArguments: args } = container;
  if (entry !== null) return commandOf(container, entry);
  const [first = ''] = args;
  const takesCommands = image.runs === 'shell' || ((image.runs === 'pause' || isServer(image.runs)) && !first.startsWith('-'));
  if (first !== '' && takesCommands) return commandOf(container, args);
  if (image.runs === 'command' || image.runs === 'agnhost' || (image.runs === 'shell' && container.spec.stdin === true)) {
    const own = image.runs === 'agnhost' && args.length > 0 ? [image.command[0] as string] : image.runs === 'shell' ? ['sh'] : image.command;
    return commandOf(container, [...own, ...args]);
  }
  return { title: image.command, run: (task) => ownEntry(container, task) };
}

function commandOf(container: Container, words: readonly string[]): ReturnType<typeof entryPointOf> {
  const bytes = words.map(bytesOfText);
  const [name = '', ...args] = bytes;
  const found = findCommand(container, name, resolvePath(container.workingDir, name));
  if ('missing' in found) return { missing: name, why: found.missing === 126 ? 'permission denied' : name.includes('/') ? `stat ${name}: no such file or directory` : 'executable file not found in $PATH' };
  return {
    title: words,
    run: (task) => ('program' in found ? found.program(callOf(container, task, bytes)) : scriptOf(container, task, name, args, found.script)),
  };
}

/** A call of a command in a container with its own environment and streams. */
export function callOf(container: Container, task: Process, [name = '', ...args]: readonly string[], io = container.io, env = container.environment, machine: Machine = container): Call {
  return { machine, task, name: name.slice(name.lastIndexOf('/') + 1), args, env, cwd: container.workingDir, io };
}

function scriptOf(container: Container, task: Process, name: string, args: readonly string[], script: string): Steps {
  const shell = new Shell(container, task, container.environment, container.workingDir);
  shell.name = name;
  shell.positional = args;
  return shell.main(script, container.io);
}

function isServer(runs: Container['image']['runs']): runs is ServerKind {
  return !['shell', 'pause', 'agnhost', 'hello', 'command'].includes(runs);
}

/** The image's own program. */
function* ownEntry(container: Container, task: Process): Steps {
  const { image, declared, environment, log } = container;
  for (const line of declared?.log ?? []) log.write('out', `${bytesOfText(line)}\n`);
  if (declared?.operator !== undefined) return yield* runOperator(container, task, declared.operator);
  if (declared?.exits != null) {
    const untilMs = task.nowMs + declared.exits.afterMs;
    if (isServer(image.runs)) listen(container, image.runs);
    while (task.nowMs < untilMs) yield untilMs - task.nowMs;
    return declared.exits.code;
  }
  if (image.runs === 'hello') {
    log.write('out', '\nHello from Docker!\nThis message shows that your installation appears to be working correctly.\n\n');
    return 0;
  }
  if (!isServer(image.runs)) return image.runs === 'shell' ? 0 : yield* untilTold(task);
  if (image.needsOneOf.length > 0 && !image.needsOneOf.some((name) => environment.has(name))) {
    log.write('err', NEEDS[image.runs] ?? `error: one of ${image.needsOneOf.join(', ')} must be set\n`);
    return 1;
  }
  if (image.command[0] === '/coredns') log.write('out', startedText(container.spec.image ?? '', container.surroundings.store.get('ConfigMap', 'kube-system', 'coredns')?.data?.['Corefile'] ?? ''));
  return yield* serve(container, task, image.runs);
}

/** What databases say where nobody gave them a password. Sources: the entry points of their official images. */
const NEEDS: Readonly<Partial<Record<ServerKind, string>>> = {
  postgres: 'Error: Database is uninitialized and superuser password is not specified.\n       You must specify POSTGRES_PASSWORD to a non-empty value for the\n       superuser. For example, "-e POSTGRES_PASSWORD=password" on "docker run".\n\n       You may also use "POSTGRES_HOST_AUTH_METHOD=trust" to allow all\n       connections without a password. This is *not* recommended.\n',
  mysql: '[ERROR] [Entrypoint]: Database is uninitialized and password option is not specified\n    You need to specify one of the following as an environment variable:\n    - MYSQL_ROOT_PASSWORD\n    - MYSQL_ALLOW_EMPTY_PASSWORD\n    - MYSQL_RANDOM_ROOT_PASSWORD\n',
};

const HELLO: Readonly<Record<ServerKind, string>> = {
  nginx: '/docker-entrypoint.sh: Configuration complete; ready for start up\n',
  httpd: '[mpm_event:notice] AH00489: Apache/2.4.63 (Unix) configured -- resuming normal operations\n',
  http: '', 'http-echo': '', whoami: 'Starting up on port 80\n', tcp: '',
  redis: '1:M * Ready to accept connections tcp\n',
  postgres: 'LOG:  listening on IPv4 address "0.0.0.0", port 5432\nLOG:  database system is ready to accept connections\n',
  mysql: '[Server] /usr/sbin/mysqld: ready for connections. port: 3306\n',
};

/** Serves until it is told to end. */
function* serve(container: Container, task: Process, kind: ServerKind): Steps {
  const startMs = kind === 'mysql' ? 6_000 : kind === 'postgres' ? 2_000 : 50;
  const fromMs = task.nowMs + startMs;
  while (task.nowMs < fromMs) yield fromMs - task.nowMs;
  const taken = portsOf(container).find((port) => container.surroundings.isTaken(container.pod, container.spec.name, port));
  if (taken !== undefined) {
    container.log.write('err', inUse(container, kind, taken));
    return 1;
  }
  if (HELLO[kind] !== '') container.log.write(kind === 'nginx' ? 'out' : 'err', HELLO[kind]);
  listen(container, kind);
  return yield* untilTold(task);
}

/** What a server says where another container of its pod has its port. */
function inUse(container: Container, kind: ServerKind, port: number): string {
  const at = new Date(container.unixMs()).toISOString();
  if (kind === 'nginx') return `${at.slice(0, 10).replaceAll('-', '/')} ${at.slice(11, 19)} [emerg] 1#1: bind() to 0.0.0.0:${port} failed (98: Address already in use)\nnginx: [emerg] bind() to 0.0.0.0:${port} failed (98: Address already in use)\n`;
  if (kind === 'httpd') return `(98)Address already in use: AH00072: make_sock: could not bind to address [::]:${port}\nno listening sockets available, shutting down\n`;
  return `listen tcp :${port}: bind: address already in use\n`;
}

function* untilTold(task: Process): Steps {
  const told: string[] = [];
  for (const signal of ['TERM', 'INT', 'QUIT'] as const) task.handlers.set(signal, () => told.push(signal));
  while (told.length === 0) yield Infinity;
  return 0;
}

/** The program of a command that is the image's own, such as `nginx` or `redis-server`; undefined for any other. */
export function ownProgram(container: Container, name: string): Program | undefined {
  const { image } = container;
  const [own = ''] = image.command;
  const named = own.split(/[ :]/)[0]?.replace(/.*\//, '') === name || (image.runs === 'httpd' && name === 'httpd') || (isServer(image.runs) && /^(?:docker-)?entrypoint(?:\.sh)?$/.test(name));
  if (!named) return undefined;
  if (image.runs === 'pause') return (call) => untilTold(call.task);
  if (!isServer(image.runs)) return undefined;
  const { runs } = image;
  return (call) => {
    if (name === 'nginx' && call.args.includes('-t')) return configTest(call);
    if (name === 'nginx' && call.args.some((argument) => argument === '-v' || argument === '-V')) return version(call, container);
    if (name === 'nginx' && call.args.includes('-s')) return signalMain(container, call.args);
    return serve(container, call.task, runs);
  };
}

// eslint-disable-next-line require-yield
function* configTest({ io }: Call): Steps {
  io.stderr.write('nginx: the configuration file /etc/nginx/nginx.conf syntax is ok\nnginx: configuration file /etc/nginx/nginx.conf test is successful\n');
  return 0;
}

// eslint-disable-next-line require-yield
function* version({ io }: Call, container: Container): Steps {
  io.stderr.write(`nginx version: nginx/${/:(\d+\.\d+\.\d+)/.exec(container.spec.image ?? '')?.[1] ?? '1.27.4'}\n`);
  return 0;
}

// eslint-disable-next-line require-yield
function* signalMain(container: Container, args: readonly string[]): Steps {
  if (args.includes('stop') || args.includes('quit')) container.main?.signal('QUIT');
  return 0;
}
