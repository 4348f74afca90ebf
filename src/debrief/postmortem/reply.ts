import { isA, type Fact } from '../../journal/timeline.ts';
import type { Debrief } from '../debrief.ts';
import { cureOf } from '../effects.ts';
import { duration, percent } from '../figures.ts';
import { wordsOf } from '../finding.ts';
import { cite } from '../markdown.ts';
import { commandLineOf, factsOf } from '../record.ts';
import { isRelevantTarget, namesCause, referenceLines } from '../relevance.ts';
import { ghostOf } from '../score.ts';

/** Trigger, steps, check, undo: the part that becomes the runbook. The steps are those of the pair that worked. */
export function replySection(debrief: Debrief): readonly string[] {
  const steps = ownSteps(debrief);
  return [
    `**Trigger.** ${triggerWords(debrief)}`,
    '',
    ...(steps === null ? referenceSteps(debrief) : ['**Steps** that worked in this drill:', '', ...steps.map((step, at) => `${at + 1}. ${step}`)]),
    '',
    `**Check.** ${checkWords(debrief)}`,
    '',
    `**Undo.** ${undoWords(debrief)}`,
  ];
}

const MOST_LOOKS = 6;

function triggerWords({ record }: Debrief): string {
  const page = record.facts.find(isA('page-sent'));
  const alerts = factsOf(record, 'alert-fired').filter((alert) => page === undefined || alert.seq <= page.seq);
  const shown = alerts.slice(0, 3).map((alert) => `${wordsOf(record, `${alert.alert}: ${alert.text}`)}${cite(alert.seq)}`);
  const also = shown.length === 0 ? '' : ` Alerts by then: ${shown.join('; ')}.`;
  if (page === undefined) return `No page was sent; the service level of ${wordsOf(record, record.scenario.slo.service)} leaves its objective.${also}`;
  return `The page ${wordsOf(record, `${page.severity} ${page.text}`)}${cite(page.seq)}.${also}`;
}

/** Null where the service level did not come back after a change of the pair's. */
function ownSteps({ record, anchors, effects }: Debrief): readonly string[] | null {
  const cure = cureOf({ record, effects, anchors });
  if (cure === null) return null;
  const steps = usefulLooks(record, cure.action.seq).map((look) => `Look: ${wordsOf(record, commandLineOf(record.facts, look) ?? `${look.tool} ${look.target}`)}${cite(look.seq)}`);
  const diagnosis = factsOf(record, 'hypothesis-stated').find((stated) => stated.seq === anchors.diagnosis?.seq);
  if (diagnosis !== undefined) steps.push(`The hypothesis that named the cause: ${wordsOf(record, diagnosis.text)}${cite(diagnosis.seq)}`);
  steps.push(`Change: ${wordsOf(record, cure.action.line ?? cure.action.targets.join(', '))}${cite(...cure.action.seqs)}`);
  const verified = factsOf(record, 'verified').find((check) => check.seq > cure.action.seq && check.meets);
  if (verified !== undefined) steps.push(`Verify: the service level met its objective${cite(verified.seq)}`);
  for (const ticket of factsOf(record, 'ticket-filed')) steps.push(`Ticket to ${wordsOf(record, ticket.to)}: ${wordsOf(record, ticket.text)}${cite(ticket.seq)}`);
  return steps;
}

function usefulLooks(record: Debrief['record'], untilSeq: number): readonly Fact<'observed'>[] {
  const seen = new Set<string>();
  const fromMs = record.firstPageMs ?? 0;
  const useful = factsOf(record, 'observed').filter((look) => {
    const key = `${look.kind} ${look.target}`;
    if (look.seq > untilSeq || look.atMs < fromMs || seen.has(key)) return false;
    seen.add(key);
    return look.kind === 'changes' || look.kind === 'metrics' || isRelevantTarget(record.scenario, look.target) || namesCause(record.scenario, look.target);
  });
  return useful.slice(0, MOST_LOOKS);
}

function referenceSteps({ record }: Debrief): readonly string[] {
  const lines = referenceLines(record.scenario);
  const golden = ghostOf(record, 'golden');
  const intro = '**Steps.** No change of this drill was followed by the service level’s return.';
  if (lines.length === 0) return [`${intro} The scenario carries no reference response: the steps are open.`];
  const run = golden === null ? '' : `, which in a simulated run ended at ${golden.badMinutes.toFixed(1)} bad minutes${cite(golden.seq)}`;
  return [`${intro} These are the steps of the reference response${run}:`, '', ...lines.map((line, at) => `${at + 1}. ${wordsOf(record, line)} [header]`)];
}

function checkWords({ record, anchors, effects }: Debrief): string {
  const limit = percent(record.allowedBadShare);
  const cure = cureOf({ record, effects, anchors });
  const target = `The bad share of ${wordsOf(record, record.scenario.slo.service)} stays at or below ${limit} for 5 min (\`/verify\`), and no alert fires in the 60 min after [header].`;
  if (cure === null || anchors.mitigation === null) return target;
  return `${target} In this drill it was back ${duration(anchors.mitigation.atMs - cure.action.atMs)} after the change${cite(cure.action.seq, anchors.mitigation.seq)}.`;
}

function undoWords({ record, anchors, effects }: Debrief): string {
  const cure = cureOf({ record, effects, anchors });
  if (cure === null) return 'There is no change to keep or to take back from this drill; the undo of each change that was made is under “Undo and risk notes”.';
  if (cure.action.undo === null) return `The record holds no command that takes the change back${cite(cure.action.seq)}: it is of class ${cure.action.undoClass}.`;
  return `${wordsOf(record, cure.action.undo)} takes the change back${cite(cure.action.seq)}; it is of class ${cure.action.undoClass}.`;
}
