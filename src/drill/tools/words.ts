/** A line cut at its pipes, each part cut into words; or one sentence on why the line cannot be read. */
export type SplitLine = { readonly stages: readonly (readonly string[])[] } | { readonly refusal: string };

/**
 * Cuts a command line as a shell would: blanks part words, quotes and backslashes keep them together, `|` parts the
 * commands of a pipeline. Nothing is expanded: `$HOME` and `*` stand for themselves. What a shell would do beyond that
 * (files, several commands, substitution) is refused in a sentence; `2>&1` and `2>/dev/null` have nothing to do here
 * and are passed over. `{ stages: [[]] }` for an empty line.
 */
export function splitLine(line: string): SplitLine {
  if (line.length > LONGEST_LINE) return { refusal: `A line may have ${LONGEST_LINE} characters; this one has ${line.length}.` };
  const cutter = new Cutter(line);
  let refusal: string | null = null;
  while (refusal === null && cutter.at < line.length) refusal = step(cutter);
  if (refusal !== null) return { refusal };
  cutter.endWord();
  if (cutter.stages.length > 1 && cutter.stages.some((stage) => stage.length === 0)) {
    return { refusal: 'A pipe needs a command on both sides, such as: kubectl get pods | grep checkout' };
  }
  return { stages: cutter.stages };
}

/** The word as it has to be typed for {@link splitLine} to read it back. */
export function quoteWord(word: string): string {
  if (PLAIN.test(word)) return word;
  return `'${word.replaceAll("'", String.raw`'\''`)}'`;
}

const LONGEST_LINE = 32_768;
const PLAIN = /^[\w@%+=:,./~^{}[\]-]+$/;
const BLANK = /\s/;

/** Where the reading stands: the stages cut so far and the word under way, null between words. */
class Cutter {
  readonly line: string;
  at = 0;
  word: string | null = null;
  stages: string[][] = [[]];

  constructor(line: string) {
    this.line = line;
  }

  add(text: string): void {
    this.word = (this.word ?? '') + text;
  }

  endWord(): void {
    if (this.word !== null) (this.stages.at(-1) as string[]).push(this.word);
    this.word = null;
  }

  /** The rest of the line from where the reading stands. */
  sees(text: string): boolean {
    return this.line.startsWith(text, this.at);
  }
}

function step(cutter: Cutter): string | null {
  const char = cutter.line[cutter.at] as string;
  if (BLANK.test(char)) {
    cutter.endWord();
    cutter.at++;
    return null;
  }
  if (char === "'") return singleQuoted(cutter);
  if (char === '"') return doubleQuoted(cutter);
  if (char === '\\') return escaped(cutter);
  if (cutter.word === null) {
    for (const idle of ['2>&1', '2>/dev/null']) {
      if (cutter.sees(idle)) {
        cutter.at += idle.length;
        return null;
      }
    }
  }
  const refusal = unsupported(cutter);
  if (refusal !== null) return refusal;
  if (char === '|') {
    cutter.endWord();
    cutter.stages.push([]);
  } else {
    cutter.add(char);
  }
  cutter.at++;
  return null;
}

function singleQuoted(cutter: Cutter): string | null {
  const end = cutter.line.indexOf("'", cutter.at + 1);
  if (end < 0) return "A single quote (') is opened and never closed. Close it, or put a backslash before it.";
  cutter.add(cutter.line.slice(cutter.at + 1, end));
  cutter.at = end + 1;
  return null;
}

function doubleQuoted(cutter: Cutter): string | null {
  const { line } = cutter;
  cutter.add('');
  for (let at = cutter.at + 1; at < line.length; at++) {
    const char = line[at] as string;
    if (char === '"') {
      cutter.at = at + 1;
      return null;
    }
    const next = line[at + 1];
    if (char === '\\' && next !== undefined && '"\\$`'.includes(next)) {
      cutter.add(next);
      at++;
    } else {
      cutter.add(char);
    }
  }
  return 'A double quote (") is opened and never closed. Close it, or put a backslash before it.';
}

function escaped(cutter: Cutter): string | null {
  const next = cutter.line[cutter.at + 1];
  if (next === undefined) return 'The line ends in a backslash with nothing after it. Take it away.';
  cutter.add(next);
  cutter.at += 2;
  return null;
}

function unsupported(cutter: Cutter): string | null {
  if (cutter.sees('&&') || cutter.sees('||') || cutter.sees(';') || cutter.sees('&')) {
    return 'One command a line: give the next one after this one has answered. (Put quotes around ; and & in a text.)';
  }
  if (cutter.sees('>') || cutter.sees('<')) {
    return 'There are no files here to read from or write to. What a command answers stays on the screen. (Put quotes around < and > in a text.)';
  }
  if (cutter.sees('`') || cutter.sees('$(')) {
    return 'A command inside a command is not run here. Run the inner one first, then type its answer.';
  }
  return null;
}
