import { describe, expect, test } from 'vitest';
import { Drill } from '../../src/drill/drill.ts';
import { replayDrill } from '../../src/drill/replay.ts';
import type { Fact, Timeline, TimelineHeader } from '../../src/journal/timeline.ts';
import { castLead, castPartner, rehearsalSeats } from '../../src/responders/cast.ts';
import { Driver } from '../../src/responders/driver.ts';
import { rehearse } from '../../src/responders/rehearsal.ts';
import { MINUTE_MS } from '../../src/time/sim-time.ts';
import { aDrill, scenarioNames, scenarioTexts, theScenario } from '../support/a-drill.ts';
import { aDoor } from '../support/a-door.ts';

function recorded(name: string, seed: number, as: 'john' | 'johnny' | 'random'): Timeline {
  const facts: Fact[] = [];
  rehearse({ scenario: theScenario(name), seed, as, onFact: (fact) => facts.push(fact) });
  const header: TimelineHeader = {
    format: 'gameday-timeline', version: 1, engine: 'test', drillId: 'test', seed,
    scenario: { file: `${name}.yaml`, sha256: '' }, files: scenarioTexts(name), seats: rehearsalSeats(as), pager: 'none',
  };
  return { header, facts };
}

describe.each(scenarioNames())('%s', (name) => {
  test('the same call twice gives the same facts', () => {
    expect(JSON.stringify(recorded(name, 7, 'random').facts)).toBe(JSON.stringify(recorded(name, 7, 'random').facts));
  });

  test('another seed is another night', () => {
    expect(JSON.stringify(recorded(name, 7, 'john').facts)).not.toBe(JSON.stringify(recorded(name, 8, 'john').facts));
  });

  test('a replay feeds the inputs again and comes to every outcome again', () => {
    for (const as of ['john', 'johnny', 'random'] as const) {
      const timeline = recorded(name, 3, as);
      const { drill, difference } = replayDrill(timeline, theScenario(name), { door: aDoor });
      expect(difference).toBeNull();
      expect(drill.facts.length).toBe(timeline.facts.length);
      expect(drill.ended).toBe(true);
    }
  });
});

describe('a timeline that somebody touched', () => {
  const timeline = recorded('slow-site', 7, 'john');
  const replayed = (facts: readonly Fact[]): number | null => replayDrill({ ...timeline, facts }, theScenario('slow-site'), { door: aDoor }).difference?.seq ?? null;
  const changed = (seq: number, more: object): Fact[] => timeline.facts.map((fact) => (fact.seq === seq ? Object.assign({}, fact, more) : fact));
  const first = <Type extends Fact['type']>(type: Type): Fact<Type> => timeline.facts.find((fact): fact is Fact<Type> => fact.type === type) as Fact<Type>;

  test('differs from the outcome on that was made prettier', () => {
    const level = timeline.facts.find((fact) => fact.type === 'service-level-measured' && fact.slo.bad > 1) as Fact<'service-level-measured'>;
    expect(replayed(changed(level.seq, { slo: { ...level.slo, bad: 0 } }))).toBe(level.seq);
  });

  test('differs right after the command that was another', () => {
    const write = first('api-written');
    const command = timeline.facts[(write.causeSeq ?? 0) - 1] as Fact<'command-given'>;
    expect(command.line).toContain('ADDRESS_CHECK=off');
    expect(replayed(changed(command.seq, { line: command.line.replace('=off', '=on') }))).toBeGreaterThan(command.seq);
  });

  test('differs where a command was moved in time', () => {
    const claim = timeline.facts.find((fact) => fact.type === 'command-given' && fact.line === '/claim') as Fact;
    expect(replayed(changed(claim.seq, { atMs: claim.atMs + 1 }))).toBe(claim.seq + 1);
  });

  test('differs where what was shown was not so', () => {
    const look = first('observed');
    expect(replayed(changed(look.seq, { shown: '0000000000000000' }))).toBe(look.seq);
  });

  test('differs where facts were cut out of its middle', () => {
    const claim = first('claimed');
    expect(replayed(timeline.facts.filter(({ seq }) => seq !== claim.seq))).not.toBeNull();
  });

  test('that was only cut short is the same as far as it goes', () => {
    for (const length of [1, 5, 40, timeline.facts.length - 1]) expect(replayed(timeline.facts.slice(0, length))).toBeNull();
  });
});

test('two drills in one process do not feel each other', () => {
  const alone = recorded('slow-site', 7, 'john').facts;
  const scenario = theScenario('slow-site');
  const begin = (seed: number, as: 'john' | 'johnny'): { drill: Drill; driver: Driver } => {
    const drill = new Drill({ scenario, seed, seats: rehearsalSeats(as), onFact: () => undefined });
    return { drill, driver: new Driver(drill, new Map([['responder-1', castLead(as, scenario, seed)], ['responder-2', castPartner(as, seed)]])) };
  };
  const first = begin(7, 'john');
  const second = begin(8, 'johnny');
  for (let minute = 1; minute <= 120; minute++) {
    first.driver.advance(minute * MINUTE_MS);
    second.driver.advance(minute * MINUTE_MS - 30_000);
  }
  expect(JSON.stringify(first.drill.facts)).toBe(JSON.stringify(alone));
});

test('whoever looks at screens, traces and logs changes nothing of what comes', () => {
  const watched = aDrill('slow-site');
  const unwatched = aDrill('slow-site');
  for (let minute = 1; minute <= 12; minute++) {
    watched.until(`${minute}m`);
    watched.drill.screen('responder-1');
    watched.drill.complete('responder-1', 'kubectl get po');
    watched.types('trace storefront');
    watched.types('logs checkout');
    watched.types('curl storefront');
  }
  unwatched.until('12m');
  const levels = (night: typeof watched): string => JSON.stringify(night.facts('service-level-measured').map(({ atMs, slo, burn, services }) => ({ atMs, slo, burn, services })));
  expect(levels(watched)).toBe(levels(unwatched));
});

test('time may pass in steps of any size', () => {
  const steps = aDrill('slow-site');
  for (let second = 1; second <= 480; second++) steps.drill.advance(second * 1_000 - 1);
  steps.until('8m');
  expect(JSON.stringify(steps.drill.facts)).toBe(JSON.stringify(aDrill('slow-site').until('8m').drill.facts));
});
