import { isA, type Fact, type ServiceLevel } from '../journal/timeline.ts';
import type { SimMs } from '../time/sim-time.ts';

/** The service level of one measured interval. */
export interface LevelInterval {
  /** Of the fact that measured it. */
  readonly seq: number;
  readonly fromMs: SimMs;
  readonly toMs: SimMs;
  /** Bad over all requests that ended in the interval, 0 to 1; 0 where none ended. */
  readonly badShare: number;
  readonly slo: ServiceLevel;
  /** The other services that were off their normal range: errors above 1%, or a p95 above twice the usual. */
  readonly services: readonly ServiceLevel[];
}

/** How long an interval is where no earlier one says when it began. */
const FIRST_INTERVAL_MS = 30_000;

/** The measured intervals; each begins where the one before it ended. */
export function levelsOf(facts: readonly Fact[]): readonly LevelInterval[] {
  const levels: LevelInterval[] = [];
  for (const fact of facts.filter(isA('service-level-measured'))) {
    const fromMs = levels.at(-1)?.toMs ?? fact.atMs - FIRST_INTERVAL_MS;
    if (fact.atMs <= fromMs) continue;
    levels.push({ seq: fact.seq, fromMs, toMs: fact.atMs, badShare: badShareOf(fact.slo), slo: fact.slo, services: fact.services });
  }
  return levels;
}

/** Bad over all, 0 to 1; 0 where nothing was asked. */
export function badShareOf(level: ServiceLevel): number {
  if (!(level.total > 0) || !(level.bad > 0)) return 0;
  return Math.min(1, level.bad / level.total);
}

/** ∫ bad share dt from `fromMs` to `toMs`, in ms. Time without measurements adds nothing. */
export function badTimeMs(levels: readonly LevelInterval[], fromMs: SimMs, toMs: SimMs): number {
  let sum = 0;
  for (const level of levels) sum += level.badShare * overlapMs(level, fromMs, toMs);
  return sum;
}

/** Mean bad share over that time, or null where nothing of it was measured. */
export function meanBadShare(levels: readonly LevelInterval[], fromMs: SimMs, toMs: SimMs): number | null {
  let covered = 0;
  for (const level of levels) covered += overlapMs(level, fromMs, toMs);
  return covered === 0 ? null : badTimeMs(levels, fromMs, toMs) / covered;
}

function overlapMs(level: LevelInterval, fromMs: SimMs, toMs: SimMs): number {
  return Math.max(0, Math.min(level.toMs, toMs) - Math.max(level.fromMs, fromMs));
}
