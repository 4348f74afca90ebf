import { describe, expect, test } from 'vitest';
import { loadParty } from '../../src/outside/party-files.ts';
import { readParty } from '../../src/party/read-party.ts';
import { formatComplaint } from '../../src/yaml/complaint.ts';

const ZONES = { names: ['Europe/Lisbon', 'Europe/Rome'], knows: (name: string) => ['Europe/Lisbon', 'Europe/Rome', 'UTC'].includes(name) };
const complaintsOf = (text: string): readonly string[] => readParty('party.yaml', text, ZONES).complaints.map(formatComplaint);

function person(name: string): string {
  return `  - {name: ${name}, time-zone: UTC, skills: {}, consent: true}\n`;
}

describe('a party file', () => {
  test('that ships reads without a complaint', () => {
    const { party, complaints } = loadParty('parties/example.yaml');
    expect(complaints).toEqual([]);
    expect(party?.people).toHaveLength(8);
    expect(party?.people[5]).toMatchObject({ name: 'Fatou Sarr', timeZone: 'Africa/Dakar', consent: true, pagerSeat: 'responder-2' });
    expect(party?.skills['payments']).toBe('development');
  });

  test('may say what a person may do to the cluster of a drill', () => {
    const people = (role: string): string => `gameday-party: 1\nname: us\npeople:\n  - {name: Ana, time-zone: UTC, skills: {}, consent: true, cluster-role: ${role}}\n${person('Ben')}`;
    expect(readParty('party.yaml', people('shop/edit'), ZONES).party?.people.map(({ clusterRole }) => clusterRole)).toEqual(['shop/edit', null]);
    expect(complaintsOf(people('"edit shop"')).join()).toContain('is no role: write one such as `view` or `shop/edit`');
  });

  test('has every mistake complained of in its place, in one pass', () => {
    const text = `gameday-party: 1
name: us
people:
  - name: Ana
    time-zone: Europe/Lisbn
    skills: {databses: 4, networks: 7}
    consent: yes please
  - name: Ana
    time-zone: Europe/Rome
    skils: {}
    consent: true
`;
    expect(complaintsOf(text)).toEqual([
      'party.yaml:5:16: "Europe/Lisbn" is no time zone. Did you mean "Europe/Lisbon"? [time-zone]',
      'party.yaml:6:14: No skill is called "databses". Did you mean "databases"? Declare a skill of your own under skills: at the top. [unknown-skill]',
      'party.yaml:6:37: people[0].skills.networks must be a level from 0 to 5. [value]',
      'party.yaml:7:14: people[0].consent must be true or false, found the text "yes please". [type]',
      'party.yaml:8:5: "skills" is missing in people[1]. Add it. [missing-key]',
      'party.yaml:8:11: "Ana" is in the party twice. Give one of them another name. [duplicate-person]',
      'party.yaml:10:5: "skils" is no key of people[1]. Did you mean "skills"? [unknown-key]',
    ]);
  });

  test('keeps no secrets and needs two people of different names', () => {
    const head = 'gameday-party: 1\nname: us\npeople:\n';
    expect(complaintsOf(head + person('R0UT1NGKEY0123456789abcdefABCDEF') + person('Ben'))[0]).toMatch(/party\.yaml:4:12: This looks like a routing key\. Keys belong into the environment/);
    expect(complaintsOf(head + person('Ana'))).toEqual(['party.yaml:3:1: A party of 1 has no pair. Add people until there are two at least. [too-few]']);
    expect(complaintsOf(head + person('Ana') + person('Ana'))).toEqual(['party.yaml:5:12: "Ana" is in the party twice. Give one of them another name. [duplicate-person]']);
  });

  test.each(['', '[', '- 1', 'gameday-party: 2', '__proto__: {a: 1}', 'people: &a [*a]', 'a: !!js/function x', '['.repeat(5000)])('that is hostile or empty is complained of: %j', (text) => {
    const { party, complaints } = readParty('party.yaml', text, ZONES);
    expect(party).toBeNull();
    expect(complaints.length).toBeGreaterThan(0);
  });
});
