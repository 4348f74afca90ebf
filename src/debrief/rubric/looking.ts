import type { Fact, SeatId } from '../../journal/timeline.ts';
import { MINUTE_MS, type SimMs } from '../../time/sim-time.ts';
import { counted } from '../figures.ts';
import { factsOf, type DrillRecord } from '../record.ts';
import { lastName } from '../relevance.ts';
import { notApplicable, shows, type Level, type RubricItem } from './judgement.ts';

export const lookFirst: RubricItem = {
  behaviour: 'look before touching',
  detection: 'distinct kinds of observation (changes, metrics, logs, state, dependencies, traces, check) before the first change, the state of its own target aside: the level is their number, 4 at most',
  judge: (record) => {
    const looks = looksOf(record);
    if (looks === null) return notApplicable('no page was sent');
    const first = record.actions[0];
    const firstOfKind = new Map<string, number>();
    for (const look of looks) {
      if (first !== undefined && look.seq > first.seq) break;
      const own = look.kind === 'state' && first?.targets.some((target) => lastName(target) === lastName(look.target)) === true;
      if (!own && !firstOfKind.has(look.kind)) firstOfKind.set(look.kind, look.seq);
    }
    const level = Math.min(4, firstOfKind.size) as Level;
    const kinds = firstOfKind.size === 0 ? 'no signal' : [...firstOfKind.keys()].join(', ');
    return shows(level, `Looked at before the first change: ${kinds}.`, [...firstOfKind.values(), first?.seq]);
  },
};

export const changesEarly: RubricItem = {
  behaviour: 'change log early',
  detection: 'rank of the first read of the changes among all looks: 4 first or second, 2 by the fifth, 1 later, 0 never',
  judge: (record) => {
    const looks = looksOf(record);
    if (looks === null) return notApplicable('no page was sent');
    const rank = looks.findIndex((look) => look.kind === 'changes') + 1;
    if (rank === 0) return shows(0, `The change log was not among ${counted(looks.length, 'look')}.`, []);
    return shows(rank <= 2 ? 4 : rank <= 5 ? 2 : 1, `The change log was look number ${rank}.`, [looks[rank - 1]?.seq]);
  },
};

export const baseline: RubricItem = {
  behaviour: 'baseline',
  detection: 'a current and a normal value stated together: 0 none, 2 one of them or without a look at figures in the 10 min before, 4 both with such a look',
  judge: (record) => {
    if (record.firstPageMs === null) return notApplicable('no page was sent');
    const said = record.facts.filter(isStatement);
    let best: { readonly level: Level; readonly why: string; readonly evidence: readonly number[] } | null = null;
    for (const fact of said) {
      const both = statesBoth(fact.text);
      if (!both && !FIGURE.test(fact.text)) continue;
      const look = both ? figuresSeenBy(record, fact.seat, fact.atMs) : null;
      const level = look === null ? 2 : 4;
      if (level <= (best?.level ?? 0)) continue;
      const why = !both ? 'A figure was stated, without what is normal.' : look === null ? 'Both values were stated, without a look at figures before.' : 'The current and the normal value were stated together, after a look at figures.';
      best = { level, why, evidence: look === null ? [fact.seq] : [look, fact.seq] };
    }
    return best === null ? shows(0, 'No figures were stated in the room.') : shows(best.level, best.why, best.evidence);
  },
};

const FIGURE = /\d+(?:[.,]\d+)?\s*(?:ms|s|sec|seconds|min|%|percent|\/s|rps|x|×)(?![a-z])/i;
const FIGURES = new RegExp(FIGURE.source, 'gi');
const NORMAL = /\b(?:normal(?:ly)?|usual(?:ly)?|baseline|typical(?:ly)?|instead of|as against|against|before it was|vs\.?|versus|up from)\b/i;

/** Two figures and a word for what is normal, in one message. */
function statesBoth(text: string): boolean {
  return NORMAL.test(text) && (text.match(FIGURES)?.length ?? 0) >= 2;
}

type Statement = Extract<Fact, { type: 'said' | 'hypothesis-stated' | 'update-posted' | 'handed-off' | 'plan-stated' }>;

function isStatement(fact: Fact): fact is Statement {
  return fact.type === 'said' || fact.type === 'hypothesis-stated' || fact.type === 'update-posted' || fact.type === 'handed-off' || fact.type === 'plan-stated';
}

function figuresSeenBy(record: DrillRecord, seat: SeatId, atMs: SimMs): number | null {
  const seen = record.facts.findLast(
    (fact) =>
      fact.atMs <= atMs &&
      atMs - fact.atMs <= 10 * MINUTE_MS &&
      ((fact.type === 'observed' && fact.seat === seat && (fact.kind === 'metrics' || fact.kind === 'check')) || (fact.type === 'verified' && fact.seat === seat)),
  );
  return seen?.seq ?? null;
}

/** Null where no page was sent. */
function looksOf(record: DrillRecord): readonly Fact<'observed'>[] | null {
  return record.firstPageMs === null ? null : factsOf(record, 'observed');
}
