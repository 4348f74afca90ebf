import { expect, test } from 'vitest';
import { aDrill } from '../support/a-drill.ts';

test('a command that wants words is offered once, with the space before them', () => {
  const { drill } = aDrill('slow-site');
  const offered = drill.complete('responder-1', '/h');
  expect(offered).toEqual(expect.arrayContaining(['/hyp ', '/handoff ', '/hint', '/help']));
  expect(new Set(offered.map((line) => line.trim())).size).toBe(offered.length);
});

test('services, flags and what kubectl knows complete, too', () => {
  const { drill } = aDrill('slow-site');
  expect(drill.complete('responder-1', 'dash che')).toEqual(['dash checkout']);
  expect(drill.complete('responder-1', '/flag ADD')).toEqual(['/flag ADDRESS_CHECK off']);
  expect(drill.complete('responder-1', 'kubectl get deploy che')).toEqual(['kubectl get deploy checkout']);
});
