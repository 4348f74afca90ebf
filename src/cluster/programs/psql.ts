import { PgError } from '../data/postgres/pg-error.ts';
import { Lasts, type PgSession } from '../data/postgres/session.ts';
import { statementsOf } from '../data/postgres/words.ts';
import { Leave } from '../shell/leave.ts';
import { resolvePath } from '../shell/file-system.ts';
import type { Call } from '../shell/machine.ts';
import { sleep, type Steps } from '../shell/process.ts';
import { bytesOfText, readAll, readLine, textOfBytes, writeOut } from '../shell/streams.ts';
import { TerminalInput } from '../shell/terminal-input.ts';
import { type Format, written } from './psql-format.ts';
import { described } from './psql-meta.ts';
import { optionsOfPsql, type PsqlOptions } from './psql-options.ts';

/** `psql`: connects as the real one does, and runs statements and backslash commands against the server's own state. */
export function* psql(call: Call): Steps {
  const options = optionsOfPsql(call.args, call.env);
  if ('error' in options) return fails(call, `${options.error}\npsql: hint: Try "psql --help" for more information.`, 1);
  if (options.version) {
    yield* writeOut(call.task, call.io.stdout, 'psql (PostgreSQL) 16.4 (Debian 16.4-1.pgdg120+2)\n');
    return 0;
  }
  const { port } = options;
  const host = options.host ?? 'localhost';
  const to = call.machine.connect(host, port);
  yield* sleep(call.task, to.to === 'nowhere' ? 12 : Math.min(to.tookMs, 134_000));
  if (to.to === 'nowhere') return fails(call, `could not translate host name "${host}" to address: Name or service not known`, 2);
  const at = options.host === null ? `connection to server on socket "/var/run/postgresql/.s.PGSQL.${port}" failed: ` : `connection to server at "${host}" (${to.ip}), port ${port} failed: `;
  if (to.to === 'silence') return fails(call, `${at}Connection timed out\n\tIs the server running on that host and accepting TCP/IP connections?`, 2);
  if (to.to === 'refused') return fails(call, options.host === null ? `${at}No such file or directory\n\tIs the server running locally and accepting connections on that socket?` : `${at}Connection refused\n\tIs the server running on that host and accepting TCP/IP connections?`, 2);
  if (to.speaks !== 'postgres') return fails(call, `${at}received invalid response to SSL negotiation: H`, 2);
  const session = call.machine.data.openPostgres(to, { user: options.user, password: options.password, database: options.database, address: options.host === null || host === 'localhost' || host.startsWith('127.') ? null : call.machine.podIp });
  if (typeof session === 'string') return fails(call, `${at}${session}`, 2);
  const client = new Client(call, session, options);
  try {
    return yield* client.serve();
  } finally {
    session.close();
  }
}

function fails(call: Call, words: string, code: number): number {
  call.io.stderr.write(bytesOfText(`psql: error: ${words}\n`));
  return code;
}

/** One run of psql that is connected. */
class Client {
  readonly #call: Call;
  readonly #session: PgSession;
  readonly #options: PsqlOptions;
  #format: Format;
  #timing = false;
  #failed = false;

  constructor(call: Call, session: PgSession, options: PsqlOptions) {
    this.#call = call;
    this.#session = session;
    this.#options = options;
    this.#format = options.format;
  }

  *serve(): Steps {
    const { commands, files } = this.#options;
    const { task, io, machine, cwd } = this.#call;
    for (const command of commands) if (!(yield* this.#text(command, true))) return 1;
    for (const file of files) {
      const node = file === '-' ? undefined : machine.files.find(resolvePath(cwd, file));
      if (file !== '-' && node?.type !== 'file') return fails(this.#call, `${file}: No such file or directory`, 1);
      if (!(yield* this.#text(node?.type === 'file' ? textOfBytes(bufferLike(node.bytes)) : textOfBytes(bufferLike(yield* readAll(task, io.stdin))), false))) return 3;
    }
    if (commands.length > 0 || files.length > 0) return this.#failed && files.length === 0 ? 1 : 0;
    if (io.stdin instanceof TerminalInput) return yield* this.#talk();
    return (yield* this.#text(decodedBytes(yield* readAll(task, io.stdin)), false)) ? 0 : 3;
  }

  /** Statements and backslash commands of a text, one after the other; false where it is to be left off. */
  *#text(text: string, atOnce: boolean): Steps<boolean> {
    if (atOnce && !text.trim().startsWith('\\')) {
      const { whole, rest } = statementsOf(text);
      for (const statement of [...whole, rest]) if (statement.trim() !== '' && !(yield* this.#statement(statement))) return false;
      return true;
    }
    let pending = '';
    for (const line of text.split('\n')) {
      if (pending.trim() === '' && line.trim().startsWith('\\')) {
        if ((yield* this.#meta(line)) === 'quit') return true;
        continue;
      }
      const { whole, rest } = statementsOf(`${pending}${line}\n`);
      for (const statement of whole) if (!(yield* this.#statement(statement)) && this.#options.stopsOnError) return false;
      pending = rest;
    }
    if (pending.trim() !== '') yield* this.#statement(pending);
    return true;
  }

  /** With a prompt, at a terminal. */
  *#talk(): Steps {
    const { task, io } = this.#call;
    task.interruptible = true;
    yield* writeOut(task, io.stdout, 'psql (16.4 (Debian 16.4-1.pgdg120+2))\nType "help" for help.\n\n');
    let pending = '';
    for (;;) {
      const { superuser, database, block } = this.#session;
      io.stdout.write(`${database}${pending.trim() === '' ? '=' : '-'}${block === 'open' ? '*' : block === 'failed' ? '!' : ''}${superuser ? '#' : '>'} `);
      try {
        const line = yield* readLine(task, io.stdin);
        if (line === null) {
          io.stdout.write('\\q\n');
          return 0;
        }
        const typed = decodedBytes(line);
        const fresh = pending.trim() === '';
        if (fresh && /^\s*(?:quit|exit)\s*;?\s*$/i.test(typed)) return 0;
        if (fresh && /^\s*help\s*$/i.test(typed)) io.stdout.write(HELP);
        else if (typed.trim().startsWith('\\') && (fresh || /^\s*\\[gr]/.test(typed))) {
          if (/^\s*\\g/.test(typed) && !fresh) yield* this.#statement(pending);
          else if (!/^\s*\\r/.test(typed) && (yield* this.#meta(typed)) === 'quit') return 0;
          pending = '';
        } else {
          const [, watched, everyS] = /^([\s\S]*?);?\s*\\watch\s*(\d+(?:\.\d+)?)?\s*$/.exec(pending + typed) ?? [];
          if (watched !== undefined) yield* this.#watch(watched, Number(everyS ?? 2));
          const { whole, rest } = watched === undefined ? statementsOf(pending + typed.replace(/\\g\s*$/, ';')) : { whole: [], rest: '' };
          pending = rest.trim() === '' ? '' : rest;
          for (const statement of whole) if (!(yield* this.#statement(statement))) break;
        }
      } catch (error) {
        if (!(error instanceof Leave)) throw error;
        pending = '';
        io.stdout.write('^C\n');
      }
    }
  }

  /** Runs a statement again and again, until somebody presses Ctrl-C. */
  *#watch(statement: string, everyS: number): Steps<void> {
    do {
      this.#call.io.stdout.write(`${new Date(this.#call.machine.unixMs()).toUTCString().replace(' GMT', '')} (every ${everyS}s)\n\n`);
      if (!(yield* this.#statement(statement))) return;
    } while (yield* this.#wait(Math.max(0.1, everyS) * 1000, ''));
  }

  /** Runs one statement; false where the server complained. */
  *#statement(statement: string): Steps<boolean> {
    const { task, io } = this.#call;
    const from = task.nowMs;
    let given = 0;
    yield* sleep(task, 1);
    for (;;) {
      try {
        const { relation, tag, notices } = this.#session.run(statement, given);
        for (const { severity, text } of notices) io.stderr.write(bytesOfText(`${severity}:  ${text}\n`));
        if (relation !== null) yield* writeOut(task, io.stdout, bytesOfText(written(relation, this.#format)));
        else if (tag !== '' && !this.#options.quiet) yield* writeOut(task, io.stdout, `${tag}\n`);
        if (this.#timing) io.stdout.write(`Time: ${(task.nowMs - from + 0.214).toFixed(3)} ms\n`);
        return true;
      } catch (error) {
        if (error instanceof Lasts) {
          if (!(yield* this.#wait(error.ms - given))) return false;
          given = error.ms;
        } else if (error instanceof PgError) {
          io.stderr.write(bytesOfText(complaint(error, statement)));
          this.#failed = true;
          return false;
        } else throw error;
      }
    }
  }

  /** Waits for a statement; false where somebody pressed Ctrl-C. */
  *#wait(ms: number, words = '^CCancel request sent\nERROR:  canceling statement due to user request\n'): Steps<boolean> {
    try {
      yield* sleep(this.#call.task, ms);
      return true;
    } catch (error) {
      if (!(error instanceof Leave)) throw error;
      this.#call.io.stderr.write(words);
      return false;
    }
  }

  *#meta(line: string): Steps<'quit' | 'done'> {
    const { task, io } = this.#call;
    const [, command = '', argument = ''] = /^\s*\\(\S+)\s*(.*?)\s*$/.exec(line) ?? [];
    if (command === 'q') return 'quit';
    if (command === 'x') {
      this.#format = { ...this.#format, expanded: argument === '' ? !this.#format.expanded : argument !== 'off' };
      io.stdout.write(`Expanded display is ${this.#format.expanded ? 'on' : 'off'}.\n`);
    } else if (command === 'timing') {
      this.#timing = argument === '' ? !this.#timing : argument === 'on';
      io.stdout.write(`Timing is ${this.#timing ? 'on' : 'off'}.\n`);
    } else if (command === 't') this.#format = { ...this.#format, tuplesOnly: !this.#format.tuplesOnly };
    else if (command === 'echo') io.stdout.write(`${argument}\n`);
    else if (command === '?') io.stdout.write(HELP);
    else if (!['pset', 'set', 'encoding', 'r', 'c', 'connect', 'watch', 'g', 'h'].includes(command)) {
      const shown = described(line, this.#session, this.#format, this.#options.host, this.#options.port);
      if (shown === null) io.stderr.write(`invalid command \\${command}\nTry \\? for help.\n`);
      else if ('error' in shown) io.stderr.write(`${shown.error}\n`);
      else yield* writeOut(task, io.stdout, bytesOfText(shown.out));
    }
    return 'done';
  }
}

const HELP = 'You are using psql, the command-line interface to PostgreSQL.\nType:  \\copyright for distribution terms\n       \\h for help with SQL commands\n       \\? for help with psql commands\n       \\g or terminate with semicolon to execute query\n       \\q to quit\n';

/** A complaint with the line that it is about, as psql writes it. */
function complaint({ message, offset, detail, hint }: PgError, statement: string): string {
  const more = `${detail === null ? '' : `DETAIL:  ${detail}\n`}${hint === null ? '' : `HINT:  ${hint}\n`}`;
  if (offset === null) return `ERROR:  ${message}\n${more}`;
  const start = statement.length - statement.trimStart().length;
  const text = statement.slice(start);
  const place = Math.min(Math.max(0, offset - start), text.length);
  const before = text.slice(0, place).split('\n');
  const line = text.split('\n')[before.length - 1] ?? '';
  const head = `LINE ${before.length}: `;
  return `ERROR:  ${message}\n${head}${line}\n${' '.repeat(head.length + (before.at(-1) ?? '').length)}^\n${more}`;
}

function decodedBytes(bytes: string): string {
  return textOfBytes(bufferLike(bytes));
}

function bufferLike(bytes: string): Uint8Array {
  return Uint8Array.from(bytes, (one) => one.charCodeAt(0));
}
