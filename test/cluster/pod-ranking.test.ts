import { expect, test } from 'vitest';
import { ClusterClock } from '../../src/cluster/cluster-clock.ts';
import { rankForDeletion } from '../../src/cluster/controllers/pod-ranking.ts';
import type { KindMap } from '../../src/cluster/objects.ts';
import { Agenda } from '../../src/time/agenda.ts';

const EPOCH_MS = Date.parse('2026-02-10T03:10:00Z');

/** A pod that has been up and ready for an hour, but for what the test says. */
function aPod(name: string, traits: { node?: string | null; phase?: string; readyMinutes?: number | null; cost?: number; restarts?: number } = {}): KindMap['Pod'] {
  const { node = `node-${name}`, phase = 'Running', readyMinutes = 60, cost, restarts = 0 } = traits;
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name,
      namespace: 'shop',
      uid: name,
      creationTimestamp: '2026-02-10T02:00:00Z',
      ...(cost === undefined ? {} : { annotations: { 'controller.kubernetes.io/pod-deletion-cost': String(cost) } }),
    },
    spec: { containers: [], ...(node === null ? {} : { nodeName: node }) },
    status: {
      phase,
      conditions: [{ type: 'Ready', status: readyMinutes === null ? 'False' : 'True', lastTransitionTime: new Date(EPOCH_MS - (readyMinutes ?? 0) * 60_000).toISOString() }],
      containerStatuses: [{ name: 'app', image: 'x', imageID: '', ready: true, restartCount: restarts }],
    },
  };
}

function order(...pods: KindMap['Pod'][]): string[] {
  return rankForDeletion(pods, pods, new ClusterClock(new Agenda(0), EPOCH_MS)).map(({ metadata }) => metadata.name);
}

test('pods go in this order: unscheduled, pending, unready, cheap, doubled up, newly ready, often restarted, the rest', () => {
  const pods = [
    aPod('steady'),
    aPod('restarted', { restarts: 3 }),
    aPod('fresh', { readyMinutes: 1 }),
    aPod('twin-1', { node: 'node-x' }),
    aPod('twin-2', { node: 'node-x' }),
    aPod('cheap', { cost: -5 }),
    aPod('unready', { readyMinutes: null }),
    aPod('pending', { phase: 'Pending', readyMinutes: null }),
    aPod('unscheduled', { node: null, phase: 'Pending', readyMinutes: null }),
    aPod('dear', { cost: 5, readyMinutes: 1 }),
  ];
  const ranked = ['unscheduled', 'pending', 'unready', 'cheap', 'twin-1', 'twin-2', 'fresh', 'restarted', 'steady', 'dear'];
  expect(order(...pods)).toEqual(ranked);
  expect(order(...pods.toReversed())).toEqual(ranked);
});
