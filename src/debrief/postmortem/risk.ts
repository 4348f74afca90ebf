import type { Debrief } from '../debrief.ts';
import { counted, percent } from '../figures.ts';
import { clockOf, who, Who, wordsOf } from '../finding.ts';
import { cite, head, row } from '../markdown.ts';
import { factsOf, type DrillRecord } from '../record.ts';
import { missingTickets } from '../rubric/closing.ts';
import { isUndoReady } from '../rubric/acting.ts';

/** Every change with its way back. */
export function undoSection({ record, shares, effects }: Debrief): readonly string[] {
  if (record.actions.length === 0) return ['No change was made in this drill.'];
  const lines = [...head(['UTC', 'Change', 'By', 'Class', 'Way back', 'Prepared', 'Bad share, 3 min before to after', 'Evidence'])];
  for (const { action, before, after } of effects) {
    const prepared = action.undoClass < 'U2' ? 'not needed' : isUndoReady(record, action) ? 'yes' : 'no';
    const moved = before === null || after === null ? 'not measured' : `${percent(before)} to ${percent(after)}`;
    const undo = action.undo === null ? 'none on record' : wordsOf(record, action.undo);
    lines.push(row([clockOf(record, action.atMs), wordsOf(record, action.line ?? action.targets.join(', ')), who(action.seat), action.undoClass, undo, prepared, moved, cite(...action.seqs).trim()]));
  }
  const changes = cite(...record.actions.map(({ seq }) => seq));
  const coverage = shares.undoCoverage === null ? 'No change was of class U2 or above, where a saved state is needed first.' : `Undo coverage, the share of changes of class U2 and above with a saved state, dry run or diff before them: ${percent(shares.undoCoverage)}${changes}.`;
  const precision = shares.precision === null ? '' : ` Precision, the share of changed targets that belong to the cause or its cure: ${percent(shares.precision)}${changes}.`;
  lines.push('', `${coverage}${precision}`, '', 'Classes: U0 reads; U1 the API takes back; U2 taken back from a state saved first; U3 can be made up for; U4 cannot be taken back.');
  return lines;
}

/** What each side had in place and checked: those on call, those who change things, those outside. */
export function diligenceSection({ record }: Debrief): readonly string[] {
  return [
    '**Our side, on call**', '', ...record.responders.map(({ seat }) => `- ${seatWordsOf(record, seat)}`), '',
    '**Our side, building and changing**', '', ...buildingSide(record), '',
    '**The other parties**', '', ...otherSide(record),
  ];
}

function seatWordsOf(record: DrillRecord, seat: string): string {
  const looks = factsOf(record, 'observed').filter((fact) => fact.seat === seat);
  const hypotheses = factsOf(record, 'hypothesis-stated').filter((fact) => fact.seat === seat);
  const checks = factsOf(record, 'verified').filter((fact) => fact.seat === seat);
  const changes = record.actions.filter((action) => action.seat === seat);
  const parts = [
    `${counted(looks.length, 'look')}${cite(looks[0]?.seq)}`,
    `${hypotheses.length} ${hypotheses.length === 1 ? 'hypothesis' : 'hypotheses'}${cite(hypotheses[0]?.seq)}`,
    `${counted(changes.length, 'change')}${cite(changes[0]?.seq)}`,
    `${counted(checks.length, 'verification')}${cite(checks[0]?.seq)}`,
  ];
  return `${Who(seat)}: ${parts.join(', ')}.`;
}

function buildingSide(record: DrillRecord): readonly string[] {
  const made = factsOf(record, 'change-made');
  const alerts = factsOf(record, 'alert-fired');
  const known = new Set(made.map(({ what }) => what));
  const told = record.scenario.changes.filter((change) => change.atMs <= 0 && !known.has(change.what)).length;
  const count = made.length + told;
  const evidence = made.length > 0 ? cite(...made.slice(0, 3).map(({ seq }) => seq)) : ' [header]';
  return [
    count === 0 ? '- No change was made around the drill [header].' : `- ${counted(count, 'change')} ${count === 1 ? 'stands' : 'stand'} in the change log, each with its author and time${evidence}.`,
    alerts[0] === undefined ? '- Alert rules were in place; none fired [header].' : `- Alert rules were in place; ${alerts.length === 1 ? 'one alert' : `${alerts.length} alerts`} fired${cite(alerts[0].seq)}.`,
  ];
}

function otherSide(record: DrillRecord): readonly string[] {
  const tickets = factsOf(record, 'ticket-filed');
  const injects = factsOf(record, 'inject-said');
  const missing = missingTickets(record).filter((party) => party !== 'any');
  const lines = tickets.map((ticket) => `- ${wordsOf(record, ticket.to)} was told by ticket at ${clockOf(record, ticket.atMs)}${cite(ticket.seq)}.`);
  for (const party of missing) lines.push(`- ${wordsOf(record, party)} has no ticket yet, and so could add nothing of its own to this record [header].`);
  for (const inject of injects.slice(0, 4)) lines.push(`- ${wordsOf(record, inject.from)} asked or told at ${clockOf(record, inject.atMs)}${cite(inject.seq)}.`);
  return lines.length === 0 ? ['- No party outside of the room is on the record.'] : lines;
}
