import { isA, type Outcome } from '../../journal/timeline.ts';
import type { Debrief } from '../debrief.ts';
import { cureOf } from '../effects.ts';
import { badMinutesWords, duration, percent } from '../figures.ts';
import { clockOf, wordsOf } from '../finding.ts';
import { cite, quoted } from '../markdown.ts';

/** What happened, in one paragraph, then what the record shows that the room could not see. */
export function summarySection(debrief: Debrief): readonly string[] {
  const { record, insights } = debrief;
  const lines = [
    `The situation as it was read out: ${quoted(record.scenario.synopsis)} [header]`,
    '',
    [impactWords(debrief), pageWords(debrief), cureWords(debrief), outcomeWords(debrief)].filter((words) => words !== '').join(' '),
  ];
  if (insights.length > 0) lines.push('', 'What the record shows that could not be seen from the room:', '', ...insights.map(({ text }) => `- ${text}`));
  return lines;
}

const OUTCOMES = {
  resolved: 'The drill ended with the service level back and every check of the verdict met.',
  mitigated: 'The drill ended with the service level back, and part of the resolution open.',
  timebox: 'The drill ended with its time box.',
  worse: 'The drill ended with its time box, at more impact than a run with nothing done.',
} as const satisfies Record<Outcome, string>;

/** How it ended, as one sentence with its evidence. */
export function outcomeWords({ record }: Debrief): string {
  const ended = record.facts.findLast((fact) => fact.type === 'drill-ended');
  if (record.outcome === null || ended === undefined) return 'The record ends before the drill does.';
  return `${OUTCOMES[record.outcome].slice(0, -1)}${cite(ended.seq)}.${missedWords(record)}`;
}

/** What of the verdict did not hold, with what was seen; '' where all did. */
function missedWords(record: Debrief['record']): string {
  const missed = record.facts.findLast(isA('verdict-missed'));
  if (missed === undefined || missed.checks.length === 0) return '';
  return ` Of the verdict did not hold${cite(missed.seq)}: ${missed.checks.map((check) => wordsOf(record, check)).join('; ')}.`;
}

function impactWords({ record, anchors, impact }: Debrief): string {
  const service = wordsOf(record, record.scenario.slo.service);
  const last = cite(record.levels.at(-1)?.seq);
  if (anchors.impact === null) return `The service level of ${service} stayed inside its objective of ${percentOf(record.scenario.slo.objective)} for the whole record${last}.`;
  const peak = impact.peak === null ? '' : `, ${percent(impact.peak.badShare)} at the peak${cite(impact.peak.seq)}`;
  return `From ${clockOf(record, anchors.impact.atMs)} on, requests to ${service} failed or were too slow for its objective${cite(anchors.impact.seq)}${peak}. It came to ${badMinutesWords(impact.badMinutes)} and ${percent(impact.budgetUsed)} of the error budget of ${duration(record.scenario.slo.windowMs)}${last}.`;
}

function pageWords({ record, anchors, intervals }: Debrief): string {
  if (anchors.page === null) return 'No page was sent.';
  const { tta } = intervals;
  const ack = tta.state === 'measured' ? `the first acknowledgement came ${duration(tta.ms)} later${cite(tta.toSeq)}` : 'no acknowledgement came within the time box';
  return `The pair was paged at ${clockOf(record, anchors.page.atMs)}${cite(anchors.page.seq)}; ${ack}.`;
}

function cureWords({ record, anchors, effects, intervals }: Debrief): string {
  if (anchors.impact === null) return '';
  const { ttm } = intervals;
  if (anchors.mitigation === null || ttm.state !== 'measured') return `The service level was not back inside its objective for 5 min by the time box${cite(record.levels.at(-1)?.seq)}.`;
  const cure = cureOf({ record, effects, anchors });
  const after = cure === null ? ', without a change by the pair before it' : `, after ${wordsOf(record, cure.action.line ?? cure.action.targets.join(', '))}${cite(cure.action.seq)}`;
  return `It was back inside at ${clockOf(record, anchors.mitigation.atMs)}${cite(anchors.mitigation.seq)}, ${duration(ttm.ms)} after the impact began${after}.`;
}

function percentOf(objective: number): string {
  return `${Number((objective * 100).toFixed(4))}%`;
}
