import * as fc from 'fast-check';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { PageLedger } from '../../src/outside/page-ledger.ts';
import { PagerDutyPager, type PagerDutyOptions } from '../../src/outside/pagerduty-pager.ts';
import { readPagerDutySettings } from '../../src/outside/pagerduty-settings.ts';
import type { OutgoingPage } from '../../src/paging/pager.ts';
import { PagerDutyDouble, type Treatment } from '../support/pagerduty-double.ts';

const KEY = 'R0UT1NGKEY0123456789abcdefABCDEF';
const KEY_OF_BEN = 'B3NK3Y0123456789abcdefABCDEF0123';

let double: PagerDutyDouble;
let ledgerFolder: string;
let troubles: string[];
let pausesMs: number[];
let opened: PagerDutyPager[];

beforeEach(async () => {
  double = await PagerDutyDouble.start();
  ledgerFolder = mkdtempSync(join(tmpdir(), 'gameday-ledger-'));
  troubles = [];
  pausesMs = [];
  opened = [];
});

afterEach(async () => {
  double.script = [];
  await Promise.all(opened.map((pager) => pager.close()));
  expect(troubles.join('\n')).not.toContain(KEY);
  await double.stop();
  rmSync(ledgerFolder, { recursive: true, force: true });
});

function aPager(options: Partial<PagerDutyOptions> = {}, env: Record<string, string> = {}): PagerDutyPager {
  const read = readPagerDutySettings({ GAMEDAY_PAGERDUTY_URL: double.url, GAMEDAY_PAGERDUTY_ROUTING_KEY: KEY, ...env });
  if ('problem' in read) throw new Error(read.problem);
  const pager = new PagerDutyPager({
    settings: read.settings,
    ledgerFolder,
    listener: { onAcknowledged: () => undefined, onTrouble: (sentence) => troubles.push(sentence) },
    delay: skippingTime,
    attemptTimeoutMs: 250,
    ...options,
  });
  opened.push(pager);
  return pager;
}

/** Pauses between attempts pass at once; the wait at close does not pass at all. */
async function skippingTime(ms: number, signal: AbortSignal): Promise<void> {
  if (ms === 20_000) return new Promise((done) => signal.addEventListener('abort', () => done()));
  pausesMs.push(ms);
}

function aPage(seat: 'responder-1' | 'responder-2', change: Partial<OutgoingPage> & { consent?: boolean } = {}): OutgoingPage {
  const { consent = true, ...rest } = change;
  const name = seat === 'responder-1' ? 'Ana' : 'Ben';
  return { drillId: 'D7', page: 'P1', person: { seat, name, consent }, severity: 'SEV-2', summary: 'storefront p95 7 s, normal 5 s', source: 'storefront', sentAtMs: 150_000, ...rest };
}

describe('a page for the pair', () => {
  test('is one incident that names both, opened in one event at the moment of the page', async () => {
    const pager = aPager();
    pager.trigger(aPage('responder-1'));
    pager.trigger(aPage('responder-2'));
    await double.until(() => double.incidents.length === 1);
    expect(double.incidents).toMatchObject([
      { dedupKey: 'gameday/D7/P1', summary: 'DRILL: SEV-2 storefront p95 7 s, normal 5 s', severity: 'error', status: 'triggered', triggers: 1, details: { paged: ['Ana', 'Ben'], drill_time: '02:30' } },
    ]);
    await pager.close();
  });

  test('is two incidents where one of them has a service of their own', async () => {
    const pager = aPager({}, { GAMEDAY_PAGERDUTY_ROUTING_KEY_RESPONDER_2: KEY_OF_BEN });
    pager.trigger(aPage('responder-1'));
    pager.trigger(aPage('responder-2'));
    await double.until(() => double.incidents.length === 2);
    const byKey = Object.fromEntries(double.incidents.map((incident) => [incident.dedupKey, incident]));
    expect(byKey['gameday/D7/P1']).toMatchObject({ routingKey: KEY, details: { paged: ['Ana'] } });
    expect(byKey['gameday/D7/P1/responder-2']).toMatchObject({ routingKey: KEY_OF_BEN, details: { paged: ['Ben'] } });
    pager.acknowledge(aPage('responder-2'));
    await double.until(() => byKey['gameday/D7/P1/responder-2']?.status === 'acknowledged');
    expect(byKey['gameday/D7/P1']?.status).toBe('triggered');
    await pager.close();
    expect(double.open()).toEqual([]);
  });

  test('is acknowledged by the first of them and resolved once', async () => {
    const pager = aPager();
    for (const seat of ['responder-1', 'responder-2'] as const) pager.trigger(aPage(seat));
    for (const seat of ['responder-1', 'responder-2'] as const) pager.acknowledge(aPage(seat));
    for (const seat of ['responder-1', 'responder-2'] as const) pager.resolve(aPage(seat));
    await pager.close();
    expect(double.accepted.map((event) => event.effect)).toEqual(['opened', 'acknowledged', 'resolved']);
  });

  test('that comes again after it was resolved opens a new incident', async () => {
    const pager = aPager();
    pager.trigger(aPage('responder-1'));
    pager.resolve(aPage('responder-1'));
    pager.trigger(aPage('responder-1'));
    pager.resolve(aPage('responder-1'));
    await pager.close();
    expect(double.accepted.map((event) => event.effect)).toEqual(['opened', 'resolved', 'opened', 'resolved']);
  });
});

describe('without consent', () => {
  test('nothing leaves, whatever happens to the page', async () => {
    const pager = aPager();
    const page = aPage('responder-1', { consent: false });
    pager.trigger(page);
    pager.acknowledge(page);
    pager.resolve(page);
    await pager.close();
    expect(double.bodies).toEqual([]);
  });

  test('of one of the pair, the other is paged and nothing tells of the one', async () => {
    const pager = aPager();
    pager.trigger(aPage('responder-1', { consent: false }));
    pager.trigger(aPage('responder-2'));
    pager.acknowledge(aPage('responder-1', { consent: false }));
    await double.until(() => double.incidents.length === 1);
    await pager.close();
    expect(double.accepted.map((event) => event.effect)).toEqual(['opened', 'resolved']);
    expect(double.bodies.join('\n')).not.toContain('Ana');
  });
});

describe('on a bad day of PagerDuty', () => {
  test('it waits as long as a 429 asks for, and pages once', async () => {
    double.script = [{ status: 429, retryAfter: '90' }];
    const pager = aPager();
    pager.trigger(aPage('responder-1'));
    await double.until(() => double.incidents.length === 1);
    expect(pausesMs).toEqual([90_000]);
    await pager.close();
    expect(double.accepted.map((event) => event.effect)).toEqual(['opened', 'resolved']);
  });

  test('the pauses grow and end at half a minute, and people are told once', async () => {
    double.script = Array.from({ length: 9 }, () => ({ status: 503 }) as const);
    const pager = aPager();
    pager.trigger(aPage('responder-1'));
    await double.until(() => double.incidents.length === 1);
    expect(pausesMs).toHaveLength(9);
    expect(pausesMs.slice(1).every((ms, at) => ms > (pausesMs[at] ?? 0) || ms >= 22_500)).toBe(true);
    expect(Math.max(...pausesMs)).toBeLessThanOrEqual(30_000);
    expect(troubles).toEqual(['PagerDuty has not taken the page gameday/D7/P1 so far: it answered 503. gameday keeps trying.']);
    await pager.close();
  });

  test('an event whose answer was lost is repeated, and opens no second incident', async () => {
    double.script = ['lose-answer'];
    const pager = aPager();
    pager.trigger(aPage('responder-1'));
    await double.until(() => double.accepted.length === 2);
    expect(double.incidents).toMatchObject([{ triggers: 2 }]);
    await pager.close();
  });

  test('an accepted event with a mangled answer is not repeated', async () => {
    double.script = ['mangle-answer'];
    const pager = aPager();
    pager.trigger(aPage('responder-1'));
    pager.resolve(aPage('responder-1'));
    await pager.close();
    expect(double.accepted.map((event) => event.effect)).toEqual(['opened', 'resolved']);
  });

  test('a key that does not exist is told with what to do, and not tried again', async () => {
    double.knownKeys = [];
    const pager = aPager();
    pager.trigger(aPage('responder-1'));
    pager.acknowledge(aPage('responder-1'));
    await double.until(() => double.bodies.length === 1);
    await pager.close();
    expect(double.bodies).toHaveLength(1);
    expect(troubles).toHaveLength(1);
    expect(troubles[0]).toMatch(/not opened in PagerDuty: PagerDuty refused the event \(400: Invalid routing key\)\. Check that the routing key/);
    expect(readdirSync(ledgerFolder)).toEqual([]);
  });

  test('whatever it does, each page becomes one incident, told in order, and none stays open', async () => {
    const treatment: fc.Arbitrary<Treatment> = fc.oneof(
      { weight: 4, arbitrary: fc.constant<Treatment>('answer') },
      fc.constantFrom<Treatment>('reset', 'lose-answer', 'mangle-answer', { status: 429 }, { status: 429, retryAfter: '3' }, { status: 500 }, { status: 503 }),
      { weight: 1, arbitrary: fc.constant<Treatment>('hang') },
    );
    const property = fc.asyncProperty(fc.array(treatment, { maxLength: 14 }), fc.integer({ min: 1, max: 4 }), async (script, pages) => {
      double.incidents.length = 0;
      double.accepted.length = 0;
      double.script = [...script];
      const pager = aPager({ attemptTimeoutMs: 40 });
      for (let nth = 1; nth <= pages; nth++) {
        const page = { page: `P${nth}` };
        for (const seat of ['responder-1', 'responder-2'] as const) pager.trigger(aPage(seat, page));
        pager.acknowledge(aPage('responder-1', page));
        pager.resolve(aPage('responder-2', page));
      }
      await pager.close();
      const effects = (key: string): readonly string[] => double.accepted.filter((event) => event.dedupKey === key && event.effect !== 'repeated').map((event) => event.effect);
      expect(double.incidents).toHaveLength(pages);
      for (let nth = 1; nth <= pages; nth++) {
        const told = effects(`gameday/D7/P${nth}`);
        expect(told.filter((effect, at) => effect !== told[at - 1] && effect !== 'nothing')).toEqual(['opened', 'acknowledged', 'resolved']);
      }
      expect(readdirSync(ledgerFolder)).toEqual([]);
    });
    await fc.assert(property, { numRuns: 60 });
  });
});

describe('at the end', () => {
  test('what is open is resolved, and closing twice does no more', async () => {
    const pager = aPager();
    pager.trigger(aPage('responder-1'));
    await double.until(() => double.incidents.length === 1);
    await Promise.all([pager.close(), pager.close()]);
    expect(double.open()).toEqual([]);
    pager.trigger(aPage('responder-1', { page: 'P2' }));
    expect(double.bodies).toHaveLength(2);
  });

  test('a page that never got out wakes nobody after a drill was broken off', async () => {
    double.script = Array.from({ length: 4 }, () => 'reset' as const);
    const pager = await new Promise<PagerDutyPager>((failedOnce) => {
      const failing: PagerDutyPager = aPager({
        delay: (_ms, signal) => {
          failedOnce(failing);
          return new Promise((done) => (signal.aborted ? done() : signal.addEventListener('abort', () => done())));
        },
      });
      failing.trigger(aPage('responder-1'));
    });
    double.script = [];
    await pager.close();
    expect(double.accepted.map((event) => [event.action, event.effect])).toEqual([['resolve', 'nothing']]);
  });

  test('what cannot be resolved in time is named and noted, without the key', async () => {
    const pager = aPager({ delay: async () => undefined });
    pager.trigger(aPage('responder-1'));
    await double.until(() => double.incidents.length === 1);
    double.script = Array.from({ length: 10_000 }, () => 'reset' as const);
    await pager.close();
    expect(troubles.at(-1)).toMatch(/^Still open in PagerDuty, as far as gameday knows: gameday\/D7\/P1\./);
    expect(readdirSync(ledgerFolder)).toHaveLength(1);
    expect(readFileSync(join(ledgerFolder, readdirSync(ledgerFolder)[0] ?? ''), 'utf8')).not.toContain(KEY);
    expect(double.open()).toHaveLength(1);
  });

  test('a page whose intent cannot be written is not sent', async () => {
    const pager = aPager({ ledgerFolder: join(import.meta.filename, 'pages') }); // below a file, no folder can be made
    pager.trigger(aPage('responder-1'));
    await Promise.resolve();
    await pager.close();
    expect(double.bodies).toEqual([]);
    expect(troubles.at(-1)).toMatch(/not sent to PagerDuty: gameday could not note it in .*pagerduty-pager\.test\.ts\/pages first \(ENOTDIR\)/);
  });
});

describe('a running drill of another process', () => {
  test('keeps its pages when a second drill starts', async () => {
    const other = new PageLedger(ledgerFolder); // this very process runs, so its ledger is a live one
    other.opened({ dedupKey: 'gameday/D8/P1', channel: 'any', where: 'anywhere' });
    await aPager().close();
    expect(double.bodies).toEqual([]);
    expect(other.leftovers()).toEqual([]);
    other.closed('gameday/D8/P1');
    other.release();
    expect(readdirSync(ledgerFolder)).toEqual([]);
  });
});
