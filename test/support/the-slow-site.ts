import type { Scenario } from '../../src/scenario/scenario.ts';
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../src/time/sim-time.ts';
import { aTimeline, type TimelineBuilder } from './a-timeline.ts';

/** The slow site, as far as the debrief of a drill on it needs it. */
export function theSlowSite(more: Partial<Scenario> = {}): Scenario {
  return {
    title: 'The slow site',
    kind: 'dojo',
    timeboxMs: 45 * MINUTE_MS,
    startsAtMs: Date.UTC(2026, 1, 10, 3, 8),
    synopsis: 'It is 03:10. The storefront answers in seven seconds; five is normal at this hour.',
    secret: 'The address-check partner hangs; checkout holds a database connection while it waits.',
    sources: [],
    skills: {},
    cluster: { name: 'webshop', objects: [], traffic: { load: [], programs: {}, externals: {}, alerts: [] } },
    slo: { service: 'shop/storefront', objective: 0.995, latencyMs: 6_000, windowMs: 30 * DAY_MS },
    changes: [{ atMs: -3 * HOUR_MS, who: 'pipeline', what: 'deployment/storefront 4.1.0 to 4.2.0', cause: false, effect: { do: 'note' } }],
    faults: { 'partner-hangs': { kind: 'external-latency', target: 'external/address-check', settings: {} } },
    pages: {},
    stages: { type: 'compound', initial: null, states: {}, entry: [], exit: [], on: {}, after: [], always: [], history: 'shallow', target: null, onDone: [] },
    injects: [],
    hints: [],
    verdict: { mitigated: [], resolved: [{ if: "ticketed('address-check')", forMs: 0 }, { if: "ticketed('developers')", forMs: 0 }], never: [], keeps: [] },
    diagnosis: ['address-check', 'partner'],
    decoys: ['deployment/storefront 4.1.0 to 4.2.0'],
    solutions: { golden: ['/claim', 'changes', 'kubectl -n shop set env deploy/checkout ADDRESS_CHECK=off', '/verify', '/resolve'] },
    ...more,
  };
}

/** The night as John has it: looks first, switches one feature off, tickets, hands off. */
export function johnsNight(header: Parameters<typeof aTimeline>[0] = {}): TimelineBuilder {
  return pagedNight(header)
    .ack('3m20s').ack('3m40s', 'responder-2').claim('3m30s')
    .fact('3m50s', { type: 'role-taken', seat: 'responder-1', role: 'lead' })
    .fact('4m', { type: 'role-taken', seat: 'responder-2', role: 'hands' })
    .look('4m10s', 'changes', 'changes').look('4m30s', 'metrics', 'dash storefront', 'storefront')
    .look('4m40s', 'metrics', 'dash checkout', 'checkout', 'responder-2')
    .say('4m50s', 'pages take 7 s, normal is 5 s').look('5m', 'dependencies', 'trace storefront', 'storefront')
    .look('5m20s', 'logs', 'kubectl -n shop logs deploy/checkout', 'deployment/checkout')
    .hypothesis('6m', 'the address-check partner hangs')
    .write('6m30s', 'kubectl -n shop set env deploy/checkout ADDRESS_CHECK=off', 'deployments/checkout')
    .badShare('7m', 0).verify('8m', true)
    .fact('8m10s', { type: 'hypothesis-settled', seat: 'responder-1', id: 'H1', as: 'confirmed' })
    .command('8m30s', '/can', [{ type: 'update-posted', seat: 'responder-1', audience: 'team', text: 'Conditions: normal. Actions: off. Needs: none.' }])
    .ticket('9m', 'address-check').ticket('9m20s', 'developers')
    .command('10m', '/handoff', [{ type: 'handed-off', seat: 'responder-1', text: 'the check is off; vendor has a ticket' }])
    .fact('12m', { type: 'alert-cleared', alert: 'storefront slow', service: 'shop/storefront' })
    .resolve('12m30s').fact('12m30s', { type: 'page-resolved', page: 'P1' })
    .fact('72m30s', { type: 'verdict-reached', verdict: 'resolved', checks: [] }).ends('72m30s', 'resolved');
}

/** The night as Johnny has it: restarts the web servers, restarts the database, goes back to bed. */
export function johnnysNight(): TimelineBuilder {
  return pagedNight()
    .ack('3m20s').ack('3m40s', 'responder-2')
    .write('3m40s', 'kubectl -n shop rollout restart deploy/storefront', 'deployments/storefront').badShare('3m40s', 1)
    .badShare('6m', 0.4).look('6m', 'metrics', 'dash postgres', 'postgres')
    .write('6m30s', 'kubectl -n shop delete pod postgres-0', 'pods/postgres-0', { verb: 'delete', undoClass: 'U3', undo: null }).badShare('6m30s', 1)
    .badShare('13m', 0.4).say('14m', 'the site is coming back')
    .resolve('15m', ["ticketed('address-check')"])
    .alert('18m').page('18m', { page: 'P2', again: true })
    .ends('75m', 'worse');
}

/** Fault at 2 min, 40% bad from 2 min 30 s, paged at 3 min. */
export function pagedNight(header: Parameters<typeof aTimeline>[0] = {}): TimelineBuilder {
  return aTimeline(header).fault().badShare('2m30s', 0.4).alert('3m').page();
}
