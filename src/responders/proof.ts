import type { Outcome } from '../journal/timeline.ts';
import type { Scenario } from '../scenario/scenario.ts';
import { castCheat, cheatRoles } from './cheats/casting.ts';
import { BRISK, LinePlayer } from './player.ts';
import { rehearse } from './rehearsal.ts';
import type { Script } from './script.ts';

/** One drill that was played to try a verdict. */
export interface ProofRun {
  readonly seed: number;
  readonly kind: 'solution' | 'cheat';
  /** The name of the solution, or of the cheat with what it was aimed at. */
  readonly who: string;
  /** The cheat's word; the solution's name. */
  readonly word: string;
  readonly outcome: Outcome;
  /** Whether the verdict was right: a solution is resolved, a cheat not even mitigated. */
  readonly right: boolean;
  /** What of the verdict did not hold. */
  readonly missed: readonly string[];
}

/**
 * Tries a scenario's verdict with one seed: every solution that it lists has to pass, and every cheat has to fail. Where a
 * service recovers although nothing is done, it is no wonder that it does so under a cheat: then only `resolved` is wrong.
 */
export function* proof(scenario: Scenario, seed: number, wanted: (who: string) => boolean = () => true): Generator<ProofRun> {
  const play = (kind: ProofRun['kind'], word: string, who: string, lead: Script, isRight: (outcome: Outcome) => boolean): ProofRun => {
    const { state, facts } = rehearse({ scenario, seed, as: kind === 'solution' ? 'golden' : 'cheat', lead, onFact: () => undefined });
    const outcome = state.outcome ?? 'timebox';
    const missed = facts.findLast((fact) => fact.type === 'verdict-missed');
    return { seed, kind, who, word, outcome, right: isRight(outcome), missed: missed?.type === 'verdict-missed' ? missed.checks : [] };
  };
  for (const [name, lines] of Object.entries(scenario.solutions)) {
    if (wanted(name)) yield play('solution', name, name, new LinePlayer(lines, BRISK), (outcome) => outcome === 'resolved');
  }
  let recovers = false;
  for (const role of cheatRoles(scenario)) {
    if (!wanted(role.name)) continue;
    const run = play('cheat', role.cheat.word, role.name, castCheat(role, scenario), (outcome) => outcome !== 'resolved' && (outcome !== 'mitigated' || recovers || role.cheat.word === 'say-so'));
    if (role.cheat.word === 'say-so') recovers = run.outcome === 'mitigated';
    yield run;
  }
}
