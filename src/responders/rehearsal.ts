import { Drill } from '../drill/drill.ts';
import type { Fact, GhostRun, ScriptName } from '../journal/timeline.ts';
import type { Scenario } from '../scenario/scenario.ts';
import { HOUR_MS } from '../time/sim-time.ts';
import { castLead, castPartner, rehearsalSeats } from './cast.ts';
import type { Script } from './script.ts';
import { Driver } from './driver.ts';

/** No drill is longer: its time box and the hour after it. */
const LONGEST_MS = 24 * HOUR_MS;

/** Plays a whole drill by scripts; returns it ended. `lead` sits on the first seat, instead of the script of that name. */
export function rehearse(options: {
  readonly scenario: Scenario;
  readonly seed: number;
  readonly as: ScriptName;
  readonly lead?: Script;
  readonly onFact: (fact: Fact) => void;
  readonly ghosts?: () => readonly GhostRun[];
}): Drill {
  const { scenario, seed, as, onFact, ghosts } = options;
  const drill = new Drill({ scenario, seed, seats: rehearsalSeats(as), onFact, ...(ghosts === undefined ? {} : { ghosts }) });
  const scripts = new Map([
    ['responder-1', options.lead ?? castLead(as, scenario, seed)],
    ['responder-2', castPartner(as, seed)],
  ]);
  new Driver(drill, scripts).advance(LONGEST_MS);
  return drill;
}
