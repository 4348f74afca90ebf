import { type ProofRun, proof } from '../responders/proof.ts';
import type { Scenario } from '../scenario/scenario.ts';
import { progress } from './progress.ts';

/** What trying a scenario's verdict came to, as `check --prove --json` prints it. */
export interface Proved {
  readonly scenario: string;
  readonly seeds: readonly number[];
  readonly solutions: number;
  readonly cheats: number;
  /** Runs that the verdict judged wrongly. */
  readonly wrong: readonly ProofRun[];
}

/** Plays every solution and every cheat with each seed. */
export function prove(path: string, scenario: Scenario, seeds: readonly number[]): { readonly proved: Proved; readonly runs: readonly ProofRun[] } {
  const show = progress(`proving ${path}`, seeds.length);
  const runs: ProofRun[] = [];
  for (const seed of seeds) {
    runs.push(...proof(scenario, seed));
    show.step();
  }
  show.done();
  const count = (kind: ProofRun['kind']): number => runs.filter((run) => run.kind === kind).length;
  return { proved: { scenario: path, seeds, solutions: count('solution'), cheats: count('cheat'), wrong: runs.filter(({ right }) => !right) }, runs };
}

/** One line for each solution and each cheat, then what the verdict judged wrongly and why. */
export function provedText({ scenario, seeds, wrong }: Proved, runs: readonly ProofRun[]): string {
  const words = [...new Set(runs.map(({ kind, word }) => `${kind} ${word}`))];
  const lines = words.map((title) => {
    const of = runs.filter(({ kind, word }) => `${kind} ${word}` === title);
    const passed = of.filter(({ outcome }) => outcome === 'resolved').length;
    const reason = of.find(({ missed }) => missed.length > 0)?.missed.find((check) => !check.startsWith('the service came back')) ?? '';
    return `  ${title.padEnd(28)} ${`${passed} of ${of.length} passed`.padEnd(18)} ${reason === '' ? '' : `such as: ${cut(reason)}`}`.trimEnd();
  });
  const errors = wrong.map(({ who, kind, seed, outcome, missed }) =>
    kind === 'solution' ? `${scenario}: The solution ${who} does not pass with seed ${seed}: ${missed.join('; ')}.` : `${scenario}: The cheat ${who} passes with seed ${seed}: ${outcome}. Ask for more in verdict.${outcome === 'resolved' ? 'resolved' : 'mitigated'}: a longer for, or what only the cure changes, such as an image.`,
  );
  return [`${scenario}, ${seeds.length === 1 ? `seed ${seeds[0]}` : `seeds ${seeds[0]} to ${seeds.at(-1)}`}`, ...lines, ...errors, ''].join('\n');
}

const COLUMNS = 110;

function cut(text: string): string {
  return text.length <= COLUMNS ? text : `${text.slice(0, COLUMNS - 1)}…`;
}
