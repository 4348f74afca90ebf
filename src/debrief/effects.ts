import type { Fact } from '../journal/timeline.ts';
import { MINUTE_MS, type SimMs } from '../time/sim-time.ts';
import type { Action } from './actions.ts';
import type { Anchors } from './anchors.ts';
import { meanBadShare, type LevelInterval } from './levels.ts';
import { causesOf, type DrillRecord } from './record.ts';
import { isRelevantTarget } from './relevance.ts';

/** The service level before and after one action: an observation, not a proof that the one came from the other. */
export interface Effect {
  readonly action: Action;
  /** Mean bad share in the 3 min before and after it, 0 to 1; null where nothing was measured. */
  readonly before: number | null;
  readonly after: number | null;
  /** The last measurement of the time after it, or null. */
  readonly measuredSeq: number | null;
  /** The worst interval of the time after it. */
  readonly peak: { readonly badShare: number; readonly seq: number } | null;
  readonly direction: 'worse' | 'better' | 'same' | 'unknown';
  /** What else happened in the time after it or the half minute before: other actions, faults that began or ended. */
  readonly alongside: readonly number[];
}

interface Cured {
  readonly record: DrillRecord;
  readonly effects: readonly Effect[];
  readonly anchors: Anchors;
}

const EFFECT_WINDOW_MS = 3 * MINUTE_MS;
/** A change of the bad share by less is no change. */
const NOTABLE_SHARE = 0.02;

export function effectsOf(record: DrillRecord): readonly Effect[] {
  const actionSeqs = new Set(record.actions.map(({ seq }) => seq));
  const causeSeqs = new Set(causesOf(record).map(({ seq }) => seq));
  const moves = record.facts.filter((fact) => causeSeqs.has(fact.seq) || fact.type === 'fault-ended' || actionSeqs.has(fact.seq));
  return record.actions.map((action) => effectOf(record.levels, moves, action));
}

/**
 * The action that the service level came back after, or null: the last that it got better with, one on what belongs to the
 * cause before others, else the last in the 5 min before.
 */
export function cureOf({ record, effects, anchors: { mitigation } }: Cured): Effect | null {
  if (mitigation === null) return null;
  const before = effects.filter(({ action }) => action.atMs <= mitigation.atMs);
  const better = before.filter(({ direction }) => direction === 'better');
  const apt = better.findLast(({ action }) => action.targets.some((target) => isRelevantTarget(record.scenario, target)));
  return apt ?? better.at(-1) ?? before.findLast(({ action }) => mitigation.atMs - action.atMs <= 5 * MINUTE_MS) ?? null;
}

/** Effects after which the bad share rose, greatest rise first; of a command that was given again, the greatest. */
export function harmful(effects: readonly Effect[]): readonly Effect[] {
  const worse = effects.filter(({ direction }) => direction === 'worse').sort((a, b) => riseOf(b) - riseOf(a) || a.action.seq - b.action.seq);
  return worse.filter(({ action }, at) => action.line === null || worse.findIndex((one) => one.action.line === action.line) === at);
}

/** Change of the mean bad share: above 0 worse, below 0 better. */
export function riseOf(effect: Effect): number {
  return (effect.after ?? 0) - (effect.before ?? 0);
}

/** `moves` is all that may have moved the service level: actions, and faults that began or ended. */
function effectOf(levels: readonly LevelInterval[], moves: readonly Fact[], action: Action): Effect {
  const endMs = action.atMs + EFFECT_WINDOW_MS;
  const before = meanBadShare(levels, action.atMs - EFFECT_WINDOW_MS, action.atMs);
  const after = meanBadShare(levels, action.atMs, endMs);
  const worst = worstLevel(levels, action.atMs, endMs);
  const own = new Set(action.seqs);
  const others = moves.filter(({ atMs, seq }) => atMs >= action.atMs - MINUTE_MS / 2 && atMs < endMs && !own.has(seq));
  return {
    action,
    before,
    after,
    measuredSeq: levels.findLast((level) => level.toMs > action.atMs && level.fromMs < endMs)?.seq ?? null,
    peak: worst === null ? null : { badShare: worst.badShare, seq: worst.seq },
    direction: directionOf(before, after),
    alongside: others.map((fact) => fact.seq),
  };
}

function directionOf(before: number | null, after: number | null): Effect['direction'] {
  if (before === null || after === null) return 'unknown';
  if (after - before >= NOTABLE_SHARE) return 'worse';
  return before - after >= NOTABLE_SHARE ? 'better' : 'same';
}

function worstLevel(levels: readonly LevelInterval[], fromMs: SimMs, toMs: SimMs): LevelInterval | null {
  let worst: LevelInterval | null = null;
  for (const level of levels) {
    if (level.toMs > fromMs && level.fromMs < toMs && level.badShare > (worst?.badShare ?? -1)) worst = level;
  }
  return worst;
}
