import { measure } from '../debrief/measures.ts';
import type { Fact, GhostRun, ScriptName, TimelineHeader } from '../journal/timeline.ts';
import { rehearsalSeats } from '../responders/cast.ts';
import { rehearse } from '../responders/rehearsal.ts';
import type { Scenario } from '../scenario/scenario.ts';

/** Plays the same scenario and seed with nobody, then with the scenario's own solution: what a run is compared with. */
export function ghostRuns(scenario: Scenario, header: TimelineHeader): GhostRun[] {
  return (['noop', 'golden'] as const).map((as) => ghostRun(scenario, header, as));
}

function ghostRun(scenario: Scenario, header: TimelineHeader, as: ScriptName): GhostRun {
  const facts: Fact[] = [];
  const drill = rehearse({ scenario, seed: header.seed, as, onFact: (fact) => facts.push(fact) });
  const { measures } = measure({ header: { ...header, seats: rehearsalSeats(as), pager: 'none' }, facts }, scenario);
  return { as, outcome: drill.state.outcome ?? 'timebox', badMinutes: measures.badMinutes, ttmMs: measures.ttmMs, ttrMs: measures.ttrMs };
}
