import { PgError } from './pg-error.ts';

/** One word of a statement: a name or keyword, a quoted text, a number, or a sign. */
export interface Word {
  readonly text: string;
  readonly start: number;
  readonly kind: 'word' | 'quoted' | 'string' | 'sign';
}

/** Cuts a statement into words; comments are left out. */
function wordsOf(sql: string): Word[] {
  const words: Word[] = [];
  const pattern = /\s+|--[^\n]*|\/\*[\s\S]*?\*\/|'((?:[^']|'')*)'|"((?:[^"]|"")*)"|([A-Za-z_\u0080-\uffff][\w$\u0080-\uffff.]*|\d[\w.]*)|([\s\S])/gy;
  for (let match = pattern.exec(sql); match !== null; match = pattern.exec(sql)) {
    const [, string, quoted, word, sign] = match;
    const start = match.index;
    if (string !== undefined) words.push({ text: string.replaceAll("''", "'"), start, kind: 'string' });
    else if (quoted !== undefined) words.push({ text: quoted.replaceAll('""', '"'), start, kind: 'quoted' });
    else if (word !== undefined) words.push({ text: word, start, kind: 'word' });
    else if (sign !== undefined) words.push({ text: sign, start, kind: 'sign' });
    if (pattern.lastIndex >= sql.length) break;
  }
  return words;
}

/** The statements of a text, by their semicolons; the last one may lack its. */
export function statementsOf(sql: string): { readonly whole: string[]; readonly rest: string } {
  const whole: string[] = [];
  let from = 0;
  const pattern = /'(?:[^']|'')*'|"(?:[^"]|"")*"|--[^\n]*|\/\*[\s\S]*?\*\/|\$(\w*)\$[\s\S]*?\$\1\$|;/g;
  for (let match = pattern.exec(sql); match !== null; match = pattern.exec(sql)) {
    if (match[0] !== ';') continue;
    whole.push(sql.slice(from, match.index));
    from = match.index + 1;
  }
  return { whole: whole.filter((text) => text.trim() !== ''), rest: sql.slice(from) };
}

/** Reads words one after the other, as a grammar by hand does. */
export class Reader {
  readonly #words: readonly Word[];
  readonly #end: number;
  #at = 0;

  constructor(sql: string) {
    this.#words = wordsOf(sql);
    this.#end = sql.trimEnd().length;
  }

  get done(): boolean {
    return this.#at >= this.#words.length;
  }

  get next(): Word | undefined {
    return this.#words[this.#at];
  }

  /** Whether the next words are these; they are taken where they are. */
  take(...keywords: readonly string[]): boolean {
    const fits = keywords.every((keyword, nth) => {
      const word = this.#words[this.#at + nth];
      return word !== undefined && word.kind !== 'string' && word.kind !== 'quoted' && word.text.toLowerCase() === keyword;
    });
    if (fits) this.#at += keywords.length;
    return fits;
  }

  /** Takes a word of these; the syntax error where there is another. */
  need(...keywords: readonly string[]): void {
    if (!this.take(...keywords)) this.fail();
  }

  /** A name, folded to lower case unless it is quoted; without the schema `public`. */
  name(): string {
    const word = this.#words[this.#at++];
    if (word === undefined || word.kind === 'sign' || word.kind === 'string') {
      this.#at--;
      return this.fail();
    }
    const name = word.kind === 'quoted' ? word.text : word.text.toLowerCase();
    if (word.kind === 'quoted' && this.take('.')) return this.name();
    return name.replace(/^public\./, '');
  }

  names(): string[] {
    const names = [this.name()];
    while (this.take(',')) names.push(this.name());
    return names;
  }

  /** A text, number or word. */
  value(): string {
    const word = this.#words[this.#at++];
    if (word === undefined || word.kind === 'sign') {
      this.#at--;
      return this.fail();
    }
    return word.text;
  }

  /** Nothing may follow. */
  end(): void {
    if (!this.done) this.fail();
  }

  fail(): never {
    const word = this.#words[this.#at];
    throw word === undefined ? new PgError('42601', 'syntax error at end of input', { offset: this.#end }) : new PgError('42601', `syntax error at or near "${word.kind === 'string' ? `'${word.text}'` : word.text}"`, { offset: word.start });
  }
}
