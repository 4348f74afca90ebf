import { describe, expect, it } from 'vitest';
import { freshWelcome, nameOf, STEPS } from '../../src/ui/welcome-desk.ts';
import { welcomePage } from '../../src/ui/panels/welcome-page.ts';
import { themeNamed } from '../../src/ui/theme.ts';
import { runWelcome } from '../../src/ui/welcome.tsx';
import { FakeTerminal } from '../support/fake-terminal.ts';
import { someChoices } from '../support/some-choices.ts';

describe('the first page', () => {
  it('asks name, scenario and second seat, and teaches before the clock starts', async () => {
    const terminal = new FakeTerminal(80, 24);
    const chosen = runWelcome(someChoices(), { stdin: terminal.stdin, stdout: terminal.stdout });
    await terminal.shows('Who are you?');
    terminal.type('\u0015Ben\r');
    await terminal.shows('▶ The slow site');
    terminal.type('\u001b[B');
    await terminal.shows('▶ The full disk');
    terminal.type('\r');
    await terminal.shows('▶ John');
    terminal.type('\u001b[B\r');
    await terminal.shows('Ben, The full disk, with Johnny.');
    expect(terminal.text()).toContain('/ack');
    terminal.type('\r');
    expect(await chosen).toEqual({ name: 'Ben', scenarioIndex: 1, partner: 'johnny' });
    await terminal.until(() => !terminal.alternate);
  });

  it('takes what is typed instead of the name that it offers, and goes on editing what was typed', async () => {
    const terminal = new FakeTerminal(80, 24);
    const chosen = runWelcome(someChoices({ name: 'root' }), { stdin: terminal.stdin, stdout: terminal.stdout });
    await terminal.shows('Your name  root');
    terminal.type('Mira');
    await terminal.shows('Your name  Mira');
    terminal.type('m');
    await terminal.shows('Your name  Miram');
    terminal.type('\u0003');
    expect(await chosen).toBeNull();
  });

  it('keeps the name that it offers where a person only edits it', async () => {
    const terminal = new FakeTerminal(80, 24);
    const chosen = runWelcome(someChoices({ name: 'root' }), { stdin: terminal.stdin, stdout: terminal.stdout });
    await terminal.shows('Your name  root');
    terminal.type('\u007f');
    terminal.type('f');
    await terminal.shows('Your name  roof');
    terminal.type('\u0003');
    expect(await chosen).toBeNull();
  });

  it('cuts a long name between characters, not within one', () => {
    expect(nameOf(freshWelcome(someChoices({ name: `${'x'.repeat(39)}🧑🏽yz` })))).toBe(`${'x'.repeat(39)}🧑🏽`);
  });

  it('goes back with Esc and is left with ^C', async () => {
    const terminal = new FakeTerminal(80, 24);
    const chosen = runWelcome(someChoices(), { stdin: terminal.stdin, stdout: terminal.stdout });
    await terminal.shows('Who are you?');
    terminal.type('\r');
    await terminal.shows('2 of 4');
    terminal.type('\u001b');
    await terminal.shows('1 of 4');
    terminal.type('\u0003');
    expect(await chosen).toBeNull();
  });

  it.each(STEPS)('fits 80x24: %s', async (step) => {
    const page = welcomePage({ ...freshWelcome(someChoices()), step }, someChoices(), themeNamed('bare'), {
      columns: 80,
      rows: 24,
    });
    expect(page.rows.length).toBe(24);
    expect(page.rows.every((line) => line.length <= 80)).toBe(true);
    await expect(page.rows.map((line) => line.trimEnd()).join('\n')).toMatchFileSnapshot(`../golden/ui/welcome-${step}-80x24.txt`);
  });

  it('shows long lists around what is chosen', () => {
    const one = someChoices().scenarios[0];
    const choices = someChoices({
      scenarios: Array.from({ length: 40 }, (_, i) => ({
        title: `Drill ${i}`,
        kind: 'kata' as const,
        timeboxMs: 60_000,
        synopsis: one?.synopsis ?? '',
        skills: {},
      })),
    });
    const page = welcomePage({ ...freshWelcome(choices), step: 'scenario', scenario: 33 }, choices, themeNamed('bare'), {
      columns: 80,
      rows: 24,
    });
    expect(page.rows.join('\n')).toContain('▶ Drill 33');
    expect(page.rows.length).toBe(24);
  });
});
