import { isA, type Fact } from '../journal/timeline.ts';
import { MINUTE_MS, type SimMs } from '../time/sim-time.ts';
import { meanBadShare } from './levels.ts';
import { causesOf, factsOf, type DrillRecord } from './record.ts';
import { namesCause } from './relevance.ts';

/** A moment of the drill and the fact that shows it. */
export interface Anchor {
  readonly atMs: SimMs;
  readonly seq: number;
}

const ANCHOR_NAMES = ['fault', 'impact', 'detect', 'page', 'ack1', 'ack2', 'claim', 'engage', 'diagnosis', 'mitigation', 'resolution'] as const;
export type AnchorName = (typeof ANCHOR_NAMES)[number];

/** Null where it never came. */
export type Anchors = Readonly<Record<AnchorName, Anchor | null>>;

interface AnchorRule {
  readonly label: string;
  /** Printed beside the numbers. */
  readonly definition: string;
  find(record: DrillRecord, earlier: Readonly<Partial<Anchors>>): Anchor | null;
}

/** How long the service level must be inside its objective to count as mitigated. */
const MITIGATED_FOR_MS = 5 * MINUTE_MS;
const IMPACT_FOR_MS = MINUTE_MS;

export const ANCHORS = {
  fault: { label: 't_fault', definition: 'the first fault began, or the change was made that the incident comes from', find: (record) => anchor(causesOf(record)[0]) },
  impact: {
    label: 't_impact',
    definition: 'start of the first measured interval, from the first fault or the first change by a responder on (from the start where no fault was set), with a bad share above 1 − objective, in it and in the minute from its start',
    find: findImpact,
  },
  detect: {
    label: 't_detect',
    definition: 'the first alert or page at or after the first fault, or after the impact where no fault was set',
    find: (record, { fault, impact }) => {
      const fromMs = fault?.atMs ?? impact?.atMs ?? 0;
      return anchor(record.facts.find((fact) => (fact.type === 'alert-fired' || fact.type === 'page-sent') && fact.atMs >= fromMs));
    },
  },
  page: { label: 't_page', definition: 'the first page was sent', find: (record) => anchor(record.facts.find(isA('page-sent'))) },
  ack1: { label: 't_ack1', definition: 'the first acknowledgement after the page', find: (record) => anchor(acknowledgements(record)[0]) },
  ack2: {
    label: 't_ack2',
    definition: 'the first acknowledgement by the other of the pair',
    find: (record) => {
      const acks = acknowledgements(record);
      return anchor(acks.find((ack) => ack.seat !== acks[0]?.seat));
    },
  },
  claim: { label: 't_claim', definition: 'the first `/claim`, or words to that effect in the room', find: findClaim },
  engage: {
    label: 't_engage',
    definition: 'the first look at a signal; the page where somebody was looking already',
    find: (record, { page }) => (page ? notBefore(page, anchor(factsOf(record, 'observed')[0])) : null),
  },
  diagnosis: {
    label: 't_diagnosis',
    definition: 'the first hypothesis that holds a word of the scenario’s diagnosis; the page where it was stated before',
    find: (record, { page }) =>
      page ? notBefore(page, anchor(factsOf(record, 'hypothesis-stated').find((stated) => namesCause(record.scenario, stated.text)))) : null,
  },
  mitigation: {
    label: 't_mitigation',
    definition: 'start of the first W = 5 min after the impact over which the bad share is inside the objective, as it is in their first interval',
    find: findMitigation,
  },
  resolution: {
    label: 't_resolution',
    definition: 'where the verdict “resolved” was reached: the last `/resolve` before it, or t_mitigation where that is later',
    find: findResolution,
  },
} as const satisfies Record<AnchorName, AnchorRule>;

export function findAnchors(record: DrillRecord): Anchors {
  const found: Partial<Record<AnchorName, Anchor | null>> = {};
  for (const name of ANCHOR_NAMES) found[name] = (ANCHORS[name] as AnchorRule).find(record, found);
  return found as Anchors;
}

/** In the order in which they are printed. */
export function anchorNames(): readonly AnchorName[] {
  return ANCHOR_NAMES;
}

function findImpact(record: DrillRecord, { fault }: Partial<Anchors>): Anchor | null {
  // Where nothing on the record is the cause, whatever the users felt counts.
  const fromMs = fault ? Math.min(fault.atMs, record.actions[0]?.atMs ?? Infinity) : -Infinity;
  for (const level of record.levels) {
    if (level.toMs <= fromMs || level.badShare <= record.allowedBadShare) continue;
    const held = meanBadShare(record.levels, level.fromMs, level.fromMs + IMPACT_FOR_MS) ?? 0;
    if (held > record.allowedBadShare) return { atMs: Math.max(level.fromMs, fromMs, 0), seq: level.seq };
  }
  return null;
}

function findMitigation(record: DrillRecord, { impact }: Partial<Anchors>): Anchor | null {
  if (!impact) return null;
  const measuredToMs = record.levels.at(-1)?.toMs ?? 0;
  for (const level of record.levels) {
    if (level.fromMs <= impact.atMs || level.badShare > record.allowedBadShare) continue;
    if (level.fromMs + MITIGATED_FOR_MS > measuredToMs) return null;
    const share = meanBadShare(record.levels, level.fromMs, level.fromMs + MITIGATED_FOR_MS) ?? 1;
    if (share <= record.allowedBadShare) return { atMs: level.fromMs, seq: level.seq };
  }
  return null;
}

function findResolution(record: DrillRecord, { mitigation }: Partial<Anchors>): Anchor | null {
  const verdict = factsOf(record, 'verdict-reached').find((fact) => fact.verdict === 'resolved');
  if (!mitigation || verdict === undefined) return null;
  const settled = factsOf(record, 'resolve-claimed').findLast((fact) => fact.seq < verdict.seq) ?? verdict;
  return mitigation.atMs > settled.atMs ? mitigation : anchor(settled);
}

function acknowledgements(record: DrillRecord): readonly Fact<'page-acknowledged'>[] {
  const page = record.facts.find(isA('page-sent'));
  return page === undefined ? [] : factsOf(record, 'page-acknowledged').filter((ack) => ack.seq > page.seq);
}

const CLAIMING = /\b(?:i['’]?m|i am|we['’]?re|we are) on it\b|^\s*on it\b|\b(?:i['’]?ll|i will) take (?:it|this)\b|\b(?:i['’]?ve|i have) got (?:it|this)\b|\btaking (?:it|this)\b/i;

function findClaim(record: DrillRecord): Anchor | null {
  return anchor(record.facts.find((fact) => fact.type === 'claimed' || (fact.type === 'said' && CLAIMING.test(fact.text))));
}

/** Who was quicker than the page is not measured against it. */
function notBefore(page: Anchor, found: Anchor | null): Anchor | null {
  return found === null ? null : { atMs: Math.max(page.atMs, found.atMs), seq: found.seq };
}

function anchor(fact: Fact | undefined): Anchor | null {
  return fact === undefined ? null : { atMs: fact.atMs, seq: fact.seq };
}
