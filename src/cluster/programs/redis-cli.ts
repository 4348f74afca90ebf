import type { RedisSession } from '../data/redis/session.ts';
import { type Reply, rawText, shownText } from '../data/redis/reply.ts';
import { Leave } from '../shell/leave.ts';
import type { Call } from '../shell/machine.ts';
import { sleep, type Steps } from '../shell/process.ts';
import { bytesOfText, readAll, readLine, writeOut } from '../shell/streams.ts';
import { TerminalInput } from '../shell/terminal-input.ts';
import { optionsOf } from './command.ts';

/** `redis-cli [-h HOST] [-p PORT] [-a PASSWORD] [COMMAND]`, at a prompt where there is no command. */
export function* redisCli(call: Call): Steps {
  const { values, rest, flags } = optionsOf(call.args, 'hpanur');
  const [, user = '', secret, urlHost, urlPort] = /^(?:redis|rediss|valkey):\/\/(?:([^:@]*)(?::([^@]*))?@)?([^:/]+)(?::(\d+))?/.exec(values.get('u') ?? '') ?? [];
  const [host, port] = [urlHost ?? values.get('h') ?? '127.0.0.1', Number(urlPort ?? values.get('p') ?? 6379)];
  const to = call.machine.connect(host, port);
  yield* sleep(call.task, to.to === 'nowhere' ? 12 : Math.min(to.tookMs, 134_000));
  if (to.to !== 'listener' || to.speaks !== 'redis') {
    const why = to.to === 'nowhere' ? 'Name or service not known' : to.to === 'silence' ? 'Connection timed out' : to.to === 'listener' ? 'Protocol error' : 'Connection refused';
    call.io.stderr.write(`Could not connect to Redis at ${host}:${port}: ${why}\n`);
    return 1;
  }
  const session = call.machine.data.openRedis(to);
  const password = secret ?? values.get('a') ?? values.get('pass') ?? call.env.get('REDISCLI_AUTH');
  if (password !== undefined) {
    if (call.env.get('REDISCLI_AUTH') === undefined && !flags.has('no-auth-warning')) call.io.stderr.write("Warning: Using a password with '-a' or '-u' option on the command line interface may not be safe.\n");
    const said = session.run(user === '' ? ['AUTH', password] : ['AUTH', user, password]);
    if (said.is === 'error') call.io.stderr.write(`AUTH failed: ${said.text}\n`);
  }
  const tty = call.io.stdin instanceof TerminalInput;
  if (rest.length > 0) return yield* answer(call, session, rest, tty && !flags.has('raw'), flags.has('e'));
  if (tty) return yield* talk(call, session, `${host}:${port}`);
  for (const line of (yield* readAll(call.task, call.io.stdin)).split('\n')) if (line.trim() !== '') yield* answer(call, session, wordsOf(line), false, false);
  return 0;
}

function* answer(call: Call, session: RedisSession, words: readonly string[], shown: boolean, strict: boolean): Steps {
  yield 1;
  const reply: Reply = session.run(words);
  yield* writeOut(call.task, call.io.stdout, bytesOfText(`${shown ? shownText(reply) : rawText(reply)}\n`));
  return strict && reply.is === 'error' ? 1 : 0;
}

/** With a prompt, at a terminal. */
function* talk(call: Call, session: RedisSession, address: string): Steps {
  const { task, io } = call;
  task.interruptible = true;
  for (;;) {
    io.stdout.write(`${address}> `);
    try {
      const line = yield* readLine(task, io.stdin);
      if (line === null) return 0;
      const words = wordsOf(line);
      if (/^(?:quit|exit)$/i.test(words[0] ?? '')) return 0;
      if (words.length > 0) yield* answer(call, session, words, true, false);
    } catch (error) {
      if (!(error instanceof Leave)) throw error;
      io.stdout.write('\n');
      return 130;
    }
  }
}

/** Words of a line, quotes taken off. */
function wordsOf(line: string): string[] {
  return [...line.trim().matchAll(/"((?:[^"\\]|\\.)*)"|'([^']*)'|(\S+)/g)].map(([, double, single, plain]) => double?.replaceAll(/\\(.)/g, '$1') ?? single ?? plain ?? '');
}
