import { describe, expect, test } from 'vitest';
import { measure, type Measures } from '../../src/debrief/measures.ts';
import type { Fact, GhostRun, ScriptName, TimelineHeader } from '../../src/journal/timeline.ts';
import { rehearsalSeats } from '../../src/responders/cast.ts';
import { rehearse } from '../../src/responders/rehearsal.ts';
import type { Scenario } from '../../src/scenario/scenario.ts';
import { HOUR_MS } from '../../src/time/sim-time.ts';
import { scenarioNames, theScenario } from '../support/a-drill.ts';

/** Seeds of the daily tests; `npm run test:seeds` plays 1 to 50. */
const SEEDS = process.env['MODE'] === 'seeds' ? Array.from({ length: 50 }, (_, nth) => nth + 1) : [1, 2, 7, 19, 33, 50];

interface Played extends Measures {
  readonly facts: readonly Fact[];
}

/** One seed of one scenario, played by all; ghosts are run once for them all. */
function nightOf(scenario: Scenario, seed: number): Readonly<Record<Exclude<ScriptName, 'noop' | 'golden' | 'cheat'>, Played>> & { readonly noop: Played; readonly golden: Played } {
  const play = (as: ScriptName, ghosts: readonly GhostRun[]): Played => {
    const facts: Fact[] = [];
    rehearse({ scenario, seed, as, onFact: (fact) => facts.push(fact), ghosts: () => ghosts });
    const header: TimelineHeader = { format: 'gameday-timeline', version: 1, engine: 'test', drillId: 'test', seed, scenario: { file: '', sha256: '' }, files: {}, seats: rehearsalSeats(as), pager: 'none' };
    return { ...measure({ header, facts }, scenario), facts };
  };
  const ghost = (as: 'noop' | 'golden', { outcome, measures }: Played): GhostRun => ({ as, outcome: outcome ?? 'timebox', badMinutes: measures.badMinutes, ttmMs: measures.ttmMs, ttrMs: measures.ttrMs });
  const noop = play('noop', []);
  const golden = play('golden', []);
  const ghosts = [ghost('noop', noop), ghost('golden', golden)];
  return { noop, golden, john: play('john', ghosts), johnny: play('johnny', ghosts), random: play('random', ghosts) };
}

describe.each(scenarioNames())('%s', (name) => {
  test.each(SEEDS)('seed %i: who looks first does well, who restarts does harm, who guesses never does better', { timeout: 60_000 }, (seed) => {
    const { noop, golden, john, johnny, random } = nightOf(theScenario(name), seed);
    expect(john.skill.S, 'john').toBeGreaterThanOrEqual(0.9);
    expect(john.skill.D, 'john sleeps on').toBe(1);
    expect(john.outcome).toBe('resolved');
    expect(golden.outcome).toBe('resolved');
    expect(golden.measures.badMinutes, 'the reference response beats doing nothing').toBeLessThan(noop.measures.badMinutes / 3);
    expect(johnny.skill.S, 'johnny').toBeLessThan(0);
    expect(wokenAgain(johnny), 'johnny is woken again').toBe(true);
    expect(random.measures.badMinutes, 'random').toBeGreaterThan(john.measures.badMinutes);
    expect(random.skill.S ?? 0).toBeLessThan(john.skill.S ?? 0);
  });
});

/** Within an hour of the first /resolve. */
function wokenAgain({ facts }: Played): boolean {
  const resolved = facts.find((fact) => fact.type === 'resolve-claimed');
  return resolved !== undefined && facts.some((fact) => fact.type === 'page-sent' && fact.again && fact.seq > resolved.seq && fact.atMs <= resolved.atMs + HOUR_MS);
}
