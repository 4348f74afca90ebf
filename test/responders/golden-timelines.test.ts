import { expect, test } from 'vitest';
import { ghostRuns } from '../../src/commands/ghosts.ts';
import type { Fact, TimelineHeader } from '../../src/journal/timeline.ts';
import { rehearsalSeats } from '../../src/responders/cast.ts';
import { rehearse } from '../../src/responders/rehearsal.ts';
import { scenarioTexts, theScenario } from '../support/a-drill.ts';
import { readableTimeline } from '../support/readable-timeline.ts';

/**
 * Two whole nights as a person would read them. Where one changes, read the difference: it is what players will notice.
 * `npm run test:timelines` writes them anew.
 */
test.each(['john', 'johnny'] as const)('the slow site, seed 7, as %s has it', async (as) => {
  const scenario = theScenario('slow-site');
  const seats = rehearsalSeats(as);
  const header: TimelineHeader = {
    format: 'gameday-timeline', version: 1, engine: 'test', drillId: 'test', seed: 7,
    scenario: { file: 'slow-site.yaml', sha256: '' }, files: scenarioTexts('slow-site'), seats, pager: 'none',
  };
  const facts: Fact[] = [];
  rehearse({ scenario, seed: 7, as, onFact: (fact) => facts.push(fact), ghosts: () => ghostRuns(scenario, header) });
  await expect(`${readableTimeline(facts, seats).join('\n')}\n`).toMatchFileSnapshot(`../golden/timelines/slow-site-7-${as}.txt`);
});
