import { describe, expect, test } from 'vitest';
import { CHEATS } from '../../src/responders/cheats/catalogue.ts';
import { cheatRoles } from '../../src/responders/cheats/casting.ts';
import { proof } from '../../src/responders/proof.ts';
import type { Scenario } from '../../src/scenario/scenario.ts';
import { scenarioNames, theScenario } from '../support/a-drill.ts';

/** Seeds and aims of the daily tests; `npm run test:seeds` aims every cheat at everything, with five seeds. */
const WHOLE = process.env['MODE'] === 'seeds';
const SEEDS = WHOLE ? [1, 2, 3, 4, 5] : [1];

/** The measured service's own workload, and those that the solutions change: what a cheat would be aimed at. */
function likely({ slo, solutions }: Scenario): (who: string) => boolean {
  const lines = Object.values(solutions).flat().filter((line) => line.startsWith('kubectl'));
  const measured = slo.service.slice(slo.service.indexOf('/') + 1);
  return (who) => {
    const aim = who.split(' ')[1];
    return aim === undefined || aim === measured || lines.some((line) => line.includes(`deploy/${aim}`));
  };
}

describe.each(scenarioNames())('the verdict of %s', (name) => {
  test.each(SEEDS)('seed %i: every solution passes, no cheat does, and it says why', { timeout: 300_000 }, (seed) => {
    const scenario = theScenario(name);
    const runs = [...proof(scenario, seed, WHOLE ? () => true : likely(scenario))];
    expect(runs.filter(({ right }) => !right)).toEqual([]);
    for (const { kind, who, missed } of runs) expect(missed.length > 0, who).toBe(kind === 'cheat');
    expect(new Set(runs.map(({ word }) => word)).size).toBeGreaterThan(15);
  });
});

test('every cheat finds something to be aimed at in the web shop, but for rules that nobody keeps in the cluster', () => {
  const words = new Set(cheatRoles(theScenario('slow-site')).map(({ cheat }) => cheat.word));
  expect(CHEATS.filter(({ word }) => !words.has(word)).map(({ word }) => word)).toEqual(['alerts-off']);
});

test('a switch that the solution itself turns off is no cheat', () => {
  const off = cheatRoles(theScenario('slow-site')).flatMap(({ cheat, lines }) => (cheat.word === 'features-off' ? lines : []));
  expect(off.join('\n')).toContain('RECOMMENDATIONS=off');
  expect(off.join('\n')).not.toContain('ADDRESS_CHECK');
});
