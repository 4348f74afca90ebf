import { levelOf, type Party, type Person, type SkillKind } from './party.ts';

/** What a person is in a party: a specialist, a developer, a systems administrator, or a bit of everything. */
export type PersonClass = 'dwarf' | 'wizard' | 'elf' | 'human';

export const CLASS_WORDS = {
  dwarf: 'specialist',
  wizard: 'developer',
  elf: 'systems administrator',
  human: 'generalist',
} as const satisfies Record<PersonClass, string>;

/**
 * The class follows from the skills, never from the title (R-PARTY-1). A dwarf has one area at 4 or 5 and all others at
 * least two levels below it. Of the rest, who is half as strong again in development as in operations is a wizard, the
 * other way round an elf; strength is the sum of the three best levels of that kind. Everybody else is human.
 */
export function classOf(person: Person, skills: Party['skills']): PersonClass {
  const levels = Object.keys(skills).map((skill) => levelOf(person, skill)).toSorted((a, b) => b - a);
  const [best = 0, second = 0] = levels;
  if (best >= 4 && second <= best - 2) return 'dwarf';
  const development = strength(person, skills, 'development');
  const operations = strength(person, skills, 'operations');
  if (2 * development >= 3 * operations && development > 0) return 'wizard';
  if (2 * operations >= 3 * development && operations > 0) return 'elf';
  return 'human';
}

/** 0 to 15. */
function strength(person: Person, skills: Party['skills'], kind: SkillKind): number {
  const levels = Object.entries(skills).flatMap(([skill, of]) => (of === kind ? [levelOf(person, skill)] : []));
  return levels.toSorted((a, b) => b - a).slice(0, 3).reduce((sum: number, level) => sum + level, 0);
}
