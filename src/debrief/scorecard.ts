import { isA } from '../journal/timeline.ts';
import { formatInstant } from '../time/sim-time.ts';
import { ANCHORS, anchorNames } from './anchors.ts';
import type { Debrief } from './debrief.ts';
import { INTERVALS, intervalNames } from './intervals.ts';
import { ghostOf } from './score.ts';

/**
 * The numbers of a debrief as plain data for `scorecard.json`, keys always in this order. Durations in ms, shares from
 * 0 to 1; null where the postmortem says why there is none; `evidence` holds numbers of facts.
 */
export function scorecard({ record, anchors, intervals, impact, scores, shares, rubric, plan }: Debrief): Readonly<Record<string, unknown>> {
  const { header } = record.timeline;
  const { scenario } = record;
  return {
    format: 'gameday-scorecard',
    version: 1,
    drillId: header.drillId,
    engine: header.engine,
    scenario: { file: header.scenario.file, sha256: header.scenario.sha256, title: scenario.title, kind: scenario.kind, timeboxMs: scenario.timeboxMs },
    seed: header.seed,
    startsAt: formatInstant(scenario.startsAtMs),
    outcome: record.outcome,
    missed: record.facts.findLast(isA('verdict-missed'))?.checks ?? [],
    slo: { service: scenario.slo.service, objective: scenario.slo.objective, latencyMs: scenario.slo.latencyMs, windowMs: scenario.slo.windowMs },
    anchors: Object.fromEntries(anchorNames().map((name) => [ANCHORS[name].label, anchors[name] === null ? null : { atMs: anchors[name].atMs, seq: anchors[name].seq }])),
    intervals: Object.fromEntries(
      intervalNames().map((name) => {
        const interval = intervals[name];
        const ends = { from: ANCHORS[INTERVALS[name].from].label, to: ANCHORS[INTERVALS[name].to].label };
        return [INTERVALS[name].label, interval.state === 'undefined' ? { ms: null, censored: false, reason: interval.reason, ...ends } : { ms: interval.ms, censored: interval.state === 'censored', ...ends }];
      }),
    ),
    impact: {
      badMinutes: impact.badMinutes,
      budgetUsed: impact.budgetUsed,
      peak: impact.peak,
      badRequests: impact.badRequests,
      requests: impact.requests,
      collateral: impact.collateral,
    },
    score: { skill: scores.skill, harm: scores.harm, durability: scores.durability },
    shares: { precision: shares.precision, undoCoverage: shares.undoCoverage },
    rubric: rubric.map(({ id, behaviour, level, why, evidence }) => ({ id, behaviour, level, why, evidence })),
    ghosts: (['noop', 'golden', 'john', 'johnny', 'random'] as const).map((as) => ghostOf(record, as)).filter((ghost) => ghost !== null),
    plan: plan.map(({ what, owner, due, doneWhen }) => ({ what, owner, due, doneWhen })),
  };
}
