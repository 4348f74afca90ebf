import { isAlias, isMap, isPair, isScalar, isSeq, parseAllDocuments, parseDocument } from 'yaml';
import type { Document, Node, Pair } from 'yaml';
import type { Complaint, Place } from './complaint.ts';
import { findFlood } from './flood.ts';
import { plainValue } from './plain-value.ts';
import { offsetInScalar } from './scalar-offset.ts';
import { TOO_DEEP } from './too-deep.ts';

export type Path = readonly (string | number)[];

/** A YAML text with the value it stands for and the place of everything in it. */
export class YamlSource {
  readonly file: string;
  readonly text: string;
  /** Plain JSON-like data; for a stream of documents the array of them. `null` where the text could not be read. */
  readonly value: unknown;
  readonly #documents: readonly Document.Parsed[];
  /** Offsets at which lines begin. */
  readonly #lines: readonly number[];
  readonly #stream: boolean;

  constructor(file: string, text: string, value: unknown, documents: readonly Document.Parsed[], stream: boolean) {
    this.file = file;
    this.text = text;
    this.value = value;
    this.#documents = documents;
    this.#lines = lineStarts(text);
    this.#stream = stream;
  }

  /**
   * Where the value at `path` stands, or its key. A path that leads nowhere gives its nearest parent's key.
   * `within` is an offset into the text that a scalar stands for.
   */
  placeOf(path: Path, at: 'value' | 'key' = 'value', within = 0): Place {
    const found = this.#walk(path);
    const wanted = at === 'key' || !found.whole ? (found.key ?? found.node) : (found.node ?? found.key);
    if (at === 'value' && found.whole && within > 0 && isScalar(wanted)) return this.placeAt(offsetInScalar(wanted, this.text, within));
    return this.placeAt(wanted?.range?.[0] ?? 0);
  }

  /** The place of a character of the text. */
  placeAt(offset: number): Place {
    const inside = Math.max(0, Math.min(offset, this.text.length));
    let line = 0;
    for (let last = this.#lines.length - 1; line < last; ) {
      const middle = (line + last + 1) >> 1;
      if ((this.#lines[middle] as number) <= inside) line = middle;
      else last = middle - 1;
    }
    return { file: this.file, line: line + 1, col: inside - (this.#lines[line] as number) + 1 };
  }

  #walk(path: Path): { node: Node | null; key: Node | null; whole: boolean } {
    const document = this.#documents[this.#stream ? Number(path[0] ?? 0) : 0];
    let node = (document?.contents ?? null) as Node | null;
    let key: Node | null = null;
    for (const step of this.#stream ? path.slice(1) : path) {
      const holder = isAlias(node) && document !== undefined ? (node.resolve(document) ?? null) : node;
      const next = childOf(holder, step);
      if (next === null) return { node, key, whole: false };
      key = next.key ?? next.value;
      node = next.value ?? next.key;
    }
    return { node, key, whole: true };
  }
}

/** Reads one document, or with `stream` any number of them. Never throws; where there are errors `value` may be null. */
export function parseYaml(file: string, text: string, stream = false): { source: YamlSource; complaints: Complaint[] } {
  const unreadable = (problem: string, cure: string, rule: string, offset: number): { source: YamlSource; complaints: Complaint[] } => {
    const source = new YamlSource(file, text, null, [], stream);
    return { source, complaints: [{ ...source.placeAt(offset), severity: 'error', problem, cure, rule }] };
  };
  const control = text.search(CONTROL);
  if (control !== -1) return unreadable('This is no text: it holds control characters.', 'Save it as plain UTF-8 text.', 'not-text', control);
  if (text.length > LARGEST_TEXT) return unreadable(`The file holds more than ${LARGEST_TEXT} characters.`, 'Keep it shorter.', 'too-large', 0);
  const flood = findFlood(text);
  if (flood !== null) return unreadable(flood.problem, flood.cure, flood.rule, flood.offset);
  try {
    return read(file, text, stream);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    return unreadable(TOO_DEEP.problem, TOO_DEEP.cure, TOO_DEEP.rule, 0);
  }
}

function read(file: string, text: string, stream: boolean): { source: YamlSource; complaints: Complaint[] } {
  // Duplicate keys are found by plainValue: the library's own check takes quadratic time.
  const options = { prettyErrors: false, stringKeys: true, uniqueKeys: false, logLevel: 'error' } as const;
  const parsed = stream ? parseAllDocuments(text, options) : [parseDocument(text, options)];
  const documents = (Array.isArray(parsed) ? parsed : []) as Document.Parsed[];
  const complaints: Complaint[] = [];
  const blank = new YamlSource(file, text, null, documents, stream);
  for (const document of documents) {
    if (document.directives.yaml.version !== '1.2') {
      complaints.push({ ...blank.placeAt(Math.max(0, text.search(/^%YAML/m))), severity: 'error', problem: 'The file asks for another YAML than 1.2.', cure: 'Remove the line %YAML.', rule: 'yaml' });
    }
    for (const trouble of [...document.errors, ...document.warnings]) {
      if (trouble.message.includes('Maximum call stack')) return { source: blank, complaints: [{ ...blank.placeAt(0), severity: 'error', ...TOO_DEEP }] };
      if (complaints.length < MOST_SYNTAX_ERRORS) complaints.push({ ...blank.placeAt(trouble.pos[0]), severity: 'error', ...yamlTrouble(trouble.code, trouble.message) });
    }
  }
  if (complaints.length > 0) return { source: blank, complaints };
  const value = plainValue(documents, (node, problem, cure, rule) => {
    complaints.push({ ...blank.placeAt(node?.range?.[0] ?? 0), severity: 'error', problem, cure, rule });
  });
  const whole = complaints.some(({ rule }) => FATAL.has(rule)) ? null : value;
  return { source: new YamlSource(file, text, stream ? whole : (whole?.[0] ?? null), documents, stream), complaints };
}

/** One slip in the syntax leads to many errors; nobody reads past the first ones. */
const MOST_SYNTAX_ERRORS = 10;
const LARGEST_TEXT = 1_048_576;
const FATAL: ReadonlySet<string> = new Set(['too-deep', 'too-many-aliases', 'too-large']);
// eslint-disable-next-line no-control-regex
const CONTROL = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f]/;

function yamlTrouble(code: string, message: string): { problem: string; cure: string; rule: string } {
  const sentence = /[.!?]$/.test(message) ? message : `${message}.`;
  switch (code) {
    case 'TAG_RESOLVE_FAILED': return { problem: sentence.replace(/^Unresolved tag/, 'Unknown tag'), cure: 'Files of gameday use no tags of their own: remove it.', rule: 'unknown-tag' };
    case 'MULTIPLE_DOCS': return { problem: 'The file holds more than one YAML document.', cure: 'Keep one, and remove the line ---.', rule: 'one-document' };
    case 'NON_STRING_KEY': return { problem: 'A key must be a text.', cure: 'Put it in quotes.', rule: 'key' };
    case 'TAB_AS_INDENT': return { problem: sentence, cure: 'Indent with spaces.', rule: 'yaml' };
    case 'BAD_INDENT': return { problem: sentence, cure: 'Check the indentation of this line.', rule: 'yaml' };
    default: return { problem: sentence, cure: '', rule: 'yaml' };
  }
}

function childOf(holder: unknown, step: string | number): { key: Node | null; value: Node | null } | null {
  if (isMap(holder)) {
    const pair = holder.items.find((item): item is Pair<Node, Node | null> => isPair(item) && isScalar(item.key) && String(item.key.value) === String(step));
    return pair === undefined ? null : { key: pair.key, value: pair.value };
  }
  if (isSeq(holder) && typeof step === 'number' && step < holder.items.length) return { key: null, value: holder.items[step] as Node };
  return null;
}

function lineStarts(text: string): number[] {
  const starts = [0];
  for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) starts.push(at + 1);
  return starts;
}
