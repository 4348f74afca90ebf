import type { ChatLine, CommandHelp, OutputBlock, PanelView, Screen } from '../../src/drill/screen.ts';

/** The screen of Ana, twelve minutes into a slow site, half of it understood. The test states only what matters to it. */
export function aScreen(over: Partial<Screen> = {}): Screen {
  return {
    seat: 'responder-1',
    role: 'responder',
    you: 'Ana',
    title: 'The slow site',
    synopsis: 'It is 03:10. The storefront answers in seven seconds; five hundred milliseconds is normal at this hour. Your phone rings.',
    clock: { atMs: 724_000, startsAtMs: Date.UTC(2026, 1, 10, 3, 10), timeboxMs: 2_700_000, sincePageMs: 544_000 },
    incident: {
      state: 'acknowledged', severity: 'SEV-2', lead: 'Ana', plan: 'switch the address check off for ten minutes, then look at the pool',
      hypotheses: [{ id: 'H1', text: 'the 4.2.0 deploy made it slow', as: 'rejected' }, { id: 'H2', text: 'address-check hangs and holds the connections', as: 'open' }],
      tickets: [{ to: 'address-check', text: 'your endpoint hangs since 03:12 UTC' }],
    },
    pages: [aPage({ id: 'P1', ringing: false, acknowledged: [{ name: 'Ana', atMs: 195_000 }, { name: 'John', atMs: 201_000 }] })],
    people: [{ seat: 'responder-1', name: 'Ana', role: 'lead', scripted: false }, { seat: 'responder-2', name: 'John', role: 'hands', scripted: true }],
    chat: CHAT,
    timeline: [
      { seq: 3, atMs: 180_000, who: null, kind: 'page', text: 'page P1 (SEV-2) to Ana and John: storefront p95 7 s, normal 480 ms' },
      { seq: 6, atMs: 195_000, who: 'Ana', kind: 'page', text: 'acknowledged P1 after 15 s' },
      { seq: 9, atMs: 240_000, who: 'Ana', kind: 'look', text: 'read the change log' },
      { seq: 12, atMs: 305_000, who: 'John', kind: 'look', text: 'looked at the dashboard of storefront' },
      { seq: 17, atMs: 470_000, who: 'Ana', kind: 'talk', text: 'hypothesis H2: address-check hangs and holds the connections' },
      { seq: 21, atMs: 610_000, who: 'Ana', kind: 'act', text: 'kubectl -n shop set env deploy/checkout ADDRESS_CHECK=off' },
    ],
    dashboards: [
      { title: 'storefront', panels: [aPanel({}), aPanel({ label: 'requests', unit: '/s', values: wave(120, 6), baseline: 124, limit: null, worse: 'down' }), aPanel({ label: 'errors', unit: '%', values: wave(0.4, 0.3), baseline: 0.2, limit: 5 }), aPanel({ label: 'db connections', unit: '', values: climb(22, 98), baseline: 24, limit: 100 })] },
      { title: 'service level', panels: [aPanel({ label: 'bad requests', unit: '%', values: climb(0.3, 61), baseline: 0.2, limit: 0.5 }), aPanel({ label: 'burn', unit: '', values: climb(0.4, 122), baseline: 0.4, limit: 1 })] },
    ],
    outputs: OUTPUTS,
    commands: COMMANDS,
    undo: 'kubectl -n shop set env deploy/checkout ADDRESS_CHECK=on',
    awaitingConfirm: null,
    kubeconfig: null,
    end: null,
    ...over,
  };
}

export function aPage(over: Partial<Screen['pages'][number]> = {}): Screen['pages'][number] {
  return { id: 'P1', severity: 'SEV-2', text: 'storefront p95 7 s, normal 480 ms', sentAtMs: 180_000, ringing: true, acknowledged: [], resolved: false, ...over };
}

/** The storefront's p95, from normal to far past its limit of 2 s. */
export function aPanel(over: Partial<PanelView> = {}): PanelView {
  return { label: 'p95 latency', unit: 'ms', values: climb(470, 7_200), stepMs: 30_000, baseline: 480, limit: 2_000, worse: 'up', ...over };
}

function climb(from: number, to: number): number[] {
  return Array.from({ length: 60 }, (_, i) => (i < 34 ? from * (1 + ((i * 7) % 5) / 50) : from + (to - from) * Math.min(1, (i - 33) / 9) * (0.94 + ((i * 3) % 4) / 50)));
}

function wave(around: number, by: number): number[] {
  return Array.from({ length: 60 }, (_, i) => around + by * (((i * 11) % 7) / 3.5 - 1));
}

const CHAT: readonly ChatLine[] = [
  { atMs: 0, from: 'exercise', kind: 'system', text: 'This is a drill. It is 03:10 and you are on call with John.' },
  { atMs: 180_000, from: 'pager', kind: 'page', text: 'P1 SEV-2 storefront p95 7 s, normal 480 ms' },
  { atMs: 198_000, from: 'Ana', kind: 'person', text: "I'm on it. I lead, John keeps hands and eyes on the database." },
  { atMs: 204_000, from: 'John', kind: 'person', text: 'Read you: I look at the database, back in five minutes.' },
  { atMs: 430_000, from: 'John', kind: 'person', text: '96 of 100 connections, nearly all from checkout, and most of them idle in transaction. Normal at this hour is 24.' },
  { atMs: 600_000, from: 'Head of Sales', kind: 'inject', text: 'Is checkout down? I have the partner on the phone in ten minutes.' },
  { atMs: 640_000, from: 'Ana', kind: 'update', text: 'Conditions: checkout slow, 61 % fail. Actions: address check switched off. Needs: the partner to look at their side. Next update 03:30.' },
];

const OUTPUTS: readonly OutputBlock[] = [
  { seq: 10, atMs: 240_000, line: 'changes', status: 'ok', text: ['WHEN      WHO        WHAT', '00:10:00  pipeline   deployment/storefront 4.1.0 to 4.2.0', '01:40:00  ben        deployment/search scaled 4 to 6'] },
  { seq: 14, atMs: 410_000, line: 'kubectl -n shop get pods', status: 'ok', text: [
    'NAME                          READY   STATUS    RESTARTS   AGE   NODE',
    'checkout-6d5f8b7c9d-2xk4p     1/1     Running   0          4d2h  node-a',
    'checkout-6d5f8b7c9d-9wq7z     1/1     Running   0          4d2h  node-b',
    'storefront-7b9c6d5f4-5tn8m    1/1     Running   0          3h    node-a',
    'storefront-7b9c6d5f4-hv2lq    1/1     Running   0          3h    node-c',
    'postgres-0                    1/1     Running   0          61d   node-b',
  ] },
  { seq: 16, atMs: 455_000, line: 'logs checkout', status: 'ok', text: [
    '03:17:31.204 checkout-6d5f8b7c9d-2xk4p WARN  address check took 30000 ms (timeout) order=83121 trace=5f0c92a1 pool=32/32 waiting=118 upstream=address-check.partner.example',
    '03:17:31.377 checkout-6d5f8b7c9d-9wq7z ERROR could not get a database connection in 5000 ms',
  ] },
  { seq: 19, atMs: 560_000, line: 'kubectl delete ns shop', status: 'refused', text: ['Deleting a namespace cannot be taken back: John must say /confirm first.'] },
  { seq: 22, atMs: 610_000, line: 'kubectl -n shop set env deploy/checkout ADDRESS_CHECK=off', status: 'ok', text: ['deployment.apps/checkout env updated'] },
];

const COMMANDS: readonly CommandHelp[] = [
  { name: 'changes', usage: 'changes [--since 6h]', summary: 'what people and pipelines changed lately', group: 'look', disabled: null, examples: ['changes'] },
  { name: 'dash', usage: 'dash SERVICE', summary: 'opens the dashboard of a service', group: 'look', disabled: null, examples: ['dash storefront', 'dash checkout'] },
  { name: 'logs', usage: 'logs SERVICE [WORD]', summary: 'the newest log lines of a service', group: 'look', disabled: null, examples: ['logs checkout'] },
  { name: 'kubectl', usage: 'kubectl ...', summary: 'get, describe, logs, top, rollout, scale, set, delete, events', group: 'act', disabled: null, examples: ['kubectl -n shop get pods', 'kubectl -n shop get deploy'] },
  { name: '/flag', usage: '/flag NAME on|off', summary: 'flips a feature flag', group: 'act', disabled: null, examples: ['/flag address-check off'] },
  { name: '/can', usage: '/can CONDITIONS; ACTIONS; NEEDS', summary: 'an update in the shape that stakeholders can use', group: 'talk', disabled: null, examples: ['/can '] },
  { name: '/ack', usage: '/ack [PAGE]', summary: 'says that you have the page', group: 'incident', disabled: 'no page rings for you.', examples: ['/ack'] },
  { name: '/claim', usage: '/claim', summary: 'says that you lead', group: 'incident', disabled: null, examples: ['/claim'] },
  { name: '/confirm', usage: '/confirm', summary: "lets your partner's command that cannot be taken back go ahead", group: 'incident', disabled: 'your partner has asked for nothing.', examples: ['/confirm'] },
  { name: '/resolve', usage: '/resolve', summary: 'says that it is over; the world goes on for an hour', group: 'incident', disabled: null, examples: ['/resolve'] },
];
