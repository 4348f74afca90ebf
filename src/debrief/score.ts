import { isA, type Fact, type GhostRun, type ScriptName } from '../journal/timeline.ts';
import { HOUR_MS } from '../time/sim-time.ts';
import type { Impact } from './impact.ts';
import type { DrillRecord } from './record.ts';

/** A score, or null with the reason why it is not defined. `evidence` holds the numbers of the facts it rests on. */
export type Score =
  | { readonly value: number; readonly reason: null; readonly evidence: readonly number[] }
  | { readonly value: null; readonly reason: string; readonly evidence: readonly number[] };

export interface Scores {
  readonly skill: Score;
  readonly harm: Score;
  readonly durability: Score;
}

/** Printed beside the numbers. I = bad minutes; all runs have the same seed and the same horizon. */
export const SCORE_DEFINITIONS = {
  skill: 'S = (I_noop − I_actual) / (I_noop − I_golden): 1 the reference response, 0 nothing done, below 0 more impact than nothing done',
  harm: 'H = max(0, I_actual − I_noop) / I_actual: the share of the impact that came on top of doing nothing',
  durability: 'D = 1 where nobody is paged again within 60 simulated minutes after the first /resolve, else 0',
} as const satisfies Record<keyof Scores, string>;

const WATCHED_MS = HOUR_MS;

export function scoresOf(record: DrillRecord, impact: Impact): Scores {
  return { skill: skillOf(record, impact), harm: harmOf(record, impact), durability: durabilityOf(record) };
}

/** The newest run of that ghost, or null where it was not run. */
export function ghostOf(record: DrillRecord, as: ScriptName): (GhostRun & { readonly seq: number }) | null {
  const fact = record.facts.findLast((one): one is Fact<'ghost-measured'> => one.type === 'ghost-measured' && one.ghost.as === as);
  return fact === undefined ? null : { ...fact.ghost, seq: fact.seq };
}

function skillOf(record: DrillRecord, impact: Impact): Score {
  const noop = ghostOf(record, 'noop');
  const golden = ghostOf(record, 'golden');
  if (noop === null || golden === null) return unknown('the runs to compare with (nothing done, reference response) are not on the timeline');
  const evidence = [noop.seq, golden.seq];
  const range = noop.badMinutes - golden.badMinutes;
  if (range === 0) return unknown('doing nothing costs as much as the reference response', evidence);
  return { value: (noop.badMinutes - impact.badMinutes) / range, reason: null, evidence };
}

function harmOf(record: DrillRecord, impact: Impact): Score {
  const noop = ghostOf(record, 'noop');
  if (noop === null) return unknown('the run with nothing done is not on the timeline');
  const value = impact.badMinutes === 0 ? 0 : Math.max(0, impact.badMinutes - noop.badMinutes) / impact.badMinutes;
  return { value, reason: null, evidence: [noop.seq] };
}

export function durabilityOf(record: DrillRecord): Score {
  const resolve = record.facts.find(isA('resolve-claimed'));
  if (resolve === undefined) return unknown('it was not declared resolved');
  const untilMs = resolve.atMs + WATCHED_MS;
  const woken = record.facts.find((fact) => fact.type === 'page-sent' && fact.seq > resolve.seq && fact.atMs <= untilMs);
  if (woken !== undefined) return { value: 0, reason: null, evidence: [resolve.seq, woken.seq] };
  if (record.lastMs < untilMs) return unknown('the record ends within 60 minutes of the /resolve', [resolve.seq]);
  return { value: 1, reason: null, evidence: [resolve.seq] };
}

function unknown(reason: string, evidence: readonly number[] = []): Score {
  return { value: null, reason, evidence };
}
