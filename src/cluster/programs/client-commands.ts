import { asksApi, pollApi, scriptText } from './api-poller.ts';
import { listenHttp } from './plain-server.ts';
import type { Call, Program } from '../shell/machine.ts';
import { sleep, type Steps } from '../shell/process.ts';
import { readAll, writeOut } from '../shell/streams.ts';
import { optionsOf } from './command.ts';
import { piDigits } from './pi.ts';
import { psql } from './psql.ts';
import { redisCli } from './redis-cli.ts';

/** Clients of databases, and interpreters of languages as far as their one-liners go. */
export const CLIENT_COMMANDS: Readonly<Record<string, Program>> = {
  psql, 'redis-cli': redisCli, 'valkey-cli': redisCli,
  pg_isready: function* (call) {
    const { values } = optionsOf(call.args, 'hpUdt');
    const host = values.get('h') ?? 'localhost';
    const port = Number(values.get('p') ?? 5432);
    const to = call.machine.connect(host, port);
    yield* sleep(call.task, Math.min(3_000, to.to === 'nowhere' ? 12 : to.tookMs));
    const ready = to.to === 'listener';
    yield* writeOut(call.task, call.io.stdout, `${values.has('h') ? host : '/var/run/postgresql'}:${port} - ${ready ? 'accepting connections' : 'no response'}\n`);
    return ready ? 0 : 2;
  },
  mysql: mysql, mariadb: mysql,
  mysqladmin: function* (call) {
    const to = call.machine.connect(optionsOf(call.args, 'hPup').values.get('h') ?? '127.0.0.1', 3306);
    yield* sleep(call.task, 5);
    if (to.to === 'listener') yield* writeOut(call.task, call.io.stdout, 'mysqld is alive\n');
    else call.io.stderr.write("mysqladmin: connect to server at 'localhost' failed\nerror: 'Can't connect to local MySQL server through socket '/var/run/mysqld/mysqld.sock' (2)'\n");
    return to.to === 'listener' ? 0 : 1;
  },
  perl: function* (call) {
    const { values, flags } = optionsOf(call.args, 'eEM');
    const code = values.get('e') ?? call.args.at(-1) ?? '';
    const [, digits] = /\bbpi\((\d+)\)/.exec(code) ?? [];
    if (digits !== undefined) {
      // As long as it takes there.
      yield* sleep(call.task, 2_500 + Number(digits));
      yield* writeOut(call.task, call.io.stdout, `${piDigits(Math.min(20_000, Number(digits)))}\n`);
      return 0;
    }
    const [, printed] = /^\s*print\s+["'](.*?)["']/s.exec(code) ?? [];
    if (printed !== undefined) yield* writeOut(call.task, call.io.stdout, printed.replaceAll('\\n', '\n') + (flags.has('l') ? '\n' : ''));
    yield 40;
    return 0;
  },
  python3: interpreter, python: interpreter, node: interpreter, ruby: interpreter, php: interpreter, java: interpreter,
  npm: interpreter,
  stress: function* (call) {
    yield* sleep(call.task, (Number(/(\d+)/.exec(optionsOf(call.args, 't').values.get('t') ?? call.args[call.args.indexOf('--timeout') + 1] ?? '')?.[1] ?? Infinity) || Infinity) * 1_000);
    return 0;
  },
};

/** An interpreter that is given a program: one-liners that print do, servers serve, anything else ends well. */
function* interpreter(call: Call): Steps {
  const { args } = call;
  const flag = args.findIndex((argument) => ['-c', '-e', '-r', '-p'].includes(argument));
  if (args.includes('--version') || args.includes('-V') || args[0] === '-v' || args[0] === '-version') {
    yield* writeOut(call.task, call.io.stdout, VERSIONS[call.name] ?? '');
    return 0;
  }
  if (flag !== -1) {
    const code = args[flag + 1] ?? '';
    const [, seconds] = /sleep\((\d+(?:\.\d+)?)\)/.exec(code) ?? [];
    if (seconds !== undefined) yield* sleep(call.task, Number(seconds) * 1_000);
    const [, , printed] = /(?:print|console\.log|puts|echo)[ (]*(["'`])(.*?)\1/s.exec(code) ?? [];
    if (printed !== undefined) yield* writeOut(call.task, call.io.stdout, `${printed}\n`);
    const [, status] = /exit\((\d+)\)/.exec(code) ?? [];
    yield 30;
    return Number(status ?? 0) & 255;
  }
  if (args.length === 0) return 0;
  const script = call.name.startsWith('python') ? scriptText(call, args[0] ?? '') : '';
  const { account } = call.machine;
  if (asksApi(script) && account !== undefined) return yield* pollApi(call, script, account);
  yield* sleep(call.task, 300);
  const served = args.includes('http.server') ? Number(args.find((argument) => /^\d+$/.test(argument)) ?? 8_000) : null;
  return yield* listenHttp(call, served === null ? call.machine.ports : [served]);
}

const VERSIONS: Readonly<Record<string, string>> = { python3: 'Python 3.12.8\n', python: 'Python 3.12.8\n', node: 'v22.12.0\n', java: 'openjdk 21.0.5 2024-10-15 LTS\n', ruby: 'ruby 3.3.6\n', php: 'PHP 8.3.14 (cli)\n', npm: '10.9.0\n' };

function* mysql(call: Call): Steps {
  const { values, rest } = optionsOf(call.args, 'hPueD');
  const host = values.get('h') ?? 'localhost';
  const to = call.machine.connect(host, Number(values.get('P') ?? 3306));
  yield* sleep(call.task, to.to === 'nowhere' ? 12 : Math.min(to.tookMs, 134_000));
  if (to.to !== 'listener') {
    call.io.stderr.write(to.to === 'nowhere' ? `ERROR 2005 (HY000): Unknown server host '${host}' (-2)\n` : `ERROR 2003 (HY000): Can't connect to MySQL server on '${host}:3306' (111)\n`);
    return 1;
  }
  const statement = values.get('e') ?? (rest.length > 1 ? '' : yield* readAll(call.task, call.io.stdin));
  yield 2;
  const [, number] = /^\s*select\s+(\d+)\s*;?\s*$/i.exec(statement) ?? [];
  if (number !== undefined) yield* writeOut(call.task, call.io.stdout, `${number}\n${number}\n`);
  else if (/^\s*show\s+databases/i.test(statement)) yield* writeOut(call.task, call.io.stdout, 'Database\ninformation_schema\nmysql\nperformance_schema\nsys\n');
  else if (/@@hostname/i.test(statement)) yield* writeOut(call.task, call.io.stdout, `@@hostname\n${to.pod?.metadata.name ?? host}\n`);
  return 0;
}
