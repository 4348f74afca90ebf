import { compareTexts } from '../time/text-order.ts';
import { ALONE, levelOf, type Level, type Party, type Person } from './party.ts';

/** Two people and how well they cover what a scenario asks, together. */
export interface Pair {
  readonly people: readonly [Person, Person];
  /** 0 to 1: Σ w·c / Σ w, with the asked level as weight w. */
  readonly coverage: number;
  /** In the order of the scenario. */
  readonly skills: readonly CoveredSkill[];
  /** How many of the two cannot do any of the asked skills alone. */
  readonly novices: number;
}

interface CoveredSkill {
  readonly skill: string;
  /** 0 to 5: how much of it the scenario asks. */
  readonly asked: number;
  readonly levels: readonly [Level, Level];
  /** 0 to 1: c = 1 − (1 − s_i)(1 − s_j) with s = level / 5. */
  readonly coverage: number;
  /** Neither reaches the asked level. */
  readonly uncovered: boolean;
}

export interface PairChoice {
  readonly pair: Pair;
  /** The best pair that is not the same two, or null where there is none. */
  readonly runnerUp: Pair | null;
  /** What decided between the two: more coverage, less that both know, closer totals, the alphabet; `novices` where the runner-up has two. */
  readonly decidedBy: 'only-pair' | 'novices' | 'coverage' | 'overlap' | 'balance' | 'name';
}

/**
 * The two whose skills cover best together what `asked` asks (skill to level), or null where a party has fewer than two
 * people. Two novices only where there is no other pair (R-PAIR-1). Ties go to the pair whose skills overlap less, then
 * to the one whose totals are closer, then by name. All sums are of whole numbers where `asked` is.
 */
export function choosePair(party: Party, asked: Readonly<Record<string, number>>): PairChoice | null {
  const wanted = Object.entries(asked).filter(([, level]) => level > 0);
  const weights = wanted.length > 0 ? wanted : Object.keys(party.skills).map((skill): [string, number] => [skill, 1]);
  const ranked = allPairs(party.people).map((people) => rank(people, weights)).toSorted((a, b) => compare(a, b).order);
  const [best, second] = ranked;
  if (best === undefined) return null;
  const runnerUp = second === undefined ? null : asPair(second, weights);
  return { pair: asPair(best, weights), runnerUp, decidedBy: second === undefined ? 'only-pair' : compare(best, second).by };
}

interface Ranked {
  readonly people: readonly [Person, Person];
  readonly twoNovices: number;
  /** Σ w·(25 − (5 − a)(5 − b)): coverage times 25 Σ w. */
  readonly covered: number;
  readonly overlap: number;
  readonly difference: number;
}

function allPairs(people: readonly Person[]): readonly (readonly [Person, Person])[] {
  return people.flatMap((first, at) => people.slice(at + 1).map((second) => [first, second] as const));
}

function rank(people: readonly [Person, Person], weights: readonly (readonly [string, number])[]): Ranked {
  let covered = 0;
  let overlap = 0;
  let difference = 0;
  for (const [skill, weight] of weights) {
    const [a, b] = [levelOf(people[0], skill), levelOf(people[1], skill)];
    covered += weight * (25 - (5 - a) * (5 - b));
    overlap += weight * Math.min(a, b);
    difference += weight * (a - b);
  }
  return { people, twoNovices: novicesOf(people, weights) === 2 ? 1 : 0, covered, overlap, difference: Math.abs(difference) };
}

function novicesOf(people: readonly [Person, Person], weights: readonly (readonly [string, number])[]): number {
  return people.filter((person) => weights.every(([skill]) => levelOf(person, skill) < ALONE)).length;
}

function compare(a: Ranked, b: Ranked): { readonly order: number; readonly by: PairChoice['decidedBy'] } {
  if (a.twoNovices !== b.twoNovices) return { order: a.twoNovices - b.twoNovices, by: 'novices' };
  if (a.covered !== b.covered) return { order: b.covered - a.covered, by: 'coverage' };
  if (a.overlap !== b.overlap) return { order: a.overlap - b.overlap, by: 'overlap' };
  if (a.difference !== b.difference) return { order: a.difference - b.difference, by: 'balance' };
  return { order: nameOf(a) < nameOf(b) ? -1 : 1, by: 'name' };
}

function nameOf({ people }: Ranked): string {
  return people.map(({ name }) => name).toSorted(compareTexts).join('\n');
}

function asPair({ people }: Ranked, weights: readonly (readonly [string, number])[]): Pair {
  let total = 0;
  let sum = 0;
  const skills = weights.map(([skill, asked]): CoveredSkill => {
    const levels = [levelOf(people[0], skill), levelOf(people[1], skill)] as const;
    const covered = 25 - (5 - levels[0]) * (5 - levels[1]);
    total += 25 * asked;
    sum += asked * covered;
    return { skill, asked, levels, coverage: covered / 25, uncovered: Math.max(...levels) < asked };
  });
  return { people, coverage: total === 0 ? 0 : sum / total, skills, novices: novicesOf(people, weights) };
}
