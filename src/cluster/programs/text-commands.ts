import { resolvePath } from '../shell/file-system.ts';
import type { Call, Program } from '../shell/machine.ts';
import { sleep, type Steps } from '../shell/process.ts';
import { readAll, readLine, readSome, writeOut } from '../shell/streams.ts';
import { eachInput, linesOf, optionsOf, tried } from './command.ts';
import { awk } from './awk.ts';
import { grep } from './grep.ts';
import { sed } from './sed.ts';

/** Commands on text. */
export const TEXT_COMMANDS: Readonly<Record<string, Program>> = {
  grep, egrep: grep, fgrep: grep, sed, awk,
  head: function* (call) {
    const { values, rest } = optionsOf(oldStyle(call.args), 'nc');
    return yield* eachInput(call, rest, function* (input) {
      const bytes = values.get('c');
      if (bytes !== undefined) {
        for (let left = Number(bytes); left > 0; ) {
          const some = yield* readSome(call.task, input);
          if (some === null || !(yield* writeOut(call.task, call.io.stdout, some.slice(0, left)))) break;
          left -= some.length;
        }
        input.close();
        return;
      }
      for (let left = Number(values.get('n') ?? 10); left > 0; left--) {
        const line = yield* readLine(call.task, input);
        if (line === null || !(yield* writeOut(call.task, call.io.stdout, line))) break;
      }
      input.close();
    });
  },
  tail,
  wc: function* (call) {
    const { flags, rest } = optionsOf(call.args);
    const chosen = ['l', 'w', 'c'].filter((flag) => flags.has(flag) || (flag === 'c' && flags.has('m')));
    return yield* eachInput(call, rest, function* (input, name) {
      const counts: Record<string, number> = { l: 0, w: 0, c: 0 };
      let inWord = false;
      for (let bytes = yield* readSome(call.task, input); bytes !== null; bytes = yield* readSome(call.task, input)) {
        counts['c'] = (counts['c'] ?? 0) + bytes.length;
        for (let at = 0; at < bytes.length; at++) {
          const code = bytes.charCodeAt(at);
          const blank = code === 32 || (code >= 9 && code <= 13);
          if (code === 10) counts['l'] = (counts['l'] ?? 0) + 1;
          if (!blank && !inWord) counts['w'] = (counts['w'] ?? 0) + 1;
          inWord = !blank;
        }
      }
      const shown = (chosen.length === 0 ? ['l', 'w', 'c'] : chosen).map((flag) => String(counts[flag]));
      const line = shown.length === 1 ? (shown[0] as string) : shown.map((count) => count.padStart(9)).join(' ');
      yield* writeOut(call.task, call.io.stdout, name === '-' ? `${line}\n` : `${line} ${name}\n`);
    });
  },
  sort: mapping((lines, { args }) => {
    const { flags, values } = optionsOf(args, 'kto');
    const field = Number.parseInt(values.get('k') ?? '0', 10);
    const key = (line: string): string => (field === 0 ? line : (line.split(values.get('t') ?? /\s+/)[field - 1] ?? ''));
    const numeric = flags.has('n') || /n/.test(values.get('k') ?? '');
    const sorted = [...lines].sort((one, other) => {
      const [left, right] = [key(one), key(other)];
      const order = numeric ? (Number.parseFloat(left) || 0) - (Number.parseFloat(right) || 0) : left < right ? -1 : Number(left > right);
      return flags.has('r') || /r/.test(values.get('k') ?? '') ? -order : order;
    });
    return flags.has('u') ? sorted.filter((line, nth) => line !== sorted[nth - 1]) : sorted;
  }, 'kto'),
  uniq: mapping((lines, { args }) => {
    const { flags } = optionsOf(args);
    const groups: { line: string; count: number }[] = [];
    for (const line of lines) {
      const last = groups.at(-1);
      if (last?.line === line) last.count++;
      else groups.push({ line, count: 1 });
    }
    return groups.filter(({ count }) => (!flags.has('d') || count > 1) && (!flags.has('u') || count === 1)).map(({ line, count }) => (flags.has('c') ? `${String(count).padStart(7)} ${line}` : line));
  }),
  rev: mapping((lines) => lines.map((line) => line.split('').toReversed().join(''))),
  tac: mapping((lines) => lines.toReversed()),
  nl: mapping((lines) => lines.map((line, nth) => `${String(nth + 1).padStart(6)}\t${line}`)),
  cut: mapping((lines, { args }) => {
    const { values, flags } = optionsOf(args, 'dfc');
    const ranges = (values.get('f') ?? values.get('c') ?? '1').split(',').map((range) => range.split('-'));
    const kept = (nth: number): boolean => ranges.some(([from = '', to]) => nth >= Number(from || 1) && nth <= (to === undefined ? Number(from) : Number(to || Infinity)));
    const separator = values.get('d') ?? '\t';
    if (values.has('c')) return lines.map((line) => line.split('').filter((_, nth) => kept(nth + 1)).join(''));
    return lines.flatMap((line) => (line.includes(separator) ? [line.split(separator).filter((_, nth) => kept(nth + 1)).join(separator)] : flags.has('s') ? [] : [line]));
  }, 'dfc'),
  tr: function* (call) {
    const { flags, rest } = optionsOf(call.args);
    const [from, to] = [rest[0] ?? '', rest[1] ?? ''].map(expandSet) as [string, string];
    const turned = translator(from, to, flags);
    for (let bytes = yield* readSome(call.task, call.io.stdin); bytes !== null; bytes = yield* readSome(call.task, call.io.stdin)) {
      let text = '';
      for (let at = 0; at < bytes.length; at++) text += turned(bytes.charAt(at));
      if (!(yield* writeOut(call.task, call.io.stdout, text))) return 141;
    }
    return 0;
  },
  tee: function* (call) {
    const { flags, rest } = optionsOf(call.args);
    const paths = rest.map((path) => resolvePath(call.cwd, path));
    for (const path of paths) tried(path, () => call.machine.files.write(path, '', { append: flags.has('a') }));
    for (let line = yield* readLine(call.task, call.io.stdin); line !== null; line = yield* readLine(call.task, call.io.stdin)) {
      for (const path of paths) tried(path, () => call.machine.files.write(path, line, { append: true }));
      yield* writeOut(call.task, call.io.stdout, line);
    }
    return 0;
  },
  seq: function* (call) {
    const numbers = optionsOf(call.args.filter((argument) => !/^-\d/.test(argument)), 's').rest.map(Number);
    const [first, step, last] = numbers.length === 1 ? [1, 1, numbers[0]] : numbers.length === 2 ? [numbers[0], 1, numbers[1]] : numbers;
    if (first === undefined || last === undefined || step === undefined || step === 0) return 1;
    for (let value = first; step > 0 ? value <= last : value >= last; ) {
      let lines = '';
      for (let nth = 0; nth < 500 && (step > 0 ? value <= last : value >= last); nth++, value += step) lines += `${value}\n`;
      const pause = call.task.tire();
      if (pause > 0) yield pause;
      if (!(yield* writeOut(call.task, call.io.stdout, lines))) return 141;
    }
    return 0;
  },
  yes: function* (call) {
    const text = `${call.args.join(' ') || 'y'}\n`.repeat(512);
    while (yield* writeOut(call.task, call.io.stdout, text)) yield call.io.stdout.full ? 0 : 1;
    return 141;
  },
  base64: function* (call) {
    const { flags, rest } = optionsOf(call.args, 'w');
    return yield* eachInput(call, rest, function* (input) {
      const bytes = yield* readAll(call.task, input);
      const decodes = flags.has('d') || flags.has('D') || flags.has('decode');
      const text = decodes ? atob(bytes.replace(/\s/g, '')) : `${flags.has('w') ? btoa(bytes) : btoa(bytes).replace(/.{76}(?=.)/g, '$&\n')}\n`;
      yield* writeOut(call.task, call.io.stdout, text);
    });
  },
};

function mapping(map: (lines: readonly string[], call: Call) => readonly string[], withValue = ''): Program {
  return function* (call) {
    const all: string[] = [];
    const code = yield* eachInput(call, optionsOf(call.args, withValue).rest, function* (input) {
      all.push(...(yield* linesOf(call.task, input)));
    });
    yield* writeOut(call.task, call.io.stdout, map(all, call).map((line) => `${line}\n`).join(''));
    return code;
  };
}

/** `-5` as `-n 5`. */
function oldStyle(args: readonly string[]): string[] {
  return args.flatMap((argument) => (/^-\d+$/.test(argument) ? ['-n', argument.slice(1)] : [argument]));
}

/** What `tr` makes of one character after the other. */
function translator(from: string, to: string, flags: ReadonlySet<string>): (character: string) => string {
  let last = '';
  return (character) => {
    const at = from.indexOf(character);
    const inSet = flags.has('c') || flags.has('C') ? at === -1 : at !== -1;
    if (flags.has('d')) return inSet ? '' : character;
    const result = inSet && to !== '' ? to.charAt(Math.min(at === -1 ? Infinity : at, to.length - 1)) : character;
    const squeezed = flags.has('s') && result === last && (to === '' ? inSet : to.includes(result));
    last = result;
    return squeezed ? '' : result;
  };
}

function expandSet(set: string): string {
  const classes: Readonly<Record<string, string>> = { '[:upper:]': 'A-Z', '[:lower:]': 'a-z', '[:digit:]': '0-9', '[:space:]': ' \t\n\r\v\f', '[:alnum:]': 'A-Za-z0-9', '[:alpha:]': 'A-Za-z', '[:blank:]': ' \t', '[:punct:]': '!-/:-@' };
  const plain = set.replace(/\[:\w+:\]/g, (name) => classes[name] ?? '').replace(/\\([ntr0\\])/g, (_, letter: string) => ({ n: '\n', t: '\t', r: '\r', 0: '\0', '\\': '\\' })[letter] ?? letter);
  return plain.replace(/([^])-([^])/g, (_, from: string, to: string) => {
    const [first, last] = [from.charCodeAt(0), to.charCodeAt(0)];
    return Array.from({ length: Math.max(0, last - first + 1) }, (__, nth) => String.fromCharCode(first + nth)).join('');
  });
}

function* tail(call: Call): Steps {
  const { flags, values, rest } = optionsOf(oldStyle(call.args), 'nc');
  const asked = values.get('n') ?? '10';
  const code = yield* eachInput(call, rest, function* (input) {
    const device = rest[0] === undefined ? undefined : call.machine.files.find(resolvePath(call.cwd, rest[0]));
    if (device?.type === 'device' && flags.has('f')) return;
    const text = yield* readAll(call.task, input);
    const bytes = values.get('c');
    const lines = text.split(/(?<=\n)/);
    yield* writeOut(call.task, call.io.stdout, bytes !== undefined ? text.slice(-Number(bytes)) : asked.startsWith('+') ? lines.slice(Number(asked) - 1).join('') : Number(asked) === 0 ? '' : lines.slice(-Number(asked)).join(''));
  });
  if (!flags.has('f') && !flags.has('F')) return code;
  const path = rest[0] === undefined ? null : resolvePath(call.cwd, rest[0]);
  const follows = (): string => {
    const node = path === null ? undefined : call.machine.files.find(path);
    return node?.type === 'file' ? node.bytes : '';
  };
  if (path === null || call.machine.files.find(path)?.type !== 'file') {
    if (code !== 0 && !flags.has('F')) return code;
    if (!flags.has('F')) for (;;) yield Infinity;
  }
  for (let seen = follows().length; ; ) {
    yield* sleep(call.task, 1_000);
    const now = follows();
    if (now.length < seen) seen = 0;
    if (now.length > seen && !(yield* writeOut(call.task, call.io.stdout, now.slice(seen)))) return 141;
    seen = now.length;
  }
}
