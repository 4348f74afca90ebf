/** A sentence of a document, a cell of a table, an item of a list. */
export interface Sentence {
  readonly start: number;
  readonly text: string;
  /** The whole line on which it starts. */
  readonly line: string;
  /** The newest heading above it. */
  readonly heading: string;
}

const END = /(?<=[.!?])[ \t\n]+|\n[ \t]*\n|\n(?=[ \t]*(?:[-*+|#>]|\d+[.)][ \t]))|[|]/g;

export function sentencesOf(text: string): readonly Sentence[] {
  const sentences: Sentence[] = [];
  let heading = '';
  let start = 0;
  const add = (end: number): void => {
    const own = text.slice(start, end);
    if (own.trim() === '') return;
    const lineStart = text.lastIndexOf('\n', start + (own.length - own.trimStart().length)) + 1;
    const lineEnd = text.indexOf('\n', start + (own.length - own.trimStart().length));
    const line = text.slice(lineStart, lineEnd === -1 ? text.length : lineEnd);
    const title = /^#{1,6}[ \t]+(.*)$/.exec(line);
    if (title !== null) heading = title[1] ?? '';
    sentences.push({ start, text: own, line, heading });
  };
  for (const match of text.matchAll(END)) {
    add(match.index);
    start = match.index + match[0].length;
  }
  add(text.length);
  return sentences;
}
