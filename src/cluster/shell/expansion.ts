import type { ParameterExpansionPart, Word, WordPart } from 'unbash';
import { fits, globPaths } from './glob.ts';
import type { Steps } from './process.ts';
import type { Shell } from './shell.ts';
import { evaluate } from './arithmetic.ts';
import type { Io } from './streams.ts';

/** A piece of a word: quoted text stays as it is, the rest is split at blanks and may be a pattern. */
interface Piece {
  text: string;
  readonly quoted: boolean;
  /** The word ends here: between the values of `"$@"`. */
  readonly ends?: boolean;
}

/** The fields that words come to: expanded, split, with the names of files that patterns match. */
export function* expandWords(shell: Shell, words: readonly (Word | { readonly text: string })[], io: Io): Steps<string[]> {
  const fields: string[] = [];
  for (const word of words) {
    if (!('parts' in word) || word.parts === undefined) {
      const plain = 'value' in word ? word.value : word.text;
      for (const braced of braces(plain, word.text)) fields.push(tilde(shell, braced, word.text));
      continue;
    }
    const pieces: Piece[] = [];
    for (const part of word.parts) pieces.push(...(yield* piecesOf(shell, part, io, false)));
    fields.push(...split(shell, pieces));
  }
  return fields;
}

/** The text of a word that is neither split nor matched, as in an assignment. */
export function* expandText(shell: Shell, word: Word | undefined, io: Io): Steps<string> {
  if (word === undefined) return '';
  if (word.parts === undefined) return tilde(shell, word.value, word.text);
  return yield* textOfParts(shell, word.parts, io);
}

export function* textOfParts(shell: Shell, parts: readonly WordPart[], io: Io): Steps<string> {
  let text = '';
  for (const part of parts) for (const piece of yield* piecesOf(shell, part, io, true)) text += piece.ends === true ? `${piece.text} ` : piece.text;
  return text;
}

/** A word as a pattern for `case` and `${x#…}`: what is quoted in it matches itself alone. */
export function* expandPattern(shell: Shell, word: Word | undefined, io: Io): Steps<string> {
  if (word?.parts === undefined) return word === undefined ? '' : word.text === word.value ? word.value : escapePattern(word.value);
  let pattern = '';
  for (const part of word.parts) for (const piece of yield* piecesOf(shell, part, io, false)) pattern += piece.quoted ? escapePattern(piece.text) : piece.text;
  return pattern;
}

function escapePattern(text: string): string {
  return text.replace(/[*?[\]\\]/g, '\\$&');
}

function* piecesOf(shell: Shell, part: WordPart, io: Io, quoted: boolean): Steps<Piece[]> {
  switch (part.type) {
    case 'Literal':
      return [{ text: part.value, quoted: part.value !== part.text }];
    case 'SingleQuoted':
    case 'AnsiCQuoted':
      return [{ text: part.value, quoted: true }];
    case 'DoubleQuoted':
    case 'LocaleString': {
      const pieces: Piece[] = [];
      for (const child of part.parts) {
        if (child.type === 'Literal') pieces.push({ text: child.value, quoted: true });
        else pieces.push(...(yield* piecesOf(shell, child, io, true)).map((piece) => ({ ...piece, quoted: true })));
      }
      return pieces.length > 0 || part.text === '"$@"' ? pieces : [{ text: '', quoted: true }];
    }
    case 'SimpleExpansion':
      return variable(shell, part.text.slice(1), quoted);
    case 'ParameterExpansion':
      return yield* parameter(shell, part, io, quoted);
    case 'CommandExpansion':
      return [{ text: (yield* shell.substitute(part.script, io)).replace(/\n+$/, ''), quoted }];
    case 'ArithmeticExpansion':
      return [{ text: String(part.expression === undefined ? 0 : yield* evaluate(shell, part.expression, io)), quoted }];
    case 'BraceExpansion': {
      const all = braces(part.text, part.text);
      return all.map((text, nth) => ({ text, quoted: true, ends: nth < all.length - 1 }));
    }
    case 'Glob':
    case 'ExtendedGlob':
    case 'ProcessSubstitution':
      return [{ text: part.text, quoted: false }];
  }
}

function variable(shell: Shell, name: string, quoted: boolean): Piece[] {
  if (name === '@' || (name === '*' && !quoted)) {
    return shell.positional.map((text, nth) => ({ text, quoted, ends: nth < shell.positional.length - 1 }));
  }
  const text = shell.get(name);
  if (text === undefined && shell.options.has('u') && name !== '*') shell.fail(`${name}: parameter not set`, 2);
  return [{ text: text ?? '', quoted }];
}

function* parameter(shell: Shell, part: ParameterExpansionPart, io: Io, quoted: boolean): Steps<Piece[]> {
  const { parameter: name, operation, prefix } = part;
  const value = shell.get(name);
  if (prefix === '#') return [{ text: String(name === '@' || name === '*' ? shell.positional.length : (value ?? '').length), quoted }];
  if (operation === undefined) return variable(shell, name, quoted);
  switch (operation.type) {
    case 'Default': {
      const unset = value === undefined || (operation.operator.startsWith(':') && value === '');
      const kind = operation.operator.at(-1);
      if (kind === '+') return [{ text: unset ? '' : yield* expandText(shell, operation.operand, io), quoted }];
      if (!unset) return variable(shell, name, quoted);
      const other = yield* expandText(shell, operation.operand, io);
      if (kind === '=') shell.set(name, other);
      if (kind === '?') shell.fail(`${name}: ${other === '' ? 'parameter not set' : other}`, 2);
      return [{ text: other, quoted }];
    }
    case 'Remove': {
      const pattern = yield* expandPattern(shell, operation.operand, io);
      return [{ text: removed(value ?? '', operation.operator, pattern), quoted }];
    }
    case 'Replace': {
      const pattern = yield* expandPattern(shell, operation.pattern, io);
      const replacement = yield* expandText(shell, operation.replacement, io);
      return [{ text: replaced(value ?? '', operation.operator, pattern, replacement), quoted }];
    }
    case 'Slice': {
      const from = Number(yield* expandText(shell, operation.offset, io)) || 0;
      const length = operation.length === undefined ? undefined : Number(yield* expandText(shell, operation.length, io)) || 0;
      const start = from < 0 ? Math.max(0, (value ?? '').length + from) : from;
      return [{ text: (value ?? '').slice(start, length === undefined ? undefined : length < 0 ? length : start + length), quoted }];
    }
    case 'CaseModification': {
      const up = operation.operator.startsWith('^');
      const turn = (text: string): string => (up ? text.toUpperCase() : text.toLowerCase());
      const text = value ?? '';
      return [{ text: operation.operator.length === 2 ? turn(text) : turn(text.slice(0, 1)) + text.slice(1), quoted }];
    }
    case 'Transform':
    case 'Names':
    case 'Unknown':
      return shell.fail(`${part.text}: bad substitution`, 2);
  }
}

/** Values longer than this are left as they are: what fits is looked for piece by piece. */
const LONGEST_SEARCHED = 2_048;

/** What `#`, `##`, `%`, `%%` leave of a value. */
function removed(value: string, operator: '#' | '##' | '%' | '%%', pattern: string): string {
  if (value.length > LONGEST_SEARCHED) return value;
  const ends = Array.from({ length: value.length + 1 }, (_, at) => at);
  if (operator.startsWith('#')) {
    const at = (operator === '#' ? ends : ends.toReversed()).find((end) => fits(pattern, value.slice(0, end)));
    return at === undefined ? value : value.slice(at);
  }
  const at = (operator === '%' ? ends.toReversed() : ends).find((start) => fits(pattern, value.slice(start)));
  return at === undefined ? value : value.slice(0, at);
}

/** What `/`, `//`, `/#`, `/%` make of a value: the longest piece that fits, from the left. */
function replaced(value: string, operator: '/' | '//' | '/#' | '/%', pattern: string, replacement: string): string {
  if (pattern === '' || value.length > LONGEST_SEARCHED) return value;
  if (!/[*?[\\]/.test(pattern) && (operator === '/' || operator === '//')) return operator === '/' ? value.replace(pattern, () => replacement) : value.replaceAll(pattern, () => replacement);
  let result = '';
  for (let start = 0; start <= value.length; start++) {
    for (let end = value.length; end > start; end--) {
      if ((operator === '/#' && start > 0) || (operator === '/%' && end < value.length) || end - start > LONGEST_PIECE || !fits(pattern, value.slice(start, end))) continue;
      result += replacement;
      if (operator !== '//') return result + value.slice(end);
      start = end;
      end = value.length + 1;
    }
    result += value.charAt(start);
  }
  return result;
}

const LONGEST_PIECE = 256;

/** Joins pieces to fields: unquoted text is split at the characters of IFS. */
function split(shell: Shell, pieces: readonly Piece[]): string[] {
  const separators = shell.get('IFS') ?? ' \t\n';
  const fields: { text: string; pattern: string; globs: boolean }[] = [];
  let field: { text: string; pattern: string; globs: boolean } | null = null;
  const open = (): { text: string; pattern: string; globs: boolean } => (field ??= { text: '', pattern: '', globs: false });
  const close = (): void => {
    if (field !== null) fields.push(field);
    field = null;
  };
  for (const piece of pieces) {
    if (piece.quoted) {
      const now = open();
      now.text += piece.text;
      now.pattern += escapePattern(piece.text);
    } else {
      for (const character of piece.text) {
        if (separators.includes(character)) close();
        else {
          const now = open();
          now.text += character;
          now.pattern += character;
          if (character === '*' || character === '?' || character === '[') now.globs = true;
        }
      }
    }
    if (piece.ends === true) close();
  }
  close();
  return fields.flatMap(({ text, pattern, globs }) => {
    const found = globs && !shell.options.has('f') ? globPaths(shell.machine.files, shell.cwd, pattern) : [];
    return found.length > 0 ? found : [text];
  });
}

function tilde(shell: Shell, value: string, text: string): string {
  return text.startsWith('~') && (value === '~' || value.startsWith('~/')) ? (shell.get('HOME') ?? '/root') + value.slice(1) : value;
}

/** `{1..3}` and `a{b,c}`, one level deep. */
function braces(value: string, text: string): string[] {
  const found = /^([^{}]*)\{([^{}]*)\}([^{}]*)$/.exec(text);
  if (found === null || /['"\\$]/.test(text)) return [value];
  const [, before = '', inner = '', after = ''] = found;
  const range = /^(-?\d{1,5})\.\.(-?\d{1,5})$/.exec(inner);
  if (range !== null) {
    const [from, to] = [Number(range[1]), Number(range[2])];
    const step = from <= to ? 1 : -1;
    return Array.from({ length: Math.min(10_000, Math.abs(to - from) + 1) }, (_, nth) => `${before}${from + nth * step}${after}`);
  }
  return inner.includes(',') ? inner.split(',').map((choice) => `${before}${choice}${after}`) : [value];
}
