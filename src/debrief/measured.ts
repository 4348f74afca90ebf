import type { Timeline } from '../journal/timeline.ts';
import type { Scenario } from '../scenario/scenario.ts';
import { findAnchors, type Anchors } from './anchors.ts';
import { effectsOf, type Effect } from './effects.ts';
import { impactOf, type Impact } from './impact.ts';
import { intervalsOf, type Intervals } from './intervals.ts';
import { readRecord, type DrillRecord } from './record.ts';
import { judge, sharesOf, type RubricResult, type Shares } from './rubric.ts';
import { scoresOf, type Scores } from './score.ts';

/** The numbers, before anything is concluded from them. */
export interface Measured {
  readonly record: DrillRecord;
  readonly anchors: Anchors;
  readonly intervals: Intervals;
  readonly impact: Impact;
  readonly scores: Scores;
  readonly rubric: readonly RubricResult[];
  readonly shares: Shares;
  readonly effects: readonly Effect[];
}

export function measuredOf(timeline: Timeline, scenario: Scenario): Measured {
  const record = readRecord(timeline, scenario);
  const anchors = findAnchors(record);
  const impact = impactOf(record);
  return {
    record,
    anchors,
    intervals: intervalsOf(record, anchors),
    impact,
    scores: scoresOf(record, impact),
    rubric: judge(record, anchors),
    shares: sharesOf(record),
    effects: effectsOf(record),
  };
}
