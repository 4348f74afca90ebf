import type { KindMap } from '../objects.ts';
import type { FaultKind, FaultWorld } from './fault.ts';
import { err } from './mistakes.ts';
import { podsOf } from './restarts.ts';
import { AUTHOR, count, text } from './settings.ts';

export const apiSurge: FaultKind = {
  word: 'api-surge',
  group: 'nodes',
  summary: 'A program in the cluster asks the API server for everything, from many threads, without a pause.',
  target: 'cluster',
  settings: { workers: count('Threads that ask, in each of its pods.', 400), replicas: count('Its pods.', 2), writes: count('ConfigMaps that it writes a second besides.', 0), namespace: text('Where it runs.', 'default'), ...AUTHOR },
  lore: {
    symptoms: [
      'kubectl is slow, and so is whatever else asks the API server; what runs goes on.',
      'The API server serves many more lists than usual, all of one ServiceAccount: apiserver_flowcontrol_current_executing_seats and _current_inqueue_requests of its priority level say so, and apiserver_flowcontrol_rejected_requests_total grows there.',
      'The program logs that it is answered 429.',
    ],
    mitigations: ['Scale the program to zero.', 'A FlowSchema that leads its account to a priority level with few seats: then it waits, and others do not.'],
    fix: 'Remove the program, or let it ask seldom, or watch.',
    example: {
      target: 'cluster', settings: {},
      signs: ['log default/inventory-exporter Too Many Requests', 'pods default/inventory-exporter Running'],
      cure: ['kubectl -n default delete deployment inventory-exporter'],
      tempting: 'kubectl -n default rollout restart deploy/inventory-exporter',
    },
  },
  begin: (world, _target, settings) => {
    const namespace = String(settings['namespace']);
    const undo = err(world, objectsOf(namespace, Number(settings['replicas']), Number(settings['workers'])).map((object) => ({ do: 'create', object })), settings, `deployment/${NAME}: rolled out to all clusters`);
    let nth = 0;
    const writes = Number(settings['writes']);
    const stop = writes === 0 ? () => undefined : world.machines.every(1_000, () => {
      if (!podsOf(world, namespace, NAME).some(({ status, metadata }) => status?.phase === 'Running' && metadata.deletionTimestamp === undefined)) return;
      for (let write = 0; write < writes; write++) writeOne(world, namespace, nth++);
    });
    return () => {
      stop();
      undo();
      for (const { metadata } of world.api.list('ConfigMap', namespace)) if (metadata.name.startsWith(PREFIX)) world.api.delete({ kind: 'ConfigMap', namespace, name: metadata.name });
    };
  },
};

const NAME = 'inventory-exporter';
const PREFIX = 'inventory-state-';
/** It writes into so many ConfigMaps, in turn. */
const STATES = 10;

function scriptOf(workers: number): string {
  return `# Tells the inventory what runs where.
from concurrent.futures import ThreadPoolExecutor
from kubernetes import client, config
from inventory import export

config.load_incluster_config()
api = client.CoreV1Api()

def refresh(nth):
    while True:
        export(nth, api.list_pod_for_all_namespaces())

with ThreadPoolExecutor(max_workers=${workers}) as pool:
    list(pool.map(refresh, range(${workers})))
`;
}

function objectsOf(namespace: string, replicas: number, workers: number): readonly KindMap['ServiceAccount' | 'ClusterRole' | 'ClusterRoleBinding' | 'ConfigMap' | 'Deployment'][] {
  const labels = { app: NAME };
  const metadata = { name: NAME, namespace, labels };
  const group = 'rbac.authorization.k8s.io';
  const container = {
    name: 'exporter', image: 'python:3.12-slim', command: ['python3', '/app/exporter.py'], resources: { requests: { cpu: '20m', memory: '64Mi' } },
    volumeMounts: [{ name: 'script', mountPath: '/app' }],
  };
  return [
    { apiVersion: 'v1', kind: 'ServiceAccount', metadata },
    { apiVersion: `${group}/v1`, kind: 'ClusterRole', metadata: { name: NAME, labels }, rules: [{ apiGroups: [''], resources: ['pods'], verbs: ['get', 'list', 'watch'] }] },
    { apiVersion: `${group}/v1`, kind: 'ClusterRoleBinding', metadata: { name: NAME, labels }, roleRef: { apiGroup: group, kind: 'ClusterRole', name: NAME }, subjects: [{ kind: 'ServiceAccount', name: NAME, namespace }] },
    { apiVersion: 'v1', kind: 'ConfigMap', metadata: { ...metadata, name: `${NAME}-script` }, data: { 'exporter.py': scriptOf(workers) } },
    {
      apiVersion: 'apps/v1', kind: 'Deployment', metadata,
      spec: { replicas, selector: { matchLabels: labels }, template: { metadata: { labels }, spec: { serviceAccountName: NAME, terminationGracePeriodSeconds: 1, containers: [container], volumes: [{ name: 'script', configMap: { name: `${NAME}-script` } }] } } },
    },
  ];
}

function writeOne(world: FaultWorld, namespace: string, nth: number): void {
  const name = `${PREFIX}${nth % STATES}`;
  const data = { generation: String(nth) };
  const written = world.api.patch({ kind: 'ConfigMap', namespace, name }, { type: 'merge', body: { data } });
  if (!written.ok) world.api.create({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, namespace, labels: { app: NAME } }, data });
}
