import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { PagerDutyDouble } from '../support/pagerduty-double.ts';

const KEY = 'R0UT1NGKEY0123456789abcdefABCDEF';
const DRILL = fileURLToPath(new URL('../support/paged-drill.ts', import.meta.url));

let double: PagerDutyDouble;
let state: string;
let output: string;
let children: ChildProcess[];

beforeEach(async () => {
  double = await PagerDutyDouble.start();
  state = mkdtempSync(join(tmpdir(), 'gameday-state-'));
  output = '';
  children = [];
});

afterEach(async () => {
  for (const child of children) child.kill('SIGKILL');
  expect(output).not.toContain(KEY);
  expect(output).not.toMatch(/warning/i);
  await double.stop();
  rmSync(state, { recursive: true, force: true });
});

function start(drillId: string, options: { readonly key?: string; readonly pager?: 'local' } = {}): ChildProcess {
  const child = spawn(process.execPath, [DRILL, drillId, options.pager ?? 'pagerduty'], {
    env: { PATH: process.env['PATH'], XDG_STATE_HOME: state, GAMEDAY_PAGERDUTY_URL: double.url, GAMEDAY_PAGERDUTY_ROUTING_KEY: options.key ?? KEY },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  children.push(child);
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', (chunk) => (output += String(chunk)));
  return child;
}

const ledgers = (): readonly string[] => (existsSync(join(state, 'gameday', 'pages')) ? readdirSync(join(state, 'gameday', 'pages')) : []);

test.each([['SIGINT', 130], ['SIGTERM', 143], ['SIGHUP', 129]] as const)('after %s nothing is open and nothing is left', async (signal, code) => {
  const drill = start('D1');
  await double.until(() => double.open().length === 1);
  drill.kill(signal);
  drill.kill(signal); // from the terminal and from the launcher
  expect(await once(drill, 'exit')).toEqual([code, null]);
  expect(double.incidents).toMatchObject([{ dedupKey: 'gameday/D1/P1', status: 'resolved' }]);
  expect(ledgers()).toEqual([]);
});

test('after a crash the next start resolves what was left, and leaves a running drill alone', async () => {
  const crashed = start('D1');
  const running = start('D2');
  await double.until(() => double.open().length === 2);
  crashed.kill('SIGKILL');
  await once(crashed, 'exit');
  expect(double.open()).toHaveLength(2);

  const [code] = await once(start('none'), 'exit');
  expect(code).toBe(0);
  expect(double.open().map((incident) => incident.dedupKey)).toEqual(['gameday/D2/P1']);
  expect(ledgers()).toHaveLength(1);

  running.kill('SIGINT');
  await once(running, 'exit');
  expect(double.open()).toEqual([]);
  expect(ledgers()).toEqual([]);
});

test('after a crash between the sending and the answer, the next start resolves it too', async () => {
  double.script = ['hang'];
  const crashed = start('D1');
  await double.until(() => double.bodies.length === 1);
  crashed.kill('SIGKILL');
  await once(crashed, 'exit');
  await once(start('none'), 'exit');
  expect(double.accepted).toEqual([{ action: 'resolve', dedupKey: 'gameday/D1/P1', effect: 'nothing' }]);
  expect(ledgers()).toEqual([]);
});

test('the next start resolves it even where that drill pages locally', async () => {
  const crashed = start('D1');
  await double.until(() => double.open().length === 1);
  crashed.kill('SIGKILL');
  await once(crashed, 'exit');
  await once(start('none', { pager: 'local' }), 'exit');
  expect(double.open()).toEqual([]);
});

test('with another key set, the next start says what is open and keeps its note until the right key comes', async () => {
  const crashed = start('D1');
  await double.until(() => double.open().length === 1);
  crashed.kill('SIGKILL');
  await once(crashed, 'exit');
  await once(start('none', { key: KEY.replaceAll('R', 'X') }), 'exit');
  expect(output).toMatch(/trouble: An earlier drill may have left gameday\/D1\/P1 open in PagerDuty .* set that key and start again/);
  expect(double.open()).toHaveLength(1);
  await once(start('none'), 'exit');
  expect(double.open()).toEqual([]);
  expect(ledgers()).toEqual([]);
});

test('the same drill, resumed after a crash, has its page open and not resolved by the clean-up', async () => {
  const crashed = start('D1');
  await double.until(() => double.open().length === 1);
  crashed.kill('SIGKILL');
  await once(crashed, 'exit');
  const resumed = start('D1');
  await double.until(() => double.incidents.length === 2);
  expect(double.accepted.map((event) => event.effect)).toEqual(['opened', 'resolved', 'opened']);
  resumed.kill('SIGTERM');
  await once(resumed, 'exit');
  expect(double.open()).toEqual([]);
});

test('without a key the drill says how to set one', async () => {
  const [code] = await once(start('D1', { key: '' }), 'exit');
  expect(code).toBe(1);
  expect(output).toMatch(/No PagerDuty routing key is set\. .* GAMEDAY_PAGERDUTY_ROUTING_KEY/);
});
