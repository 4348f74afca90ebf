import type { Fact, SeatId } from '../journal/timeline.ts';
import { MINUTE_MS, type SimMs } from '../time/sim-time.ts';
import type { DrillRecord } from './record.ts';
import { lastName } from './relevance.ts';

/** When both of the pair were on one thing: each looked at it or changed it within a minute of the other. */
export interface Together {
  /** Time with such an overlap, counted once where several do. */
  readonly totalMs: number;
  readonly overlaps: readonly { readonly target: string; readonly seqs: readonly [number, number]; readonly fromMs: SimMs; readonly toMs: SimMs }[];
}

interface Touch {
  readonly seq: number;
  readonly atMs: SimMs;
  readonly seat: SeatId;
  readonly target: string;
}

export function touchedTogether(record: DrillRecord): Together {
  const touches = record.facts.flatMap(touchOf);
  const overlaps = touches.flatMap((later, at) => {
    for (let index = at - 1; index >= 0; index--) {
      const earlier = touches[index];
      if (earlier === undefined || later.atMs - earlier.atMs >= MINUTE_MS) return [];
      if (earlier.seat !== later.seat && earlier.target === later.target) {
        return [{ target: later.target, seqs: [earlier.seq, later.seq] as const, fromMs: later.atMs, toMs: earlier.atMs + MINUTE_MS }];
      }
    }
    return [];
  });
  let totalMs = 0;
  let coveredMs = -Infinity;
  for (const { fromMs, toMs } of overlaps) {
    totalMs += Math.max(0, toMs - Math.max(fromMs, coveredMs));
    coveredMs = Math.max(coveredMs, toMs);
  }
  return { totalMs, overlaps };
}

function touchOf(fact: Fact): readonly Touch[] {
  const target = targetOf(fact);
  return target === null || !('seat' in fact) || fact.seat === null ? [] : [{ seq: fact.seq, atMs: fact.atMs, seat: fact.seat, target }];
}

function targetOf(fact: Fact): string | null {
  if (fact.type === 'observed') return fact.target === '*' ? fact.kind : lastName(fact.target);
  if (fact.type === 'api-written') return fact.name;
  return fact.type === 'flag-flipped' ? fact.flag : null;
}
