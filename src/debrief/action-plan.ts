import { DAY_MS, formatInstant } from '../time/sim-time.ts';
import type { Measured } from './measured.ts';
import { cureOf, harmful, riseOf } from './effects.ts';
import { badMinutesWords, latency, percent } from './figures.ts';
import { wordsOf } from './finding.ts';
import { cite } from './markdown.ts';
import { faultTargets } from './relevance.ts';
import { missingTickets } from './rubric/closing.ts';
import type { RubricId } from './rubric.ts';
import { ghostOf } from './score.ts';
import { causeAlert, firstSign } from './signs.ts';

/** One step that follows from a drill, with all that makes it checkable. Texts are Markdown. */
export interface PlanItem {
  readonly what: string;
  /** A role, never a person. */
  readonly owner: string;
  /** `2026-02-24`, counted on the drill's own clock. */
  readonly due: string;
  /** How anybody can tell that it is done. */
  readonly doneWhen: string;
}

type Step = (measured: Measured) => Omit<PlanItem, 'due'> | null;

/** What follows, in order of due date. The last two hold for every drill, so that it is never empty. */
export function actionPlan(measured: Measured): readonly PlanItem[] {
  return STEPS.flatMap(({ days, step }) => {
    const item = step(measured);
    return item === null ? [] : [{ ...item, due: dueDate(measured, days) }];
  });
}

const STEPS: readonly { readonly days: number; readonly step: Step }[] = [
  { days: 1, step: tickets },
  { days: 3, step: runbook },
  { days: 7, step: standingChange },
  { days: 14, step: alertOnCause },
  { days: 14, step: guardRail },
  { days: 14, step: firstMinutes },
  { days: 21, step: standAlone },
  { days: 28, step: again },
];

function tickets({ record }: Measured): Omit<PlanItem, 'due'> | null {
  const missing = missingTickets(record);
  if (missing.length === 0) return null;
  const parties = missing[0] === 'any' ? 'the owners of what failed' : missing.map((party) => wordsOf(record, party)).join(' and ');
  return { what: `File a ticket with ${parties} that carries the times and figures of this document`, owner: 'incident lead', doneWhen: 'the ticket’s number stands in this document' };
}

function runbook({ record }: Measured): Omit<PlanItem, 'due'> {
  const page = record.facts.find((fact) => fact.type === 'page-sent');
  return {
    what: `Publish “How to reply to such an issue” as the runbook of this page${cite(page?.seq)}`,
    owner: 'incident lead',
    doneWhen: 'the page’s text links to the runbook, and somebody who was not in the room has followed it once on the same seed',
  };
}

function standingChange({ record, effects, anchors }: Measured): Omit<PlanItem, 'due'> | null {
  const cure = cureOf({ record, effects, anchors });
  if (cure === null || cure.action.undo === null || cure.action.undoes) return null;
  return {
    what: `Take the temporary change ${wordsOf(record, cure.action.line ?? cure.action.targets.join(', '))}${cite(cure.action.seq)} back once its reason is gone: ${wordsOf(record, cure.action.undo)}`,
    owner: `owners of ${wordsOf(record, cure.action.targets[0] ?? record.scenario.slo.service)}`,
    doneWhen: 'the change log shows it, and the bad share stays inside the objective for 60 min after',
  };
}

function alertOnCause({ record, anchors }: Measured): Omit<PlanItem, 'due'> | null {
  if (anchors.fault === null || causeAlert(record) !== null) return null;
  const target = faultTargets(record.scenario)[0];
  if (target === undefined) return null;
  const sign = firstSign(record, anchors);
  const limit = sign !== null && sign.p95Ms !== null ? `p95 of ${wordsOf(record, sign.service)} is above half of the ${latency(sign.p95Ms)} it had then` : `more than 5% of the calls to ${wordsOf(record, target)} end badly`;
  return {
    what: `Alert, with ${wordsOf(record, target)} in its text, when ${limit} for 2 min${cite(sign?.seq ?? anchors.fault.seq)}`,
    owner: 'owners of the alert rules',
    doneWhen: 'a drill on the same seed shows that alert within 3 min of the fault',
  };
}

function guardRail({ record, effects }: Measured): Omit<PlanItem, 'due'> | null {
  const worst = harmful(effects)[0];
  if (worst === undefined) return null;
  return {
    what: `Put a guard before ${wordsOf(record, worst.action.line ?? worst.action.targets.join(', '))}${cite(worst.action.seq)}: show how many ready replicas would be left, and ask the partner for \`/confirm\` below half`,
    owner: 'owners of the platform',
    doneWhen: `the same command on the same seed raises the mean bad share by less than ${percent(Math.max(0.01, riseOf(worst) / 4))} (here ${percent(riseOf(worst))})`,
  };
}

/** The first behaviour of the first minutes that was at 0 or 1, as a change of the set-up. */
function firstMinutes({ rubric }: Measured): Omit<PlanItem, 'due'> | null {
  for (const [id, what] of Object.entries(SETUP) as [RubricId, string][]) {
    const result = rubric.find((one) => one.id === id);
    if (result?.level === 0 || result?.level === 1) {
      return { what: `${what}${cite(...result.evidence.slice(0, 3))}`, owner: 'on-call coordinator', doneWhen: `${id} is at 3 or above in the next drill of this pair` };
    }
  }
  return null;
}

const SETUP: Readonly<Partial<Record<RubricId, string>>> = {
  B1: 'Let the pager ring again after 2 min without an acknowledgement',
  B2: 'Let the acknowledgement ask for `/claim` in the same key press',
  B5: 'Show the change log of the last day below each page',
  B4: 'Open the dashboard of the paged service together with the page',
  B10: 'Let the prompt offer `/verify` after each change',
  B7: 'Let the prompt ask for `/hyp` before the first change',
  B12: 'Let the clock ask for an update every 10 min',
  B3: 'Let the page offer the roles lead and hands, one to each seat',
  B13: 'Let the clock offer `/hint` after 10 min of search',
};

function standAlone({ record, impact }: Measured): Omit<PlanItem, 'due'> | null {
  const target = faultTargets(record.scenario)[0];
  if (target === undefined || impact.badMinutes === 0) return null;
  const noop = ghostOf(record, 'noop');
  const cost = noop?.badMinutes ?? impact.badMinutes;
  return {
    what: `Make ${wordsOf(record, record.scenario.slo.service)} serve without ${wordsOf(record, target)} when that stops answering: a shorter time-out, a limit on calls in flight, or a switch that opens by itself${cite(impact.peak?.seq)}`,
    owner: `owners of ${wordsOf(record, record.scenario.slo.service)}`,
    doneWhen: `\`gameday rehearse --as noop\` on the same seed costs less than ${badMinutesWords(cost / 2)} (in this drill ${badMinutesWords(cost)}${cite(noop?.seq)})`,
  };
}

function again({ record }: Measured): Omit<PlanItem, 'due'> {
  const page = record.facts.find((fact) => fact.type === 'page-sent');
  return {
    what: `Run this scenario with another pair and another seed, with the runbook at hand${cite(page?.seq)}`,
    owner: 'dungeon master of the next drill',
    doneWhen: 'its scorecard lies beside this one',
  };
}

function dueDate({ record }: Measured, days: number): string {
  return formatInstant(record.scenario.startsAtMs + days * DAY_MS).slice(0, 10);
}
