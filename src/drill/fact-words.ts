import type { Fact, SeatId } from '../journal/timeline.ts';
import type { TimelineLine } from './screen.ts';

/** How a fact reads on the timeline that players see: its kind, and a short sentence. Null where it says nothing to them. */
export function factWords(fact: Fact, nameOf: (seat: SeatId) => string): { readonly kind: TimelineLine['kind']; readonly who: string | null; readonly text: string } | null {
  const by = (kind: TimelineLine['kind'], seat: SeatId, text: string): ReturnType<typeof factWords> => ({ kind, who: nameOf(seat), text });
  const world = (text: string): ReturnType<typeof factWords> => ({ kind: 'world', who: null, text });
  switch (fact.type) {
    case 'alert-fired': return world(`alert ${fact.alert} fires: ${fact.text}`);
    case 'alert-cleared': return world(`alert ${fact.alert} is over`);
    case 'page-sent': return { kind: 'page', who: null, text: `${fact.again ? 'paged again' : 'paged'} ${fact.page} ${fact.severity} to ${fact.seats.map(nameOf).join(' and ')}: ${fact.text}` };
    case 'page-acknowledged': return by('page', fact.seat, `acknowledged ${fact.page}`);
    case 'page-resolved': return { kind: 'page', who: null, text: `${fact.page} resolved` };
    case 'process-started': return by('look', fact.seat, `${fact.verb} in ${fact.pod}: ${fact.command.join(' ')}`);
    case 'observed': return by('look', fact.seat, `${fact.tool} ${fact.target === '*' ? '' : fact.target}`.trim());
    case 'api-written': return by('act', fact.seat, `${fact.verb} ${fact.resource}/${fact.name}${fact.code >= 400 ? ` refused (${fact.code})` : ''}${fact.undoes === null ? '' : `, undoing #${fact.undoes}`}`);
    case 'flag-flipped': return by('act', fact.seat, `flag ${fact.flag} ${fact.from} → ${fact.to}`);
    case 'inject-said': return { kind: 'talk', who: fact.from, text: fact.text };
    case 'hint-given': return { kind: 'talk', who: null, text: `hint: ${fact.text}` };
    case 'said': return by('talk', fact.seat, fact.text);
    case 'claimed': return by('talk', fact.seat, "I'm on it");
    case 'role-taken': return by('talk', fact.seat, `role: ${fact.role}`);
    case 'hypothesis-stated': return by('talk', fact.seat, `${fact.id}: ${fact.text}`);
    case 'hypothesis-settled': return by('talk', fact.seat, `${fact.id} ${fact.as}`);
    case 'plan-stated': return by('talk', fact.seat, `plan: ${fact.text}`);
    case 'verified': return by('look', fact.seat, `verified: ${(fact.bad * 100).toFixed(1)}% bad, ${fact.meets ? 'meets' : 'misses'} the objective`);
    case 'update-posted': return by('talk', fact.seat, `update to ${fact.audience === 'team' ? 'the team' : 'stakeholders'}: ${fact.text}`);
    case 'ticket-filed': return by('talk', fact.seat, `ticket to ${fact.to}${fact.text === '' ? '' : `: ${fact.text}`}`);
    case 'handed-off': return by('talk', fact.seat, `handoff: ${fact.text}`);
    case 'confirm-asked': return by('act', fact.seat, `waits for a confirmation: ${fact.line}`);
    case 'confirmed': return by('act', fact.seat, `confirmed #${fact.command}`);
    case 'resolve-claimed': return by('end', fact.seat, 'resolved the incident');
    // Of the verdict only the dungeon master hears while the drill runs.
    case 'verdict-reached': return { kind: 'end', who: null, text: `verdict: ${fact.verdict}` };
    case 'verdict-missed': return { kind: 'end', who: null, text: `the verdict is not reached: ${fact.checks.join('; ')}` };
    case 'drill-paused': return world('the drill pauses');
    case 'drill-continued': return world('the drill goes on');
    case 'drill-ended': return { kind: 'end', who: null, text: `the drill is over: ${fact.outcome}` };
    case 'command-given':
    case 'command-refused':
    case 'process-told':
    case 'pod-asked':
    case 'pod-answered':
    case 'process-exited':
    case 'pager-answered':
    case 'tool-started':
    case 'tool-ended':
    case 'api-opened':
    case 'api-requested':
    case 'stage-entered':
    case 'fault-began':
    case 'fault-ended':
    case 'change-made':
    case 'workload-ready-changed':
    case 'service-level-measured':
    case 'ghost-measured':
      return null;
  }
}
