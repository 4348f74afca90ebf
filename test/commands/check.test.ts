import { readFileSync } from 'node:fs';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { checkCommand } from '../../src/commands/check.ts';
import { quietComplaint } from '../../src/commands/played-complaints.ts';
import { loadScenario } from '../../src/outside/scenario-files.ts';

let printed = '';

beforeEach(() => {
  printed = '';
  vi.spyOn(process.stdout, 'write').mockImplementation((text) => (printed += String(text)) !== '');
  vi.spyOn(process.stderr, 'write').mockImplementation((text) => (printed += String(text)) !== '');
});

afterEach(() => {
  vi.restoreAllMocks();
  process.exitCode = 0;
});

/** The exit code of `gameday check …`. */
async function check(...args: string[]): Promise<number> {
  process.exitCode = 0;
  await checkCommand().exitOverride().parseAsync(args, { from: 'user' });
  return process.exitCode;
}

test('the scenarios that ship have no complaints', async () => {
  expect(await check('scenarios/slow-site.yaml', '--strict')).toBe(0);
  expect(printed).toBe('1 scenario, no complaints\n');
});

test('ten mistakes are ten lines, and no', async () => {
  expect(await check('test/complaints/ten-mistakes.yaml', 'scenarios/slow-site.yaml')).toBe(1);
  const expected = readFileSync('test/complaints/ten-mistakes.txt', 'utf8').replaceAll(/^/gm, 'test/complaints/').replace(/test\/complaints\/$/, '');
  expect(printed).toBe(`${expected}2 scenarios, 10 errors\n`);
});

test('a warning fails only where one is strict', async () => {
  expect(await check('test/complaints/only-warnings.yaml')).toBe(0);
  expect(printed).toContain('warning: The page "spare" is never sent.');
  expect(await check('test/complaints/only-warnings.yaml', '--strict')).toBe(1);
});

test('an objective that the calm cluster misses is told with its place, before anything is proved', async () => {
  expect(await check('test/complaints/too-calm.yaml')).toBe(0);
  expect(printed).toMatch(/^test\/complaints\/too-calm\.yaml:7:55: warning: The calm cluster misses this already, before any fault begins: 100% of what shop\/storefront answers is too slow or an error; its p95 is 0\.\d s, and slo\.burn is 200\. Write a latency above 1s\. \[slo-calm\]\n/);
});

test('faults that nobody feels are told, too, where the scenario is played', async () => {
  const path = 'test/complaints/never-paged.yaml';
  expect(quietComplaint(path, await loadScenario(path))).toMatchObject([{ line: 12, col: 1, rule: 'never-paged', problem: 'Nobody is paged although nobody does anything: all that goes wrong comes to 0 bad minutes.' }]);
  expect(quietComplaint('scenarios/slow-site.yaml', await loadScenario('scenarios/slow-site.yaml'))).toEqual([]);
});

test('the data of complaints can be had as JSON', async () => {
  expect(await check('test/complaints/missing-cluster.yaml', '--json')).toBe(1);
  expect(JSON.parse(printed)).toMatchObject({ scenarios: 1, complaints: [{ file: 'test/complaints/missing-cluster.yaml', line: 6, col: 10, severity: 'error', rule: 'cluster' }] });
});

test('no file, a file that is not there and an unknown schema are wrong calls; a schema is printed', async () => {
  expect(await check()).toBe(2);
  expect(await check('nowhere.yaml')).toBe(2);
  printed = '';
  expect(await check('--schema=traffic')).toBe(0);
  expect(printed).toBe(readFileSync('scenarios/traffic.schema.json', 'utf8'));
});
