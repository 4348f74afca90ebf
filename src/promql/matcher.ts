import { RE2JS } from 're2js';

export type MatchOp = '=' | '!=' | '=~' | '!~';

/** One condition on a label. Regular expressions are RE2's, anchored at both ends, and take time linear in the text. */
export interface Matcher {
  readonly name: string;
  readonly op: MatchOp;
  readonly value: string;
  /** Whether a label's value meets it; a label that is not there is empty. */
  readonly meets: (value: string) => boolean;
}

/** A matcher, or one sentence on what is wrong with its regular expression. */
export function matcher(name: string, op: MatchOp, value: string): Matcher | { readonly problem: string } {
  switch (op) {
    case '=': return { name, op, value, meets: (own) => own === value };
    case '!=': return { name, op, value, meets: (own) => own !== value };
    case '=~':
    case '!~': {
      const test = anchored(value);
      if (typeof test !== 'function') return test;
      return { name, op, value, meets: op === '=~' ? test : (own) => !test(own) };
    }
  }
}

/** More different texts than this are not remembered. */
const MOST_REMEMBERED = 2_000;

function anchored(pattern: string): ((text: string) => boolean) | { readonly problem: string } {
  if (!/[\\.+*?()[\]{}^$]/.test(pattern)) {
    const literals = new Set(pattern.split('|'));
    return (text) => literals.has(text);
  }
  const compiled = compile(pattern);
  if ('problem' in compiled) return compiled;
  const remembered = new Map<string, boolean>();
  return (text) => {
    let meets = remembered.get(text);
    if (meets === undefined) {
      meets = compiled.regex.matches(text);
      if (remembered.size < MOST_REMEMBERED) remembered.set(text, meets);
    }
    return meets;
  };
}

/** A regular expression in RE2's syntax, with `.` for any character at all, or what is wrong with it. */
export function compile(pattern: string): { readonly regex: RE2JS } | { readonly problem: string } {
  try {
    return { regex: RE2JS.compile(pattern, RE2JS.DOTALL) };
  } catch (error) {
    const problem = error instanceof Error ? error.message : String(error);
    return { problem: problem.replace('`(?s)', () => '`^(?:').replace(/`$/, () => ')$`') };
  }
}
