/**
 * One line of text from outside, made harmless for a terminal: no escape sequences, no control characters, no
 * direction overrides or invisible characters, at most two marks on a letter, and one width everywhere. Idempotent.
 */
export function safeLine(text: string): string {
  if (HARMLESS.test(text)) return text;
  return text
    .replace(SEQUENCE, '')
    .replace(TAB, '    ')
    .replace(LINE_BREAK, ' ')
    .replace(INVISIBLE, '')
    .replace(UNDRAWABLE, '\u{fffd}')
    .replace(MANY_MARKS, '$1')
    .replace(LEADING_MARKS, '');
}

/** A text of many lines, each made harmless. A carriage return ends a line: what follows must not overwrite it. */
export function safeLines(text: string): string[] {
  return text.split(LINE_BREAK).map(safeLine);
}

/** The usual case: printable ASCII, Latin letters, and the symbols that panels are drawn with. */
const HARMLESS = /^[ -~\u00a1-\u00ac\u00ae-\u024f\u2010-\u2027\u2030-\u205e\u2190-\u21ff\u2500-\u25fc\u2713\u2717]*$/;
/** CSI up to its final byte; OSC, DCS, SOS, PM and APC up to their terminator or the end; two-byte escapes. ECMA-48, section 5. */
const SEQUENCE =
  // oxlint-disable-next-line no-control-regex -- control characters are what this looks for
  /(?:\u001b\[|\u009b)[0-?]*[ -/]*[@-~]|(?:\u001b[\]PX^_]|[\u009d\u0090\u0098\u009e\u009f])[^\u0007\u001b\u009c]*(?:\u0007|\u001b\\|\u009c|$)|\u001b[ -/]*[0-~]/g;
const TAB = /\t/g;
const LINE_BREAK = /\r\n|[\n\v\f\r\u0085\u2028\u2029]/g;
/** C0, C1, soft hyphen, zero-width and direction characters, joiners, variation selectors, fillers and tags. */
const INVISIBLE =
  // oxlint-disable-next-line no-control-regex, no-misleading-character-class -- each of these is meant by itself
  /[\u0000-\u001f\u007f-\u009f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb\u{1bca0}-\u{1bca3}\u{1d173}-\u{1d17a}\u{e0000}-\u{e0fff}]/gu;
/** Lone surrogates and private use: no two terminals draw them alike. */
const UNDRAWABLE = /[\u{d800}-\u{dfff}\u{e000}-\u{f8ff}\u{f0000}-\u{10ffff}]/gu;
const MANY_MARKS = /(\p{M}{2})\p{M}+/gu;
const LEADING_MARKS = /^\p{M}+/u;
