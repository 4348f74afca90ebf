import { formatElapsed, formatInstant } from '../../time/sim-time.ts';
import { ANCHORS, anchorNames } from '../anchors.ts';
import type { Debrief } from '../debrief.ts';
import { badMinutesWords, duration, latency, percent, trimmed } from '../figures.ts';
import { clockOf, wordsOf } from '../finding.ts';
import { COLLATERAL_DEFINITION } from '../impact.ts';
import { INTERVALS, intervalNames, type Interval } from '../intervals.ts';
import { cite, head, row } from '../markdown.ts';
import { factsOf } from '../record.ts';
import { slices, spark } from '../spark.ts';

const SPARK_WIDTH = 60;

/** Users' side in numbers, with the course of it as one line of bars. */
export function impactSection(debrief: Debrief): readonly string[] {
  const { record, impact, scores } = debrief;
  const last = record.levels.at(-1)?.seq;
  const lines = [
    ...head(['Measure', 'Value', 'From']),
    row(['Bad minutes: bad share over time, start to time box', badMinutesWords(impact.badMinutes), cite(record.levels[0]?.seq, last).trim()]),
    row([`Error budget used, objective ${trimmed(record.scenario.slo.objective * 100, 4)}% over ${duration(record.scenario.slo.windowMs)}`, percent(impact.budgetUsed), cite(last).trim()]),
    row(['Bad requests of all', `${trimmed(impact.badRequests, 0)} of ${trimmed(impact.requests, 0)}`, cite(record.levels[0]?.seq, last).trim()]),
  ];
  if (impact.peak !== null) lines.push(row(['Peak bad share and burn rate', `${percent(impact.peak.badShare)}, ${trimmed(impact.peak.burn, 1)}×`, cite(impact.peak.seq).trim()]));
  if (scores.harm.value !== null) lines.push(row(['Share of it on top of doing nothing (H)', percent(scores.harm.value), cite(...scores.harm.evidence).trim()]));
  for (const one of impact.collateral.slice(0, 5)) lines.push(row([`Collateral on ${wordsOf(record, one.service)}`, badMinutesWords(one.badMinutes), cite(one.seq).trim()]));
  lines.push('', ...courseLines(debrief), '', `Collateral: ${COLLATERAL_DEFINITION}.${impact.collateral.length === 0 ? ' None was found.' : ''}`);
  return lines;
}

/** How it was noticed: anchors and intervals with their definitions. */
export function detectionSection(debrief: Debrief): readonly string[] {
  const { record, anchors, intervals } = debrief;
  const alerts = factsOf(record, 'alert-fired');
  const lines = [alerts.length === 0 ? 'No alert fired on the record.' : `The first alert was ${wordsOf(record, `${alerts[0]?.alert}: ${alerts[0]?.text}`)}${cite(alerts[0]?.seq)}; ${alerts.length} fired in all${cite(alerts.at(-1)?.seq)}.`];
  lines.push('', ...head(['Anchor', 'UTC', 'Definition', 'Evidence']));
  for (const name of anchorNames()) {
    const anchor = anchors[name];
    const { label, definition } = ANCHORS[name];
    lines.push(row([label, anchor === null ? 'none' : clockOf(record, anchor.atMs), definition, anchor === null ? '' : cite(anchor.seq).trim()]));
  }
  lines.push('', ...head(['Interval', 'Value', 'From anchor to anchor', 'Evidence']));
  for (const name of intervalNames()) {
    const { label, words, from, to } = INTERVALS[name];
    const interval = intervals[name];
    lines.push(row([`${label}, ${words}`, intervalWords(interval), `${ANCHORS[from].label} to ${ANCHORS[to].label}`, intervalEvidence(interval)]));
  }
  lines.push('', 'An interval whose end had not come by the time box is censored there: it lasted at least as long as shown.');
  return lines;
}

/** `4 min 30 s`, `at least 43 min`, or why there is none. */
export function intervalWords(interval: Interval): string {
  switch (interval.state) {
    case 'measured':
      return duration(interval.ms);
    case 'censored':
      return `at least ${duration(interval.ms)} (censored)`;
    case 'undefined':
      return `not defined: ${interval.reason}`;
  }
}

function intervalEvidence(interval: Interval): string {
  if (interval.state === 'undefined') return '';
  return cite(interval.fromSeq, interval.state === 'measured' ? interval.toSeq : null).trim();
}

function courseLines({ record }: Debrief): readonly string[] {
  const endMs = Math.max(record.scenario.timeboxMs, 1);
  const samples = record.levels.map((level) => ({ atMs: level.fromMs, badShare: level.badShare, p95Ms: level.slo.p95Ms }));
  const bad = slices(samples.map(({ atMs, badShare }) => ({ atMs, value: badShare })), 0, endMs, SPARK_WIDTH);
  const p95 = slices(samples.map(({ atMs, p95Ms }) => ({ atMs, value: p95Ms })), 0, endMs, SPARK_WIDTH);
  const slowest = Math.max(1, ...p95.filter((value) => value !== null));
  const startMs = record.scenario.startsAtMs;
  return [
    `Bad share and latency from ${formatInstant(startMs)} over ${formatElapsed(endMs)}; one sign is ${duration(endMs / SPARK_WIDTH)}${cite(record.levels[0]?.seq, record.levels.at(-1)?.seq)}:`,
    '',
    '```text',
    `bad share ${spark(bad, 1)}  full bar = 100%`,
    `p95       ${spark(p95, slowest)}  full bar = ${latency(slowest)}`,
    '```',
  ];
}
