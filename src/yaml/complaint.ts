/** An author's mistake: where it is, what is wrong, what to do. `line` and `col` count from 1; `col` in UTF-16 units. */
export interface Complaint {
  readonly file: string;
  readonly line: number;
  readonly col: number;
  /** An error keeps the file from being used; a warning only with `--strict`. */
  readonly severity: 'error' | 'warning';
  /** A sentence that says what is wrong. */
  readonly problem: string;
  /** A sentence that says what to do, or ''. */
  readonly cure: string;
  /** The rule's name, such as `unknown-target`. */
  readonly rule: string;
}

export interface Place {
  readonly file: string;
  readonly line: number;
  readonly col: number;
}

/** `file:line:col: problem cure [rule]` on one line, safe for a terminal whatever the author's text holds. */
export function formatComplaint(complaint: Complaint): string {
  const { file, line, col, severity, problem, cure, rule } = complaint;
  const words = [problem, cure].filter((text) => text !== '').join(' ');
  return plainText(`${file}:${line}:${col}: ${severity === 'warning' ? 'warning: ' : ''}${words} [${rule}]`);
}

/** Complaints in order of file, line and column, each said once. */
export function inOrder(complaints: readonly Complaint[]): readonly Complaint[] {
  const sorted = complaints.toSorted((a, b) => compare(a.file, b.file) || a.line - b.line || a.col - b.col || compare(a.rule, b.rule) || compare(a.problem, b.problem));
  return sorted.filter((complaint, at) => at === 0 || formatComplaint(complaint) !== formatComplaint(sorted[at - 1] as Complaint));
}

/** The author's own words as they may stand inside a complaint: shortened, in quotes. */
export function quoted(text: string): string {
  return `"${plainText(text.length > 60 ? `${text.slice(0, 57)}...` : text)}"`;
}

/** Control characters and what turns the direction of text become visible escapes. */
export function plainText(text: string): string {
  return text.replace(UNSAFE, (character) => `\\u{${(character.codePointAt(0) as number).toString(16)}}`);
}

// eslint-disable-next-line no-control-regex
const UNSAFE = /[\u0000-\u001f\u007f-\u009f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]/g;

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
