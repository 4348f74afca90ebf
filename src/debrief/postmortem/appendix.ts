import type { Debrief } from '../debrief.ts';
import { INTERVALS, intervalNames } from '../intervals.ts';
import { duration } from '../figures.ts';
import { wordsOf, Who } from '../finding.ts';
import { cellCode, cite, head, row } from '../markdown.ts';
import { factsOf } from '../record.ts';
import { faultTargets } from '../relevance.ts';
import { SCORE_DEFINITIONS, ghostOf, type Score } from '../score.ts';
import { outcomeWords } from './summary.ts';

/** What the record leaves open; never empty. */
export function questionsSection({ record, intervals, effects }: Debrief): readonly string[] {
  const lines: string[] = [];
  for (const name of intervalNames()) {
    const interval = intervals[name];
    if (interval.state === 'censored') lines.push(`How long would it have taken to reach the end of ${INTERVALS[name].label}? It had not come ${duration(interval.ms)} after${cite(interval.fromSeq)}, when the time box or the record ended.`);
  }
  const settled = new Set(factsOf(record, 'hypothesis-settled').map(({ id }) => id));
  for (const open of factsOf(record, 'hypothesis-stated').filter(({ id }) => !settled.has(id))) lines.push(`Does the hypothesis ${wordsOf(record, open.text)} hold? It was neither confirmed nor rejected${cite(open.seq)}.`);
  const cleared = factsOf(record, 'alert-cleared');
  for (const alert of factsOf(record, 'alert-fired')) {
    if (!cleared.some((one) => one.seq > alert.seq && one.alert === alert.alert && one.service === alert.service)) lines.push(`What keeps the alert ${wordsOf(record, alert.alert)} for ${wordsOf(record, alert.service)} firing at the end${cite(alert.seq)}?`);
  }
  for (const { action, alongside } of effects.filter((effect) => effect.direction !== 'same' && effect.alongside.length > 0).slice(0, 3)) {
    lines.push(`How much of the movement after${cite(action.seq)} belongs to it, and how much to${cite(...alongside)} in the same minutes?`);
  }
  const target = faultTargets(record.scenario)[0];
  if (target !== undefined) lines.push(`What else depends on ${wordsOf(record, target)}, and would be next [header]?`);
  return lines.length === 0 ? ['- Which signal would have shown this earlier [header]?'] : [...new Set(lines)].slice(0, 12).map((line) => `- ${line}`);
}

/** The same drill with other responders, all of it simulated. */
export function whatIfSection(debrief: Debrief): readonly string[] {
  const { record, impact, scores, intervals } = debrief;
  const lines = ['All runs but the last row are **simulated**: the same scenario, seed and horizon, played by a script.', '', ...head(['Run', 'Bad minutes', 'TTM', 'TTR', 'Outcome', 'Evidence'])];
  for (const [as, words] of [['noop', 'nothing done (simulated)'], ['golden', 'the reference response (simulated)'], ['john', 'John (simulated)'], ['johnny', 'Johnny (simulated)']] as const) {
    const ghost = ghostOf(record, as);
    if (ghost === null) continue;
    lines.push(row([words, ghost.badMinutes.toFixed(1), ghostTime(ghost.ttmMs), ghostTime(ghost.ttrMs), ghost.outcome, cite(ghost.seq).trim()]));
  }
  const { ttm, ttr } = intervals;
  lines.push(row(['this drill', impact.badMinutes.toFixed(1), ttm.state === 'measured' ? duration(ttm.ms) : 'none', ttr.state === 'measured' ? duration(ttr.ms) : 'none', record.outcome ?? 'not ended', cite(record.facts.findLast((fact) => fact.type === 'drill-ended')?.seq).trim()]));
  lines.push('', ...head(['Score', 'Value', 'Definition', 'Evidence']));
  lines.push(row(['skill S', scoreWords(scores.skill), SCORE_DEFINITIONS.skill, cite(...scores.skill.evidence).trim()]));
  lines.push(row(['harm H', scoreWords(scores.harm), SCORE_DEFINITIONS.harm, cite(...scores.harm.evidence).trim()]));
  lines.push(row(['durability D', scoreWords(scores.durability), SCORE_DEFINITIONS.durability, cite(...scores.durability.evidence).trim()]));
  return lines;
}

/** The one place with names. */
export function rolesSection(debrief: Debrief): readonly string[] {
  const { record } = debrief;
  const lines = [...head(['Seat', 'Name', 'Played by', 'Roles in the room', 'Evidence'])];
  for (const { seat, role, name, driver } of record.timeline.header.seats) {
    const taken = factsOf(record, 'role-taken').filter((fact) => fact.seat === seat);
    const roles = [...new Set(taken.map((fact) => cellCode(fact.role)))].join(', ');
    lines.push(row([role === 'responder' ? Who(seat) : role, cellCode(name), driver === 'person' ? 'a person' : `script ${driver}`, roles === '' ? 'none on record' : roles, taken.length === 0 ? '[header]' : cite(...taken.map(({ seq }) => seq)).trim()]));
  }
  lines.push('', outcomeWords(debrief));
  return lines;
}

/** What the timeline shows of each behaviour; evidence for a conversation, no mark. */
export function behavioursSection({ rubric }: Debrief): readonly string[] {
  return [
    'Levels run from 0 to 4 and are of the pair. They are found on the timeline by the rule in the last column; “n/a” means that there was no opportunity.',
    '',
    ...head(['Id', 'Behaviour', 'Level', 'What the record shows', 'Evidence', 'Rule']),
    ...rubric.map((one) => row([one.id, one.behaviour, one.level === null ? 'n/a' : `${one.level}`, one.why, cite(...one.evidence).trim(), one.detection])),
  ];
}

function ghostTime(ms: number | null): string {
  return ms === null ? 'none' : duration(ms);
}

function scoreWords(score: Score): string {
  return score.value === null ? `not defined: ${score.reason}` : score.value.toFixed(2);
}
