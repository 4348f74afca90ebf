import { ALONE, levelOf, type Party } from './party.ts';
import { classOf } from './person-class.ts';

/** How many people can do what alone. */
export interface BusFactor {
  readonly skill: string;
  /** Who is at level 3 or above, in the party's order. One name: the party has its Brent. None: nobody can. */
  readonly people: readonly string[];
}

/** The bus factor of each skill, in the order of `skills`; all of the party's where it is left out. */
export function busFactors(party: Party, skills: readonly string[] = Object.keys(party.skills)): readonly BusFactor[] {
  return skills.map((skill) => ({
    skill,
    people: party.people.filter((person) => levelOf(person, skill) >= ALONE).map((person) => person.name),
  }));
}

/** The skills that hang on one person, by that person, in the party's order: whom to take out of firefighting (R-PARTY-3). */
export function brents(party: Party): readonly { readonly name: string; readonly skills: readonly string[] }[] {
  const single = busFactors(party).flatMap(({ skill, people }) => (people.length === 1 ? [{ skill, name: people[0] as string }] : []));
  return party.people.flatMap(({ name }) => {
    const skills = single.filter((one) => one.name === name).map((one) => one.skill);
    return skills.length === 0 ? [] : [{ name, skills }];
  });
}

/** How well a party stands together. */
export interface Balance {
  /** 0 to 1: seven tenths the share of skills that somebody can do alone, three tenths the variety of classes. Four dwarves have none (R-PARTY-2). */
  readonly score: number;
  /** Skills that nobody can do alone. */
  readonly uncovered: readonly string[];
}

export function balanceOf(party: Party): Balance {
  const factors = busFactors(party);
  const uncovered = factors.filter(({ people }) => people.length === 0).map(({ skill }) => skill);
  const classes = new Set(party.people.map((person) => classOf(person, party.skills)));
  const most = Math.min(4, party.people.length);
  const variety = most <= 1 ? 0 : (classes.size - 1) / (most - 1);
  const breadth = factors.length === 0 ? 0 : 1 - uncovered.length / factors.length;
  return { score: 0.7 * breadth + 0.3 * variety, uncovered };
}
