import type { Timeline } from '../journal/timeline.ts';
import type { Scenario } from '../scenario/scenario.ts';
import { findAnchors, type Anchors } from './anchors.ts';
import { actionPlan, type PlanItem } from './action-plan.ts';
import { effectsOf, type Effect } from './effects.ts';
import { factorsOf } from './factors.ts';
import type { Finding } from './finding.ts';
import { impactOf, type Impact } from './impact.ts';
import { insightsOf } from './insights.ts';
import { intervalsOf, type Intervals } from './intervals.ts';
import { readRecord, type DrillRecord } from './record.ts';
import { judge, sharesOf, type RubricResult, type Shares } from './rubric.ts';
import { scoresOf, type Scores } from './score.ts';

/** All that is derived from one timeline: the numbers, and what they say. Never stored, always made again. */
export interface Debrief extends Measured {
  /** What the pair could not see while it lasted. */
  readonly insights: readonly Finding[];
  /** Conditions that came together; several. */
  readonly factors: readonly Finding[];
  /** Never empty. */
  readonly plan: readonly PlanItem[];
}

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

export function debriefOf(timeline: Timeline, scenario: Scenario): Debrief {
  const record = readRecord(timeline, scenario);
  const anchors = findAnchors(record);
  const impact = impactOf(record);
  const measured: Measured = {
    record,
    anchors,
    intervals: intervalsOf(record, anchors),
    impact,
    scores: scoresOf(record, impact),
    rubric: judge(record, anchors),
    shares: sharesOf(record),
    effects: effectsOf(record),
  };
  return { ...measured, insights: insightsOf(measured), factors: factorsOf(measured), plan: actionPlan(measured) };
}
