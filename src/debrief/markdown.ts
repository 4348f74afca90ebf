/**
 * Text of other people inside Markdown: names, chat, command lines, scenario texts. In a code span nothing is
 * interpreted: no link, image, HTML, mention or emphasis. Written for CommonMark with GitHub's tables.
 */

/** A code span that shows the text and nothing else. */
export function code(text: string): string {
  const shown = neutral(text);
  if (shown === '') return '(empty)';
  const longest = Math.max(0, ...[...shown.matchAll(/`+/g)].map((run) => run[0].length));
  const fence = '`'.repeat(longest + 1);
  const pad = shown.startsWith('`') || shown.endsWith('`') ? ' ' : '';
  return `${fence}${pad}${shown}${pad}${fence}`;
}

/** A code span for a table's cell, where a pipe would end the cell: it is drawn as a broken bar. */
export function cellCode(text: string): string {
  return code(text.replaceAll('|', '¦'));
}

/** Prose of the scenario's author, escaped; a code span where it holds something that Markdown would link by itself. */
export function prose(text: string): string {
  const shown = neutral(text, 4_000);
  if (/@|:\/\/|www\./i.test(shown)) return code(shown.replaceAll('|', '¦'));
  return shown.replaceAll(/[\\`*_{}[\]<>#|~!&$^]/g, (sign) => ENTITIES[sign] ?? `\\${sign}`);
}

const ENTITIES: Readonly<Record<string, string>> = { '<': '&lt;', '>': '&gt;', '&': '&amp;' };

/** In quotation marks, which the prose rules leave alone: it is somebody else's sentence. */
export function quoted(text: string): string {
  return `“${prose(text.replaceAll(/[“”"]/g, "'"))}”`;
}

/** A row of a table; cells must be encoded already. */
export function row(cells: readonly string[]): string {
  return `| ${cells.join(' | ')} |`;
}

/** Head and rule of a table. */
export function head(titles: readonly string[]): readonly string[] {
  return [row(titles), row(titles.map(() => '---'))];
}

/** ` [#4] [#7]`: what shows the sentence before it. At most six, each once. */
export function cite(...seqs: readonly (number | null | undefined)[]): string {
  const given = [...new Set(seqs.filter((seq) => seq !== null && seq !== undefined))];
  const more = given.length > 6 ? ` and ${given.length - 6} more` : '';
  return given.slice(0, 6).map((seq) => ` [#${seq}]`).join('') + more;
}

/** One line without controls, invisible or direction-changing signs, floods of combining marks, or great length. */
export function neutral(text: string, most = 300): string {
  const line = text
    .replaceAll(/\s+/g, ' ')
    .replaceAll(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu, '\u{fffd}')
    .replaceAll(/(\p{M}{2})\p{M}+/gu, '$1')
    .trim();
  const signs = Array.from(line);
  return signs.length > most ? `${signs.slice(0, most).join('')}…` : line;
}
