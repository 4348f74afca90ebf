import { KEYS, type Mode } from '../keys.ts';
import type { Prompt } from '../prompt.ts';
import { row, type Span } from '../rows.ts';
import { widthOf } from '../text.ts';
import type { Theme } from '../theme.ts';

/** The prompt as a row, and the column its cursor stands in. A line that is too long shows the part around its cursor. */
export function promptLine(prompt: Prompt, ghost: string, theme: Theme, columns: number): { line: string; cursor: number } {
  const lead: Span[] =
    prompt.search === null
      ? [['key', '› ']]
      : [
          ['key', '(search) '],
          ['strong', prompt.search.words],
          ['faint', prompt.search.index === null ? ': nothing yet ' : ': '],
        ];
  const leadWidth = lead.reduce((sum, [, text]) => sum + widthOf(text), 0);
  const room = Math.max(4, columns - leadWidth - 1);
  let from = 0;
  while (widthOf(prompt.text.slice(from, prompt.at)) >= room) from += Math.max(1, Math.floor(room / 3));
  const shown = (from > 0 ? '‹' : '') + prompt.text.slice(from > 0 ? from + 1 : 0);
  const cursor = leadWidth + widthOf(from > 0 ? `‹${prompt.text.slice(from + 1, prompt.at)}` : prompt.text.slice(0, prompt.at));
  const hint = prompt.text === '' && prompt.search === null ? 'type a command, or words for the room; ? for help' : ghost;
  return { line: row(theme, columns, [...lead, ['plain', shown], ['ghost', hint]]), cursor: Math.min(columns - 1, cursor) };
}

/** The continuations that Tab goes through, the chosen one marked, as many as fit around it. */
export function choices(offered: NonNullable<Prompt['offered']>, theme: Theme, columns: number): string {
  const shared = commonStart(offered.lines);
  const spans: Span[] = [['faint', `${offered.index + 1}/${offered.lines.length} `]];
  const first = Math.max(0, Math.min(offered.index - 2, offered.lines.length - 6));
  for (let i = first; i < offered.lines.length; i++) {
    const text = offered.lines[i]?.slice(shared) ?? '';
    spans.push([i === offered.index ? 'tab' : 'faint', ` ${text === '' ? '(as it is)' : text} `]);
  }
  return row(theme, columns, spans);
}

/** The keys that matter now, from the key table, with a notice in front if there is one. */
export function footer(mode: Mode, notice: string | null, theme: Theme, columns: number): string {
  if (mode === 'leaving') {
    return row(theme, columns, [
      ['warn', ' Leave the drill? Nothing is lost; go on with --resume. '],
      ['key', '^C'],
      ['plain', ' yes, any key no'],
    ]);
  }
  if (notice !== null) return row(theme, columns, [['warn', ` ${notice}`]]);
  const spans: Span[] = [];
  let used = 0;
  for (const key of KEYS) {
    const width = key.label.length + (key.footer?.length ?? 0) + 3;
    if (key.footer === null || !key.modes.includes(mode) || used + width > columns) continue;
    spans.push(['key', ` ${key.label}`], ['faint', ` ${key.footer} `]);
    used += width;
  }
  return row(theme, columns, spans);
}

/** Length of what all lines start with, up to the last space in it: the words that need not be repeated. */
function commonStart(lines: readonly string[]): number {
  const first = lines[0] ?? '';
  let length = first.length;
  for (const line of lines) while (!line.startsWith(first.slice(0, length))) length--;
  return first.lastIndexOf(' ', length - 1) + 1;
}
