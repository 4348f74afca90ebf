import type { PanelView, Screen } from '../../drill/screen.ts';
import { PANES, PANE_FACTS, unseen, type PaneId, type Seen } from '../panes.ts';
import { row, type Span } from '../rows.ts';
import { newest, standing, type Standing } from '../sparkline.ts';
import type { Theme } from '../theme.ts';
import { chatSpans } from './room.ts';
import { seriesSpans } from './dashboards.ts';

/** The row that is never hidden: what rings, what broke in the exercise itself, or else the service level. */
export function strip(screen: Pick<Screen, 'pages' | 'dashboards'>, trouble: string | null, theme: Theme, columns: number): string {
  if (trouble !== null) return row(theme, columns, [['bad', `✗ ${trouble}`]]);
  const ringing = screen.pages.findLast((page) => page.ringing);
  if (ringing !== undefined) {
    const call = ` /ack ${ringing.id} `;
    const text = ` ● ${ringing.id} ${ringing.severity} ${ringing.text}`;
    return row(
      theme,
      columns,
      [['alarm', text.length < columns - call.length - 1 ? text.padEnd(columns - call.length - 1) : text]],
      [['clock', call]],
    );
  }
  const measured = screen.dashboards.at(-1);
  const level = foremost(measured?.panels ?? [], columns >= 150 ? 3 : columns >= 110 ? 2 : 1);
  if (measured === undefined || level.length === 0) return row(theme, columns, []);
  const share = Math.floor(columns / level.length);
  const spans: Span[] = [['strong', ` ${measured.title}`]];
  for (const panel of level) spans.push(['plain', ' '], ...seriesSpans(panel, sparkWidth(share)));
  return row(theme, columns, spans);
}

/** So many of the series; where there is room for one, the one of the first two that is worse off. */
function foremost(panels: readonly PanelView[], room: number): readonly PanelView[] {
  const [first, second] = panels;
  if (room > 1 || first === undefined || second === undefined) return panels.slice(0, room);
  return [WORSE_OFF.indexOf(standing(second, newest(second))) > WORSE_OFF.indexOf(standing(first, newest(first))) ? second : first];
}

const WORSE_OFF: readonly Standing[] = ['good', 'warn', 'bad'];

/** The panes as tabs, each with what is new on it. */
export function tabs(screen: Screen, seen: Seen, focus: PaneId, theme: Theme, columns: number): string {
  const spans = PANES.flatMap((pane, i): Span[] => {
    const news = pane === focus ? 0 : unseen(seen, screen, pane);
    const rings = pane === 'pager' && screen.pages.some((page) => page.ringing);
    const title = ` ${i + 1} ${PANE_FACTS[pane].title} `;
    const badge: Span = rings ? ['alarm', '●'] : news > 0 ? ['warn', `+${Math.min(news, 99)}`] : ['plain', ''];
    return [pane === focus ? ['tab', title] : ['faint', title], badge, ['plain', columns >= 100 ? '  ' : ' ']];
  });
  return row(theme, columns, spans);
}

/** Above the prompt: what waits for this seat's word, or the last thing said where the room itself is out of sight. */
export function lastWord(screen: Screen, roomVisible: boolean, theme: Theme, columns: number): string {
  if (screen.awaitingConfirm !== null)
    return row(
      theme,
      columns,
      [
        ['warn', '? Your partner wants to run: '],
        ['strong', screen.awaitingConfirm],
      ],
      [['key', '/confirm']],
    );
  const last = screen.chat.at(-1);
  if (roomVisible || last === undefined) return row(theme, columns, []);
  return row(theme, columns, chatSpans(last, screen));
}

function sparkWidth(share: number): number {
  return Math.max(8, share - 52);
}
