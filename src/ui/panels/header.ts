import type { Screen } from '../../drill/screen.ts';
import { formatElapsed } from '../../time/sim-time.ts';
import { row, type Span } from '../rows.ts';
import { incidentTime, SEVERITY_STYLES, STATES, type Theme } from '../theme.ts';

/** The top of the screen in one row, or in three with the clock in large digits. `pace` is simulated seconds per second. */
export function header(
  screen: Pick<Screen, 'clock' | 'incident' | 'title' | 'you'>,
  pace: number,
  theme: Theme,
  columns: number,
  rows: 1 | 3,
): string[] {
  const time = incidentTime(screen.clock, screen.clock.atMs);
  const state = stateSpans(screen);
  const elapsed = `${formatElapsed(screen.clock.atMs)} / ${formatElapsed(screen.clock.timeboxMs)}`;
  if (rows === 1) {
    return [
      row(
        theme,
        columns,
        [['clock', ` ${time} UTC `], ['plain', ' '], ...state, ['plain', '  '], ['strong', screen.title]],
        [['faint', `${elapsed}  `], paceSpan(pace)],
      ),
    ];
  }
  const digits = largeDigits(time);
  const right = [
    [[...state], [paceSpan(pace)]],
    [[['strong', screen.title]], [['plain', `${elapsed} `]]],
    [[['faint', sinceText(screen)]], [bar(screen, 24)]],
  ] as const satisfies readonly (readonly [readonly Span[], readonly Span[]])[];
  return right.map(([left, edge], i) =>
    row(theme, columns, [['clock', ` ${digits[i] ?? ''}`], ['faint', i === 2 ? ' UTC  ' : '      '], ...left], edge),
  );
}

function stateSpans(screen: Pick<Screen, 'incident'>): Span[] {
  const { word, symbol, style } = STATES[screen.incident.state];
  const spans: Span[] = [[style, `${style === 'alarm' ? ' ' : ''}${symbol} ${word}${style === 'alarm' ? ' ' : ''}`]];
  if (screen.incident.severity !== null)
    spans.push(['plain', ' '], [SEVERITY_STYLES[screen.incident.severity], screen.incident.severity]);
  return spans;
}

function paceSpan(pace: number): Span {
  return pace === 0 ? ['warn', '▪▪ paused '] : ['good', `▶ ${pace}x `];
}

function sinceText(screen: Pick<Screen, 'clock' | 'incident'>): string {
  const since = screen.clock.sincePageMs === null ? 'no page yet' : `${formatElapsed(screen.clock.sincePageMs)} since the page`;
  return `${since} · ${screen.incident.lead === null ? 'nobody leads' : `${screen.incident.lead} leads`}`;
}

/** How much of the time box is used. */
function bar(screen: Pick<Screen, 'clock'>, columns: number): Span {
  const used = Math.min(columns, Math.floor((screen.clock.atMs / Math.max(1, screen.clock.timeboxMs)) * columns));
  return [used > columns * 0.8 ? 'warn' : 'system', `${'━'.repeat(used)}${'┈'.repeat(columns - used)} `];
}

/** Three rows that spell `hh:mm:ss` in half blocks, three columns a digit. */
function largeDigits(time: string): string[] {
  return [0, 1, 2].map((i) =>
    time
      .split('')
      .map((sign) => LARGE[sign]?.[i] ?? '')
      .join(' '),
  );
}

const LARGE: Readonly<Record<string, readonly [string, string, string]>> = {
  '0': ['█▀█', '█ █', '▀▀▀'],
  '1': ['▀█ ', ' █ ', '▀▀▀'],
  '2': ['▀▀█', '█▀▀', '▀▀▀'],
  '3': ['▀▀█', ' ▀█', '▀▀▀'],
  '4': ['█ █', '▀▀█', '  ▀'],
  '5': ['█▀▀', '▀▀█', '▀▀▀'],
  '6': ['█▀▀', '█▀█', '▀▀▀'],
  '7': ['▀▀█', '  █', '  ▀'],
  '8': ['█▀█', '█▀█', '▀▀▀'],
  '9': ['█▀█', '▀▀█', '▀▀▀'],
  ':': ['▄', '▄', ' '],
};
