import { compareTexts } from '../../time/text-order.ts';
import { compilePattern } from './pattern.ts';

/** What came out of a pipeline's last command, with its exit code; or a sentence on why a filter cannot be run. */
export type Piped = { readonly text: readonly string[]; readonly exitCode: number } | { readonly refusal: string };

/**
 * Sends lines through the filters that responders type behind a tool: `grep`, `head`, `tail`, `wc`, `sort`, `uniq`;
 * `cat`, `less` and `more` pass everything on. `stages` are the commands after the tool itself, as `splitLine` cut them.
 */
export function pipe(text: readonly string[], stages: readonly (readonly string[])[]): Piped {
  let lines = text;
  let exitCode = 0;
  for (const [name = '', ...words] of stages) {
    const filter = Object.hasOwn(FILTERS, name) ? FILTERS[name] : undefined;
    if (filter === undefined) return { refusal: `Nothing called "${name}" can follow a pipe here. There are: ${Object.keys(FILTERS).join(', ')}.` };
    const piped = filter(lines, words);
    if ('refusal' in piped) return piped;
    lines = piped.text;
    exitCode = piped.exitCode;
  }
  return { text: lines, exitCode };
}

type Filter = (lines: readonly string[], words: readonly string[]) => Piped;

const all: Filter = (lines) => ({ text: lines, exitCode: 0 });

const FILTERS: Readonly<Record<string, Filter>> = {
  grep,
  egrep: (lines, words) => grep(lines, ['-E', ...words]),
  head: (lines, words) => ends('head', words, (count) => (count < 0 ? lines.slice(0, count) : lines.slice(0, count))),
  tail: (lines, words) => ends('tail', words, (count, fromStart) => (fromStart ? lines.slice(Math.max(0, count - 1)) : count === 0 ? [] : lines.slice(-Math.abs(count)))),
  wc,
  sort,
  uniq,
  cat: all,
  less: all,
  more: all,
};

interface GrepOptions {
  readonly letters: ReadonlySet<string>;
  readonly pattern: string;
  readonly before: number;
  readonly after: number;
  readonly atMost: number;
}

/** `grep [-EFinvwcoq] [-e PATTERN] [-A n] [-B n] [-C n] [-m n] PATTERN`. */
function grep(lines: readonly string[], words: readonly string[]): Piped {
  const options = readGrep(words);
  if ('refusal' in options) return options;
  const { letters } = options;
  const text = letters.has('F') ? options.pattern.replaceAll(/[$()*+.?[\\\]^{|}]/g, String.raw`\$&`) : options.pattern;
  const pattern = compilePattern(text, { basic: !letters.has('E') && !letters.has('P') && !letters.has('F'), ignoreCase: letters.has('i'), wholeWords: letters.has('w') });
  if ('refusal' in pattern) return pattern;
  const hits: number[] = [];
  for (let at = 0; at < lines.length && hits.length < options.atMost; at++) {
    if (pattern.found(lines[at] as string) !== letters.has('v')) hits.push(at);
  }
  const exitCode = hits.length > 0 ? 0 : 1;
  if (letters.has('q')) return { text: [], exitCode };
  if (letters.has('c')) return { text: [String(hits.length)], exitCode };
  if (letters.has('o')) return { text: hits.flatMap((at) => pattern.all(lines[at] as string)), exitCode };
  const number = (at: number, mark: string): string => (letters.has('n') ? `${at + 1}${mark}${lines[at]}` : (lines[at] as string));
  const shown: string[] = [];
  const chosen = new Set(hits);
  let next = 0;
  for (const hit of hits) {
    const from = Math.max(next, hit - options.before);
    if (next > 0 && from > next && options.before + options.after > 0) shown.push('--');
    for (let at = from; at <= hit; at++) shown.push(number(at, chosen.has(at) ? ':' : '-'));
    next = Math.max(next, hit + 1);
    while (next <= hit + options.after && next < lines.length && !chosen.has(next)) shown.push(number(next++, '-'));
  }
  return { text: shown, exitCode };
}

function readGrep(words: readonly string[]): GrepOptions | { readonly refusal: string } {
  const letters = new Set<string>();
  const numbers = { A: 0, B: 0, C: 0, m: Number.MAX_SAFE_INTEGER };
  let pattern: string | null = null;
  for (let at = 0; at < words.length; at++) {
    const word = words[at] as string;
    const option = /^-([ABCm])(\d*)$/.exec(word);
    if (option !== null) {
      const value = option[2] === '' ? (words[++at] ?? '') : (option[2] as string);
      if (!/^\d{1,9}$/.test(value)) return { refusal: `grep ${word} needs a number of lines.` };
      numbers[option[1] as 'A'] = Number(value);
    } else if (word === '-e' && at + 1 < words.length) {
      pattern = words[++at] as string;
    } else if (/^-[EFGPinvwcoqa]+$/.test(word) || word.startsWith('--color')) {
      for (const letter of word.startsWith('--') ? '' : word.slice(1)) letters.add(letter);
    } else if (word.startsWith('-') && word.length > 1) {
      return { refusal: `grep has no option ${word} here. It takes -E -F -i -n -v -w -c -o, -A, -B, -C and -m.` };
    } else if (pattern === null) {
      pattern = word;
    } else {
      return { refusal: `grep takes one pattern, and there are no files here; "${word}" is one too many. Put quotes around a pattern with blanks.` };
    }
  }
  if (pattern === null) return { refusal: 'grep needs a pattern, such as: | grep -i error' };
  return { letters, pattern, before: Math.max(numbers.B, numbers.C), after: Math.max(numbers.A, numbers.C), atMost: numbers.m };
}

/** `head` and `tail`: `-n 5`, `-n5`, `-5`, `-n +5`; ten lines unless told. */
function ends(tool: 'head' | 'tail', words: readonly string[], cut: (count: number, fromStart: boolean) => readonly string[]): Piped {
  if (words.length === 0) return { text: cut(10, false), exitCode: 0 };
  const value = /^(?:-n|--lines=?)?\s*([+-]?\d{1,9})$/.exec(words.join(' '))?.[1];
  if (value === undefined) return { refusal: `${tool} takes a number of lines, such as: | ${tool} -n 20` };
  const dashOnly = /^-\d+$/.test(words.join(' '));
  const count = Number(value);
  return { text: cut(dashOnly ? -count : count, value.startsWith('+')), exitCode: 0 };
}

function wc(lines: readonly string[], words: readonly string[]): Piped {
  const count = {
    '-l': lines.length,
    '-w': lines.reduce((sum, line) => sum + (line.match(/\S+/g)?.length ?? 0), 0),
    '-c': lines.reduce((sum, line) => sum + line.length + 1, 0),
  };
  const [option] = words;
  if (option === undefined) return { text: [Object.values(count).map((value) => String(value).padStart(7)).join(' ')], exitCode: 0 };
  if (words.length > 1 || !Object.hasOwn(count, option)) return { refusal: 'wc takes one of -l (lines), -w (words), -c (characters).' };
  return { text: [String(count[option as keyof typeof count])], exitCode: 0 };
}

/** `sort [-r] [-n] [-u] [-k FIELD]`, fields parted by blanks. */
function sort(lines: readonly string[], words: readonly string[]): Piped {
  const joined = words.join(' ').replaceAll(/-([rnuhbV]*)k ?(\d{1,3})(?:,\d+)?([rn]*)/g, (_, before: string, field: string, after: string) => `-${before}${after}x =${field}`);
  const letters = new Set<string>();
  let field = 0;
  for (const word of joined.split(' ')) {
    if (/^-[rnuhbVx]+$/.test(word)) for (const letter of word) letters.add(letter);
    else if (word.startsWith('=')) field = Number(word.slice(1));
    else if (word !== '') return { refusal: `sort has no option "${word}" here. It takes -r, -n, -u and -k FIELD.` };
  }
  const key = (line: string): string => (field === 0 ? line : line.trim().split(/\s+/).slice(field - 1).join(' '));
  const number = (line: string): number => Number(/^\s*-?\d+(?:\.\d+)?/.exec(key(line))?.[0] ?? 0);
  const numeric = letters.has('n') || letters.has('h');
  const order = (left: string, right: string): number =>
    (numeric ? number(left) - number(right) : 0) || compareTexts(key(left), key(right)) || compareTexts(left, right);
  const sorted = [...lines].sort((left, right) => (letters.has('r') ? order(right, left) : order(left, right)));
  return { text: letters.has('u') ? sorted.filter((line, at) => line !== sorted[at - 1]) : sorted, exitCode: 0 };
}

function uniq(lines: readonly string[], words: readonly string[]): Piped {
  if (words.some((word) => word !== '-c')) return { refusal: 'uniq takes no option here but -c.' };
  const runs: { line: string; count: number }[] = [];
  for (const line of lines) {
    const last = runs.at(-1);
    if (last !== undefined && last.line === line) last.count++;
    else runs.push({ line, count: 1 });
  }
  return { text: runs.map(({ line, count }) => (words.length > 0 ? `${String(count).padStart(7)} ${line}` : line)), exitCode: 0 };
}
