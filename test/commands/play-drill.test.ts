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
  expect(await beginPlay({ scenario, you: { name: 'Ana', consent: true }, partner: null }, { pager: 'pagerduty', pace: 1, out, kubectl: 'small', role: 'cluster-admin' })).toBe(2);
  expect(said.mock.calls.join('')).toContain('GAMEDAY_PAGERDUTY_ROUTING_KEY');
  expect(existsSync(out)).toBe(false);
});
