import type { ChatLine, Screen } from '../../drill/screen.ts';
import { row, type Span } from '../rows.ts';
import { tailWindow, type Scroll, type Window } from '../scroll.ts';
import { cut, wrap } from '../text.ts';
import { safeLine } from '../safe-text.ts';
import { incidentTime, type Style, type Theme } from '../theme.ts';

/** The incident room: who said what, oldest first, the words hanging under one another. */
export function room(
  screen: Pick<Screen, 'chat' | 'clock' | 'you'>,
  theme: Theme,
  columns: number,
  height: number,
  scroll: Scroll,
): Window {
  if (screen.chat.length === 0) return { lines: empty(theme, columns), above: 0, below: 0, back: 0 };
  return tailWindow(screen.chat, height, scroll, (line) => chatRows(line, screen, theme, columns));
}

/** One utterance on one line, for where there is room for no more. */
export function chatSpans(line: ChatLine, screen: Pick<Screen, 'clock' | 'you'>): Span[] {
  return [
    ['faint', `${incidentTime(screen.clock, line.atMs).slice(0, 5)} `],
    ...speaker(line, screen),
    [wordStyle(line), line.text],
  ];
}

const INDENT = 6;

function chatRows(line: ChatLine, screen: Pick<Screen, 'clock' | 'you'>, theme: Theme, columns: number): string[] {
  const who = speaker(line, screen)[0] as Span;
  return wrap(`${who[1]}${line.text}`, columns - INDENT).map((text, i) => {
    const first: Span[] = [
      ['faint', `${incidentTime(screen.clock, line.atMs).slice(0, 5)} `],
      [who[0], text.slice(0, who[1].length)],
      [wordStyle(line), text.slice(who[1].length)],
    ];
    return row(
      theme,
      columns,
      i === 0
        ? first
        : [
            ['plain', ' '.repeat(INDENT)],
            [wordStyle(line), text],
          ],
    );
  });
}

function speaker(line: ChatLine, screen: Pick<Screen, 'you'>): Span[] {
  const { mark, style } = VOICES[line.kind];
  const own = line.kind === 'person' && line.from === screen.you;
  return [[own ? 'me' : style, `${mark}${cut(safeLine(line.from), 24)}: `]];
}

function wordStyle(line: ChatLine): Style {
  return line.kind === 'system' ? 'faint' : line.kind === 'page' ? 'strong' : 'plain';
}

/** A mark beside the colour, so that a voice can be told without it. */
const VOICES = {
  person: { mark: '', style: 'partner' },
  inject: { mark: '» ', style: 'outside' },
  system: { mark: '· ', style: 'system' },
  page: { mark: '● ', style: 'bad' },
  update: { mark: '▪ ', style: 'good' },
} as const satisfies Record<ChatLine['kind'], { mark: string; style: Style }>;

function empty(theme: Theme, columns: number): string[] {
  return wrap('Nobody has said anything yet. What you type without a command goes to this room.', columns).map((text) =>
    row(theme, columns, [['faint', text]]),
  );
}
