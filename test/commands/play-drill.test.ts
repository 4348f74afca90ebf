import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test, vi } from 'vitest';
import { beginPlay } from '../../src/commands/play-drill.ts';

const folder = mkdtempSync(join(tmpdir(), 'gameday-play-drill-'));

afterEach(() => {
  vi.restoreAllMocks();
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true, force: true });
});

test('a drill whose pages could not go out is refused before anything of it is written', async () => {
  vi.stubEnv('GAMEDAY_PAGERDUTY_ROUTING_KEY', undefined);
  const said = vi.spyOn(process.stderr, 'write').mockReturnValue(true);
  const out = join(folder, 'drill');
  const scenario = new URL('../../scenarios/slow-site.yaml', import.meta.url).pathname;
  expect(await beginPlay({ scenario, you: { name: 'Ana', consent: true }, partner: null }, { pager: 'pagerduty', pace: 1, out, kubectl: 'small' })).toBe(2);
  expect(said.mock.calls.join('')).toContain('GAMEDAY_PAGERDUTY_ROUTING_KEY');
  expect(existsSync(out)).toBe(false);
});

test.each([
  ['a role that the cluster does not have', { role: 'nobody-has-this', kubectl: 'small' }, 'There is no ClusterRole "nobody-has-this".'],
  ['a kubectl that the machine does not have', { kubectl: 'real' }, 'There is no kubectl on this machine.'],
] as const)('a drill with %s is refused before anything of it is written', async (_, wish, sentence) => {
  vi.stubEnv('PATH', folder);
  vi.stubEnv('GAMEDAY_KUBECTL', undefined);
  const said = vi.spyOn(process.stderr, 'write').mockReturnValue(true);
  const out = join(folder, 'drill');
  const scenario = new URL('../../scenarios/slow-site.yaml', import.meta.url).pathname;
  expect(await beginPlay({ scenario, you: { name: 'Ana', consent: true }, partner: null }, { pager: 'local', pace: 1, out, ...wish })).toBe(2);
  expect(said.mock.calls.join('')).toContain(sentence);
  expect(existsSync(out)).toBe(false);
});
