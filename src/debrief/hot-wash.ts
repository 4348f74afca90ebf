import { isA, type Outcome } from '../journal/timeline.ts';
import type { Debrief } from './debrief.ts';
import { badMinutesWords, duration, percent } from './figures.ts';
import { INTERVALS, intervalNames } from './intervals.ts';
import { intervalWords } from './postmortem/figures-sections.ts';
import { ghostOf, type Score } from './score.ts';

/** What is said at once after a drill, as plain text for a screen. Lines are at most about 76 columns, so that they fit 80. */
export interface HotWash {
  readonly headline: string;
  readonly lines: readonly string[];
}

const HEADLINES = {
  resolved: 'Resolved: the service level is back, every check is met, and it stayed quiet.',
  mitigated: 'Mitigated: the service level is back; part of the resolution is open.',
  timebox: 'Time box: the service level was not settled when time ran out.',
  worse: 'Time box: users saw more impact than with nothing done.',
} as const satisfies Record<Outcome, string>;

export function hotWash(debrief: Debrief): HotWash {
  const { record, impact, intervals, scores, rubric } = debrief;
  const noop = ghostOf(record, 'noop');
  const golden = ghostOf(record, 'golden');
  const lines = [
    `Impact: ${badMinutesWords(impact.badMinutes)}, ${percent(impact.budgetUsed)} of the error budget of ${duration(record.scenario.slo.windowMs)}.`,
  ];
  if (noop !== null && golden !== null) lines.push(`Simulated: nothing done ${noop.badMinutes.toFixed(1)}, the reference response ${golden.badMinutes.toFixed(1)} bad minutes.`);
  lines.push(`S ${scoreText(scores.skill)}   H ${scoreText(scores.harm)}   D ${scoreText(scores.durability)}`, '');
  for (const name of intervalNames()) lines.push(`${INTERVALS[name].label.padEnd(9)}${intervalWords(intervals[name])} (${INTERVALS[name].words})`);
  const strong = rubric.filter(({ level }) => level === 4).map(({ id, behaviour }) => `${id} ${behaviour}`);
  const open = rubric.filter(({ level }) => level !== null && level <= 1).map(({ id, behaviour }) => `${id} ${behaviour}`);
  if (strong.length > 0) lines.push('', ...wrapped('Seen in full: ', strong));
  if (open.length > 0) lines.push('', ...wrapped('To talk about: ', open));
  const missed = record.facts.findLast(isA('verdict-missed'));
  if (missed !== undefined) lines.push('', 'Of the verdict did not hold:', ...missed.checks.slice(0, 4).flatMap((check) => wrapped('  ', check.split(/(?<=, )/))));
  return { headline: record.outcome === null ? 'The drill has not ended.' : HEADLINES[record.outcome], lines };
}

const COLUMNS = 76;

function wrapped(label: string, words: readonly string[]): readonly string[] {
  const lines: string[] = [];
  let line = label;
  for (const [at, word] of words.entries()) {
    const piece = at === words.length - 1 ? word : `${word}; `;
    if (line.length + piece.trimEnd().length > COLUMNS) {
      lines.push(line.trimEnd());
      line = '  ';
    }
    line += piece;
  }
  return [...lines, line.trimEnd()];
}

function scoreText(score: Score): string {
  return score.value === null ? 'n/a' : score.value.toFixed(2);
}
