import { FileError, resolvePath } from '../shell/file-system.ts';
import type { Call, Program } from '../shell/machine.ts';
import type { Process, Steps } from '../shell/process.ts';
import { type Input, readAll, writeOut } from '../shell/streams.ts';
import { openInput } from '../shell/redirects.ts';

/** A command that waits for nothing: it says what it writes. */
export function atOnce(run: (call: Call) => string | { readonly out?: string; readonly error?: string; readonly code?: number }): Program {
  return function* (call) {
    const said = run(call);
    const { out = '', error = '', code = error === '' ? 0 : 1 } = typeof said === 'string' ? { out: said } : said;
    if (error !== '') call.io.stderr.write(`${call.name}: ${error}\n`);
    yield* writeOut(call.task, call.io.stdout, out);
    return code;
  };
}

/** Letters of options such as `-la -n 5`, the values of those that take one, and what is left. */
export function optionsOf(args: readonly string[], withValue = ''): { readonly flags: ReadonlySet<string>; readonly values: ReadonlyMap<string, string>; readonly rest: string[] } {
  const flags = new Set<string>();
  const values = new Map<string, string>();
  const rest: string[] = [];
  for (let nth = 0; nth < args.length; nth++) {
    const argument = args[nth] as string;
    if (argument === '--') {
      rest.push(...args.slice(nth + 1));
      break;
    }
    if (argument.startsWith('--')) {
      const [name = '', value] = argument.slice(2).split(/=(.*)/s);
      flags.add(name);
      if (value !== undefined) values.set(name, value);
    } else if (argument.length < 2 || !argument.startsWith('-')) rest.push(argument);
    else {
      for (let at = 1; at < argument.length; at++) {
        const letter = argument.charAt(at);
        flags.add(letter);
        if (!withValue.includes(letter)) continue;
        values.set(letter, at + 1 < argument.length ? argument.slice(at + 1) : (args[++nth] ?? ''));
        break;
      }
    }
  }
  return { flags, values, rest };
}

/** Runs `use` with each file that is named, or with the standard input; 1 where one cannot be read. */
export function* eachInput(call: Call, paths: readonly string[], use: (input: Input, name: string) => Steps<void>): Steps {
  let code = 0;
  for (const path of paths.length === 0 ? ['-'] : paths) {
    if (path === '-') yield* use(call.io.stdin, '-');
    else {
      try {
        const input = openInput(call.machine, resolvePath(call.cwd, path), call.io);
        yield* use(input, path);
      } catch (error) {
        if (!(error instanceof FileError)) throw error;
        call.io.stderr.write(`${call.name}: ${wordsOf(call, path, error)}\n`);
        code = 1;
      }
    }
  }
  return code;
}

function wordsOf({ machine, name }: Call, path: string, { message }: FileError): string {
  return machine.shell === 'busybox' && name !== 'cat' ? `${path}: ${message}` : machine.shell === 'busybox' ? `can't open '${path}': ${message}` : `${path}: ${message}`;
}

/** Tries something with files; the complaint about it, or null. */
export function tried(path: string, change: () => void): string | null {
  try {
    change();
    return null;
  } catch (error) {
    if (error instanceof FileError) return `${path}: ${error.message}`;
    throw error;
  }
}

/** The lines of an input, without their ends. */
export function* linesOf(task: Process, input: Input): Steps<string[]> {
  const bytes = yield* readAll(task, input);
  if (bytes === '') return [];
  return (bytes.endsWith('\n') ? bytes.slice(0, -1) : bytes).split('\n');
}
