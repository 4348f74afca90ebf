import { expect, test } from 'vitest';
import { Drill } from '../../src/drill/drill.ts';
import { replayDrill } from '../../src/drill/replay.ts';
import type { SeatRecord, Timeline } from '../../src/journal/timeline.ts';
import { castPartner } from '../../src/responders/cast.ts';
import { Driver } from '../../src/responders/driver.ts';
import { Die } from '../../src/time/dice.ts';
import { MINUTE_MS } from '../../src/time/sim-time.ts';
import { scenarioNames, scenarioTexts, theScenario } from '../support/a-drill.ts';
import { aDoor } from '../support/a-door.ts';

const SEATS: readonly SeatRecord[] = [
  { seat: 'responder-1', role: 'responder', name: 'Ana', driver: 'person' },
  { seat: 'responder-2', role: 'responder', name: 'Robin', driver: 'john' },
];

/** Typed between the lines of a solution: looks, words to the partner, ways back, slips. */
const AND_ALSO = ['@Robin look at checkout', '/undo', 'trace storefront', 'kubectl delete pod -l app=search', 'logs checkout', '/hint', 'no such tool', 'curl storefront', '@Robin run kubectl rollout restart deploy/cart'];

/**
 * A drill as a terminal plays it: some ten beats a second, none as long as the other, a screen drawn after each,
 * completion asked for on the way to each line, and now and then two lines within one beat.
 */
function playedByBeats(name: string, seed: number): Timeline {
  const scenario = theScenario(name);
  const drill = new Drill({ scenario, seed, seats: SEATS, onFact: () => undefined });
  const driver = new Driver(drill, new Map([['responder-2', castPartner('john', seed)]]));
  const die = new Die(seed, 'test/beats');
  const lines = (scenario.solutions['john'] ?? []).flatMap((line) => [line, die.pick(AND_ALSO)]);
  const type = (): void => {
    const line = lines.shift() ?? '/verify';
    for (let typed = 1; typed <= line.length; typed += 7) drill.complete('responder-1', line.slice(0, typed));
    drill.command('responder-1', line);
  };
  let nextLineMs = MINUTE_MS;
  while (drill.nowMs < 12 * MINUTE_MS) {
    driver.advance(drill.nowMs + 20 + die.roll(160));
    drill.screen('responder-1');
    if (drill.nowMs < nextLineMs || drill.state.pages.length === 0) continue;
    type();
    if (die.roll(4) === 0) type();
    nextLineMs = drill.nowMs + 1_000 + die.roll(15_000);
  }
  return {
    header: {
      format: 'gameday-timeline', version: 1, engine: 'test', drillId: 'test', seed,
      scenario: { file: `${name}.yaml`, sha256: '' }, files: scenarioTexts(name), seats: SEATS, pager: 'none',
    },
    facts: drill.facts,
  };
}

test.each(scenarioNames())('%s played by beats comes out the same where its inputs are run again in one go', (name) => {
  const timeline = playedByBeats(name, 5);
  const given = timeline.facts.filter(({ type }) => type === 'command-given').length;
  expect(given).toBeGreaterThan(30);
  const { drill, difference } = replayDrill(timeline, theScenario(name), { door: aDoor });
  expect(difference).toBeNull();
  expect(drill.facts.length).toBe(timeline.facts.length);
}, 60_000);
