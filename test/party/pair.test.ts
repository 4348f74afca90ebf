import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { choosePair } from '../../src/party/pair.ts';
import { sayWhy } from '../../src/party/pair-words.ts';
import { COMMON_SKILLS, type Level, type Party, type Person } from '../../src/party/party.ts';

function someone(name: string, skills: Record<string, number>): Person {
  return { name, timeZone: 'UTC', skills: skills as Record<string, Level>, consent: true, pagerSeat: null, clusterRole: null };
}

function aParty(...people: Person[]): Party {
  return { name: 'the party', people, skills: COMMON_SKILLS };
}

const names = (party: Party, asked: Record<string, number>): readonly string[] | undefined => choosePair(party, asked)?.pair.people.map(({ name }) => name);

describe('the pair for a scenario', () => {
  test('complements: two halves beat two strong copies', () => {
    const party = aParty(someone('Dina', { databases: 4 }), someone('Dora', { databases: 4 }), someone('Nils', { networks: 3 }));
    const choice = choosePair(party, { databases: 2, networks: 2 });
    expect(choice?.pair.people.map(({ name }) => name)).toEqual(['Dina', 'Nils']);
    expect(choice?.pair.skills).toEqual([
      { skill: 'databases', asked: 2, levels: [4, 0], coverage: 0.8, uncovered: false },
      { skill: 'networks', asked: 2, levels: [0, 3], coverage: 0.6, uncovered: false },
    ]);
    expect(choice?.pair.coverage).toBeCloseTo(0.7, 12);
    expect(choice?.decidedBy).toBe('name'); // Dora and Nils would do as well
  });

  test('weighs a skill by how much of it is asked', () => {
    const party = aParty(someone('Ana', { databases: 3 }), someone('Nils', { networks: 5 }), someone('Pia', { programming: 5 }));
    expect(names(party, { databases: 5, networks: 2, programming: 1 })).toEqual(['Ana', 'Nils']);
    expect(names(party, { databases: 1, networks: 2, programming: 5 })).toEqual(['Nils', 'Pia']);
  });

  test('is never two novices while there is another pair, even where they would cover more', () => {
    const party = aParty(
      someone('Nora', { databases: 2, networks: 2, linux: 2, storage: 2 }),
      someone('Noel', { databases: 2, networks: 2, linux: 2, storage: 2 }),
      someone('Vera', { storage: 3 }),
    );
    const asked = { databases: 2, networks: 2, linux: 2, storage: 1 };
    const choice = choosePair(party, asked);
    expect(choice?.pair.people.map(({ name }) => name)).toContain('Vera');
    expect(choice?.pair.novices).toBe(1);
    expect(names(aParty(...party.people.slice(0, 2)), asked)).toEqual(['Nora', 'Noel']);
  });

  test('says which skill who covers, what nobody reaches, and who was next', () => {
    const party = aParty(someone('Ana', { databases: 4, communication: 3 }), someone('Ben', { networks: 3, communication: 3 }), someone('Cy', { databases: 1 }));
    const choice = choosePair(party, { databases: 3, networks: 4, communication: 2 });
    if (choice === null) throw new Error('no pair');
    expect(sayWhy(choice)).toEqual([
      'Ana covers databases (4).',
      'Both bring communication (3).',
      'Not reached: networks (asked 4, best 3). Know whom to ask before it starts.',
      'Next would be Ben and Cy: they cover 46.7% against 72%.',
    ]);
  });

  test('of one person is none; where nothing is asked, all skills count', () => {
    expect(choosePair(aParty(someone('Ana', {})), { databases: 1 })).toBeNull();
    expect(names(aParty(someone('Ana', {}), someone('Ben', { linux: 3 }), someone('Cy', { frontend: 3 })), {})).toEqual(['Ben', 'Cy']);
  });

  test('is the same whatever the order of the people, and no pair covers more', () => {
    const skill = fc.constantFrom('databases', 'networks', 'linux');
    const person = fc.dictionary(skill, fc.integer({ min: 0, max: 5 }));
    const people = fc.array(person, { minLength: 2, maxLength: 7 });
    const asked = fc.dictionary(skill, fc.integer({ min: 1, max: 5 }), { minKeys: 1 });
    fc.assert(
      fc.property(people, asked, (all, wanted) => {
        const party = aParty(...all.map((skills, at) => someone(`P${at}`, skills)));
        const choice = choosePair(party, wanted);
        const backwards = choosePair(aParty(...party.people.toReversed()), wanted);
        const sorted = (pair: typeof choice): readonly string[] | undefined => pair?.pair.people.map(({ name }) => name).toSorted((a, b) => (a < b ? -1 : 1));
        expect(sorted(choice)).toEqual(sorted(backwards));
        for (const [at, one] of party.people.entries()) {
          for (const other of party.people.slice(at + 1)) {
            const alone = choosePair(aParty(one, other), wanted)?.pair;
            if (alone !== undefined && alone.novices < 2) expect(alone.coverage).toBeLessThanOrEqual((choice?.pair.coverage ?? 0) + 1e-12);
          }
        }
      }),
    );
  });
});
