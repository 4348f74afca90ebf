import type { Fact, SeatRecord, ServiceLevel } from '../../src/journal/timeline.ts';
import { formatElapsed } from '../../src/time/sim-time.ts';

/**
 * A timeline as a person would read it, one line a fact: `mm:ss  who  what`. Numbers are rounded, so that a line
 * changes where something happened otherwise, not where a sum was made in another order. Levels are told while they are bad.
 */
export function readableTimeline(facts: readonly Fact[], seats: readonly SeatRecord[]): string[] {
  const lines: string[] = [];
  let wasBad = false;
  for (const fact of facts) {
    if (fact.type === 'service-level-measured') {
      const bad = fact.slo.total > 0 && fact.slo.bad / fact.slo.total >= 0.01;
      if (bad || wasBad) lines.push(line(fact, '', `${level(fact.slo)}${fact.services.filter(isTold).map((other) => `; ${level(other)}`).join('')}`));
      wasBad = bad;
      continue;
    }
    const who = 'seat' in fact && fact.seat !== null ? (seats.find(({ seat }) => seat === fact.seat)?.name ?? fact.seat) : '';
    lines.push(line(fact, who, `${fact.type} ${wordsOf(fact)}`.trim()));
  }
  return lines;
}

function line(fact: Fact, who: string, what: string): string {
  return `${formatElapsed(fact.atMs)} ${who.padEnd(7)} ${what}`;
}

/** Of the other services only those are told that fail, or take seconds. */
function isTold({ total, bad, p95Ms }: ServiceLevel): boolean {
  return bad >= 0.01 * Math.max(total, 1) || (p95Ms ?? 0) >= 1_000;
}

function level({ service, total, bad, p95Ms }: ServiceLevel): string {
  const percent = total > 0 ? Math.round((bad / total) * 100) : 0;
  return `${service} ${percent}% bad${p95Ms === null ? '' : `, p95 ${(p95Ms / 1000).toFixed(0)} s`}`;
}

/** What a check asks, without the numbers that it saw. */
function asked(check: string): string {
  return check.split(': ')[0] ?? check;
}

function wordsOf(fact: Fact): string {
  switch (fact.type) {
    case 'command-given': return fact.line;
    case 'tool-started': return fact.line;
    case 'tool-ended': return fact.exit === null ? 'stopped' : `exit ${fact.exit}`;
    case 'process-started': return `${fact.verb} ${fact.pod} ${fact.command.join(' ')}`;
    case 'pod-asked': return `${fact.pod}:${fact.port} ${fact.method} ${fact.path}`;
    case 'pod-answered': return String(fact.status);
    case 'process-told': return fact.what;
    case 'process-exited': return String(fact.code);
    case 'api-opened': return `${fact.user} as ${fact.role}`;
    case 'api-requested': return `${fact.verb} ${fact.resource}${fact.subresource === null ? '' : `/${fact.subresource}`} ${fact.name ?? '*'} ${fact.code}`;
    case 'command-refused': return fact.reason;
    case 'observed': return `${fact.kind} ${fact.target}`;
    case 'api-written': return `${fact.verb} ${fact.resource}/${fact.name} ${fact.code} ${fact.undoClass}${fact.undo === null ? '' : `, undo: ${fact.undo}`}`;
    case 'flag-flipped': return `${fact.flag} ${fact.from} to ${fact.to}`;
    case 'stage-entered': return fact.stage;
    case 'fault-began': return `${fact.fault} (${fact.kind} ${fact.target})`;
    case 'fault-ended': return `${fact.fault} ${fact.how}`;
    case 'alert-fired':
    case 'alert-cleared': return fact.alert;
    case 'change-made': return `${fact.who}: ${fact.what}`;
    case 'workload-ready-changed': return `${fact.workload} ${fact.ready}/${fact.desired}`;
    case 'page-sent': return `${fact.page} to ${fact.seats.join(', ')}${fact.again ? ' again' : ''}: ${fact.text}`;
    case 'page-acknowledged':
    case 'page-resolved': return fact.page;
    case 'pager-answered': return `${fact.page} ${fact.person}`;
    case 'inject-said': return `${fact.from}: ${fact.text}`;
    case 'said':
    case 'plan-stated':
    case 'hint-given':
    case 'handed-off': return fact.text;
    case 'hypothesis-stated': return `${fact.id} ${fact.text}`;
    case 'hypothesis-settled': return `${fact.id} ${fact.as}`;
    case 'role-taken': return fact.role;
    case 'verified': return `${Math.round(fact.bad * 100)}% bad, ${fact.meets ? 'meets' : 'misses'}`;
    case 'update-posted': return `${fact.audience}: ${fact.text}`;
    case 'ticket-filed': return `${fact.to}: ${fact.text}`;
    case 'confirm-asked': return fact.line;
    case 'confirmed': return `#${fact.command}`;
    case 'verdict-reached': return `${fact.verdict} ${fact.checks.join(', ')}`;
    case 'verdict-missed': return fact.checks.map(asked).join('; ');
    case 'resolve-claimed': return fact.failing.length === 0 ? '' : `though: ${fact.failing.map(asked).join('; ')}`;
    case 'drill-ended': return fact.outcome;
    case 'ghost-measured': return `${fact.ghost.as} ${fact.ghost.outcome}, ${fact.ghost.badMinutes.toFixed(1)} bad minutes`;
    case 'drill-paused': return fact.reason;
    case 'claimed':
    case 'drill-continued':
    case 'service-level-measured': return '';
  }
}
