import { ApiServer } from '../../../../src/cluster/api-server.ts';
import { ClusterClock } from '../../../../src/cluster/cluster-clock.ts';
import type { AgendaEntry } from '../../../../src/cluster/agenda-entry.ts';
import { ObjectStore } from '../../../../src/cluster/store.ts';
import type { AnyObject } from '../../../../src/cluster/store.ts';
import type { KubectlContext } from '../../../../src/drill/tools/kubectl/context.ts';
import { Agenda } from '../../../../src/time/agenda.ts';

const EPOCH_MS = Date.UTC(2026, 1, 10, 3, 10);
const OWNER = { apiVersion: 'apps/v1', kind: 'ReplicaSet', name: 'checkout-7d9f5c6b8', uid: 'u', controller: true };

/**
 * A picture of a cluster at 03:10:00, with no controller that would change it: of checkout's two pods, 27 minutes old,
 * one crash-loops on node-1.
 */
export function aCrashingCheckout(): KubectlContext {
  const agenda = new Agenda<AgendaEntry>(-27 * 60_000);
  const clock = new ClusterClock(agenda, EPOCH_MS);
  const store = new ObjectStore(clock, 1);
  for (const object of OBJECTS) store.create(object as unknown as AnyObject);
  return {
    api: new ApiServer(store, clock, 1), nowMs: 0, epochMs: EPOCH_MS, defaultNamespace: 'shop',
    logs: (_namespace, name, of, { previous, sinceMs, tail }) =>
      [{ atMs: -90_000, text: `${name}/${of} starting` }, { atMs: -1500, text: `pool is full\u001b[31m${previous ? ' (before)' : ''}` }]
        .filter(({ atMs }) => sinceMs === null || atMs >= -sinceMs).slice(tail === null ? 0 : -tail || 2),
    execute: (where, command) => ({ out: `${where.pod}: ${command.join(' ')}\n`, error: '', code: command[0] === 'false' ? 1 : 0, refusal: null }),
    usage: (kind, _namespace, name) => (kind === 'node' ? { cpuMilli: 1234, memoryMiB: 5000 } : name.endsWith('crash') ? null : { cpuMilli: 37, memoryMiB: 118 }),
  };
}

const container = {
  name: 'app', image: 'registry.shop/checkout:2.8.1', ports: [{ containerPort: 8080 }], env: [{ name: 'POOL_SIZE', value: '10' }],
  envFrom: [{ configMapRef: { name: 'flags' } }],
  resources: { limits: { memory: '256Mi', cpu: '500m' }, requests: { memory: '128Mi', cpu: '100m' } },
  livenessProbe: { httpGet: { path: '/live', port: 8080 }, initialDelaySeconds: 5 },
};
const template = { metadata: { labels: { app: 'checkout' } }, spec: { containers: [container] } };
const meta = (name: string, more: object = {}): object => ({ name, namespace: 'shop', ...more });

function pod(name: string, ready: boolean, status: object): object {
  return {
    apiVersion: 'v1', kind: 'Pod', metadata: meta(name, { labels: { app: 'checkout', 'pod-template-hash': '7d9f5c6b8' }, ownerReferences: [OWNER] }),
    spec: { nodeName: 'node-1', containers: [container] },
    status: {
      phase: 'Running', podIP: '10.1.0.7', hostIP: '10.0.0.11', startTime: '2026-02-10T02:43:00Z', conditions: [{ type: 'Ready', status: ready ? 'True' : 'False' }],
      containerStatuses: [{ name: 'app', ready, image: container.image, imageID: 'registry.shop/checkout@sha256:abc', containerID: 'containerd://1', ...status }],
    },
  };
}

function event(name: string, about: object, more: object): object {
  return { apiVersion: 'v1', kind: 'Event', metadata: meta(name), involvedObject: { namespace: 'shop', ...about }, source: { component: 'kubelet' }, type: 'Normal', ...more };
}

const OBJECTS: readonly object[] = [
  { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'shop' } },
  {
    apiVersion: 'v1', kind: 'Node', metadata: { name: 'node-1', labels: {} }, spec: { unschedulable: true },
    status: { allocatable: { cpu: '4', memory: '16Gi' }, conditions: [{ type: 'Ready', status: 'True' }], nodeInfo: { kubeletVersion: 'v1.32.3' } },
  },
  { apiVersion: 'v1', kind: 'ConfigMap', metadata: meta('flags'), data: { ADDRESS_CHECK: 'on' } },
  {
    apiVersion: 'apps/v1', kind: 'Deployment', metadata: meta('checkout', { labels: { app: 'checkout' }, annotations: { 'deployment.kubernetes.io/revision': '3' }, generation: 4 }),
    spec: { replicas: 2, selector: { matchLabels: { app: 'checkout' } }, template }, status: { observedGeneration: 4, replicas: 2, updatedReplicas: 2, readyReplicas: 1, availableReplicas: 1, unavailableReplicas: 1 },
  },
  {
    apiVersion: 'apps/v1', kind: 'ReplicaSet',
    metadata: meta('checkout-7d9f5c6b8', { labels: { app: 'checkout' }, annotations: { 'deployment.kubernetes.io/revision': '3' }, ownerReferences: [{ ...OWNER, kind: 'Deployment', name: 'checkout' }] }),
    spec: { replicas: 2, selector: { matchLabels: { app: 'checkout', 'pod-template-hash': '7d9f5c6b8' } }, template }, status: { replicas: 2, readyReplicas: 1 },
  },
  pod('checkout-7d9f5c6b8-crash', false, {
    restartCount: 7, state: { waiting: { reason: 'CrashLoopBackOff' } },
    lastState: { terminated: { exitCode: 137, reason: 'OOMKilled', startedAt: '2026-02-10T03:04:10Z', finishedAt: '2026-02-10T03:07:00Z' } },
  }),
  pod('checkout-7d9f5c6b8-works', true, { restartCount: 0, state: { running: { startedAt: '2026-02-10T02:43:04Z' } } }),
  { apiVersion: 'v1', kind: 'Service', metadata: meta('checkout'), spec: { type: 'ClusterIP', clusterIP: '10.96.4.2', selector: { app: 'checkout' }, ports: [{ name: 'http', port: 80, targetPort: 8080 }] } },
  event('a', { kind: 'Pod', name: 'checkout-7d9f5c6b8-crash' }, { reason: 'Pulled', message: 'Container image already present on machine', count: 8, firstTimestamp: '2026-02-10T02:43:02Z', lastTimestamp: '2026-02-10T03:04:09Z' }),
  event('b', { kind: 'Pod', name: 'checkout-7d9f5c6b8-crash' }, { type: 'Warning', reason: 'BackOff', message: 'Back-off restarting failed container app', count: 21, firstTimestamp: '2026-02-10T02:50:00Z', lastTimestamp: '2026-02-10T03:09:48Z' }),
];
