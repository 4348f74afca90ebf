import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { findingsOf, type Finding } from '../../src/commands/doctor-findings.ts';
import type { Machine } from '../../src/outside/machine.ts';
import { PageLedger } from '../../src/outside/page-ledger.ts';

const KEY = 'R0UT1NGKEY0123456789abcdefABCDEF';

const GOOD: Machine = {
  gamedayVersion: '0.1.0',
  platform: 'linux x64',
  node: { version: '24.21.0', pinned: true },
  terminal: { input: true, output: true, columns: 120, rows: 40, colourBits: 24, unicode: true },
  programs: { kubectl: { version: 'v1.33.0', path: '/usr/bin/kubectl' }, helm: null },
  pagerDuty: { set: false, usable: false, words: '' },
  state: { path: '/s', trouble: null },
  drills: { path: '/d', trouble: null, syncMs: 0.4, freeBytes: 5e9 },
  timeZone: 'UTC',
  leftovers: { folder: '/s/pages', dedupKeys: [] },
};

function notOk(change: Partial<Machine>): readonly (readonly [string, Finding['status']])[] {
  const findings = findingsOf({ ...GOOD, ...change }).filter(({ status }) => status !== 'ok');
  expect(findings.every(({ cure }) => cure !== '')).toBe(true);
  return findings.map(({ about, status }) => [about, status] as const);
}

describe('what the doctor makes of a machine', () => {
  test('a good one has nothing to be cured', () => {
    expect(notOk({})).toEqual([]);
  });

  test('only what gameday cannot do without is missing', () => {
    expect(notOk({ node: { version: '20.20.0', pinned: false } })).toEqual([['Node', 'missing']]);
    expect(notOk({ drills: { path: '/d', trouble: 'EROFS', syncMs: null, freeBytes: 5e9 } })).toEqual([['drills', 'missing']]);
    expect(notOk({ programs: { kubectl: null, helm: null } })).toEqual([]);
  });

  test('the rest is a warning with its cure', () => {
    expect(notOk({ terminal: { ...GOOD.terminal, output: false } })).toEqual([['terminal', 'warn']]);
    expect(notOk({ terminal: { ...GOOD.terminal, columns: 79, unicode: false } })).toEqual([['terminal', 'warn'], ['characters', 'warn']]);
    expect(notOk({ drills: { path: '/d', trouble: null, syncMs: 45, freeBytes: 1e6 } })).toEqual([['drills', 'warn'], ['disk', 'warn']]);
    expect(notOk({ state: { path: '/s', trouble: 'EACCES' }, pagerDuty: { set: true, usable: false, words: 'Too short.' } })).toEqual([['state', 'warn'], ['PagerDuty', 'warn']]);
    expect(notOk({ leftovers: { folder: '/s/pages', dedupKeys: ['gameday/D1/P1'] } })).toEqual([['pages', 'warn']]);
  });
});

describe('gameday doctor', () => {
  let folder: string;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'gameday-doctor-'));
  });

  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  function doctor(env: Record<string, string>, ...args: readonly string[]): { readonly code: number | null; readonly out: string } {
    const program = "import { doctorCommand } from './src/commands/doctor.ts'; await doctorCommand().parseAsync(process.argv.slice(1), { from: 'user' });";
    const ran = spawnSync(process.execPath, ['--input-type=module', '-e', program, '--', ...args], {
      encoding: 'utf8',
      env: { PATH: `${folder}${delimiter}${process.env['PATH']}`, XDG_STATE_HOME: join(folder, 'state'), ...env },
    });
    expect(ran.stderr).toBe('');
    return { code: ran.status, out: ran.stdout };
  }

  function aProgram(name: string, script: string): void {
    writeFileSync(join(folder, name), `#!/bin/sh\n${script}\n`);
    chmodSync(join(folder, name), 0o755);
  }

  test('looks at this machine, leaves nothing behind and never prints a key', () => {
    aProgram('kubectl', `echo '{"clientVersion": {"gitVersion": "v1.33.1"}}'`);
    aProgram('helm', 'echo broken >&2; exit 3');
    const drills = join(folder, 'deep', 'drills');
    const { code, out } = doctor({ GAMEDAY_PAGERDUTY_ROUTING_KEY: KEY }, '--drills', drills);
    expect(code).toBe(0);
    expect(out).toMatch(/^ok {7}kubectl +v1\.33\.1, \/.*\/kubectl$/m);
    expect(out).toMatch(/^ok {7}helm +not found\./m);
    expect(out).toMatch(/^ok {7}PagerDuty +routing key set for the pair; events go to events\.pagerduty\.com$/m);
    expect(out).toMatch(/a durable write takes \d+\.\d ms$/m);
    expect(out).not.toContain(KEY);
    expect(readdirSync(folder).toSorted((a, b) => (a < b ? -1 : 1))).toEqual(['helm', 'kubectl']);
  });

  test('tells of pages that are perhaps still open, as data too', () => {
    const ledger = new PageLedger(join(folder, 'state', 'gameday', 'pages'));
    ledger.opened({ dedupKey: 'gameday/D1/P1', channel: 'c', where: 'w' });
    const [file] = readdirSync(ledger.folder);
    writeFileSync(join(ledger.folder, file ?? ''), '{"opened":{"dedupKey":"gameday/D1/P1","channel":"c","where":"w"}}\n'); // its owner is gone
    const { code, out } = doctor({}, '--json', '--drills', folder);
    const { findings } = JSON.parse(out) as { findings: Finding[] };
    expect(code).toBe(0);
    expect(findings.find(({ about }) => about === 'pages')).toMatchObject({ status: 'warn', found: 'perhaps still open in PagerDuty: gameday/D1/P1' });
  });

  test('exits 1 where drills cannot be recorded', () => {
    writeFileSync(join(folder, 'a-file'), '');
    const { code, out } = doctor({}, '--drills', join(folder, 'a-file', 'drills'));
    expect(code).toBe(1);
    expect(out).toMatch(/^missing {2}drills +.* cannot be written \(ENOTDIR\)$/m);
    expect(existsSync(join(folder, 'state'))).toBe(false);
  });
});
