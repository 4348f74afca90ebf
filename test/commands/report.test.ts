import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test, vi } from 'vitest';
import { reportCommand, writeReport } from '../../src/commands/report.ts';
import { timelineText } from '../../src/journal/line.ts';
import { johnsNight, pagedNight } from '../support/the-slow-site.ts';

const FILES = Object.fromEntries(
  ['slow-site.yaml', 'clusters/webshop/objects.yaml', 'clusters/webshop/traffic.yaml'].map((path) => [path, readFileSync(join(import.meta.dirname, '../../scenarios', path), 'utf8')]),
);
const dirs: string[] = [];

afterEach(() => {
  process.exitCode = undefined;
  for (const dir of dirs.splice(0)) rmSync(dir, { recursive: true, force: true });
});

test('a timeline alone, copied elsewhere, gives the same postmortem and scorecard', async () => {
  const first = aDrill();
  const second = aDirectory();
  await writeReport(first, null);
  writeFileSync(join(second, 'any-name.jsonl'), readFileSync(join(first, 'timeline.jsonl')));
  await writeReport(join(second, 'any-name.jsonl'), null);
  for (const name of ['postmortem.md', 'scorecard.json']) expect(readFileSync(join(second, name), 'utf8')).toBe(readFileSync(join(first, name), 'utf8'));
  expect(readFileSync(join(first, 'postmortem.md'), 'utf8')).toMatch(/^# Postmortem: The slow site\n/);
  expect(JSON.parse(readFileSync(join(first, 'scorecard.json'), 'utf8'))).toMatchObject({ format: 'gameday-scorecard', outcome: 'resolved' });
});

test('another directory is made and written to, and nothing else is left there', async () => {
  const out = join(aDirectory(), 'new', 'place');
  const report = await writeReport(aDrill(), out);
  expect(report).toMatchObject({ postmortem: join(out, 'postmortem.md'), scorecard: join(out, 'scorecard.json') });
  expect(readdirSync(out).toSorted()).toEqual(['postmortem.md', 'scorecard.json']);
});

test('a damaged timeline is refused with its line, and nothing is written', async () => {
  const dir = aDrill();
  const path = join(dir, 'timeline.jsonl');
  const lines = readFileSync(path, 'utf8').split('\n');
  lines[6] = (lines[6] ?? '').replace('shop/storefront', 'shop/storefronT');
  writeFileSync(path, lines.join('\n'));
  const report = await writeReport(dir, null);
  expect(report).toMatchObject({ exitCode: 1 });
  expect('refusal' in report && report.refusal).toContain(`${path}:7: `);
  expect(existsSync(join(dir, 'postmortem.md'))).toBe(false);
});

test('a drill that has not ended is told how to go on', async () => {
  const dir = aDrill(pagedNight(scenarioHeader()).ack('4m').build());
  expect(await writeReport(dir, null)).toEqual({ refusal: `The drill in ${join(dir, 'timeline.jsonl')} has not ended. Go on with: npx gameday play --resume ${dir}`, exitCode: 1 });
});

test('where there is no timeline the call was wrong', async () => {
  expect(await writeReport(join(aDirectory(), 'nothing'), null)).toMatchObject({ exitCode: 2 });
});

test('a directory that cannot be written is said in one line', async () => {
  const dir = aDrill();
  const report = await writeReport(dir, join(dir, 'timeline.jsonl', 'below-a-file'));
  expect(report).toMatchObject({ exitCode: 2 });
  expect('refusal' in report && report.refusal).toContain('--out');
});

test('the command sets the exit code and says why', async () => {
  const said = vi.spyOn(process.stderr, 'write').mockReturnValue(true);
  await reportCommand().parseAsync([join(aDirectory(), 'nothing')], { from: 'user' });
  expect(process.exitCode).toBe(2);
  expect(said.mock.calls.map(([text]) => text).join('')).toMatch(/^The timeline cannot be read: .*\n$/);
  said.mockRestore();
});

function aDrill(timeline = johnsNight(scenarioHeader()).build()): string {
  const dir = aDirectory();
  writeFileSync(join(dir, 'timeline.jsonl'), timelineText(timeline));
  return dir;
}

function scenarioHeader(): { files: Readonly<Record<string, string>>; scenario: { file: string; sha256: string } } {
  return { files: FILES, scenario: { file: 'slow-site.yaml', sha256: '00'.repeat(32) } };
}

function aDirectory(): string {
  const dir = mkdtempSync(join(tmpdir(), 'gameday-report-'));
  dirs.push(dir);
  return dir;
}
