import type { Timeline } from '../journal/timeline.ts';
import type { Scenario } from '../scenario/scenario.ts';
import { actionPlan, type PlanItem } from './action-plan.ts';
import { factorsOf } from './factors.ts';
import type { Finding } from './finding.ts';
import { insightsOf } from './insights.ts';
import { measuredOf, type Measured } from './measured.ts';

/** All that is derived from one timeline: the numbers, and what they say. Never stored, always made again. */
export interface Debrief extends Measured {
  /** What the pair could not see while it lasted. */
  readonly insights: readonly Finding[];
  /** Conditions that came together; several. */
  readonly factors: readonly Finding[];
  /** Never empty. */
  readonly plan: readonly PlanItem[];
}

export function debriefOf(timeline: Timeline, scenario: Scenario): Debrief {
  const measured = measuredOf(timeline, scenario);
  return { ...measured, insights: insightsOf(measured), factors: factorsOf(measured), plan: actionPlan(measured) };
}
