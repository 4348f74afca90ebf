import type { Fact, Happening, Timeline, TimelineHeader } from '../../src/journal/timeline.ts';

/** An ordinary header. */
export function aHeader(changes: Partial<TimelineHeader> = {}): TimelineHeader {
  return {
    format: 'gameday-timeline',
    version: 1,
    engine: '0.1.0',
    drillId: 'slow-site-7',
    seed: 7,
    scenario: { file: 'slow-site.yaml', sha256: 'ab'.repeat(32) },
    files: { 'clusters/shop.yaml': 'services: []\n', 'slow-site.yaml': 'title: Die langsame Seite – "größer" 🐢\n' },
    seats: [
      { seat: 'responder-1', role: 'responder', name: 'Zoë', driver: 'person' },
      { seat: 'responder-2', role: 'responder', name: 'John', driver: 'john' },
    ],
    pager: 'local',
    ...changes,
  };
}

/** Facts with their places: each a second after the one before, and following from it. */
export function inOrder(happenings: readonly Happening[]): readonly Fact[] {
  return happenings.map((happening, nth) => ({ seq: nth + 1, atMs: nth * 1000, causeSeq: nth === 0 ? null : nth, ...happening }));
}

/** A timeline that goes through every type of fact again and again until it has `count` of them. */
export function aTimeline(count: number): Timeline {
  return { header: aHeader(), facts: inOrder(Array.from({ length: count }, (_, nth) => EVERY_HAPPENING[nth % EVERY_HAPPENING.length] as Happening)) };
}

const level = { service: 'shop/storefront', total: 1234.567, bad: 3.001, p50Ms: 120, p95Ms: null };

/** One of each type, with nulls, empty lists and texts that want escaping among them. */
export const EVERY_HAPPENING: readonly Happening[] = [
  { type: 'command-given', seat: 'responder-1', line: 'kubectl -n shop set env deploy/checkout ADDRESS_CHECK="off"' },
  { type: 'pager-answered', page: 'P1', person: 'Zoë', via: 'pagerduty' },
  { type: 'drill-paused', reason: 'quit' },
  { type: 'drill-continued' },
  { type: 'stage-entered', stage: 'paged' },
  { type: 'fault-began', fault: 'partner-hangs', kind: 'external-latency', target: 'external/address-check' },
  { type: 'fault-ended', fault: 'partner-hangs', how: 'cured' },
  { type: 'alert-fired', alert: 'slow', service: 'shop/storefront', text: 'p95 7 s', value: 7.25 },
  { type: 'alert-cleared', alert: 'slow', service: 'shop/storefront' },
  { type: 'change-made', who: 'pipeline', what: 'storefront 4.1.0 → 4.2.0', target: 'deployment/storefront' },
  { type: 'workload-ready-changed', workload: 'shop/storefront', ready: 2, desired: 3 },
  { type: 'service-level-measured', slo: level, burn: 1e-7, budgetUsed: 0.015, services: [level, { ...level, service: 'shop/search' }] },
  { type: 'page-sent', page: 'P1', seats: ['responder-1', 'responder-2'], severity: 'SEV-2', text: 'storefront p95 7 s', again: false },
  { type: 'page-acknowledged', page: 'P1', seat: 'responder-1', via: 'local' },
  { type: 'page-resolved', page: 'P1' },
  { type: 'inject-said', inject: 'sales', from: 'Head of Sales', text: 'Is checkout down?' },
  { type: 'hint-given', seat: null, text: 'What changed tonight?' },
  { type: 'command-refused', seat: 'responder-1', line: '/ack P7', reason: 'There is no page P7.' },
  { type: 'observed', seat: 'responder-1', kind: 'metrics', tool: 'dash', target: '*', shown: '0123456789abcdef' },
  { type: 'api-written', seat: 'responder-1', verb: 'patch', resource: 'deployments', namespace: 'shop', name: 'checkout', code: 200, undoClass: 'U1', undo: 'kubectl rollout undo deploy/checkout', undoes: null },
  { type: 'flag-flipped', seat: 'responder-1', flag: 'address-check', from: 'on', to: 'off' },
  { type: 'said', seat: 'responder-1', text: 'Ich schaue nach 🐢 \u0007\u001b[31m\u009b2J\u202Eevil', to: null },
  { type: 'claimed', seat: 'responder-1' },
  { type: 'role-taken', seat: 'responder-1', role: 'commander' },
  { type: 'hypothesis-stated', seat: 'responder-1', id: 'H1', text: 'address-check hangs' },
  { type: 'hypothesis-settled', seat: 'responder-1', id: 'H1', as: 'confirmed' },
  { type: 'plan-stated', seat: 'responder-1', text: 'switch the check off' },
  { type: 'verified', seat: 'responder-1', bad: 0, burn: 0.2, p95Ms: 410, meets: true },
  { type: 'update-posted', seat: 'responder-1', audience: 'stakeholders', text: 'Checkout is back.' },
  { type: 'ticket-filed', seat: 'responder-1', to: 'address-check', text: '' },
  { type: 'handed-off', seat: 'responder-1', text: 'All yours.' },
  { type: 'confirm-asked', seat: 'responder-1', line: 'kubectl delete namespace shop' },
  { type: 'confirm-asked', seat: 'responder-1', line: 'kubectl delete namespace shop' },
  { type: 'confirmed', seat: 'responder-2', command: 3 },
  { type: 'verdict-reached', verdict: 'mitigated', checks: ['slo.burn < 1.0'] },
  { type: 'verdict-missed', checks: ['slo.burn < 1.0 for 5m: slo.burn is 13.2'] },
  { type: 'resolve-claimed', seat: 'responder-1', failing: [] },
  { type: 'drill-ended', outcome: 'resolved' },
  { type: 'ghost-measured', ghost: { as: 'noop', outcome: 'timebox', badMinutes: 41.337, ttmMs: null, ttrMs: null } },
];
