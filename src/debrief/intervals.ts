import { ANCHORS, type AnchorName, type Anchors } from './anchors.ts';
import type { DrillRecord } from './record.ts';

/**
 * A duration between two anchors. `censored`: its end had not come by the time box, so it lasted at least `ms`.
 * `undefined`: it has no beginning, for the reason given.
 */
export type Interval =
  | { readonly state: 'measured'; readonly ms: number; readonly fromSeq: number; readonly toSeq: number }
  | { readonly state: 'censored'; readonly ms: number; readonly fromSeq: number }
  | { readonly state: 'undefined'; readonly reason: string };

const INTERVAL_NAMES = ['ttd', 'tta', 'pairTta', 'tte', 'ttdx', 'ttm', 'ttr'] as const;
export type IntervalName = (typeof INTERVAL_NAMES)[number];
export type Intervals = Readonly<Record<IntervalName, Interval>>;

/** Each counts from one anchor to another, and is 0 where the second came first. */
export const INTERVALS = {
  ttd: { label: 'TTD', words: 'time to detect', from: 'impact', to: 'detect' },
  tta: { label: 'TTA', words: 'time to acknowledge', from: 'page', to: 'ack1' },
  pairTta: { label: 'pair TTA', words: 'time until both had acknowledged', from: 'page', to: 'ack2' },
  tte: { label: 'TTE', words: 'time to engage', from: 'page', to: 'engage' },
  ttdx: { label: 'TTDx', words: 'time to diagnose', from: 'page', to: 'diagnosis' },
  ttm: { label: 'TTM', words: 'time to mitigate', from: 'impact', to: 'mitigation' },
  ttr: { label: 'TTR', words: 'time to resolve', from: 'impact', to: 'resolution' },
} as const satisfies Record<IntervalName, { label: string; words: string; from: AnchorName; to: AnchorName }>;

export function intervalsOf(record: DrillRecord, anchors: Anchors): Intervals {
  const found: Partial<Record<IntervalName, Interval>> = {};
  for (const name of INTERVAL_NAMES) found[name] = intervalOf(record, anchors, name);
  return found as Intervals;
}

/** In the order in which they are printed. */
export function intervalNames(): readonly IntervalName[] {
  return INTERVAL_NAMES;
}

/** The duration in ms where it was measured, else null. */
export function measuredMs(interval: Interval): number | null {
  return interval.state === 'measured' ? interval.ms : null;
}

function intervalOf(record: DrillRecord, anchors: Anchors, name: IntervalName): Interval {
  const rule = INTERVALS[name];
  const from = anchors[rule.from];
  const to = anchors[rule.to];
  if (name === 'pairTta' && record.responders.length < 2) return { state: 'undefined', reason: 'one seat was paged' };
  if (from === null) return { state: 'undefined', reason: `there is no ${ANCHORS[rule.from].label}` };
  if (to === null || to.atMs > record.censorMs) return { state: 'censored', ms: Math.max(0, record.censorMs - from.atMs), fromSeq: from.seq };
  return { state: 'measured', ms: Math.max(0, to.atMs - from.atMs), fromSeq: from.seq, toSeq: to.seq };
}
