import type { Fact } from '../../journal/timeline.ts';
import { MINUTE_MS } from '../../time/sim-time.ts';
import type { Action } from '../actions.ts';
import { blastOfLine, blastWidth } from '../blast.ts';
import { commandLineOf, factsOf, type DrillRecord } from '../record.ts';
import { isRelevantTarget, lastName, referenceActions } from '../relevance.ts';
import { levelOfShare, notApplicable, shows, type RubricItem } from './judgement.ts';

export const hypotheses: RubricItem = {
  behaviour: 'explicit hypotheses',
  detection: 'an open or confirmed `/hyp` before each change, and each settled in the end: 0 none, 2 some, 3 all changes, 4 all changes and all settled',
  judge: (record) => {
    if (record.firstPageMs === null) return notApplicable('no page was sent');
    const stated = factsOf(record, 'hypothesis-stated');
    const settled = factsOf(record, 'hypothesis-settled');
    const forward = record.actions.filter((action) => !action.undoes);
    if (stated.length === 0) return shows(0, 'No hypothesis was put on record.', forward.map((action) => action.seq));
    const aimed = forward.filter((action) => hypothesisBefore(record, action) !== null);
    const allSettled = stated.every((fact) => settled.some((one) => one.id === fact.id));
    const evidence = [...stated.map((fact) => fact.seq), ...settled.map((fact) => fact.seq)];
    if (aimed.length === forward.length) {
      return shows(allSettled ? 4 : 3, `Every change followed a hypothesis; ${allSettled ? 'all were settled' : 'not all were settled'}.`, evidence);
    }
    return shows(aimed.length > 0 ? 2 : 1, `${aimed.length} of ${forward.length} changes followed a hypothesis.`, evidence);
  },
};

export const proportionate: RubricItem = {
  behaviour: 'proportionate action',
  detection: 'reach of the changes (switch, setting, restart, restart of state, removal) against the reference response: 0 a restart or removal without a hypothesis, or of state that has no part in the fault, 2 wider than the reference, 4 no wider',
  judge: (record) => {
    const forward = record.actions.filter((action) => !action.undoes);
    if (forward.length === 0) return notApplicable('nothing was changed');
    const blind = forward.filter((action) => isBlind(record, action));
    if (blind.length > 0) return shows(0, 'A restart or removal went without a hypothesis, or took state that has no part in the fault.', blind.map((action) => action.seq));
    const widest = Math.max(blastWidth('setting'), ...referenceActions(record.scenario).map((line) => blastWidth(blastOfLine(line) ?? 'switch')));
    const wider = forward.filter((action) => blastWidth(action.blast) > widest);
    if (wider.length > 0) return shows(2, 'Some changes reached wider than the reference response.', wider.map((action) => action.seq));
    return shows(4, 'No change reached wider than the reference response.', forward.map((action) => action.seq));
  },
};

export const undoReadiness: RubricItem = {
  behaviour: 'undo-readiness',
  detection: 'a dry run, a diff or a saved state of the target in the 10 min before each change of class U2 and above, and `/confirm` for U4: the level is the share',
  judge: (record) => {
    const risky = riskyActions(record);
    if (risky.length === 0) return notApplicable('no change was of class U2 or above');
    const ready = risky.filter((action) => isUndoReady(record, action));
    return shows(levelOfShare(ready.length / risky.length), `${ready.length} of ${risky.length} changes of class U2 and above were prepared.`, risky.map((action) => action.seq));
  },
};

export const verifies: RubricItem = {
  behaviour: 'verify',
  detection: '`/verify` or a look at figures after each change, before the next and within 3 min: the level is the share',
  judge: (record) => {
    if (record.actions.length === 0) return notApplicable('nothing was changed');
    const checks = record.actions.map((action, at) => verifiedBy(record, action, record.actions[at + 1]));
    const done = checks.filter((seq) => seq !== null);
    return shows(levelOfShare(done.length / checks.length), `${done.length} of ${checks.length} changes were followed by a check within 3 min.`, [...record.actions.map((action) => action.seq), ...done]);
  },
};

/** Changes of class U2 and above. */
export function riskyActions(record: DrillRecord): readonly Action[] {
  return record.actions.filter((action) => action.undoClass >= 'U2');
}

/** Whether the way back was there before the action: {@link undoReadiness} says what counts. */
export function isUndoReady(record: DrillRecord, action: Action): boolean {
  const saved = record.facts.some((fact) => fact.seq < action.seq && action.atMs - fact.atMs <= 10 * MINUTE_MS && savesState(record, fact, action));
  if (action.undoClass !== 'U4') return saved;
  return saved && record.facts.some((fact) => fact.type === 'confirmed' && fact.seat !== action.seat && fact.atMs <= action.atMs);
}

function savesState(record: DrillRecord, fact: Fact, action: Action): boolean {
  if (fact.type !== 'observed') return false;
  const line = `${commandLineOf(record.facts, fact) ?? ''} ${fact.tool}`;
  const saves = /--dry-run|\bdiff\b|\bsnapshot\b|-o[ =]?(?:yaml|json)\b|--output[ =](?:yaml|json)\b/.test(line);
  return saves && (fact.target === '*' || action.targets.some((target) => lastName(target) === lastName(fact.target)));
}

/** The newest hypothesis that was stated before the action and not rejected by then, or null. */
function hypothesisBefore(record: DrillRecord, action: Action): Fact<'hypothesis-stated'> | null {
  const rejected = factsOf(record, 'hypothesis-settled').filter((fact) => fact.as === 'rejected' && fact.seq < action.seq);
  return factsOf(record, 'hypothesis-stated').findLast((fact) => fact.seq < action.seq && !rejected.some((one) => one.id === fact.id)) ?? null;
}

function isBlind(record: DrillRecord, action: Action): boolean {
  if (blastWidth(action.blast) < blastWidth('restart')) return false;
  if (hypothesisBefore(record, action) === null) return true;
  return action.blast === 'stateful-restart' && !action.targets.some((target) => isRelevantTarget(record.scenario, target));
}

function verifiedBy(record: DrillRecord, action: Action, next: Action | undefined): number | null {
  const check = record.facts.find(
    (fact) =>
      fact.seq > action.seq &&
      fact.atMs - action.atMs <= 3 * MINUTE_MS &&
      (next === undefined || fact.seq < next.seq) &&
      (fact.type === 'verified' || (fact.type === 'observed' && (fact.kind === 'metrics' || fact.kind === 'check'))),
  );
  return check?.seq ?? null;
}
