import { describe, expect, it } from 'vitest';
import { freshDesk } from '../../src/ui/desk.ts';
import { themeNamed } from '../../src/ui/theme.ts';
import { PANES } from '../../src/ui/panes.ts';
import { aPage, aScreen } from '../support/a-screen.ts';
import { drawFrame } from '../support/draw-frame.tsx';
import { AT_REST } from '../../src/ui/scroll.ts';

const SIZES = [
  [80, 24],
  [120, 40],
  [200, 50],
] as const;
const QUIET = {
  outputs: [],
  timeline: [],
  chat: [],
  pages: [],
  undo: null,
  people: [],
  dashboards: [],
  incident: { state: 'quiet', severity: null, lead: null, hypotheses: [], plan: null, tickets: [] },
} as const;

/** The golden files are plain screens: read them. `vitest -u` writes them again. */
describe.each(SIZES)('at %ix%i', (columns, rows) => {
  const golden = (name: string): string => `../golden/ui/${name}-${columns}x${rows}.txt`;

  it('shows an incident in full swing', async () => {
    await expect(drawFrame(aScreen(), columns, rows)).toMatchFileSnapshot(golden('incident'));
  });

  it('shows a page that rings where nobody can miss it', async () => {
    const screen = aScreen({
      pages: [
        aPage({ id: 'P1', ringing: false, resolved: true }),
        aPage({ id: 'P2', severity: 'SEV-1', text: 'checkout: 61 % of requests fail' }),
      ],
    });
    const shown = drawFrame(screen, columns, rows);
    expect(shown.split('\n').slice(0, 5).join('\n')).toContain('● P2 SEV-1 checkout: 61 % of requests fail');
    await expect(shown).toMatchFileSnapshot(golden('ringing'));
  });

  it('shows a quiet start that says where to begin', async () => {
    await expect(drawFrame(aScreen(QUIET), columns, rows)).toMatchFileSnapshot(golden('quiet'));
  });

  it('shows the help, with why a command cannot be used now', async () => {
    const screen = aScreen();
    const shown = drawFrame(screen, columns, rows, { desk: { ...freshDesk(screen), over: 'help' } });
    expect(shown).toContain('✗ /ack');
    expect(shown.replace(/\s+/g, ' ')).toContain('not now: no page rings for you.');
    await expect(shown).toMatchFileSnapshot(golden('help'));
  });

  it('says in the help how one\'s own kubectl finds the cluster', () => {
    const screen = aScreen({ kubeconfig: '/home/ana/.local/state/gameday/kubeconfigs/slow-site-2026-11-21-699959-responder-1.yaml' });
    const help = [0, 20, 40, 60].map((back) => drawFrame(screen, columns, rows, { desk: { ...freshDesk(screen), over: 'help', overScroll: { ...AT_REST, back } } })).join('\n');
    expect(help.replaceAll(/\s*\n\s*/g, '')).toMatch(/export ?KUBECONFIG=\/home\/ana\/\.local\/state\/gameday\/kubeconfigs\/slow-site-2026-11-21-699959-responder-1\.yaml/);
  });

  it('shows the hot wash', async () => {
    const screen = aScreen({
      end: {
        outcome: 'resolved',
        headline: 'Resolved in 24 minutes: the cause is gone.',
        lines: ['time to acknowledge     0:15', 'skill S                 0.96'],
      },
    });
    await expect(drawFrame(screen, columns, rows, { desk: { ...freshDesk(screen), over: 'end' } })).toMatchFileSnapshot(
      golden('hot-wash'),
    );
  });

  it('fills the terminal exactly, in every pane and with text of any script', () => {
    const screen = aScreen({ chat: [{ atMs: 0, from: '田中', kind: 'person', text: '支払いが遅い '.repeat(20) }] });
    for (const focus of PANES) {
      const lines = drawFrame(screen, columns, rows, { desk: { ...freshDesk(screen), focus } }).split('\n');
      expect(lines.length).toBe(rows);
    }
  });
});

describe('one pane at 80x24', () => {
  it.each(PANES)('%s', async (focus) => {
    const screen = aScreen();
    await expect(drawFrame(screen, 80, 24, { desk: { ...freshDesk(screen), focus } })).toMatchFileSnapshot(
      `../golden/ui/pane-${focus}-80x24.txt`,
    );
  });
});

it('asks for more room where there is too little', () => {
  expect(drawFrame(aScreen(), 50, 12).replaceAll('\n', ' ')).toContain('The drill needs at least 60x16');
});

it('says what stopped the drill before anything else', () => {
  expect(drawFrame(aScreen(), 80, 24, { trouble: 'The timeline could not be written: the disk is full.' })).toContain(
    '✗ The timeline could not be written: the disk is full.',
  );
});

it('asks for the confirmation that the partner waits for', () => {
  expect(drawFrame(aScreen({ awaitingConfirm: 'kubectl delete ns shop' }), 80, 24)).toMatch(
    /Your partner wants to run: kubectl delete ns shop.*\/confirm/,
  );
});

it('uses no colour where NO_COLOR asks for none, and tells states apart without it', () => {
  const screen = aScreen({ pages: [aPage()] });
  const shown = drawFrame(screen, 120, 40, { theme: themeNamed('mono') });
  // oxlint-disable-next-line no-control-regex -- SGR begins with ESC
  const codes = new Set([...shown.matchAll(/\u001b\[([\d;]*)m/g)].flatMap((match) => (match[1] ?? '').split(';')));
  expect([...codes].filter((code) => Number(code) >= 30 && Number(code) !== 39 && Number(code) !== 49)).toEqual([]);
  expect(shown).toContain('◐ ACKNOWLEDGED');
  expect(shown).toContain('RINGING');
});

it('wraps a log line to its end, but keeps the columns of a table until it is shifted aside', () => {
  const long =
    '03:17:31.204 checkout-6d5f8b7c9d-2xk4p WARN address check took 30000 ms (timeout) order=83121 upstream=address-check.example';
  const logs = { seq: 1, atMs: 0, line: 'logs checkout', text: [long], status: 'ok' } as const;
  const table = {
    seq: 2,
    atMs: 0,
    line: 'kubectl get pods',
    text: ['NAME       READY   IMAGE', `checkout   1/1     ${'registry.example/'.repeat(6)}checkout:4.2.0`],
    status: 'ok',
  } as const;
  const screen = aScreen({ outputs: [logs, table] });
  const shown = drawFrame(screen, 80, 24);
  expect(shown.replace(/\s+/g, ' ')).toContain(long);
  expect(shown).not.toContain('checkout:4.2.0');
  const desk = freshDesk(screen);
  const aside = { ...desk, scrolls: { ...desk.scrolls, work: { ...desk.scrolls.work, aside: 60 } } };
  expect(drawFrame(screen, 80, 24, { desk: aside })).toContain('checkout:4.2.0');
});

it('leaves words for the room out of the work pane', () => {
  const said = { seq: 1, atMs: 0, line: '@John what do you see?', text: [], status: 'ok' } as const;
  const refused = {
    seq: 2,
    atMs: 0,
    line: 'kubctl get pods',
    text: ['kubctl is no tool here. Did you mean kubectl?'],
    status: 'refused',
  } as const;
  const shown = drawFrame(aScreen({ outputs: [said, refused], chat: [] }), 80, 24);
  expect(shown).not.toContain('what do you see');
  expect(shown).toContain('Did you mean kubectl?');
});
