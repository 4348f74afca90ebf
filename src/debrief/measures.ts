import type { Outcome, Timeline } from '../journal/timeline.ts';
import type { Scenario } from '../scenario/scenario.ts';
import { findAnchors } from './anchors.ts';
import { impactOf } from './impact.ts';
import { intervalsOf, measuredMs } from './intervals.ts';
import { readRecord } from './record.ts';
import { scoresOf } from './score.ts';

/** The numbers of one run, as `rehearse --json` prints them. */
export interface Measures {
  /** Null while the drill has not ended. */
  readonly outcome: Outcome | null;
  /** Each null where it is not defined: no ghost runs, or never resolved. */
  readonly skill: { readonly S: number | null; readonly H: number | null; readonly D: number | null };
  /** Durations are null where their end had not come by the time box. */
  readonly measures: {
    readonly ttdMs: number | null;
    readonly ttaMs: number | null;
    readonly ttmMs: number | null;
    readonly ttrMs: number | null;
    readonly badMinutes: number;
    readonly budgetUsed: number;
  };
}

export function measure(timeline: Timeline, scenario: Scenario): Measures {
  const record = readRecord(timeline, scenario);
  const impact = impactOf(record);
  const intervals = intervalsOf(record, findAnchors(record));
  const scores = scoresOf(record, impact);
  return {
    outcome: record.outcome,
    skill: { S: scores.skill.value, H: scores.harm.value, D: scores.durability.value },
    measures: {
      ttdMs: measuredMs(intervals.ttd),
      ttaMs: measuredMs(intervals.tta),
      ttmMs: measuredMs(intervals.ttm),
      ttrMs: measuredMs(intervals.ttr),
      badMinutes: impact.badMinutes,
      budgetUsed: impact.budgetUsed,
    },
  };
}
