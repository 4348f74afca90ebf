import stringWidth from 'string-width';
import { safeLine } from './safe-text.ts';

/** Columns that a line takes on a terminal. */
export function widthOf(text: string): number {
  return NARROW.test(text) ? text.length : stringWidth(text);
}

/** The line's first `columns` columns; where something was cut off, its last column is `marker`. */
export function cut(text: string, columns: number, marker = '…'): string {
  if (columns <= 0) return '';
  if (widthOf(text) <= columns) return text;
  if (NARROW.test(text)) return text.slice(0, columns - 1) + marker;
  let kept = '';
  let used = 0;
  for (const { segment } of graphemes(text)) {
    const width = widthOf(segment);
    if (used + width > columns - 1) break;
    kept += segment;
    used += width;
  }
  return kept + ' '.repeat(columns - 1 - used) + marker;
}

/** The line without its first `columns` columns; half a wide character becomes a space. */
export function skip(text: string, columns: number): string {
  if (columns <= 0) return text;
  if (NARROW.test(text)) return text.slice(columns);
  let used = 0;
  for (const { segment, index } of graphemes(text)) {
    if (used >= columns) return ' '.repeat(used - columns) + text.slice(index);
    used += widthOf(segment);
  }
  return '';
}

/** The line cut or filled up with spaces to exactly `columns` columns. */
export function fit(text: string, columns: number): string {
  const short = cut(text, columns);
  return short + ' '.repeat(Math.max(0, columns - widthOf(short)));
}

/** Like {@link fit}, with the spaces in front. */
export function fitRight(text: string, columns: number): string {
  const short = cut(text, columns);
  return ' '.repeat(Math.max(0, columns - widthOf(short))) + short;
}

/** Breaks one line at spaces into lines of at most `columns` columns; a longer word is broken inside. Never empty. */
export function wrap(text: string, columns: number): string[] {
  const safe = safeLine(text).trimEnd();
  const room = Math.max(1, columns);
  if (widthOf(safe) <= room) return [safe];
  const lines: string[] = [];
  let line = '';
  for (const word of safe.split(/(?<= )(?=[^ ])/)) {
    if (line !== '' && widthOf(line) + widthOf(word.trimEnd()) > room) {
      lines.push(line.trimEnd());
      line = '';
    }
    line += word;
    while (widthOf(line.trimEnd()) > room) {
      const head = headOf(line, room);
      lines.push(head);
      line = line.slice(head.length);
    }
  }
  if (line.trim() !== '') lines.push(line.trimEnd());
  return lines;
}

/** Index of the grapheme's start that ends at `at`; 0 at the start. */
export function previousStop(text: string, at: number): number {
  let last = 0;
  for (const { index } of graphemes(text)) {
    if (index >= at) break;
    last = index;
  }
  return last;
}

/** Index just after the grapheme that starts at `at`. */
export function nextStop(text: string, at: number): number {
  for (const { index } of graphemes(text)) if (index > at) return index;
  return text.length;
}

/** The first so many characters of a text, as people count them. */
export function firstGraphemes(text: string, count: number): string {
  let at = 0;
  for (let nth = 0; nth < count && at < text.length; nth++) at = nextStop(text, at);
  return text.slice(0, at);
}

/** Characters of one code unit, one column and no marks: the usual case, measured without segmenting. */
const NARROW = /^[ -~\u00a1-\u00ac\u00ae-\u024f\u2010-\u2027\u2030-\u205e\u2190-\u21ff\u2500-\u25fc\u2713\u2717\u2800-\u28ff]*$/;
const segmenter = new Intl.Segmenter('en', { granularity: 'grapheme' });

function graphemes(text: string): Iterable<Intl.SegmentData> {
  return segmenter.segment(text);
}

/** As many whole graphemes as fit, at least one. */
function headOf(text: string, columns: number): string {
  let used = 0;
  for (const { segment, index } of graphemes(text)) {
    used += widthOf(segment);
    if (used > columns && index > 0) return text.slice(0, index);
  }
  return text;
}
