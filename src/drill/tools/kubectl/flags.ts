/** What a flag takes: a value, nothing, or a value each time it is given. `optional` is the value where only the flag is given. */
export interface FlagSpec {
  readonly short?: string;
  readonly takes: 'value' | 'nothing' | 'values';
  readonly optional?: string;
}

export type FlagTable = Readonly<Record<string, FlagSpec>>;

/** The words of a command line, sorted into flags and the rest. */
export class Flags {
  readonly #values: ReadonlyMap<string, readonly string[]>;

  constructor(values: ReadonlyMap<string, readonly string[]>) {
    this.#values = values;
  }

  /** The value last given, or null where the flag was not. */
  value(name: string): string | null {
    return this.#values.get(name)?.at(-1) ?? null;
  }

  values(name: string): readonly string[] {
    return this.#values.get(name) ?? [];
  }

  /** Whether a flag without value is on; `--force=false` is off. */
  on(name: string): boolean {
    const value = this.value(name);
    return value !== null && !['false', '0', 'f', 'F', 'FALSE', 'False'].includes(value);
  }

  given(name: string): boolean {
    return this.#values.has(name);
  }
}

/** The one context there is. */
export const CONTEXT_NAME = 'sandbox';

/** Flags that every command takes. */
export const GLOBAL_FLAGS = {
  namespace: { short: 'n', takes: 'value' },
  context: { takes: 'value' },
  kubeconfig: { takes: 'value' },
  cluster: { takes: 'value' },
  'request-timeout': { takes: 'value' },
  v: { short: 'v', takes: 'value' },
  help: { short: 'h', takes: 'nothing' },
} as const satisfies FlagTable;

/** Reads flags as kubectl's flag library does: anywhere, `--a=b` or `--a b`, `-ab`, `-nshop`; `--` ends them. Errors in its words. */
export function readFlags(words: readonly string[], table: FlagTable): { readonly flags: Flags; readonly rest: readonly string[]; readonly behindDash: readonly string[] | null } | { readonly error: string } {
  const values = new Map<string, string[]>();
  const rest: string[] = [];
  let behindDash: readonly string[] | null = null;
  for (let at = 0; at < words.length; at++) {
    const word = words[at] as string;
    if (word === '--') {
      behindDash = words.slice(at + 1);
      rest.push(...behindDash);
      break;
    }
    if (!word.startsWith('-') || word === '-') {
      rest.push(word);
      continue;
    }
    const read = word.startsWith('--') ? readLong(word, words[at + 1], table) : readShorts(word, words[at + 1], table);
    if ('error' in read) return read;
    for (const [name, value] of read.given) values.set(name, [...(values.get(name) ?? []), value]);
    if (read.tookNext) at++;
  }
  return { flags: new Flags(values), rest, behindDash };
}

type Read = { readonly given: readonly (readonly [string, string])[]; readonly tookNext: boolean } | { readonly error: string };

function readLong(word: string, next: string | undefined, table: FlagTable): Read {
  const equals = word.indexOf('=');
  const name = word.slice(2, equals < 0 ? undefined : equals);
  const spec = Object.hasOwn(table, name) ? table[name] : undefined;
  if (spec === undefined) return { error: `error: unknown flag: --${name}` };
  if (equals >= 0) return { given: [[name, word.slice(equals + 1)]], tookNext: false };
  if (spec.takes === 'nothing') return { given: [[name, 'true']], tookNext: false };
  if (spec.optional !== undefined) return { given: [[name, spec.optional]], tookNext: false };
  if (next === undefined) return { error: `error: flag needs an argument: --${name}` };
  return { given: [[name, next]], tookNext: true };
}

function readShorts(word: string, next: string | undefined, table: FlagTable): Read {
  const given: [string, string][] = [];
  for (let at = 1; at < word.length; at++) {
    const letter = word[at] as string;
    const found = Object.entries(table).find(([, spec]) => spec.short === letter);
    if (found === undefined) return { error: `error: unknown shorthand flag: '${letter}' in ${word}` };
    const [name, spec] = found;
    const tail = word.slice(at + 1);
    if (tail.startsWith('=')) return { given: [...given, [name, tail.slice(1)]], tookNext: false };
    if (spec.takes === 'nothing') {
      given.push([name, 'true']);
      continue;
    }
    if (tail !== '') return { given: [...given, [name, tail]], tookNext: false };
    if (spec.optional !== undefined) return { given: [...given, [name, spec.optional]], tookNext: false };
    if (next === undefined) return { error: `error: flag needs an argument: '${letter}' in ${word}` };
    return { given: [...given, [name, next]], tookNext: true };
  }
  return { given, tookNext: false };
}
