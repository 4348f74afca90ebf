import { z } from 'zod';
import { inOrder, quoted, type Complaint } from '../yaml/complaint.ts';
import { didYouMean } from '../yaml/did-you-mean.ts';
import { fit } from '../yaml/shape-complaints.ts';
import { parseYaml, type YamlSource } from '../yaml/yaml-source.ts';
import { COMMON_SKILLS, LEVELS, type Level, type Party } from './party.ts';

/** A party and all that is wrong with its file. `party` is null where a complaint is an error. */
export interface PartyReading {
  readonly party: Party | null;
  /** In order of line and column. */
  readonly complaints: readonly Complaint[];
}

/** What the machine knows of time zones. */
export interface TimeZones {
  readonly names: readonly string[];
  /** True for aliases, too, which `names` may lack. */
  knows(name: string): boolean;
}

/** Reads a party file. Pure, and throws for nothing an author can write. */
export function readParty(file: string, text: string, timeZones: TimeZones): PartyReading {
  const { source, complaints: unreadable } = parseYaml(file, text);
  if (source.value === null) {
    const empty: Complaint = { file, line: 1, col: 1, severity: 'error', problem: 'The file is empty.', cure: 'Write a party: it begins with gameday-party: 1.', rule: 'empty' };
    return { party: null, complaints: inOrder(unreadable.length > 0 ? unreadable : [empty]) };
  }
  const fitted = fit(partyShape, source, BLANK, 'the party');
  const complaints = [...unreadable, ...fitted.complaints];
  const look = new Look(source, complaints);
  const declared = fitted.value?.skills ?? {};
  look.names();
  look.skills({ ...COMMON_SKILLS, ...declared });
  look.timeZones(timeZones);
  look.secrets();
  if (complaints.length === 0) look.size();
  if (complaints.length > 0 || fitted.value === null) return { party: null, complaints: inOrder(complaints) };
  return { party: built(fitted.value, { ...COMMON_SKILLS, ...declared }), complaints: [] };
}

const name = z.string().trim().min(1, 'may not be empty').max(80, 'is longer than 80 characters').regex(/^[^\p{Cc}\p{Zl}\p{Zp}]+$/u, 'holds control characters');
const skillName = z.string().regex(/^[a-z][a-z0-9-]{0,39}$/, 'is no name of a skill: use small letters, digits and -');
const level = z.literal([...LEVELS], { error: 'must be a level from 0 to 5' });

const ZONE = /^[A-Za-z][A-Za-z0-9_+-]*(?:\/[A-Za-z0-9_+-]+){0,2}$/;

const personShape = z.strictObject({
  name,
  'time-zone': z.string().regex(ZONE, 'is no time zone: write one such as `Europe/Lisbon`'),
  skills: z.record(skillName, level),
  consent: z.boolean({ error: 'must be true or false' }),
  'pager-seat': z.string().regex(/^[a-z][a-z0-9-]{0,23}$/, 'is no seat: write one such as `responder-1`').optional(),
  'cluster-role': z.string().regex(/^(?:[a-z0-9-]+\/)?[A-Za-z0-9:.-]+$/, 'is no role: write one such as `view` or `shop/edit`').max(120, 'is longer than 120 characters').optional(),
});

const partyShape = z.strictObject({
  'gameday-party': z.literal(1),
  name,
  skills: z.record(skillName, z.enum(['development', 'operations', 'people'])).optional(),
  people: z.array(personShape).max(200, 'holds more than 200 people'),
});

type Written = z.output<typeof partyShape>;

const BLANK = { 'gameday-party': 1, name: 'unnamed', people: [] } as const;

/** Looks at what a shape cannot say, in the value as it was written: what else is wrong with a person hides nothing. */
class Look {
  readonly #source: YamlSource;
  readonly #people: readonly Readonly<Record<string, unknown>>[];
  readonly #complaints: Complaint[];

  constructor(source: YamlSource, complaints: Complaint[]) {
    const people = mapOf(source.value)['people'];
    this.#source = source;
    this.#people = Array.isArray(people) ? people.map(mapOf) : [];
    this.#complaints = complaints;
  }

  names(): void {
    const seen = new Set<unknown>();
    for (const [at, { name: written }] of this.#people.entries()) {
      if (typeof written !== 'string') continue;
      if (seen.has(written)) this.#complain(['people', at, 'name'], 'value', `${quoted(written)} is in the party twice.`, 'Give one of them another name.', 'duplicate-person');
      seen.add(written);
    }
  }

  skills(known: Readonly<Record<string, unknown>>): void {
    for (const [at, person] of this.#people.entries()) {
      for (const skill of Object.keys(mapOf(person['skills']))) {
        if (Object.hasOwn(known, skill)) continue;
        const near = didYouMean(skill, Object.keys(known));
        this.#complain(['people', at, 'skills', skill], 'key', `No skill is called ${quoted(skill)}.`, `${near} Declare a skill of your own under skills: at the top.`, 'unknown-skill');
      }
    }
  }

  timeZones(zones: TimeZones): void {
    for (const [at, { 'time-zone': zone }] of this.#people.entries()) {
      if (typeof zone !== 'string' || !ZONE.test(zone) || zones.knows(zone)) continue;
      this.#complain(['people', at, 'time-zone'], 'value', `${quoted(zone)} is no time zone.`, didYouMean(zone, zones.names) || 'Use an IANA name such as Europe/Lisbon.', 'time-zone');
    }
  }

  /** A routing key has 32 letters and digits; no name, zone or seat does. */
  secrets(): void {
    for (const [at, person] of this.#people.entries()) {
      for (const [key, value] of Object.entries(person)) {
        if (typeof value !== 'string' || !/[A-Za-z0-9]{32}/.test(value)) continue;
        this.#complain(['people', at, key], 'value', 'This looks like a routing key.', 'Keys belong into the environment: GAMEDAY_PAGERDUTY_ROUTING_KEY. Take it out, and have it replaced if the file was shared.', 'secret');
      }
    }
  }

  size(): void {
    if (this.#people.length < 2) this.#complain(['people'], 'key', `A party of ${this.#people.length} has no pair.`, 'Add people until there are two at least.', 'too-few');
  }

  #complain(path: readonly (string | number)[], at: 'key' | 'value', problem: string, cure: string, rule: string): void {
    this.#complaints.push({ ...this.#source.placeOf(path, at), severity: 'error', problem, cure, rule });
  }
}

function mapOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Readonly<Record<string, unknown>>) : {};
}

function built(written: Written, skills: Party['skills']): Party {
  const people = written.people.map((person) => ({
    name: person.name,
    timeZone: person['time-zone'],
    skills: person.skills as Readonly<Record<string, Level>>,
    consent: person.consent,
    pagerSeat: person['pager-seat'] ?? null,
    clusterRole: person['cluster-role'] ?? null,
  }));
  return { name: written.name, people, skills };
}
