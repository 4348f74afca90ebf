import type { ScriptName, SeatRecord } from '../journal/timeline.ts';
import type { Scenario } from '../scenario/scenario.ts';
import { Die } from '../time/dice.ts';
import { Cheater } from './cheats/cheater.ts';
import { Johnny } from './johnny.ts';
import { Partner } from './partner.ts';
import { BRISK, human, LinePlayer } from './player.ts';
import { RandomResponder } from './random.ts';
import { type Script, WAIT } from './script.ts';

/** The script of that name for a scenario, playing the first seat. */
export function castLead(name: ScriptName, scenario: Scenario, seed: number): Script {
  const die = new Die(seed, `responder/${name}`);
  const golden = scenario.solutions['golden'] ?? scenario.solutions['john'] ?? [];
  switch (name) {
    case 'noop': return { turn: () => WAIT };
    case 'golden': return new LinePlayer(golden, BRISK);
    case 'john': return new LinePlayer(scenario.solutions['john'] ?? golden, human(die));
    case 'johnny': return new Johnny(die);
    case 'random': return new RandomResponder(die);
    case 'cheat': return new Cheater(golden, [], null);
  }
}

/** The script that sits beside it: who does nothing has a partner who does nothing. */
export function castPartner(lead: ScriptName, seed: number): Script {
  if (lead === 'noop') return { turn: () => WAIT };
  return new Partner(new Die(seed, 'responder/partner'), lead === 'johnny' ? 'johnny' : 'john');
}

/** The two seats of a rehearsal. */
export function rehearsalSeats(as: ScriptName): SeatRecord[] {
  return [
    { seat: 'responder-1', role: 'responder', name: as === 'noop' ? 'Nobody' : as[0]?.toUpperCase() + as.slice(1), driver: as },
    { seat: 'responder-2', role: 'responder', name: 'Robin', driver: as },
  ];
}
