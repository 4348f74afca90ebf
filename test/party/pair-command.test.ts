import { spawnSync } from 'node:child_process';
import { expect, test } from 'vitest';

/** Runs the command alone under the sources, as a person would type it. */
function gamedayPair(...args: readonly string[]): { readonly code: number | null; readonly out: string; readonly err: string } {
  const program = "import { pairCommand } from './src/commands/pair.ts'; await pairCommand().parseAsync(process.argv.slice(1), { from: 'user' });";
  const ran = spawnSync(process.execPath, ['--input-type=module', '-e', program, '--', ...args], { encoding: 'utf8', env: { PATH: process.env['PATH'] } });
  return { code: ran.status, out: ran.stdout, err: ran.stderr };
}

const EXAMPLE = ['--party', 'parties/example.yaml', '--scenario', 'scenarios/slow-site.yaml'];

test('gameday pair says who, how well, and why', () => {
  const { code, out, err } = gamedayPair(...EXAMPLE);
  expect(err).toBe('');
  expect(code).toBe(0);
  expect(out).toMatch(/^The slow site\n\nOn call together: /);
  expect(out).toMatch(/databases +2 +\d +\d +\[#+\.*\] +\d+%/);
  expect(out).toMatch(/Why these two\n/);
  expect(out).toMatch(/bus factor\)\n {2}communication +\d/);
});

test('gameday pair --json prints the same choice as data', () => {
  const { code, out } = gamedayPair(...EXAMPLE, '--json');
  expect(code).toBe(0);
  const data = JSON.parse(out) as { pair: { people: { name: string }[]; coverage: number }; why: string[]; runnerUp: { coverage: number } };
  expect(data.pair.people).toHaveLength(2);
  expect(data.pair.coverage).toBeGreaterThanOrEqual(data.runnerUp.coverage);
  expect(data.why.length).toBeGreaterThan(1);
  expect(gamedayPair(...EXAMPLE).out).toContain(data.pair.people[0]?.name);
});

test('what is wrong with the call or a file is said in one line, with its exit code', () => {
  expect(gamedayPair('--party', 'parties/example.yaml')).toMatchObject({ code: 2, err: expect.stringMatching(/^Name a party and a scenario, such as: /) as string });
  expect(gamedayPair('--party', 'parties/nobody.yaml', ...EXAMPLE.slice(2))).toMatchObject({ code: 2, err: 'parties/nobody.yaml:1:1: There is no file "parties/nobody.yaml". Check the path. [no-file]\n' });
  expect(gamedayPair('--party', 'scenarios/slow-site.yaml', ...EXAMPLE.slice(2))).toMatchObject({ code: 1, out: '' });
});
