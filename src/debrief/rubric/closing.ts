import { isA } from '../../journal/timeline.ts';
import type { Scenario } from '../../scenario/scenario.ts';
import { factsOf, type DrillRecord } from '../record.ts';
import { durabilityOf } from '../score.ts';
import { shows, notApplicable, type Level, type RubricItem } from './judgement.ts';

export const durableClose: RubricItem = {
  behaviour: 'durable close',
  detection: 'D = 1, a ticket to each party that the scenario asks for, changes left in place ticketed, a handoff note: 0 not closed or woken again, 2 fixed, 3 all but one of the rest, 4 all',
  judge: (record) => {
    if (record.firstPageMs === null) return notApplicable('no page was sent');
    const resolve = record.facts.find(isA('resolve-claimed'));
    if (resolve === undefined) return shows(0, 'The incident was not declared resolved.');
    const durability = durabilityOf(record);
    if (durability.value === 0) return shows(0, 'An alert or a page came again within 60 min of the /resolve.', durability.evidence);
    const missing = missingTickets(record);
    const tickets = factsOf(record, 'ticket-filed');
    const handoff = record.facts.find(isA('handed-off'));
    const gaps = [
      durability.value === null ? 'the 60 min after it are not on record' : null,
      missing.length > 0 ? `no ticket to ${missing.length} of the parties` : null,
      tickets.length === 0 && standing(record) ? 'changes left in place without a ticket' : null,
      handoff === undefined ? 'no handoff note' : null,
    ].filter((gap) => gap !== null);
    const level: Level = gaps.length === 0 ? 4 : gaps.length === 1 ? 3 : 2;
    const evidence = [resolve.seq, ...tickets.map((ticket) => ticket.seq), handoff?.seq];
    return shows(level, gaps.length === 0 ? 'Quiet for 60 min, ticketed and handed off.' : `Closed; on the record there is ${gaps.join(', ')}.`, evidence);
  },
};

/** Parties that the verdict wants a ticket to and that have none. `any` stands for at least one. */
export function missingTickets(record: DrillRecord): readonly string[] {
  const tickets = factsOf(record, 'ticket-filed');
  const wanted = wantedTickets(record.scenario);
  if (wanted.length === 0) return tickets.length === 0 ? ['any'] : [];
  return wanted.filter((party) => !tickets.some((ticket) => `${ticket.to} ${ticket.text}`.toLowerCase().includes(party.toLowerCase())));
}

/** The parties in `ticketed('…')` of the verdict, each once. */
function wantedTickets(scenario: Scenario): readonly string[] {
  const found = [...scenario.verdict.resolved, ...scenario.verdict.mitigated].flatMap((condition) =>
    [...condition.if.matchAll(/\bticketed\(\s*(?:'([^']*)'|"([^"]*)")\s*\)/g)].map((match) => match[1] ?? match[2] ?? ''),
  );
  return [...new Set(found)].filter((party) => party !== '');
}

/** Whether a change was left in place that nobody took back. */
function standing(record: DrillRecord): boolean {
  return record.actions.some((action) => !action.undoes && action.undo !== null);
}
