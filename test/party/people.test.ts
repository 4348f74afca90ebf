import { describe, expect, test } from 'vitest';
import { balanceOf, brents, busFactors } from '../../src/party/balance.ts';
import { COMMON_SKILLS, type Level, type Party, type Person } from '../../src/party/party.ts';
import { classOf } from '../../src/party/person-class.ts';

function someone(name: string, skills: Record<string, number>): Person {
  return { name, timeZone: 'UTC', skills: skills as Record<string, Level>, consent: true, pagerSeat: null, clusterRole: null };
}

function aParty(...people: Person[]): Party {
  return { name: 'the party', people, skills: COMMON_SKILLS };
}

describe('the class follows from the skills', () => {
  test.each([
    ['dwarf', { networks: 5, linux: 2 }],
    ['dwarf', { frontend: 4 }],
    ['wizard', { programming: 4, testing: 3, databases: 2 }],
    ['elf', { linux: 4, kubernetes: 4, programming: 2 }],
    ['human', { programming: 3, linux: 3, databases: 3, delivery: 3 }],
    ['human', { communication: 5, coordination: 4 }],
    ['human', {}],
  ] as const)('%s: %j', (expected, skills) => {
    expect(classOf(someone('Sam', skills), COMMON_SKILLS)).toBe(expected);
  });
});

describe('a party', () => {
  test('of four dwarves is a bad one, and the gaps have names', () => {
    const dwarves = aParty(...['networks', 'frontend', 'storage', 'security'].map((skill) => someone(skill, { [skill]: 5 })));
    const mixed = aParty(
      someone('Dwarf', { networks: 5 }),
      someone('Wizard', { programming: 4, testing: 3, delivery: 3 }),
      someone('Elf', { linux: 4, kubernetes: 3, storage: 3, databases: 3 }),
      someone('Human', { monitoring: 3, communication: 3, frontend: 3, coordination: 3 }),
    );
    expect(balanceOf(dwarves).score).toBeLessThan(0.25);
    expect(balanceOf(dwarves).uncovered).toContain('databases');
    expect(balanceOf(mixed).score).toBeGreaterThan(0.9);
    expect(balanceOf(mixed).uncovered).toEqual(['security']);
  });

  test('has its Brent: what hangs on one person is named', () => {
    const party = aParty(someone('Brent', { databases: 5, linux: 4, networks: 3 }), someone('Pat', { linux: 3, networks: 2 }));
    expect(busFactors(party, ['linux', 'databases', 'storage'])).toEqual([
      { skill: 'linux', people: ['Brent', 'Pat'] },
      { skill: 'databases', people: ['Brent'] },
      { skill: 'storage', people: [] },
    ]);
    expect(brents(party)).toEqual([{ name: 'Brent', skills: ['databases', 'networks'] }]);
  });
});
