import { beforeEach, expect, test } from 'vitest';
import type { Fact } from '../../src/journal/timeline.ts';
import type { OutgoingPage, Pager } from '../../src/paging/pager.ts';
import { PageRelay } from '../../src/paging/relay.ts';

let told: string[];
let relay: PageRelay;

beforeEach(() => {
  told = [];
  const note = (what: string) => (page: OutgoingPage): void => void told.push(`${page.sentAtMs} ${what} ${page.page} ${page.person.name}`);
  const pager: Pager = { trigger: note('wakes'), acknowledge: note('quiets'), resolve: note('ends'), close: () => Promise.resolve() };
  relay = new PageRelay(pager, {
    drillId: 'D1',
    source: 'storefront',
    people: [
      { seat: 'responder-1', name: 'Ana', consent: true },
      { seat: 'responder-2', name: 'Ben', consent: true },
    ],
  });
});

const sent = (page: string, atMs: number): Fact => ({ seq: 1, atMs, causeSeq: null, type: 'page-sent', page, seats: ['responder-1', 'responder-2'], severity: 'SEV-2', text: 'slow', again: false });
const acknowledged = (page: string, seat: string): Fact => ({ seq: 2, atMs: 40_000, causeSeq: null, type: 'page-acknowledged', page, seat, via: 'local' });
const resolved = (page: string): Fact => ({ seq: 3, atMs: 90_000, causeSeq: null, type: 'page-resolved', page });

test('both are woken at the same simulated moment, and what they do follows', () => {
  for (const fact of [sent('P1', 30_000), acknowledged('P1', 'responder-2'), resolved('P1')]) relay.tell(fact);
  expect(told).toEqual(['30000 wakes P1 Ana', '30000 wakes P1 Ben', '30000 quiets P1 Ben', '30000 ends P1 Ana', '30000 ends P1 Ben']);
});

test('facts about anything else wake nobody', () => {
  const claimed: Fact = { seq: 1, atMs: 0, causeSeq: null, type: 'claimed', seat: 'responder-1' };
  relay.tell(claimed);
  relay.tell(resolved('P9'));
  expect(told).toEqual([]);
});

test('a drill that goes on after a break wakes nobody for what is over', () => {
  relay.resume([sent('P1', 30_000), resolved('P1'), sent('P2', 60_000), acknowledged('P2', 'responder-1')]);
  expect(told).toEqual(['60000 wakes P2 Ana', '60000 wakes P2 Ben', '60000 quiets P2 Ana']);
});
