/** A pattern of grep's, ready to be looked for in lines. Characters are code points. */
export interface Pattern {
  found(line: string): boolean;
  /** Every longest match in the line, left to right, without the empty ones. */
  all(line: string): readonly string[];
}

/** `basic` as plain grep reads it (`\|`, `\(`, `\+`), else as `grep -E`; `\d \w \s \b \< \>` work in both. */
export interface PatternOptions {
  readonly basic: boolean;
  readonly ignoreCase: boolean;
  readonly wholeWords: boolean;
}

/**
 * Reads a pattern, or says in a sentence why it cannot. Matching follows all alternatives side by side (Thompson 1968),
 * so that the time is bounded by line times pattern: the engine's own regular expressions can be made to take for ever.
 */
export function compilePattern(text: string, options: PatternOptions): Pattern | { readonly refusal: string } {
  if (text.length > 300) return { refusal: 'That pattern is longer than 300 characters. Use a shorter one, or two greps in a row.' };
  const tokens = tokenize(text, options);
  const program: Instruction[] = [];
  if (options.wholeWords) program.push({ do: 'assert', holds: (before) => !isWord(before) });
  const reader: Reader = { tokens: tokens ?? [], at: 0, program };
  const whole = tokens !== null && readChoice(reader) && reader.at === reader.tokens.length;
  if (!whole || program.length > MOST_INSTRUCTIONS) return { refusal: `grep cannot read the pattern "${text}". With -F it is taken letter by letter.` };
  if (options.wholeWords) program.push({ do: 'assert', holds: (_, after) => !isWord(after) });
  program.push({ do: 'match' });
  return { found: (line) => run(program, Array.from(line), 0, true) !== null, all: (line) => matches(program, Array.from(line)) };
}

const MOST_INSTRUCTIONS = 2000;

type Test = (char: string) => boolean;
type Instruction =
  | { readonly do: 'take'; readonly test: Test }
  | { readonly do: 'assert'; readonly holds: (before: string | undefined, after: string | undefined) => boolean }
  /** Goes on at both places, counted from here. */
  | { readonly do: 'split'; readonly one: number; readonly other: number }
  | { readonly do: 'match' };
type Token = Instruction | { readonly op: '(' | ')' | '|' } | { readonly op: 'repeat'; readonly least: number; readonly most: number | null };

interface Reader {
  readonly tokens: readonly Token[];
  at: number;
  readonly program: Instruction[];
}

function isWord(char: string | undefined): boolean {
  return char !== undefined && /^\w/.test(char);
}

const REPEATS: Readonly<Record<string, readonly [number, number | null]>> = { '*': [0, null], '+': [1, null], '?': [0, 1] };
const CLASSES: Readonly<Record<string, Test>> = {
  d: (char) => /^\d/.test(char), w: isWord, s: (char) => /^\s/.test(char),
  D: (char) => !/^\d/.test(char), W: (char) => !isWord(char), S: (char) => !/^\s/.test(char),
};
const ASSERTIONS: Readonly<Record<string, Extract<Instruction, { do: 'assert' }>['holds']>> = {
  b: (before, after) => isWord(before) !== isWord(after),
  B: (before, after) => isWord(before) === isWord(after),
  '<': (before, after) => !isWord(before) && isWord(after),
  '>': (before, after) => isWord(before) && !isWord(after),
};

function tokenize(text: string, { basic, ignoreCase }: PatternOptions): Token[] | null {
  const take = (test: Test): Token => ({ do: 'take', test: ignoreCase ? (char) => test(char.toLowerCase()) || test(char.toUpperCase()) : test });
  const tokens: Token[] = [];
  const chars = Array.from(text);
  for (let at = 0; at < chars.length; at++) {
    let char = chars[at] as string;
    const escaped = char === '\\';
    if (escaped) {
      char = chars[++at] ?? '';
      if (char === '') return null;
    }
    const rest = chars.slice(at).join('');
    const interval = char === '{' && escaped === basic ? INTERVAL.exec(rest) : null;
    const first = tokens.length === 0 || ['(', '|'].includes((tokens.at(-1) as { op?: string }).op ?? '');
    const special = char === '*' ? !escaped && !(basic && first) : '+?'.includes(char) && escaped === basic;
    if (interval !== null) {
      at += interval[0].length - 1;
      tokens.push({ op: 'repeat', least: Number(interval[1]), most: interval[2] === undefined ? Number(interval[1]) : interval[3] === '' ? null : Number(interval[3]) });
    } else if (special) {
      const [least, most] = REPEATS[char] as readonly [number, number | null];
      tokens.push({ op: 'repeat', least, most });
    } else if ('()|'.includes(char) && escaped === basic) {
      tokens.push({ op: char as '(' });
      if (rest.startsWith('(?:')) at += 2;
    } else if (escaped && Object.hasOwn(CLASSES, char)) tokens.push(take(CLASSES[char] as Test));
    else if (escaped && Object.hasOwn(ASSERTIONS, char)) tokens.push({ do: 'assert', holds: ASSERTIONS[char] as () => boolean });
    else if (!escaped && char === '.') tokens.push(take(() => true));
    else if (!escaped && char === '^' && (!basic || first)) tokens.push({ do: 'assert', holds: (before) => before === undefined });
    else if (!escaped && char === '$' && (!basic || at === chars.length - 1)) tokens.push({ do: 'assert', holds: (_, after) => after === undefined });
    else if (!escaped && char === '[') {
      const bracket = BRACKET.exec(rest);
      if (bracket === null) return null;
      tokens.push(take(bracketTest(bracket)));
      at += Array.from(bracket[0]).length - 1;
    } else {
      const literal = char;
      tokens.push(take((one) => one === literal));
    }
  }
  return tokens;
}

const INTERVAL = /^\{(\d{1,2})(,(\d{0,2}))?\\?\}/;
const BRACKET = /^\[(\^?)(\]?(?:\[:\w+:\]|\\?[^\]])*)\]/;
const POSIX: Readonly<Record<string, RegExp>> = { digit: /^\d/, alpha: /^[A-Za-z]/, alnum: /^[A-Za-z\d]/, space: /^\s/, upper: /^[A-Z]/, lower: /^[a-z]/, punct: /^[!-/:-@[-`{-~]/ };

/** What a set such as `[a-z_[:digit:]]` takes. */
function bracketTest([, not, body = '']: readonly string[]): Test {
  const tests: Test[] = [];
  const plain = Array.from(body.replaceAll(/\[:(\w+):\]|\\([dws])/g, (_, name: string | undefined, short: string | undefined) => {
    const posix = POSIX[name ?? ''];
    if (short !== undefined) tests.push(CLASSES[short] as Test);
    else if (posix !== undefined) tests.push((char) => posix.test(char));
    return '';
  }));
  for (let at = 0; at < plain.length; at++) {
    const low = plain[at] as string;
    const high = plain[at + 1] === '-' && plain[at + 2] !== undefined ? (plain[at + 2] as string) : low;
    if (high !== low) at += 2;
    tests.push((char) => (char.codePointAt(0) as number) >= (low.codePointAt(0) as number) && (char.codePointAt(0) as number) <= (high.codePointAt(0) as number));
  }
  return (char) => tests.some((test) => test(char)) !== (not === '^');
}

/** `a|b`: both in order, with a split ahead. True where it could be read. */
function readChoice(reader: Reader): boolean {
  const { program, tokens } = reader;
  const start = program.length;
  if (!readSequence(reader)) return false;
  const next = tokens[reader.at];
  if (next === undefined || !('op' in next) || next.op !== '|') return true;
  reader.at++;
  const first = program.splice(start);
  program.push({ do: 'split', one: 1, other: first.length + 2 }, ...first);
  const jump = program.length;
  program.push({ do: 'match' });
  if (!readChoice(reader)) return false;
  const end = program.length - jump;
  program[jump] = { do: 'split', one: end, other: end };
  return true;
}

function readSequence(reader: Reader): boolean {
  const { program, tokens } = reader;
  for (let token = tokens[reader.at]; token !== undefined; token = tokens[reader.at]) {
    const start = program.length;
    if ('do' in token) program.push(token);
    else if (token.op === '(') {
      reader.at++;
      if (!readChoice(reader) || (tokens[reader.at] as { op?: string } | undefined)?.op !== ')') return false;
    } else if (token.op === 'repeat') return false;
    else return true;
    reader.at++;
    for (let repeat = tokens[reader.at]; repeat !== undefined && 'op' in repeat && repeat.op === 'repeat'; repeat = tokens[reader.at]) {
      if (!writeRepeat(program, start, repeat)) return false;
      reader.at++;
    }
  }
  return true;
}

function writeRepeat(program: Instruction[], start: number, { least, most }: { readonly least: number; readonly most: number | null }): boolean {
  const body = program.splice(start);
  const copies = most === null ? least + 1 : most;
  if (program.length + copies * (body.length + 2) > MOST_INSTRUCTIONS) return false;
  for (let nth = 0; nth < least; nth++) program.push(...body);
  if (most === null) program.push({ do: 'split', one: 1, other: body.length + 2 }, ...body, { do: 'split', one: -body.length - 1, other: -body.length - 1 });
  else for (let nth = least; nth < most; nth++) program.push({ do: 'split', one: 1, other: body.length + 1 }, ...body);
  return true;
}

/** Where the longest match from `from` on ends, or null; `anywhere` lets it begin later, and ends at the first found. */
function run(program: readonly Instruction[], chars: readonly string[], from: number, anywhere: boolean): number | null {
  let places: readonly number[] = [0];
  let end: number | null = null;
  for (let at = from; at <= chars.length; at++) {
    const reached = follow(program, anywhere && at > from ? [...places, 0] : places, chars[at - 1], chars[at]);
    if (reached.some((place) => program[place]?.do === 'match')) {
      if (anywhere) return at;
      end = at;
    }
    const char = chars[at];
    if (char === undefined) break;
    places = reached.filter((place) => {
      const instruction = program[place];
      return instruction?.do === 'take' && instruction.test(char);
    }).map((place) => place + 1);
    if (places.length === 0 && !anywhere) break;
  }
  return end;
}

/** All instructions that take a character or end the match, reached without taking one. */
function follow(program: readonly Instruction[], places: readonly number[], before: string | undefined, after: string | undefined): number[] {
  const seen = new Set<number>();
  const open = [...places];
  for (let place = open.pop(); place !== undefined; place = open.pop()) {
    if (seen.has(place)) continue;
    seen.add(place);
    const instruction = program[place];
    if (instruction?.do === 'split') open.push(place + instruction.one, place + instruction.other);
    else if (instruction?.do === 'assert' && instruction.holds(before, after)) open.push(place + 1);
  }
  return Array.from(seen);
}

function matches(program: readonly Instruction[], chars: readonly string[]): readonly string[] {
  const found: string[] = [];
  for (let at = 0; at < chars.length; at++) {
    const end = run(program, chars, at, false);
    if (end === null || end === at) continue;
    found.push(chars.slice(at, end).join(''));
    at = end - 1;
  }
  return found;
}
