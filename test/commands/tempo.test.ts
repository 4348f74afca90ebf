import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { drillHeader } from '../../src/commands/drill-header.ts';
import { LiveDrill } from '../../src/commands/live-drill.ts';
import { Drill } from '../../src/drill/drill.ts';
import { JournalFile } from '../../src/outside/journal-file.ts';
import { LocalPager } from '../../src/outside/local-pager.ts';
import { readScenarioFiles } from '../../src/outside/read-files.ts';
import { PageRelay } from '../../src/paging/relay.ts';
import { Driver } from '../../src/responders/driver.ts';

test('time that a person let run faster runs as usual from the page on', async () => {
  const dir = mkdtempSync(join(tmpdir(), 'gameday-tempo-'));
  const live = await aLiveDrill(dir);
  try {
    live.setPace(3_000);
    await live.start();
    await until(live, () => live.screen().pages.length > 0);
    expect(live.pace).toBe(1);
    expect(live.screen().clock.sincePageMs).toBeLessThan(2_000);
  } finally {
    await live.stop();
    rmSync(dir, { recursive: true, force: true });
  }
});

function until(live: LiveDrill, holds: () => boolean): Promise<void> {
  return new Promise((resolve) => {
    const stop = live.subscribe(() => {
      if (!holds()) return;
      stop();
      resolve();
    });
  });
}

async function aLiveDrill(dir: string): Promise<LiveDrill> {
  const loaded = readScenarioFiles(new URL('../../scenarios/slow-site.yaml', import.meta.url).pathname);
  if (loaded.scenario === null) throw new Error(JSON.stringify(loaded.complaints));
  const { scenario } = loaded;
  const header = drillHeader({ loaded, name: 'tempo', seed: 3, pager: 'local', seats: [{ seat: 'responder-1', role: 'responder', name: 'Ana', driver: 'person' }] });
  const created = await JournalFile.create(dir, header);
  if ('refusal' in created) throw new Error(created.refusal);
  const drill = new Drill({ scenario, seed: 3, seats: header.seats, onFact: () => undefined });
  const relay = new PageRelay(new LocalPager(() => undefined), { drillId: header.drillId, source: 'test', people: [] });
  return new LiveDrill({
    drill, driver: new Driver(drill, new Map()), journal: created.journal, relay, seat: 'responder-1', written: 0, pace: 1,
    debrief: () => ({ outcome: 'timebox', headline: '', lines: [] }),
  });
}
