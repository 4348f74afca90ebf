import { afterEach, describe, expect, it } from 'vitest';
import { KEYS } from '../../src/ui/keys.ts';
import { runApp } from '../../src/ui/app.tsx';
import { aPage } from '../support/a-screen.ts';
import { demoPlayer, type DemoPlayer } from '../support/demo-player.ts';
import { FakeTerminal } from '../support/fake-terminal.ts';

const UP = '\u001b[A';
const ESC = '\u001b';
let left: Promise<'quit' | 'ended'> | null = null;
let terminal: FakeTerminal;

/** Sits down at a terminal; Ana's screen is in front of her. */
async function sitDown(columns = 80, rows = 24, player: DemoPlayer = demoPlayer()): Promise<DemoPlayer> {
  terminal = new FakeTerminal(columns, rows);
  left = runApp(player, { stdin: terminal.stdin, stdout: terminal.stdout, theme: 'colour' }, (command) => { player.submitted.push(`!${command}`); return Promise.resolve(); });
  await terminal.shows('The slow site');
  return player;
}

afterEach(async () => {
  if (left !== null) {
    terminal.type('\u0003');
    terminal.type('\u0003');
    await left;
  }
  left = null;
});

describe('the prompt', () => {
  it('gives what is typed to the drill, and takes it back from the history', async () => {
    const player = await sitDown();
    terminal.type('logs checkout\r');
    await terminal.until(() => player.submitted.length === 1);
    terminal.type(UP + UP);
    await terminal.shows('› kubectl -n shop set env');
    terminal.type('\u0015/claim\r');
    await terminal.until(() => player.submitted.length === 2);
    expect(player.submitted).toEqual(['logs checkout', '/claim']);
  });

  it('shows how a line could go on, takes it at its end, and goes through the others with Tab', async () => {
    await sitDown();
    terminal.type('kube');
    await terminal.shows('› kubectl -n shop get pods');
    terminal.type('\u0005');
    await terminal.until((text) => text.includes('› kubectl -n shop get pods'));
    terminal.type('\u0015kubectl\t\t');
    await terminal.shows('› kubectl -n shop get deploy');
  });

  it('edits as a shell does', async () => {
    await sitDown();
    terminal.type('dash checkout storefront\u0017search\u0001my \u0005\u001bb\u000b');
    await terminal.shows('› my dash checkout');
    terminal.type('\u0019');
    await terminal.shows('› my dash checkout search');
    terminal.type('\u007f\u007f\u007f\u007f\u007f\u007f支払い\u007f!');
    await terminal.shows('› my dash checkout 支払!');
  });

  it('finds a line given before', async () => {
    await sitDown();
    terminal.type('\u0012get p');
    await terminal.shows('(search) get p: kubectl -n shop get pods');
    terminal.type('\u0007');
    await terminal.shows('› kubectl -n shop get pods');
  });

  it('never sends a paste by itself, and makes its escapes harmless', async () => {
    const player = await sitDown();
    terminal.type('\u001b[200~/resolve\r\nkubectl delete ns shop\u001b[31m\r\n\u001b[201~');
    await terminal.shows('› /resolve kubectl delete ns shop');
    await terminal.shows('2 pasted lines were joined into one. Nothing was sent yet.');
    terminal.type('\u0015/resolve\rkubectl delete ns shop\r');
    await terminal.shows('› /resolve kubectl delete ns shop');
    expect(player.submitted).toEqual([]);
  });

  it('types a question mark and a space where they are part of a line', async () => {
    const player = await sitDown();
    terminal.type('is it slow?\r');
    await terminal.until(() => player.submitted.length === 1);
    expect(player.submitted).toEqual(['is it slow?']);
    expect(player.pace).toBe(1);
  });
});

describe('the keys', () => {
  it('open the help on an empty prompt, scroll it, and close it', async () => {
    await sitDown();
    terminal.type('?');
    await terminal.shows('✗ /ack');
    terminal.type('\u001b[6~'.repeat(6));
    await terminal.shows('cut the word before the cursor');
    terminal.type(ESC);
    await terminal.until((text) => !text.includes('━ Help'));
  });

  it('pause, and change the tempo', async () => {
    const player = await sitDown();
    terminal.type(' ');
    await terminal.shows('paused');
    terminal.type(' ');
    await terminal.shows('▶ 1x');
    terminal.type('\u0014');
    await terminal.shows('▶ 10x');
    terminal.type('\u0014');
    await terminal.shows('▶ 60x');
    terminal.type(' ');
    await terminal.shows('paused');
    terminal.type(' ');
    await terminal.shows('▶ 60x');
    expect(player.pace).toBe(60);
  });

  it('go to the panes, by Tab, by Alt and by function key, and count what is new elsewhere', async () => {
    const player = await sitDown();
    await terminal.shows('2 Room +7');
    terminal.type('\t');
    await terminal.shows('─ 2 Room');
    terminal.type('\u001b5');
    await terminal.shows('─ 5 Timeline');
    player.show({ chat: [...player.screen().chat, { atMs: 725_000, from: 'John', kind: 'person', text: 'it is the partner' }] });
    await terminal.shows('2 Room +1');
    expect(terminal.text()).toContain('John: it is the partner');
    terminal.type('\u001bOR');
    await terminal.shows('─ 3 Dash');
  });

  it('scroll back, and what is read stays in place while news comes', async () => {
    const player = await sitDown();
    terminal.type('\u001b[5~');
    const before = await terminal.until((text) => text.includes('▼'));
    const row = before.split('\n')[4];
    for (let i = 0; i < 3; i++) player.submit('changes').catch(() => undefined);
    const after = await terminal.until((text) => text.includes('▼') && text !== before);
    expect(after.split('\n')[4]).toBe(row);
    terminal.type(ESC);
    await terminal.until((text) => !text.includes('▼') && text.split('\n').filter((line) => line.trim() === 'done').length === 3);
  });

  it('take the last change back with one stroke', async () => {
    const player = await sitDown();
    terminal.type('\u001a');
    await terminal.until(() => player.submitted.length === 1);
    expect(player.submitted).toEqual(['/undo']);
  });

  it('are each declared once for a mode', () => {
    const meanings = KEYS.flatMap((key) => key.modes.flatMap((mode) => key.chords.map((chord) => `${mode} ${chord}`)));
    expect(meanings.length).toBe(new Set(meanings).size);
  });
});

describe('the terminal', () => {
  it('rings once for each page that begins to ring, and not again while it does', async () => {
    const player = await sitDown();
    player.show({ pages: [aPage({ id: 'P2' })] });
    await terminal.shows('● P2');
    player.tick();
    player.tick();
    await terminal.shows('03:22:06');
    expect(bells()).toBe(1);
    terminal.type('/ack\r');
    await terminal.until((text) => !text.includes('● P2 SEV-2'));
    expect(bells()).toBe(1);
  });

  it('is asked before leaving, and put back as it was', async () => {
    await sitDown();
    expect(terminal.alternate).toBe(true);
    terminal.type('\u0003');
    await terminal.shows('Leave the drill? Nothing is lost; go on with --resume.');
    terminal.type('n');
    await terminal.until((text) => !text.includes('Leave the drill?'));
    expect(terminal.text()).toContain('› type a command');
    terminal.type('\u0003');
    await terminal.shows('Leave the drill?');
    terminal.type('\u0003');
    expect(await left).toBe('quit');
    left = null;
    await terminal.until(() => !terminal.alternate);
    expect(terminal.stdin.rawModes.at(-1)).toBe(false);
    expect(terminal.stdout.written).toContain('\u001b[?2004l');
  });

  it('shows the end once, lets the person look around, and says that it ended', async () => {
    const player = await sitDown();
    player.show({ end: { outcome: 'resolved', headline: 'Resolved in 24 minutes.', lines: ['S 0.96'] } });
    await terminal.shows('✓ Resolved in 24 minutes.');
    terminal.type(ESC);
    await terminal.until((text) => !text.includes('Resolved in 24'));
    player.tick();
    await terminal.shows('03:22:05');
    expect(terminal.text()).not.toContain('Resolved in 24');
    terminal.type('\u0003');
    expect(await left).toBe('ended');
    left = null;
  });

  it('may change its size at any time', async () => {
    const player = await sitDown();
    for (const [columns, rows, words] of [
      [200, 50, '6 Board'],
      [40, 10, 'This terminal is 40x10'],
      [120, 40, '━ 1 Work'],
      [80, 24, '1 Work  '],
    ] as const) {
      terminal.resize(columns, rows);
      player.tick();
      const text = await terminal.shows(words);
      expect(text.split('\n').length).toBe(rows);
    }
    expect(terminal.text().split('\n').at(-2)).toContain('› type a command');
  });

  it('is given to a shell for a line that begins with !, and is as it was left afterwards', async () => {
    const player = await sitDown();
    terminal.type('\u001b4');
    await terminal.shows('─ 4 Pager ─');
    terminal.type('!kubectl edit deploy checkout\r');
    await terminal.until(() => player.submitted.length === 1);
    expect(player.submitted).toEqual(['!kubectl edit deploy checkout']);
    await terminal.shows('─ 4 Pager ─');
    expect(terminal.alternate).toBe(true);
    terminal.type(UP);
    await terminal.shows('› !kubectl edit deploy checkout');
  });

  it('stops the program that runs in the prompt on ^C, and asks whether to leave only after that', async () => {
    const player = await sitDown();
    player.run();
    terminal.type('\u0003');
    await terminal.shows('Told it to stop.');
    expect(player.running).toBe(false);
    terminal.type('\u0003');
    await terminal.shows('Leave the drill?');
  });

  it('is drawn again whole on ^L after something wrote over it', async () => {
    await sitDown();
    const before = terminal.text();
    terminal.stdout.write('\u001b[5;1Hsomebody else was here\u001b[24;1H');
    await terminal.shows('somebody else was here');
    terminal.type('\u000c');
    await terminal.until((text) => text === before);
  });
});

function bells(): number {
  return terminal.stdout.written.split('\u0007').length - 1;
}
