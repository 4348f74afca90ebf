import type { Anchors } from '../anchors.ts';
import type { DrillRecord } from '../record.ts';

export type Level = 0 | 1 | 2 | 3 | 4;

/** What the timeline shows of one behaviour; `level` null where there was no opportunity, `why` says so then. */
export interface Judgement {
  readonly level: Level | null;
  /** One sentence, about what is on the record. */
  readonly why: string;
  /** Numbers of the facts that show it. */
  readonly evidence: readonly number[];
}

export interface RubricItem {
  readonly behaviour: string;
  /** How it is found, with its levels; printed beside the result. */
  readonly detection: string;
  judge(record: DrillRecord, anchors: Anchors): Judgement;
}

export function shows(level: Level, why: string, evidence: readonly (number | undefined)[] = []): Judgement {
  return { level, why, evidence: evidence.filter((seq) => seq !== undefined) };
}

export function notApplicable(why: string): Judgement {
  return { level: null, why, evidence: [] };
}

/** 4 only for all, 0 only for none, between them by share. */
export function levelOfShare(share: number): Level {
  if (share >= 1) return 4;
  if (share <= 0) return 0;
  return share < 0.5 ? 1 : share < 0.75 ? 2 : 3;
}
