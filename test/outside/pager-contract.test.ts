import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { LocalPager } from '../../src/outside/local-pager.ts';
import { PagerDutyPager } from '../../src/outside/pagerduty-pager.ts';
import { readPagerDutySettings } from '../../src/outside/pagerduty-settings.ts';
import type { OutgoingPage, Pager } from '../../src/paging/pager.ts';
import { PagerDutyDouble } from '../support/pagerduty-double.ts';

let double: PagerDutyDouble;
let folder: string;
let bells: number;

beforeEach(async () => {
  double = await PagerDutyDouble.start();
  folder = mkdtempSync(join(tmpdir(), 'gameday-ledger-'));
  bells = 0;
});

afterEach(async () => {
  await double.stop();
  rmSync(folder, { recursive: true, force: true });
});

function pagerDuty(): Pager {
  const read = readPagerDutySettings({ GAMEDAY_PAGERDUTY_URL: double.url, GAMEDAY_PAGERDUTY_ROUTING_KEY: 'k'.repeat(32) });
  if ('problem' in read) throw new Error(read.problem);
  const listener = { onAcknowledged: () => undefined, onTrouble: (sentence: string) => expect.unreachable(sentence) };
  return new PagerDutyPager({ settings: read.settings, ledgerFolder: folder, listener });
}

/** Both pagers, and how often each has called its people. */
const PAGERS = [
  { name: 'the local pager', open: (): Pager => new LocalPager(() => bells++), calls: (): number => bells },
  { name: 'PagerDuty', open: pagerDuty, calls: (): number => double.incidents.length },
];

function aPage(page: string, seat: string): OutgoingPage {
  return { drillId: 'D1', page, person: { seat, name: seat, consent: true }, severity: 'SEV-3', summary: 'slow', source: 'shop', sentAtMs: 0 };
}

describe.each(PAGERS)('$name', ({ open, calls }) => {
  test('calls once for a page, however many it wakes and however often it is told', async () => {
    const pager = open();
    for (const seat of ['responder-1', 'responder-2', 'responder-1']) pager.trigger(aPage('P1', seat));
    pager.resolve(aPage('P1', 'responder-1'));
    await pager.close();
    expect(calls()).toBe(1);
  });

  test('calls again for another page, and for one that opens again after it was resolved', async () => {
    const pager = open();
    for (const page of ['P1', 'P2', 'P1']) {
      pager.trigger(aPage(page, 'responder-1'));
      pager.acknowledge(aPage(page, 'responder-1'));
      pager.resolve(aPage(page, 'responder-1'));
    }
    await pager.close();
    expect(calls()).toBe(3);
  });

  test('takes acknowledgements and resolutions of what it does not know', async () => {
    const pager = open();
    pager.acknowledge(aPage('P9', 'responder-1'));
    pager.resolve(aPage('P9', 'responder-1'));
    await pager.close();
    expect(calls()).toBe(0);
  });

  test('closes twice, calls nobody afterwards, and leaves nothing open', async () => {
    const pager = open();
    await pager.close();
    await pager.close();
    pager.trigger(aPage('P1', 'responder-1'));
    await pager.close();
    expect(calls()).toBe(0);
    expect(double.open()).toEqual([]);
  });
});
