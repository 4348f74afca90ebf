import { RE2JS } from 're2js';

/**
 * A regular expression as Go reads it, for patterns come from people: their time to match grows with the text alone,
 * whatever they say. Or what Go's reader finds wrong with it: ``error parsing regexp: missing closing ): `(` ``.
 */
export function readPattern(pattern: string): { readonly expression: RE2JS } | { readonly problem: string } {
  let known = KNOWN.get(pattern);
  if (known === undefined) {
    known = compiled(pattern);
    if (KNOWN.size > MOST_KNOWN) KNOWN.clear();
    KNOWN.set(pattern, known);
  }
  return known;
}

/** Whether a pattern is found in a text; one that cannot be read is in none, nor is one for which no work is left. */
export function findsPattern(pattern: string, text: string): boolean {
  const read = readPattern(pattern);
  if (!('expression' in read)) return false;
  workLeft -= patternWork(pattern, text);
  return workLeft >= 0 && read.expression.matcher(text).find();
}

/** What looking for a pattern in a text may take at worst: each instruction of it at each character. */
export function patternWork(pattern: string, text: string): number {
  const read = readPattern(pattern);
  return 'expression' in read ? read.expression.programSize() * (text.length + 1) : 0;
}

/** Bounds what all patterns in one object may take: large ones on large texts would take minutes together. */
export function withinPatternWork<Result>(act: () => Result): Result {
  workLeft = MOST_WORK;
  try {
    return act();
  } finally {
    workLeft = Infinity;
  }
}

let workLeft = Infinity;
/** About a second. */
const MOST_WORK = 100_000_000;

/** All that a pattern finds in a text, from left to right; at most `most`. */
export function allFound(pattern: string, text: string, most = Infinity): string[] {
  const read = readPattern(pattern);
  const found: string[] = [];
  if ('problem' in read) return found;
  const matcher = read.expression.matcher(text);
  while (found.length < most && matcher.find()) found.push(matcher.group() ?? '');
  return found;
}

function compiled(pattern: string): { readonly expression: RE2JS } | { readonly problem: string } {
  try {
    return { expression: RE2JS.compile(pattern) };
  } catch (error) {
    return { problem: error instanceof Error ? error.message : String(error) };
  }
}

const KNOWN = new Map<string, ReturnType<typeof compiled>>();
const MOST_KNOWN = 500;
