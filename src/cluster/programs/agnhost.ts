import type { PodRequest } from '../processes.ts';
import { type Answer, text } from '../containers/servers.ts';
import { resolvePath } from '../shell/file-system.ts';
import type { Call, Program } from '../shell/machine.ts';
import { sleep, type Steps } from '../shell/process.ts';
import { writeOut } from '../shell/streams.ts';
import { webhookPort } from './agnhost-webhooks.ts';
import { modeOf, permissions } from './file-commands.ts';

/** The test image of Kubernetes' own end-to-end tests, as far as those look. Source: kubernetes/test/images/agnhost. */
export const AGNHOST_COMMANDS: Readonly<Record<string, Program>> = { agnhost, 'agnhost-2': agnhost, mounttest };

function* agnhost(call: Call): Steps {
  const [command = 'pause', ...args] = call.args;
  const inner = { ...call, name: command, args, env: command === 'entrypoint-tester' ? new Map([[BINARY, call.name]]) : call.env };
  const known = Object.hasOwn(SUBCOMMANDS, command) ? SUBCOMMANDS[command] : undefined;
  if (known !== undefined) return yield* known(inner);
  call.io.stderr.write(`Error: unknown command "${command}" for "app"\nRun 'app --help' for usage.\n`);
  return 1;
}

/** Under which the entry point is told by what name it was called. */
const BINARY = '_';

const SUBCOMMANDS: Readonly<Record<string, Program>> = {
  pause: (call) => {
    call.io.stdout.write('Paused\n');
    return untilTold(call);
  },
  netexec: (call) => {
    const port = Number(flag(call, 'http-port') ?? 8080);
    call.machine.listen(port, { speaks: 'http', answer: (request, from) => netexec(call, request, from) });
    call.io.stderr.write(`Started HTTP server on port ${port}\n`);
    return untilTold(call);
  },
  'serve-hostname': (call) => {
    const port = Number(flag(call, 'port') ?? 9376);
    call.machine.listen(port, { speaks: 'http', answer: () => text(200, call.env.get('HOSTNAME') ?? '') });
    call.io.stderr.write('Serving on port 9376.\n');
    return untilTold(call);
  },
  'test-webserver': (call) => {
    call.machine.listen(Number(flag(call, 'port') ?? 80), { speaks: 'http', answer: ({ path }) => text(path === '/' ? 200 : call.machine.files.find(path) === undefined ? 404 : 200, '') });
    return untilTold(call);
  },
  'logs-generator': function* (call) {
    const total = Number(flag(call, 'log-lines-total') ?? 0);
    const everyMs = Number(/([\d.]+)ms/.exec(flag(call, 'run-duration') ?? '')?.[1] ?? (Number.parseFloat(flag(call, 'run-duration') ?? '0') * 1_000)) / Math.max(1, total);
    const methods = ['GET', 'PUT', 'POST'];
    for (let nth = 0; nth < Math.min(total, 200_000); nth++) {
      call.io.stdout.write(`I0210 03:10:00.000000       1 logs_generator.go:76] ${nth} ${methods[nth % 3] ?? ''} /api/v1/namespaces/${nth % 2 === 0 ? 'default' : 'kube-system'}/pods/${(nth * 7_919).toString(36).padStart(4, 'a')} ${200 + ((nth * 31) % 400)}\n`);
      yield* sleep(call.task, everyMs);
    }
    return 0;
  },
  liveness: (call) => {
    const startedMs = call.task.nowMs;
    call.machine.listen(8080, { speaks: 'http', answer: ({ path }) => {
      const ranMs = call.task.nowMs - startedMs;
      if (path.startsWith('/started')) return text(200, `${ranMs / 1000}s`);
      return path.startsWith('/healthz') && ranMs > 10_000 ? text(500, `error: ${(ranMs / 1000).toFixed(3)}`) : text(200, 'ok');
    } });
    return untilTold(call);
  },
  'entrypoint-tester': function* (call) {
    yield* writeOut(call.task, call.io.stdout, `[${[`/${(call.env.get(BINARY) ?? 'agnhost').replace(/^\//, '')}`, 'entrypoint-tester', ...call.args].join(' ')}]\n`);
    return 0;
  },
  connect: function* (call) {
    const address = call.args.find((argument) => !argument.startsWith('--')) ?? '';
    const at = address.lastIndexOf(':');
    const to = call.machine.connect(address.slice(0, at), Number(address.slice(at + 1)));
    const limitMs = Number.parseFloat(flag(call, 'timeout') ?? '1') * 1_000;
    yield* sleep(call.task, to.to === 'nowhere' ? 12 : Math.min(limitMs, to.tookMs));
    if (to.to === 'listener') return 0;
    call.io.stderr.write(`${to.to === 'nowhere' ? 'DNS' : to.to === 'refused' ? 'REFUSED' : 'TIMEOUT'}\n`);
    return 1;
  },
  porter: (call) => {
    const inJson = call.args.includes('--json-response');
    for (const [name, value] of call.env) {
      const port = /^SERVE_(?:TLS_)?PORT_(\d+)$/.exec(name)?.[1];
      if (port === undefined) continue;
      call.machine.listen(Number(port), { speaks: 'http', answer: ({ method }) => (inJson ? text(200, JSON.stringify({ Method: method, Body: value }), { 'content-type': 'application/json' }) : text(200, value)) });
    }
    return untilTold(call);
  },
  mounttest,
  'test-service-account-issuer-discovery': function* (call) {
    const path = flag(call, 'token-path') ?? '';
    const token = call.machine.files.find(resolvePath(call.cwd, path));
    yield* writeOut(call.task, call.io.stdout, token?.type === 'file' ? 'OK: Got token\nvalidating with in-cluster discovery\nOK: got issuer\nOK: Token valid\n' : `open ${path}: no such file or directory\n`);
    return token?.type === 'file' ? 0 : 1;
  },
  webhook,
  'crd-conversion-webhook': webhook,
  'fake-gitserver': (call) => untilTold(call),
  guestbook: (call) => {
    const said: string[] = [];
    call.machine.listen(Number(flag(call, 'http-port') ?? 80), { speaks: 'http', answer: ({ path }) => {
      const query = new URLSearchParams(path.split('?')[1] ?? '');
      if (path.startsWith('/guestbook') && query.get('cmd') === 'set') {
        said.push(query.get('value') ?? '');
        return text(200, '{"message": "Updated"}');
      }
      if (path.startsWith('/guestbook')) return text(200, `{"data": "${(said.at(-1) ?? '').replace(/["\\]/g, '')}"}`);
      return path.startsWith('/register') ? text(200, call.machine.podIp) : text(200, '');
    } });
    return untilTold(call);
  },
  'inclusterclient': function* (call) {
    for (;;) {
      yield* writeOut(call.task, call.io.stdout, 'calling /healthz\n');
      yield* sleep(call.task, 1_000);
    }
  },
  help: function* (call) {
    yield* writeOut(call.task, call.io.stdout, `Usage:\n  app [command]\n\nAvailable Commands:\n${Object.keys(SUBCOMMANDS).map((name) => `  ${name}\n`).join('')}`);
    return 0;
  },
};

/** Reviews are answered without a connection, by {@link agnhostWebhook}; the probes of its pods come here. */
function webhook(call: Call): Steps {
  call.machine.listen(webhookPort(call.args), { speaks: 'http', answer: ({ path }) => (path.startsWith('/readyz') ? text(200, 'ok') : text(404, '404 page not found\n')) });
  return untilTold(call);
}

function netexec(call: Call, request: PodRequest, from: string): Answer {
  const [path = '/', search = ''] = request.path.split('?');
  const query = new URLSearchParams(search);
  switch (path) {
    case '/': return text(200, `NOW: ${new Date(call.machine.unixMs()).toISOString()}`);
    case '/hostname': case '/hostName': return text(200, call.env.get('HOSTNAME') ?? '');
    case '/echo': return text(Number(query.get('code') ?? 200) || 200, query.get('msg') ?? '');
    case '/clientip': return text(200, `${from}:41234`);
    case '/header': return text(200, request.headers[(query.get('key') ?? '').toLowerCase()] ?? '');
    case '/healthz': case '/readyz': return text(200, '');
    case '/exit':
      call.task.handlers.get('TERM')?.();
      call.task.wake();
      return text(200, '');
    case '/redirect': return text(Number(query.get('code') ?? 302) || 302, '', { location: query.get('location') ?? '/' });
    case '/dial': return dial(call, query);
    case '/shell': return text(200, '{"output":""}');
    default: return text(404, '404 page not found\n');
  }
}

/** Asks another pod, as the tests of Services do: `{"responses":["…"]}`. */
function dial(call: Call, query: URLSearchParams): Answer {
  const tries = Math.min(20, Number(query.get('tries') ?? 1) || 1);
  const responses: string[] = [];
  const errors: string[] = [];
  for (let nth = 0; nth < tries; nth++) {
    const to = call.machine.connect(query.get('host') ?? '', Number(query.get('port') ?? 8080));
    if (to.to !== 'listener') errors.push('dial failed');
    else responses.push(new TextDecoder().decode(to.ask({ method: 'GET', path: `/${query.get('request') ?? 'hostname'}`, headers: {}, body: new Uint8Array(0) }).body));
  }
  return text(200, JSON.stringify({ ...(responses.length > 0 ? { responses } : {}), ...(errors.length > 0 ? { errors } : {}) }), { 'content-type': 'application/json' });
}

/** What the tests of volumes ask of files. */
function* mounttest(call: Call): Steps {
  const out: string[] = [];
  let code = 0;
  for (const argument of call.args) {
    const [, name = '', path = ''] = /^--(\w+)=(.*)$/.exec(argument) ?? [];
    const node = call.machine.files.find(resolvePath(call.cwd, path));
    if (name === 'fs_type') out.push(`mount type of "${path}": ${call.machine.files.mounts.find((mount) => mount.path === path)?.kind ?? 'overlay'}`);
    else if (name.startsWith('new_file')) {
      call.machine.files.write(resolvePath(call.cwd, path), 'mount-tester new file\n', { mode: name.endsWith('0777') ? 0o777 : name.endsWith('0666') ? 0o666 : name.endsWith('0660') ? 0o660 : 0o644 });
    } else if (node === undefined) {
      out.push(`error reading file ${path}: open ${path}: no such file or directory`);
      code = name === 'file_content_in_loop' ? 0 : 1;
    } else if (name === 'file_mode' || name === 'file_perm') out.push(name === 'file_mode' ? `mode of file "${path}": ${permissions(node)}` : `perms of file "${path}": ${permissions({ ...node, type: 'file', bytes: '', mode: modeOf(node), uid: 0, changedAtMs: 0 })}`);
    else if (name === 'file_owner') out.push(`owner UID of "${path}": 0\nowner GID of "${path}": 0`);
    else if ((name === 'file_content' || name === 'file_content_in_loop') && node.type === 'file') out.push(`content of file "${path}": ${node.bytes}`);
  }
  const loop = call.args.find((argument) => argument.startsWith('--file_content_in_loop='));
  yield* writeOut(call.task, call.io.stdout, out.map((line) => `${line}\n`).join(''));
  if (loop === undefined) return code;
  const path = loop.split('=')[1] ?? '';
  for (let left = Number(flag(call, 'retry_time') ?? 180); left > 0; left--) {
    yield* sleep(call.task, 1_000);
    const node = call.machine.files.find(resolvePath(call.cwd, path));
    yield* writeOut(call.task, call.io.stdout, node?.type === 'file' ? `content of file "${path}": ${node.bytes}\n` : `Error reading file ${path}: open ${path}: no such file or directory, retrying\n`);
  }
  return 0;
}

function flag({ args }: Call, name: string): string | undefined {
  for (const [nth, argument] of args.entries()) {
    if (argument.startsWith(`--${name}=`)) return argument.slice(name.length + 3);
    if (argument === `--${name}`) return args[nth + 1];
  }
  return undefined;
}

function* untilTold(call: Call): Steps {
  const told: string[] = [];
  for (const signal of ['TERM', 'INT'] as const) call.task.handlers.set(signal, () => told.push(signal));
  while (told.length === 0) yield Infinity;
  return 0;
}
