import { expect, test } from 'vitest';
import { Drill } from '../../src/drill/drill.ts';
import type { SeatRecord } from '../../src/journal/timeline.ts';
import { castPartner } from '../../src/responders/cast.ts';
import { Driver } from '../../src/responders/driver.ts';
import { MINUTE_MS } from '../../src/time/sim-time.ts';
import { theScenario } from '../support/a-drill.ts';

const SEATS: readonly SeatRecord[] = [
  { seat: 'responder-1', role: 'responder', name: 'Ana', driver: 'person' },
  { seat: 'responder-2', role: 'responder', name: 'Robin', driver: 'john' },
];

/** What Ana types, and when: at odd moments and at full seconds, while Robin sleeps, works and waits. */
const ANA: readonly (readonly [atMs: number, line: string])[] = [
  [4 * MINUTE_MS + 60_000, '/ack'],
  [5 * MINUTE_MS + 1_234, '/claim'],
  [6 * MINUTE_MS, '@Robin look at checkout'],
  [6 * MINUTE_MS + 20_001, '@Robin run trace storefront'],
  [7 * MINUTE_MS + 999, 'kubectl scale deploy search --replicas=0'],
  [8 * MINUTE_MS, '@Robin run kubectl scale deploy search --replicas=2'],
];

function facts(beatMs: number): string {
  const drill = new Drill({ scenario: theScenario('slow-site'), seed: 9, seats: SEATS, onFact: () => undefined });
  const driver = new Driver(drill, new Map([['responder-2', castPartner('john', 9)]]));
  const until = (atMs: number): void => {
    while (drill.nowMs < atMs) driver.advance(Math.min(atMs, drill.nowMs + beatMs));
  };
  for (const [atMs, line] of ANA) {
    until(atMs);
    drill.command('responder-1', line);
  }
  until(12 * MINUTE_MS);
  return drill.facts.map((fact) => JSON.stringify(fact)).join('\n');
}

test.each([37, 100, 1_000, 60_000])('a scripted partner does the same whether time comes in beats of %i ms or in one go', (beatMs) => {
  const inOneGo = facts(Infinity);
  expect(inOneGo).toContain('"seat":"responder-2","line":"trace storefront"');
  expect(facts(beatMs)).toBe(inOneGo);
});
