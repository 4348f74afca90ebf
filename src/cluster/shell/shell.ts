import type { Assignment, CommandNode, CompoundList, ParsedScript, Statement, Word, WordPart } from 'unbash';
import { parse } from 'unbash';
import { BUILTINS } from './builtins.ts';
import { runCompound } from './compound.ts';
import { expandText, expandWords, textOfParts } from './expansion.ts';
import { resolvePath } from './file-system.ts';
import { Leave } from './leave.ts';
import { findCommand, type Machine } from './machine.ts';
import { Exit, type Process, type Signal, type Steps } from './process.ts';
import { withRedirects } from './redirects.ts';
import { Capture, type Io, type Output, Pipe, PipeReader, WholeInput, writeOut } from './streams.ts';

/** A shell and what it knows: a POSIX shell with the more common additions of bash. */
export class Shell {
  readonly machine: Machine;
  task: Process;
  cwd: string;
  positional: readonly string[] = [];
  name = 'sh';
  status = 0;
  readonly variables: Map<string, string>;
  readonly exported: Set<string>;
  readonly readOnly = new Set<string>();
  readonly functions = new Map<string, CommandNode | CompoundList>();
  readonly traps = new Map<Signal | 'EXIT', string>();
  /** `e`, `u`, `x`, `f`, `pipefail`. */
  readonly options = new Set<string>();
  /** Where `local` names are put back from when a function returns. */
  readonly locals: Map<string, string | undefined>[] = [];
  readonly jobs: Process[] = [];
  lastJob: number | null = null;
  /** Above 0 where a failure is only a condition: `set -e` does not end the shell then. */
  tolerant = 0;
  /** Whose words it uses. */
  dialect: Machine['shell'];
  /** Where it complains. */
  stderr: Output | null = null;
  #pending: Signal[] = [];
  #depth = 0;
  /** The code of the newest command substitution: that of a command which is nothing but assignments. */
  #substituted = 0;

  constructor(machine: Machine, task: Process, env: ReadonlyMap<string, string>, cwd: string) {
    this.machine = machine;
    this.dialect = machine.shell;
    this.task = task;
    this.cwd = cwd;
    this.variables = new Map(env);
    this.variables.set('PWD', cwd);
    this.exported = new Set([...env.keys(), 'PWD']);
  }

  /** Runs a script and returns its code. Traps of EXIT run at its end. */
  *main(source: string, io: Io): Steps {
    this.stderr = io.stderr;
    try {
      yield* this.run(source, io);
    } catch (error) {
      if (error instanceof Leave) this.status = error.code;
      else if (error instanceof Exit) this.status = error.code;
      else throw error;
    }
    return yield* this.atExit(io);
  }

  /** What `trap … EXIT` asked for. */
  *atExit(io: Io): Steps {
    const last = this.traps.get('EXIT');
    if (last === undefined) return this.status;
    this.traps.delete('EXIT');
    const { status } = this;
    try {
      yield* this.run(last, io);
    } catch (error) {
      if (error instanceof Exit) return error.code;
      throw error;
    }
    return status;
  }

  /** Runs the commands of a source text. */
  *run(source: string, io: Io): Steps {
    const script = parse(source);
    const wrong = script.errors?.[0];
    if (wrong !== undefined) {
      io.stderr.write(`${this.name}: syntax error: ${wrong.message}\n`);
      this.status = 2;
      return 2;
    }
    return yield* this.statements(script.commands, io);
  }

  *statements(statements: readonly Statement[], io: Io): Steps {
    for (const statement of statements) {
      if (statement.background === true) this.#background(statement, io);
      else this.status = yield* this.command(statement.command, io);
      if (this.#pending.length > 0) yield* this.#runTraps(io);
      if (this.status !== 0 && this.options.has('e') && this.tolerant === 0) throw new Exit(this.status);
    }
    return this.status;
  }

  *command(node: Statement['command'], io: Io): Steps {
    if (++this.#depth > MOST_DEPTH) return this.fail('maximum nesting depth exceeded', 2);
    try {
      switch (node.type) {
        case 'AndOr': {
          let code = 0;
          for (const [nth, one] of node.commands.entries()) {
            const operator = node.operators[nth - 1];
            if ((operator === '&&' && code !== 0) || (operator === '||' && code === 0)) continue;
            code = nth < node.commands.length - 1 ? yield* this.tolerating(one, io) : yield* this.command(one, io);
            this.status = code;
          }
          // Only the last of them can end a shell that minds failures.
          return code;
        }
        case 'Pipeline': {
          const negated = node.prefixes.some(({ type }) => type === 'Negation');
          const run = node.commands.length === 1 ? this.command(node.commands[0] as CommandNode, io) : this.#pipeline(node.commands, io);
          if (!negated) return yield* run;
          this.tolerant++;
          try {
            return (yield* run) === 0 ? 1 : 0;
          } finally {
            this.tolerant--;
          }
        }
        case 'Command':
          return yield* this.#simple(node, io);
        case 'Function':
          this.functions.set(node.name.value, node.body);
          return 0;
        case 'Redirected':
          return yield* withRedirects(this, node.redirects, io, (inner) => this.command(node.command, inner));
        case 'Coproc':
          return this.fail('coproc: not supported', 2);
        case 'If': case 'For': case 'While': case 'ArithmeticFor': case 'Case': case 'Subshell': case 'BraceGroup': case 'ArithmeticCommand': case 'TestCommand': case 'Select':
          return yield* runCompound(this, node, io);
      }
    } finally {
      this.#depth--;
    }
  }

  /** Runs something whose failure is only a condition. */
  *tolerating(node: Statement['command'] | CompoundList, io: Io): Steps {
    this.tolerant++;
    try {
      return node.type === 'CompoundList' ? yield* this.statements(node.commands, io) : yield* this.command(node, io);
    } finally {
      this.tolerant--;
    }
  }

  /** What a command substitution writes. */
  *substitute(script: ParsedScript | undefined, io: Io): Steps<string> {
    if (script === undefined) return '';
    const capture = new Capture();
    const inner = this.fork(this.task);
    try {
      this.#substituted = yield* inner.statements(script.commands, { ...io, stdout: capture });
    } catch (error) {
      if (!(error instanceof Exit)) throw error;
      this.#substituted = error.code;
    }
    return capture.bytes;
  }

  /** The text of a word's parts, neither split nor matched. */
  textOf(parts: readonly WordPart[], io: Io): Steps<string> {
    return textOfParts(this, parts, io);
  }

  /** A shell of its own that begins with what this one knows. */
  fork(task: Process): Shell {
    const child = new Shell(this.machine, task, new Map(), this.cwd);
    child.name = this.name;
    child.dialect = this.dialect;
    child.positional = this.positional;
    child.status = this.status;
    child.lastJob = this.lastJob;
    child.stderr = this.stderr;
    for (const [name, value] of this.variables) child.variables.set(name, value);
    for (const name of this.exported) child.exported.add(name);
    for (const [name, body] of this.functions) child.functions.set(name, body);
    for (const option of this.options) child.options.add(option);
    return child;
  }

  get(name: string): string | undefined {
    switch (name) {
      case '?': return String(this.status);
      case '#': return String(this.positional.length);
      case '$': return String(this.task.pid);
      case '!': return this.lastJob === null ? '' : String(this.lastJob);
      case '0': return this.name;
      case '-': return [...this.options].filter(({ length }) => length === 1).join('');
      case '@': case '*': return this.positional.join(' ');
      case 'RANDOM': return String(((this.task.nowMs * 7_919 + this.task.pid * 104_729) >>> 0) % 32_768);
      case 'SECONDS': return String(Math.floor((this.task.nowMs - this.task.startedAtMs) / 1000));
      default: return /^\d+$/.test(name) ? this.positional[Number(name) - 1] : this.variables.get(name);
    }
  }

  set(name: string, value: string): void {
    if (this.readOnly.has(name)) this.fail(`${name}: is read only`, 2);
    this.variables.set(name, value.length > MOST_VALUE ? value.slice(0, MOST_VALUE) : value);
    if (this.options.has('a')) this.exported.add(name);
  }

  /** The environment that its commands get. */
  environment(): Map<string, string> {
    const environment = new Map<string, string>();
    for (const [name, value] of this.variables) if (this.exported.has(name)) environment.set(name, value);
    return environment;
  }

  /** Gives up with a complaint, as a shell does for what it cannot go on from. */
  fail(problem: string, code: number): never {
    this.stderr?.write(`${this.name}: ${this.dialect === 'dash' ? '1: ' : ''}${problem}\n`);
    throw new Exit(code);
  }

  /** A trapped signal came: its command runs between two others. */
  trapped(signal: Signal): void {
    this.#pending.push(signal);
  }

  get hasPending(): boolean {
    return this.#pending.length > 0;
  }

  *#runTraps(io: Io): Steps<void> {
    const signals = this.#pending;
    this.#pending = [];
    for (const signal of signals) {
      const { status } = this;
      yield* this.run(this.traps.get(signal) ?? '', io);
      this.status = status;
    }
  }

  #background(statement: Statement, io: Io): void {
    const own = { ...io, stdin: new WholeInput('') };
    const job = this.#spawn(['sh'], (shell) => shell.command(statement.command, own));
    this.jobs.push(job);
    this.lastJob = job.pid;
    this.status = 0;
  }

  #spawn(title: readonly string[], run: (shell: Shell) => Steps): Process {
    if (!this.machine.table.mayStart()) return this.fail('Cannot fork: Resource temporarily unavailable', 2);
    const parent = this as Shell;
    return this.machine.table.start(title, this.task.pid, function* (task) {
      try {
        return yield* run(parent.fork(task));
      } catch (error) {
        if (error instanceof Leave) return error.code;
        throw error;
      }
    }, () => this.task.wake());
  }

  *#pipeline(commands: readonly CommandNode[], io: Io): Steps {
    const stages: Process[] = [];
    let { stdin } = io;
    commands.forEach((command, nth) => {
      const last = nth === commands.length - 1;
      const pipe = last ? null : new Pipe();
      const own = { stdin, stdout: pipe ?? io.stdout, stderr: io.stderr };
      const title = command.type === 'Command' && command.name !== undefined ? [command.name.value, ...command.args.map(({ text }) => text)] : ['sh'];
      stages.push(this.#spawn(title, function* (shell) {
        try {
          return yield* shell.command(command, own);
        } finally {
          pipe?.close();
          if (own.stdin !== io.stdin) own.stdin.close();
        }
      }));
      if (pipe !== null) stdin = new PipeReader(pipe);
    });
    for (const stage of stages) while (stage.code === null) yield Infinity;
    const failed = this.options.has('pipefail') ? stages.findLast(({ code }) => code !== 0) : undefined;
    return (failed ?? stages.at(-1))?.code ?? 0;
  }

  *#simple(node: Extract<CommandNode, { type: 'Command' }>, io: Io): Steps {
    const words: (Word | { readonly text: string })[] = [];
    if (node.name !== undefined) words.push(node.name);
    for (const argument of node.args) words.push(argument.type === 'Assignment' ? assignmentWord(argument) : argument);
    this.#substituted = 0;
    const fields = yield* expandWords(this, words, io);
    const assigned: [string, string][] = [];
    for (const part of node.prefix) if (part.type === 'Assignment') assigned.push([part.name, yield* this.#assigned(part, io)]);
    if (this.options.has('x') && fields.length + assigned.length > 0) io.stderr.write(`+ ${[...assigned.map(([name, value]) => `${name}=${value}`), ...fields].join(' ')}\n`);
    const pause = this.task.tire();
    if (pause > 0) yield pause;
    const [name, ...args] = fields;
    return yield* withRedirects(this, node.redirects, io, (inner) => {
      if (name !== undefined) return this.#call(name, args, assigned, inner);
      for (const [variable, value] of assigned) this.set(variable, value);
      return done(this.#substituted);
    });
  }

  *#assigned(assignment: Assignment, io: Io): Steps<string> {
    const value = assignment.value.type === 'Word' ? yield* expandText(this, assignment.value, io) : (yield* expandWords(this, assignment.value.elements, io)).join(' ');
    return assignment.append === true ? (this.get(assignment.name) ?? '') + value : value;
  }

  *#call(name: string, args: readonly string[], assigned: readonly (readonly [string, string])[], io: Io): Steps {
    const body = this.functions.get(name);
    const builtin = BUILTINS[name];
    if (body === undefined && builtin === undefined) return yield* this.external(name, args, assigned, io);
    const before = assigned.map(([variable]) => [variable, this.variables.get(variable)] as const);
    for (const [variable, value] of assigned) this.set(variable, value);
    try {
      const code = body === undefined ? yield* (builtin as NonNullable<typeof builtin>)(this, args, io) : yield* this.#function(body, args, io);
      return io.stdout.full && !(yield* writeOut(this.task, io.stdout, '')) ? 141 : code;
    } finally {
      for (const [variable, value] of before) {
        if (value === undefined) this.variables.delete(variable);
        else this.variables.set(variable, value);
      }
    }
  }

  *#function(body: CommandNode | CompoundList, args: readonly string[], io: Io): Steps {
    const { positional } = this;
    this.positional = args;
    this.locals.push(new Map());
    try {
      return body.type === 'CompoundList' ? yield* this.statements(body.commands, io) : yield* this.command(body, io);
    } catch (error) {
      if (error instanceof Leave && error.what === 'return') return error.code;
      throw error;
    } finally {
      this.positional = positional;
      for (const [name, value] of this.locals.pop() ?? []) {
        if (value === undefined) this.variables.delete(name);
        else this.variables.set(name, value);
      }
    }
  }

  /** Runs a command of the image, or a script of its files. */
  *external(name: string, args: readonly string[], assigned: readonly (readonly [string, string])[], io: Io): Steps {
    const found = findCommand(this.machine, name, resolvePath(this.cwd, name));
    if ('missing' in found) {
      const bash = this.dialect === 'bash';
      const why = bash && found.missing === 127 && !name.includes('/') ? 'command not found' : bash && found.missing === 127 ? 'No such file or directory' : found.why;
      io.stderr.write(`${this.name}: ${bash ? 'line 1: ' : this.dialect === 'dash' ? '1: ' : ''}${name}: ${why}\n`);
      return found.missing;
    }
    const env = this.environment();
    for (const [variable, value] of assigned) env.set(variable, value);
    if ('program' in found) {
      const code = yield* found.program({ machine: this.machine, task: this.task, name: name.slice(name.lastIndexOf('/') + 1), args, env, cwd: this.cwd, io });
      yield 1; // no task starts and ends in no time
      return io.stdout.write('') ? code : 141;
    }
    const script = new Shell(this.machine, this.task, env, this.cwd);
    script.name = name;
    script.positional = args;
    return yield* script.main(found.script, io);
  }
}

// eslint-disable-next-line require-yield
function* done(code: number): Steps {
  return code;
}

/** An argument that looks like an assignment, as `export A=b` has it, is a word. */
function assignmentWord(assignment: Assignment): Word {
  const { value } = assignment;
  if (value.type !== 'Word') return { type: 'Word', text: assignment.text, value: assignment.text, pos: 0, end: 0 };
  const head = `${assignment.name}${assignment.append === true ? '+' : ''}=`;
  if (value.parts === undefined) return { ...value, text: head + value.text, value: head + value.value };
  return { ...value, text: head + value.text, value: head + value.value, parts: [{ type: 'Literal', pos: 0, end: 0, value: head, text: head }, ...value.parts] };
}

const MOST_DEPTH = 200;
const MOST_VALUE = 1_048_576;
