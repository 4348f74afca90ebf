import type { Fact, HappeningType, SeatId, SeatRole } from './timeline.ts';

/** Who may know a fact while the drill runs: everyone; the DM alone; or the seat that it names (and the DM). */
type Audience = 'everyone' | 'dm' | 'own-seat';

/** A new type of fact breaks the build here until somebody decides who may know it. */
const AUDIENCE = {
  'command-given': 'own-seat',
  'pager-answered': 'dm',
  'drill-paused': 'everyone',
  'drill-continued': 'everyone',
  'tool-started': 'own-seat',
  'tool-ended': 'own-seat',
  'process-started': 'everyone',
  'pod-asked': 'own-seat',
  'pod-answered': 'own-seat',
  'process-told': 'own-seat',
  'process-exited': 'own-seat',
  'api-opened': 'own-seat',
  'api-requested': 'dm', // responders see what came of it: looks and writes
  'stage-entered': 'dm',
  'fault-began': 'dm',
  'fault-ended': 'dm',
  'alert-fired': 'everyone',
  'alert-cleared': 'everyone',
  'change-made': 'dm', // responders read changes with the tools that show them
  'workload-ready-changed': 'dm',
  'service-level-measured': 'dm',
  'page-sent': 'everyone',
  'page-acknowledged': 'everyone',
  'page-resolved': 'everyone',
  'inject-said': 'everyone',
  'hint-given': 'everyone',
  'command-refused': 'own-seat',
  observed: 'own-seat',
  'api-written': 'everyone',
  'flag-flipped': 'everyone',
  said: 'everyone',
  claimed: 'everyone',
  'role-taken': 'everyone',
  'hypothesis-stated': 'everyone',
  'hypothesis-settled': 'everyone',
  'plan-stated': 'everyone',
  verified: 'everyone',
  'update-posted': 'everyone',
  'ticket-filed': 'everyone',
  'handed-off': 'everyone',
  'confirm-asked': 'everyone',
  confirmed: 'everyone',
  'verdict-reached': 'dm',
  'verdict-missed': 'dm', // players read it in the debrief
  'resolve-claimed': 'everyone',
  'drill-ended': 'everyone',
  'ghost-measured': 'dm',
} as const satisfies Record<HappeningType, Audience>;

/** Whether a seat may know of a fact while the drill runs. */
export function mayKnow(fact: Fact, seat: SeatId, role: SeatRole): boolean {
  if (role === 'dm') return true;
  switch (AUDIENCE[fact.type]) {
    case 'everyone':
      return true;
    case 'dm':
      return false;
    case 'own-seat':
      return 'seat' in fact && fact.seat === seat;
  }
}
