import { safeLine, safeLines } from './safe-text.ts';
import { nextStop, previousStop } from './text.ts';

/** The line being typed. `at` counts UTF-16 units and never stands inside a grapheme. */
export interface Prompt {
  readonly text: string;
  readonly at: number;
  /** Lines given before, oldest first. */
  readonly history: readonly string[];
  /** Index in `history` that is being shown, with what was typed before it was; null while typing. */
  readonly recalled: { readonly index: number; readonly draft: string } | null;
  /** Continuations being gone through with Tab; null otherwise. */
  readonly offered: { readonly lines: readonly string[]; readonly index: number; readonly typed: string } | null;
  /** Words looked for in the history, and where they were found; null outside of a search. */
  readonly search: { readonly words: string; readonly index: number | null } | null;
  /** What was cut last, for putting back. */
  readonly killed: string;
}

export const EMPTY_PROMPT: Prompt = { text: '', at: 0, history: [], recalled: null, offered: null, search: null, killed: '' };

/** Longer than any command; a paste of a whole file is not one. */
const LONGEST = 2_000;

/** A prompt with `text` typed at the cursor. Several lines become one, and are never sent by themselves. */
export function insert(prompt: Prompt, text: string): Prompt {
  const clean = safeLines(text.replace(/[\r\n]+$/, ''))
    .join(' ')
    .slice(0, Math.max(0, LONGEST - prompt.text.length));
  if (prompt.search !== null) return find(prompt, prompt.search.words + clean, prompt.history.length - 1);
  return typed(prompt, prompt.text.slice(0, prompt.at) + clean + prompt.text.slice(prompt.at), prompt.at + clean.length);
}

/** The prompt after its line was given to the drill. */
export function given(prompt: Prompt): Prompt {
  const line = prompt.text.trim();
  const history = line === '' || prompt.history.at(-1) === line ? prompt.history : [...prompt.history, line].slice(-500);
  return { ...EMPTY_PROMPT, history, killed: prompt.killed };
}

/** Every way to edit, by the name that the key table uses. */
export const EDITS = {
  left: (prompt) => ({ ...prompt, offered: null, at: previousStop(prompt.text, prompt.at) }),
  right: (prompt) => ({ ...prompt, offered: null, at: nextStop(prompt.text, prompt.at) }),
  'word-left': (prompt) => ({ ...prompt, offered: null, at: wordStart(prompt.text, prompt.at) }),
  'word-right': (prompt) => ({ ...prompt, offered: null, at: wordEnd(prompt.text, prompt.at) }),
  'line-start': (prompt) => ({ ...prompt, offered: null, at: 0 }),
  'line-end': (prompt) => ({ ...prompt, offered: null, at: prompt.text.length }),
  backspace: (prompt) =>
    prompt.search === null
      ? without(prompt, previousStop(prompt.text, prompt.at), prompt.at, false)
      : find(prompt, prompt.search.words.slice(0, -1), prompt.history.length - 1),
  delete: (prompt) => without(prompt, prompt.at, nextStop(prompt.text, prompt.at), false),
  'cut-word': (prompt) => without(prompt, wordStart(prompt.text, prompt.at), prompt.at, true),
  'cut-to-start': (prompt) => without(prompt, 0, prompt.at, true),
  'cut-to-end': (prompt) => without(prompt, prompt.at, prompt.text.length, true),
  'put-back': (prompt) => insert(prompt, prompt.killed),
  older: (prompt) => recall(prompt, (prompt.recalled?.index ?? prompt.history.length) - 1),
  newer: (prompt) => (prompt.recalled === null ? prompt : recall(prompt, prompt.recalled.index + 1)),
  search: (prompt) =>
    prompt.search === null
      ? { ...prompt, offered: null, search: { words: '', index: null } }
      : find(prompt, prompt.search.words, (prompt.search.index ?? prompt.history.length) - 1),
} as const satisfies Record<string, (prompt: Prompt) => Prompt>;

export type Edit = keyof typeof EDITS;

/** The next of the continuations (`by` 1) or the one before (-1); `lines` are asked for when Tab is pressed first. */
export function offer(prompt: Prompt, by: 1 | -1, lines: () => readonly string[]): Prompt {
  if (prompt.offered !== null) {
    const { lines: known, index, typed: start } = prompt.offered;
    return shown(prompt, { lines: known, index: (index + by + known.length) % known.length, typed: start });
  }
  const found = lines()
    .map(safeLine)
    .filter((line) => line !== prompt.text);
  if (found.length === 0) return prompt;
  const offered = shown(prompt, { lines: found, index: by === 1 ? 0 : found.length - 1, typed: prompt.text });
  return found.length === 1 ? { ...offered, offered: null } : offered;
}

/** What would follow the cursor if the best continuation were taken, or ''. */
export function ghostOf(prompt: Prompt, best: string | undefined): string {
  if (
    best === undefined ||
    prompt.text === '' ||
    prompt.at < prompt.text.length ||
    prompt.offered !== null ||
    prompt.search !== null
  )
    return '';
  const line = safeLine(best);
  return line.startsWith(prompt.text) ? line.slice(prompt.text.length) : '';
}

/** Leaves a search or a choice of continuations, keeping the line that was found. */
export function settled(prompt: Prompt): Prompt {
  return { ...prompt, offered: null, search: null };
}

function shown(prompt: Prompt, offered: NonNullable<Prompt['offered']>): Prompt {
  const text = offered.lines[offered.index] ?? offered.typed;
  return { ...prompt, text, at: text.length, recalled: null, offered };
}

function typed(prompt: Prompt, text: string, at: number): Prompt {
  return { ...prompt, text, at, recalled: null, offered: null };
}

function without(prompt: Prompt, from: number, to: number, keep: boolean): Prompt {
  if (from === to) return prompt;
  const killed = keep ? prompt.text.slice(from, to) : prompt.killed;
  return { ...typed(prompt, prompt.text.slice(0, from) + prompt.text.slice(to), from), killed };
}

function recall(prompt: Prompt, index: number): Prompt {
  const draft = prompt.recalled?.draft ?? prompt.text;
  if (index < 0) return prompt;
  const text = prompt.history[index] ?? draft;
  return { ...prompt, text, at: text.length, offered: null, recalled: index < prompt.history.length ? { index, draft } : null };
}

/** The newest line at or before `from` that holds `words`; the last find stays where there is none. */
function find(prompt: Prompt, words: string, from: number): Prompt {
  if (words === '') return { ...prompt, search: { words, index: null } };
  for (let index = from; index >= 0; index--) {
    const line = prompt.history[index] ?? '';
    if (line.toLowerCase().includes(words.toLowerCase()))
      return { ...prompt, text: line, at: line.length, search: { words, index } };
  }
  return { ...prompt, search: { words, index: prompt.search?.index ?? null } };
}

function wordStart(text: string, at: number): number {
  return text.slice(0, at).search(/[^\s/=.-]*[\s/=.-]*$/);
}

function wordEnd(text: string, at: number): number {
  return at + (/^[\s/=.-]*[^\s/=.-]*/.exec(text.slice(at))?.[0].length ?? 0);
}
