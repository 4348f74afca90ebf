import type { SeatId } from '../../journal/timeline.ts';
import { duration } from '../figures.ts';
import type { DrillRecord } from '../record.ts';
import { MINUTE_MS } from '../../time/sim-time.ts';
import { notApplicable, shows, type RubricItem } from './judgement.ts';

const ACK_WITHIN_MS = 5 * MINUTE_MS;
const CLASH_WITHIN_MS = MINUTE_MS;

export const acknowledge: RubricItem = {
  behaviour: 'acknowledge',
  detection: 'acknowledgements within 5 min of the page: 0 none, 2 one, 4 both',
  judge: (record, { page, ack1, ack2 }) => {
    if (page === null) return notApplicable('no page was sent');
    const inTime = [ack1, ack2].filter((ack) => ack !== null && ack.atMs - page.atMs <= ACK_WITHIN_MS);
    const evidence = [page.seq, ...inTime.map((ack) => ack?.seq)];
    if (inTime.length === 0) return shows(0, 'No acknowledgement came within 5 min.', evidence);
    if (inTime.length === 2 || record.responders.length < 2) return shows(4, 'All who were paged acknowledged within 5 min.', evidence);
    return shows(2, 'One of the two acknowledged within 5 min.', evidence);
  },
};

export const claim: RubricItem = {
  behaviour: 'claim first (“I’m on it”)',
  detection: '`/claim`, or words to that effect, before the first change: 0 after it or never, 2 later than 3 min after the page, 3 within 3 min, 4 within 2 min',
  judge: (record, { page, claim: claimed }) => {
    if (page === null) return notApplicable('no page was sent');
    const first = record.actions[0];
    if (claimed === null) return shows(0, 'The incident was not claimed.', [page.seq, first?.seq]);
    if (first !== undefined && first.seq < claimed.seq) return shows(0, 'The first change came before the claim.', [first.seq, claimed.seq]);
    const afterMs = Math.max(0, claimed.atMs - page.atMs);
    const level = afterMs <= 2 * MINUTE_MS ? 4 : afterMs <= 3 * MINUTE_MS ? 3 : 2;
    return shows(level, `Claimed ${duration(afterMs)} after the page, before any change.`, [page.seq, claimed.seq]);
  },
};

export const roles: RubricItem = {
  behaviour: 'roles in the pair',
  detection: 'two distinct roles before the second change (who claims, leads), and never both changing one target within 60 s: 0 none, 2 late or not held, 4 early and held',
  judge: (record) => {
    if (record.responders.length < 2) return notApplicable('one seat responded');
    if (record.firstPageMs === null) return notApplicable('no page was sent');
    const taken = rolesTaken(record);
    const second = taken.find((fact) => taken.some((one) => one.seq < fact.seq && one.seat !== fact.seat && one.role.trim() !== fact.role.trim()));
    if (second === undefined) return shows(0, 'No two distinct roles were held by the two seats.', taken.map((fact) => fact.seq));
    const first = taken.find((fact) => fact.seat !== second.seat);
    const clash = clashOf(record);
    if (clash !== null) return shows(2, 'Roles were taken; both then changed one target within 60 s.', [first?.seq, second.seq, ...clash]);
    const secondChange = record.actions[1];
    if (secondChange !== undefined && secondChange.seq < second.seq) return shows(2, 'Roles were taken after the second change.', [secondChange.seq, second.seq]);
    return shows(4, 'Two roles were taken early and held.', [first?.seq, second.seq]);
  },
};

/** In order; who claims the incident leads it. */
function rolesTaken(record: DrillRecord): readonly { readonly seq: number; readonly seat: SeatId; readonly role: string }[] {
  return record.facts.flatMap((fact) => {
    if (fact.type === 'claimed') return [{ seq: fact.seq, seat: fact.seat, role: 'lead' }];
    return fact.type === 'role-taken' ? [{ seq: fact.seq, seat: fact.seat, role: fact.role }] : [];
  });
}

function clashOf(record: DrillRecord): readonly [number, number] | null {
  for (const [at, later] of record.actions.entries()) {
    const earlier = record.actions.slice(0, at).find(
      (one) => one.seat !== later.seat && later.atMs - one.atMs <= CLASH_WITHIN_MS && one.targets.some((target) => later.targets.includes(target)),
    );
    if (earlier !== undefined) return [earlier.seq, later.seq];
  }
  return null;
}

