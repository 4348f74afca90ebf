import type { Fact } from '../../journal/timeline.ts';
import { percent, trimmed } from '../figures.ts';
import { who, Who, wordsOf } from '../finding.ts';
import type { DrillRecord } from '../record.ts';

/** One fact as a sentence without judgement; null for facts that other rows already tell. Markdown that fits a cell. */
export function factWords(record: DrillRecord, fact: Fact): string | null {
  return 'seat' in fact && fact.seat !== null ? responderWords(record, fact) : worldWords(record, fact);
}

function worldWords(record: DrillRecord, fact: Fact): string | null {
  const w = (text: string): string => wordsOf(record, text);
  switch (fact.type) {
    case 'fault-began':
      return `Fault ${w(fact.kind)} began on ${w(fact.target)}`;
    case 'fault-ended':
      return `Fault ${w(fact.fault)} ${fact.how === 'cured' ? 'was cured' : 'ended'}`;
    case 'alert-fired':
      return `Alert ${w(fact.alert)} fired for ${w(fact.service)}: ${w(fact.text)}`;
    case 'alert-cleared':
      return `Alert ${w(fact.alert)} cleared for ${w(fact.service)}`;
    case 'change-made':
      return `Change by ${w(fact.who)}: ${w(fact.what)}`;
    case 'workload-ready-changed':
      return `${w(fact.workload)}: ${fact.ready} of ${fact.desired} ready`;
    case 'page-sent':
      return `Page ${fact.page} (${fact.severity})${fact.again ? ', again,' : ''} to ${fact.seats.map(who).join(' and ')}: ${w(fact.text)}`;
    case 'page-resolved':
      return `Page ${w(fact.page)} was resolved`;
    case 'pager-answered':
      return `The pager reported an answer to page ${w(fact.page)}`;
    case 'inject-said':
      return `${w(fact.from)} said ${w(fact.text)}`;
    case 'hint-given':
      return `Hint to the room: ${w(fact.text)}`;
    case 'drill-paused':
      return 'The drill was paused';
    case 'drill-continued':
      return 'The drill went on';
    case 'verdict-reached':
      return `Verdict: ${fact.verdict}`;
    case 'drill-ended':
      return `The drill ended: ${fact.outcome}`;
    case 'service-level-measured':
      return `Service level: ${percent(fact.slo.total > 0 ? fact.slo.bad / fact.slo.total : 0)} of ${trimmed(fact.slo.total, 0)} requests bad, p95 ${fact.slo.p95Ms === null ? 'not measured' : `${fact.slo.p95Ms} ms`}`;
    default:
      return null;
  }
}

function responderWords(record: DrillRecord, fact: Fact): string | null {
  const w = (text: string): string => wordsOf(record, text);
  switch (fact.type) {
    case 'page-acknowledged':
      return `${Who(fact.seat)} acknowledged page ${w(fact.page)}`;
    case 'observed':
      return `${Who(fact.seat)} looked at ${fact.kind}: ${w(`${fact.tool} ${fact.target}`)}`;
    case 'api-written':
      return `${Who(fact.seat)}: ${fact.verb} ${w(`${fact.resource}/${fact.name}`)}, answer ${fact.code}, class ${fact.undoClass}`;
    case 'flag-flipped':
      return `${Who(fact.seat)} set ${w(fact.flag)} from ${w(fact.from)} to ${w(fact.to)}`;
    case 'said':
      return `${Who(fact.seat)}${fact.to === null ? '' : ` to ${who(fact.to)}`}: ${w(fact.text)}`;
    case 'claimed':
      return `${Who(fact.seat)} claimed the incident`;
    case 'role-taken':
      return `${Who(fact.seat)} took the role ${w(fact.role)}`;
    case 'hypothesis-stated':
      return `${Who(fact.seat)} stated hypothesis ${w(fact.id)}: ${w(fact.text)}`;
    case 'hypothesis-settled':
      return `${Who(fact.seat)} ${fact.as} hypothesis ${w(fact.id)}`;
    case 'plan-stated':
      return `${Who(fact.seat)} stated a plan: ${w(fact.text)}`;
    case 'verified':
      return `${Who(fact.seat)} verified: ${percent(fact.bad)} bad, ${fact.meets ? 'inside' : 'outside'} the objective`;
    case 'update-posted':
      return `${Who(fact.seat)} posted an update to the ${fact.audience}: ${w(fact.text)}`;
    case 'ticket-filed':
      return `${Who(fact.seat)} filed a ticket with ${w(fact.to)}: ${w(fact.text)}`;
    case 'handed-off':
      return `${Who(fact.seat)} wrote a handoff note: ${w(fact.text)}`;
    case 'confirmed':
      return `${Who(fact.seat)} confirmed the partner’s command`;
    case 'resolve-claimed':
      return `${Who(fact.seat)} declared it resolved; ${fact.failing.length} checks were open`;
    case 'hint-given':
      return `Hint to ${fact.seat === null ? 'the room' : who(fact.seat)}: ${w(fact.text)}`;
    case 'command-refused':
      return `${Who(fact.seat)} gave ${w(fact.line)}, which was refused: ${w(fact.reason)}`;
    default:
      return null;
  }
}
