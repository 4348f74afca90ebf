import type { Fact, HappeningType } from '../../journal/timeline.ts';
import { asTyped } from '../actions.ts';
import { percent, trimmed } from '../figures.ts';
import { who, Who, wordsOf } from '../finding.ts';
import { badShareOf } from '../levels.ts';
import { commandLineOf, type DrillRecord } from '../record.ts';

/** One fact as a sentence without judgement; null for facts that other rows already tell. Markdown that fits a cell. */
export function factWords(record: DrillRecord, fact: Fact): string | null {
  const tell = WORDS[fact.type] as Tell<Fact> | null;
  if (tell === null) return null;
  // What a real program looked at reads best as it was typed.
  const cause = fact.type === 'observed' && fact.causeSeq !== null ? record.facts[fact.causeSeq - 1] : undefined;
  if (fact.type === 'observed' && cause?.type === 'tool-started') return `${Who(fact.seat)} looked at ${fact.kind}: ${wordsOf(record, asTyped(cause.line))}`;
  const line = fact.type === 'api-written' ? commandLineOf(record.facts, fact) : null;
  return `${tell(fact, (text) => wordsOf(record, text))}${line === null ? '' : `, by ${wordsOf(record, line)}`}`;
}

type Tell<Told extends Fact> = (fact: Told, w: (text: string) => string) => string;

const WORDS = {
  'fault-began': (fact, w) => `Fault ${w(fact.kind)} began on ${w(fact.target)}`,
  'fault-ended': (fact, w) => `Fault ${w(fact.fault)} ${fact.how === 'cured' ? 'was cured' : 'ended'}`,
  'alert-fired': (fact, w) => `Alert ${w(fact.alert)} fired for ${w(fact.service)}: ${w(fact.text)}`,
  'alert-cleared': (fact, w) => `Alert ${w(fact.alert)} cleared for ${w(fact.service)}`,
  'change-made': (fact, w) => `Change by ${w(fact.who)}: ${w(fact.what)}`,
  'workload-ready-changed': (fact, w) => `${w(fact.workload)}: ${fact.ready} of ${fact.desired} ready`,
  'page-sent': (fact, w) => `Page ${w(fact.page)} (${fact.severity})${fact.again ? ', again,' : ''} to ${fact.seats.map(who).join(' and ')}: ${w(fact.text)}`,
  'page-resolved': (fact, w) => `Page ${w(fact.page)} was resolved`,
  'pager-answered': (fact, w) => `The pager reported an answer to page ${w(fact.page)}`,
  'inject-said': (fact, w) => `${w(fact.from)} said ${w(fact.text)}`,
  'hint-given': (fact, w) => `Hint to ${fact.seat === null ? 'the room' : who(fact.seat)}: ${w(fact.text)}`,
  'drill-paused': () => 'The drill was paused',
  'drill-continued': () => 'The drill went on',
  'verdict-reached': (fact) => `Verdict: ${fact.verdict}`,
  'verdict-missed': (fact, w) => `Verdict not reached: ${fact.checks.map(w).join('; ')}`,
  'drill-ended': (fact) => `The drill ended: ${fact.outcome}`,
  'service-level-measured': (fact) => `Service level: ${percent(badShareOf(fact.slo))} of ${trimmed(fact.slo.total, 0)} requests bad, p95 ${fact.slo.p95Ms === null ? 'not measured' : `${fact.slo.p95Ms} ms`}`,
  'page-acknowledged': (fact, w) => `${Who(fact.seat)} acknowledged page ${w(fact.page)}`,
  observed: (fact, w) => `${Who(fact.seat)} looked at ${fact.kind}: ${w(`${fact.tool} ${fact.target}`)}`,
  'api-written': (fact, w) => `${Who(fact.seat)}: ${fact.verb} ${w(`${fact.resource}/${fact.name}`)}, answer ${fact.code}, class ${fact.undoClass}`,
  'flag-flipped': (fact, w) => `${Who(fact.seat)} set ${w(fact.flag)} from ${w(fact.from)} to ${w(fact.to)}`,
  said: (fact, w) => `${Who(fact.seat)}${fact.to === null ? '' : ` to ${who(fact.to)}`}: ${w(fact.text)}`,
  claimed: (fact) => `${Who(fact.seat)} claimed the incident`,
  'role-taken': (fact, w) => `${Who(fact.seat)} took the role ${w(fact.role)}`,
  'hypothesis-stated': (fact, w) => `${Who(fact.seat)} stated hypothesis ${w(fact.id)}: ${w(fact.text)}`,
  'hypothesis-settled': (fact, w) => `${Who(fact.seat)} ${fact.as} hypothesis ${w(fact.id)}`,
  'plan-stated': (fact, w) => `${Who(fact.seat)} stated a plan: ${w(fact.text)}`,
  verified: (fact) => `${Who(fact.seat)} verified: ${percent(fact.bad)} bad, ${fact.meets ? 'inside' : 'outside'} the objective`,
  'update-posted': (fact, w) => `${Who(fact.seat)} posted an update to the ${fact.audience}: ${w(fact.text)}`,
  'ticket-filed': (fact, w) => `${Who(fact.seat)} filed a ticket with ${w(fact.to)}: ${w(fact.text)}`,
  'handed-off': (fact, w) => `${Who(fact.seat)} wrote a handoff note: ${w(fact.text)}`,
  confirmed: (fact) => `${Who(fact.seat)} confirmed the partner’s command`,
  'resolve-claimed': (fact) => `${Who(fact.seat)} declared it resolved; open checks: ${fact.failing.length}`,
  'command-refused': (fact, w) => `${Who(fact.seat)} gave ${w(fact.line)}, which was refused: ${w(fact.reason)}`,
  'command-given': null,
  'tool-started': null,
  'tool-ended': null,
  'api-opened': (fact, w) => `The cluster’s API was opened to ${who(fact.seat)} as ${w(fact.role)}`,
  'process-started': (fact, w) => (fact.verb === 'attach' ? `${Who(fact.seat)} joined ${w(fact.pod)}` : `${Who(fact.seat)} ran ${w(fact.command.join(' '))} in ${w(fact.pod)}`),
  'process-told': null,
  'pod-asked': (fact, w) => `${Who(fact.seat)} asked ${w(fact.pod)} on port ${fact.port}: ${w(`${fact.method} ${fact.path}`)}`,
  'pod-answered': null,
  'process-exited': null,
  'api-requested': null, // its look or its write gets the row
  'stage-entered': null,
  'ghost-measured': null,
  'confirm-asked': (fact, w) => `${Who(fact.seat)} asked the partner to confirm ${w(fact.line)}`,
} as const satisfies { readonly [Type in HappeningType]: Tell<Fact<Type>> | null };
