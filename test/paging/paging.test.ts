import { expect, test } from 'vitest';
import { acknowledgePage, resolvePage, ringingFor, sendPage } from '../../src/paging/paging.ts';

test('both are woken in the same moment, and each stops their own phone only', () => {
  const sent = sendPage('P1', ['responder-1', 'responder-2'], 30_000);
  expect(ringingFor(sent)).toEqual(['responder-1', 'responder-2']);
  const taken = acknowledgePage(sent, 'responder-2', 45_000);
  expect(taken).toMatchObject({ page: { people: { 'responder-2': { status: 'acknowledged', sinceMs: 30_000, acknowledgedAtMs: 45_000 } } } });
  if ('page' in taken) expect(ringingFor(taken.page)).toEqual(['responder-1']);
});

test('a resolved page rings for nobody and is resolved once', () => {
  const resolved = resolvePage(sendPage('P1', ['responder-1'], 0), 60_000);
  expect(ringingFor(resolved)).toEqual([]);
  expect(resolvePage(resolved, 90_000).resolvedAtMs).toBe(60_000);
  expect(acknowledgePage(resolved, 'responder-1', 90_000)).toEqual({ refusal: 'Page P1 is resolved already.' });
});

test('who was not paged, or has acknowledged, is told so', () => {
  const sent = sendPage('P1', ['responder-1'], 0);
  expect(acknowledgePage(sent, 'responder-2', 1)).toEqual({ refusal: 'Page P1 was not sent to responder-2.' });
  const once = acknowledgePage(sent, 'responder-1', 1);
  if (!('page' in once)) throw new Error(once.refusal);
  expect(acknowledgePage(once.page, 'responder-1', 2)).toEqual({ refusal: 'You have acknowledged page P1 already.' });
});
