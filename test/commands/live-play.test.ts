import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { drillHeader } from '../../src/commands/drill-header.ts';
import { LiveDrill } from '../../src/commands/live-drill.ts';
import { Drill } from '../../src/drill/drill.ts';
import type { Fact, SeatRecord } from '../../src/journal/timeline.ts';
import { JournalFile } from '../../src/outside/journal-file.ts';
import { readTimelineFile } from '../../src/outside/journal-reading.ts';
import { LocalPager } from '../../src/outside/local-pager.ts';
import { readScenarioFiles } from '../../src/outside/read-files.ts';
import { PageRelay } from '../../src/paging/relay.ts';
import { Driver } from '../../src/responders/driver.ts';
import { MINUTE_MS } from '../../src/time/sim-time.ts';

const SEATS: readonly SeatRecord[] = [{ seat: 'responder-1', role: 'responder', name: 'Ana', driver: 'person' }];
const loaded = readScenarioFiles(new URL('../../scenarios/slow-site.yaml', import.meta.url).pathname);

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'gameday-live-play-'));
});
afterEach(() => {
  rmSync(dir, { recursive: true, force: true });
});

/** A drill that Ana plays alone at wall-clock pace, after `until` of it has passed. */
async function played({ untilMs = 0, pace = 1 }: { readonly untilMs?: number; readonly pace?: number }): Promise<{ live: LiveDrill; drill: Drill; journal: JournalFile }> {
  if (loaded.scenario === null) throw new Error(JSON.stringify(loaded.complaints[0]));
  const header = drillHeader({ loaded, name: 'test', seed: 3, seats: SEATS, pager: 'local' });
  const created = await JournalFile.create(dir, header);
  if ('refusal' in created) throw new Error(created.refusal);
  const { journal } = created;
  const drill = new Drill({ scenario: loaded.scenario, seed: 3, seats: SEATS, onFact: () => undefined });
  drill.advance(untilMs);
  const relay = new PageRelay(new LocalPager(() => undefined), { drillId: header.drillId, source: 'test', people: [] });
  const live = new LiveDrill({
    drill, journal, relay, seat: 'responder-1', written: 0, pace, driver: new Driver(drill, new Map()),
    debrief: () => ({ outcome: 'timebox', headline: '', lines: [] }),
  });
  await live.start();
  return { live, drill, journal };
}

async function written(): Promise<readonly Fact[]> {
  const file = await readTimelineFile(dir);
  if ('refusal' in file) throw new Error(file.refusal);
  return file.timeline.facts;
}

describe('who leaves', () => {
  test('loses no line, whatever the pager had to say before', async () => {
    const { live } = await played({});
    live.note('Page P1 could not be delivered.');
    void live.submit('Is anybody here?');
    await live.stop();
    expect((await written()).slice(-3).map(({ type }) => type)).toEqual(['command-given', 'said', 'drill-paused']);
    expect(live.trouble).toBe('Page P1 could not be delivered.');
  });

  test('may leave twice, and is not heard after that', async () => {
    const { live } = await played({});
    const leaving = live.stop();
    void live.stop();
    live.pagerAnswered('P1', 'Ana');
    await live.submit('One more thing');
    await leaving;
    expect((await written()).filter(({ type }) => type === 'command-given' || type === 'pager-answered')).toEqual([]);
    expect((await written()).filter(({ type }) => type === 'drill-paused').length).toBe(1);
    expect(live.trouble).toBeNull();
  });
});

describe('what the seat sees', () => {
  test('is in the journal already, also where the pace changes or the pager speaks meanwhile', async () => {
    const { live } = await played({ pace: 0 });
    const before = live.screen();
    const submitted = live.submit('Hello room');
    await Promise.resolve();
    live.setPace(0);
    live.note('The pager is slow.');
    expect(live.screen()).toBe(before);
    await submitted;
    expect(live.screen().chat.at(-1)?.text).toBe('Hello room');
    await live.stop();
  });

  test('stays as it was where the journal cannot be written, and nothing more is done', async () => {
    const { live, drill, journal } = await played({ pace: 0 });
    await journal.close();
    const before = live.screen();
    await live.submit('Hello room');
    expect(live.screen()).toBe(before);
    expect(live.trouble).toContain('is closed');
    const facts = drill.facts.length;
    await live.submit('Hello again');
    await live.stop();
    expect(drill.facts.length).toBe(facts);
  });

  test('of a page that wakes them is the moment it came, not half a minute later', async () => {
    const { live } = await played({ untilMs: 10 * MINUTE_MS });
    await live.submit('/resolve');
    await new Promise<void>((resolve) => {
      const unsubscribe = live.subscribe(() => {
        if (live.screen().pages.length < 2) return;
        unsubscribe();
        resolve();
      });
    });
    expect(live.screen().clock.sincePageMs).toBeLessThanOrEqual(1_000);
    await live.stop();
  }, 20_000);
});
