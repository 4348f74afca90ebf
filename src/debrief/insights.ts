import type { SeatId } from '../journal/timeline.ts';
import { MINUTE_MS } from '../time/sim-time.ts';
import type { Measured } from './measured.ts';
import { cureOf, harmful, type Effect } from './effects.ts';
import { badMinutesWords, counted, duration, latency, percent } from './figures.ts';
import { clockOf, who, wordsOf, type Finding } from './finding.ts';
import { badTimeMs } from './levels.ts';
import { cite } from './markdown.ts';
import { factsOf } from './record.ts';
import { isRelevantTarget } from './relevance.ts';
import { ghostOf } from './score.ts';
import { firstLookAt, firstRelevantLook, firstSign } from './signs.ts';
import { touchedTogether } from './together.ts';

type Insight = (measured: Measured) => string | null;

/** What nobody in the room could see while it lasted. Each is left out where the record does not show it. */
export function insightsOf(measured: Measured): readonly Finding[] {
  return Object.entries(INSIGHTS).flatMap(([id, tell]) => {
    const text = tell(measured);
    return text === null ? [] : [{ id, text }];
  });
}

const INSIGHTS = {
  'first-sign': ({ record, anchors }) => {
    const sign = firstSign(record, anchors);
    if (sign === null) return null;
    const from = sign.p95Ms === null ? `${percent(sign.badShare)} of its requests were bad` : `its p95 was ${latency(sign.p95Ms)}, with ${percent(sign.badShare)} of its requests bad`;
    const look = firstLookAt(record, sign.service);
    const seen = look === null ? 'No look at it is on the record' : look.atMs < sign.atMs ? `It had been looked at before${cite(look.seq)}` : `The first look at it came ${duration(look.atMs - sign.atMs)} later${cite(look.seq)}`;
    return `${wordsOf(record, sign.service)} was the first service behind ${wordsOf(record, record.scenario.slo.service)} to leave its normal range, at ${clockOf(record, sign.atMs)}: ${from}${cite(sign.seq)}. ${seen}.`;
  },
  'evidence-to-hypothesis': ({ record, anchors }) => {
    const look = firstRelevantLook(record);
    if (look === null) return null;
    const seen = `The first look at something that belongs to the cause was ${wordsOf(record, `${look.tool} ${look.target}`)} at ${clockOf(record, look.atMs)}${cite(look.seq)}`;
    const { diagnosis } = anchors;
    if (diagnosis === null) return `${seen}; a hypothesis that names the cause is not on the record.`;
    if (diagnosis.seq < look.seq) return `${seen}, ${duration(look.atMs - diagnosis.atMs)} after the hypothesis that names the cause${cite(diagnosis.seq)}.`;
    return `${seen}; the hypothesis that names the cause followed ${duration(diagnosis.atMs - look.atMs)} later${cite(diagnosis.seq)}.`;
  },
  'hypothesis-to-change': ({ record, anchors }) => {
    const { diagnosis } = anchors;
    const action = diagnosis === null ? undefined : record.actions.find(({ seq }) => seq > diagnosis.seq);
    if (diagnosis === null || action === undefined) return null;
    const cost = badTimeMs(record.levels, diagnosis.atMs, action.atMs) / MINUTE_MS;
    return `Between the right hypothesis${cite(diagnosis.seq)} and the next change${cite(action.seq)} lay ${duration(action.atMs - diagnosis.atMs)}, which cost ${badMinutesWords(cost)}.`;
  },
  worsened: ({ record, effects }) => effectWords(record, harmful(effects)[0] ?? null),
  improved: ({ record, effects, anchors }) => {
    const cure = cureOf({ record, effects, anchors });
    return cure?.direction === 'better' ? effectWords(record, cure) : null;
  },
  together: ({ record }) => {
    const { totalMs, overlaps } = touchedTogether(record);
    const first = overlaps[0];
    if (first === undefined) return null;
    return `For ${duration(totalMs)} both seats were on the same target, each within a minute of the other; the first was ${wordsOf(record, first.target)}${cite(...first.seqs)}.`;
  },
  partner: partnerWords,
  'nothing-done': ({ record, impact }) => {
    const noop = ghostOf(record, 'noop');
    if (noop === null) return null;
    return `With nothing done, the same minutes of the same drill cost ${badMinutesWords(noop.badMinutes)} in a simulated run${cite(noop.seq)}; this response ended at ${badMinutesWords(impact.badMinutes)}.`;
  },
} as const satisfies Record<string, Insight>;

/** How the service level moved around an action, as a sentence; null for none. */
export function effectWords(record: Measured['record'], effect: Effect | null): string | null {
  if (effect === null || effect.before === null || effect.after === null) return null;
  const { action, before, after, peak, alongside } = effect;
  const moved = effect.direction === 'worse' ? 'rose' : effect.direction === 'better' ? 'fell' : 'stayed';
  const named = wordsOf(record, action.line ?? action.targets.join(', '));
  const top = peak !== null && effect.direction === 'worse' ? `, with a peak of ${percent(peak.badShare)}${cite(peak.seq)}` : '';
  const also = alongside.length === 0 ? '' : ` (the same minutes hold${cite(...alongside)})`;
  return `After ${named}${cite(action.seq)} the mean bad share ${moved} from ${percent(before)} in the 3 min before to ${percent(after)} in the 3 min after${cite(effect.measuredSeq)}${top}${also}.`;
}

function partnerWords({ record, anchors }: Measured): string | null {
  const { page, diagnosis } = anchors;
  if (page === null) return null;
  const untilSeq = diagnosis?.seq ?? record.actions[0]?.seq ?? Infinity;
  const until = diagnosis !== null ? 'the right hypothesis' : record.actions[0] !== undefined ? 'the first change' : 'the end';
  const parts = record.responders.map(({ seat }) => seatLooks(record, seat, page.seq, untilSeq)).filter((part) => part !== null);
  return parts.length < 2 ? null : `From the page${cite(page.seq)} to ${until}${diagnosis === null ? '' : cite(diagnosis.seq)}: ${parts.join('; ')}.`;
}

function seatLooks(record: Measured['record'], seat: SeatId, fromSeq: number, untilSeq: number): string | null {
  const looks = factsOf(record, 'observed').filter((look) => look.seat === seat && look.seq > fromSeq && look.seq < untilSeq);
  if (looks.length === 0) return `${who(seat)} has no look on the record`;
  const distinct = [...new Set(looks.map((look) => (look.target === '*' ? look.kind : `${look.kind} ${look.target}`)))];
  const relevant = looks.filter((look) => isRelevantTarget(record.scenario, look.target)).length;
  const shown = distinct.slice(0, 5).map((what) => wordsOf(record, what)).join(', ');
  return `${who(seat)} took ${counted(looks.length, 'look')} (${shown}${distinct.length > 5 ? ', …' : ''}), ${relevant} of them at what belongs to the cause${cite(looks[0]?.seq, looks.length > 1 ? looks.at(-1)?.seq : null)}`;
}
