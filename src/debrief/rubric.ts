import type { Anchors } from './anchors.ts';
import type { DrillRecord } from './record.ts';
import { isRelevantTarget } from './relevance.ts';
import { hypotheses, isUndoReady, proportionate, riskyActions, undoReadiness, verifies } from './rubric/acting.ts';
import { durableClose } from './rubric/closing.ts';
import { acknowledge, claim, roles } from './rubric/first-minutes.ts';
import type { Judgement, RubricItem } from './rubric/judgement.ts';
import { baseline, changesEarly, lookFirst } from './rubric/looking.ts';
import { cadence, closedLoop, timelyHelp } from './rubric/talking.ts';

export type RubricId = 'B1' | 'B2' | 'B3' | 'B4' | 'B5' | 'B6' | 'B7' | 'B8' | 'B9' | 'B10' | 'B11' | 'B12' | 'B13' | 'B14';

/** The behaviours of a response that are found on a timeline. They score the pair, never a person. */
const RUBRIC = {
  B1: acknowledge,
  B2: claim,
  B3: roles,
  B4: lookFirst,
  B5: changesEarly,
  B6: baseline,
  B7: hypotheses,
  B8: proportionate,
  B9: undoReadiness,
  B10: verifies,
  B11: closedLoop,
  B12: cadence,
  B13: timelyHelp,
  B14: durableClose,
} as const satisfies Record<RubricId, RubricItem>;

export interface RubricResult extends Judgement {
  readonly id: RubricId;
  readonly behaviour: string;
  readonly detection: string;
}

export function judge(record: DrillRecord, anchors: Anchors): readonly RubricResult[] {
  return Object.entries(RUBRIC).map(([id, item]) => {
    const { level, why, evidence } = item.judge(record, anchors);
    return { id: id as RubricId, behaviour: item.behaviour, detection: item.detection, level, why, evidence: inOrder(evidence) };
  });
}

/** Shares that stand beside the rubric; null where there was no opportunity. */
export interface Shares {
  /** Targets that belong to the cause or its cure, over all targets that were changed. */
  readonly precision: number | null;
  /** Changes of class U2 and above with their way back prepared, over all such changes. */
  readonly undoCoverage: number | null;
}

export function sharesOf(record: DrillRecord): Shares {
  const targets = [...new Set(record.actions.flatMap((action) => action.targets))];
  const risky = riskyActions(record);
  return {
    precision: share(targets.filter((target) => isRelevantTarget(record.scenario, target)).length, targets.length),
    undoCoverage: share(risky.filter((action) => isUndoReady(record, action)).length, risky.length),
  };
}

function share(part: number, whole: number): number | null {
  return whole === 0 ? null : part / whole;
}

function inOrder(seqs: readonly number[]): readonly number[] {
  return [...new Set(seqs)].sort((a, b) => a - b);
}
