import type { IncidentView, Screen } from '../../drill/screen.ts';
import { row, type Span } from '../rows.ts';
import { headWindow, type Scroll, type Window } from '../scroll.ts';
import { wrap } from '../text.ts';
import type { Style, Theme } from '../theme.ts';

/** The incident board: who leads, who does what, the plan, the hypotheses and what was handed to others. */
export function board(
  screen: Pick<Screen, 'incident' | 'people' | 'undo' | 'you'>,
  theme: Theme,
  columns: number,
  height: number,
  scroll: Scroll,
): Window {
  const { incident } = screen;
  const lines: string[] = [];
  const put = (label: string, spans: readonly Span[], hint: string): void => {
    const filled: readonly Span[] = spans.length > 0 ? spans : [['faint', hint]];
    filled.forEach(([style, text], i) => {
      wrap(text, columns - LABEL).forEach((part, j) =>
        lines.push(
          row(theme, columns, [
            ['faint', (i + j === 0 ? label : '').padEnd(LABEL)],
            [style, part],
          ]),
        ),
      );
    });
  };
  put('lead', incident.lead === null ? [] : [['strong', incident.lead]], 'nobody yet: /claim');
  put(
    'people',
    screen.people.map((person): Span => [
      person.name === screen.you ? 'me' : 'partner',
      [person.name, person.role, person.scripted ? '(scripted)' : null].filter((part) => part !== null).join(' · '),
    ]),
    'only you',
  );
  put('plan', incident.plan === null ? [] : [['plain', incident.plan]], 'none yet: /plan');
  put(
    'because',
    incident.hypotheses.map((one): Span => [HYPOTHESES[one.as].style, `${HYPOTHESES[one.as].symbol} ${one.id} ${one.text}`]),
    'no hypothesis yet: /hyp',
  );
  put(
    'tickets',
    incident.tickets.map((ticket): Span => ['plain', `${ticket.to}: ${ticket.text}`]),
    'none: /ticket',
  );
  put('undo', screen.undo === null ? [] : [['plain', screen.undo]], 'nothing to take back');
  return headWindow(lines, height, scroll);
}

const LABEL = 9;

const HYPOTHESES = {
  open: { symbol: '?', style: 'plain' },
  confirmed: { symbol: '✓', style: 'good' },
  rejected: { symbol: '✗', style: 'faint' },
} as const satisfies Record<IncidentView['hypotheses'][number]['as'], { symbol: string; style: Style }>;
