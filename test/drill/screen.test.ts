import { describe, expect, test } from 'vitest';
import { Drill } from '../../src/drill/drill.ts';
import { castLead, castPartner, rehearsalSeats } from '../../src/responders/cast.ts';
import { Driver } from '../../src/responders/driver.ts';
import type { Scenario, StageSpec } from '../../src/scenario/scenario.ts';
import { MINUTE_MS } from '../../src/time/sim-time.ts';
import { aDrill, scenarioNames, theScenario } from '../support/a-drill.ts';

/** A seed that can be told from every other number on a screen. */
const SEED = 918_273_645;

/** Paths of all stages below a stage, such as `incident.paged`. */
function stagePaths(stage: StageSpec, above = ''): string[] {
  return Object.entries(stage.states).flatMap(([name, inner]) => [`${above}${name}`, ...stagePaths(inner, `${above}${name}.`)]);
}

/** What only the dungeon master knows. Single stage names such as `calm` are ordinary words; as a stage they would stand in quotes. */
function secretsOf(scenario: Scenario): string[] {
  return [
    scenario.secret, ...scenario.secret.split(/(?<=[.;]) /),
    ...Object.keys(scenario.faults).map((name) => `"${name}"`),
    ...Object.values(scenario.faults).map(({ kind }) => kind),
    ...stagePaths(scenario.stages).map((path) => `"${path}"`),
    ...scenario.verdict.resolved.map((condition) => JSON.stringify(condition.if).slice(1, -1)),
    ...scenario.solutions['golden']?.filter((line) => line.startsWith('/hyp')) ?? [],
    'ghost', String(SEED), 'stage-entered', 'fault-began', 'verdict', 'decoy', 'golden',
  ];
}

/** An incident is `quiet`, `paged` or `mitigated` for the players too, and a drill's outcome may be `timebox`. */
const PLAYERS_WORDS = new Set(['"incident"', '"quiet"', '"paged"', '"mitigated"', '"timebox"']);

describe.each(scenarioNames())('%s', (name) => {
  test('no screen of a responder, at any time, holds what only the dungeon master may know', () => {
    const scenario = theScenario(name);
    const seats = rehearsalSeats('johnny');
    const drill = new Drill({ scenario, seed: SEED, seats, onFact: () => undefined, ghosts: () => [{ as: 'noop', outcome: 'timebox', badMinutes: 1, ttmMs: null, ttrMs: null }] });
    const driver = new Driver(drill, new Map([['responder-1', castLead('johnny', scenario, SEED)], ['responder-2', castPartner('johnny', SEED)]]));
    const secrets = secretsOf(scenario).filter((secret) => !PLAYERS_WORDS.has(secret));
    for (let minute = 0; minute < 200 && !drill.ended; minute++) {
      driver.advance(minute * MINUTE_MS);
      if (minute === 6) for (const line of ['changes', '/help', '/flag', 'kubectl get events', 'kubectl get all', 'logs checkout', 'trace storefront', 'dash postgres', '/verify']) drill.command('responder-2', line);
      for (const { seat } of seats) {
        const screen = JSON.stringify(drill.screen(seat));
        for (const secret of secrets) expect(screen.includes(secret), `${secret} is on the screen of ${seat} at ${minute} min: …${around(screen, secret)}…`).toBe(false);
      }
    }
    expect(drill.ended).toBe(true);
  });
});

function around(text: string, part: string): string {
  const at = text.indexOf(part);
  return at === -1 ? '' : text.slice(Math.max(0, at - 80), at + part.length + 40);
}

describe('a screen', () => {
  test('survives JSON, and is not changed by what comes after', () => {
    const night = aDrill('slow-site').untilPaged();
    const screen = night.drill.screen('responder-1');
    const before = JSON.stringify(screen);
    expect(JSON.parse(before)).toEqual(screen);
    night.types('/claim');
    night.types('changes');
    night.wait('3m');
    night.drill.screen('responder-1');
    expect(JSON.stringify(screen)).toBe(before);
  });

  test('of one seat does not show what the other looked at', () => {
    const night = aDrill('slow-site').untilPaged();
    night.types('changes');
    const hers = night.drill.screen('responder-1');
    const his = night.drill.screen('responder-2');
    expect(hers.outputs.at(-1)?.line).toBe('changes');
    expect(his.outputs).toEqual([]);
    expect(his.timeline.some(({ kind }) => kind === 'look')).toBe(false);
  });

  test('rings until its own seat acknowledges', () => {
    const night = aDrill('slow-site').untilPaged();
    night.types('/ack');
    expect(night.drill.screen('responder-1').pages[0]).toMatchObject({ ringing: false, acknowledged: [{ name: 'Ana' }] });
    expect(night.drill.screen('responder-2').pages[0]?.ringing).toBe(true);
  });

  test('keeps control characters that somebody typed out of everybody’s terminal', () => {
    const night = aDrill('slow-site').untilPaged();
    night.types('look \u001b[31mhere\u001b]8;;http://evil\u0007 and \u0000there');
    for (const seat of ['responder-1', 'responder-2']) {
      const { outputs } = night.drill.screen(seat);
      // oxlint-disable-next-line no-control-regex -- that is what it is about
      expect(outputs.flatMap(({ text }) => text).join('')).not.toMatch(/[\u0000-\u0008\u001b]/);
    }
  });
});
