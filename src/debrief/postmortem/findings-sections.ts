import type { Debrief } from '../debrief.ts';
import { cureOf, harmful } from '../effects.ts';
import { duration } from '../figures.ts';
import { wordsOf } from '../finding.ts';
import { effectWords } from '../insights.ts';
import { cite, head, row } from '../markdown.ts';
import { factsOf } from '../record.ts';
import { isDecoyTarget } from '../relevance.ts';
import { isUndoReady, riskyActions } from '../rubric/acting.ts';
import { causeAlert, firstRelevantLook } from '../signs.ts';

/** The plan as a table, one step a row. */
export function planSection({ plan }: Debrief): readonly string[] {
  return [...head(['#', 'Step', 'Owner', 'Due', 'Done when']), ...plan.map((item, at) => row([`${at + 1}`, item.what, item.owner, item.due, item.doneWhen]))];
}

export function factorsSection({ factors }: Debrief): readonly string[] {
  return ['These conditions came together; none of them alone accounts for what the users saw.', '', ...factors.map(({ text }) => `- ${text}`)];
}

/** Three lists; the first is never empty. */
export function helpedSection(debrief: Debrief): readonly string[] {
  return [
    '**What helped**', '', ...bullets(helped(debrief)), '',
    '**What surprised us**', '', ...bullets(surprised(debrief)), '',
    '**Where we got lucky**', '', ...bullets(lucky(debrief)),
  ];
}

function helped(debrief: Debrief): readonly string[] {
  const { record, anchors, effects, rubric, intervals } = debrief;
  const lines: string[] = [];
  const alert = causeAlert(record);
  if (alert !== null) lines.push(`An alert named the cause: ${wordsOf(record, alert.alert)}${cite(alert.seq)}.`);
  const { tta } = intervals;
  if (tta.state === 'measured' && tta.ms <= 300_000) lines.push(`The page was acknowledged within ${duration(tta.ms)}${cite(tta.fromSeq, tta.toSeq)}.`);
  const cure = cureOf({ record, effects, anchors });
  const words = cure?.direction === 'better' ? effectWords(record, cure) : null;
  if (words !== null) lines.push(words);
  for (const result of rubric.filter(({ id, level }) => level === 4 && id !== 'B1').slice(0, 5)) lines.push(`${result.id}, ${result.behaviour}: ${result.why.replace(/\.$/, '')}${cite(...result.evidence.slice(0, 4))}.`);
  const page = record.facts.find((fact) => fact.type === 'page-sent');
  if (lines.length === 0 && page?.type === 'page-sent') lines.push(`The page reached ${page.seats.length === 1 ? 'its seat' : `${page.seats.length} seats`} at one moment${cite(page.seq)}.`);
  if (lines.length === 0) lines.push(`The record is complete: ${record.facts.length} facts${cite(record.facts.at(-1)?.seq)}.`);
  return lines;
}

function surprised({ record, effects, scores }: Debrief): readonly string[] {
  const lines: string[] = [];
  for (const settled of factsOf(record, 'hypothesis-settled').filter(({ as }) => as === 'rejected').slice(0, 3)) {
    const stated = factsOf(record, 'hypothesis-stated').find(({ id }) => id === settled.id);
    if (stated !== undefined) lines.push(`The hypothesis ${wordsOf(record, stated.text)} did not hold${cite(stated.seq, settled.seq)}.`);
  }
  for (const effect of harmful(effects).slice(0, 3)) {
    const words = effectWords(record, effect);
    if (words !== null) lines.push(words);
  }
  if (scores.durability.value === 0) lines.push(`It came back after it had been declared resolved${cite(...scores.durability.evidence)}.`);
  const decoy = record.actions.find(({ targets }) => targets.some((target) => isDecoyTarget(record.scenario, target)));
  if (decoy !== undefined) lines.push(`A change went to a target that the scenario holds out as a decoy${cite(decoy.seq)}.`);
  return lines.length === 0 ? ['No hypothesis was rejected, and no change was followed by a rise of the bad share.'] : lines;
}

function lucky({ record, anchors }: Debrief): readonly string[] {
  const lines: string[] = [];
  const bare = riskyActions(record).filter((action) => !isUndoReady(record, action));
  if (bare.length > 0) lines.push(`Changes of class U2 and above went without a prepared way back, and the record holds no undo of them${cite(...bare.map(({ seq }) => seq))}.`);
  const look = firstRelevantLook(record);
  const { diagnosis, fault, page } = anchors;
  if (diagnosis !== null && (look === null || look.seq > diagnosis.seq)) lines.push(`The right hypothesis came before a look at what belongs to the cause${cite(diagnosis.seq, look?.seq)}.`);
  if (fault !== null && page !== null && anchors.mitigation === null) lines.push(`It was a drill: the condition held to the time box${cite(fault.seq)} and no real user was behind the requests.`);
  return lines.length === 0 ? ['Nothing on the record points to luck.'] : lines;
}

function bullets(lines: readonly string[]): readonly string[] {
  return lines.map((line) => `- ${line}`);
}
