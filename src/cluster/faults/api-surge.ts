import type { FaultKind, FaultWorld } from './fault.ts';
import { err } from './mistakes.ts';
import { podsOf } from './restarts.ts';
import { AUTHOR, count, text } from './settings.ts';

export const apiSurge: FaultKind = {
  word: 'api-surge',
  group: 'nodes',
  summary: 'A program in the cluster writes to the API server without a pause.',
  target: 'cluster',
  settings: { writes: count('Writes a second.', 5), namespace: text('Where it runs.', 'default'), ...AUTHOR },
  lore: {
    symptoms: ['The API server takes many more writes than usual, nearly all to ConfigMaps of one name; their resourceVersions run away, and every watcher of ConfigMaps is told of each.', 'A Deployment that nobody knew is there.'],
    mitigations: ['Scale the program that writes to zero.'],
    fix: 'Remove the program, or let it write when something has changed.',
    example: {
      target: 'cluster', settings: {},
      signs: ['pods default/config-sync Running'],
      cure: ['kubectl -n default delete deployment config-sync', 'kubectl -n default delete configmap -l app=config-sync'],
      tempting: 'kubectl -n shop rollout restart deploy/pricing',
    },
  },
  begin: (world, _target, settings) => {
    const namespace = String(settings['namespace']);
    const labels = { app: 'config-sync' };
    const container = { name: 'sync', image: 'busybox:1.36', command: ['sh', '-c', 'while true; do sleep 3600; done'], resources: { requests: { cpu: '20m', memory: '32Mi' } } };
    const undo = err(world, [{ do: 'create', object: { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'config-sync', namespace, labels }, spec: { replicas: 2, selector: { matchLabels: labels }, template: { metadata: { labels }, spec: { terminationGracePeriodSeconds: 1, containers: [container] } } } } }], settings, 'deployment/config-sync: rolled out to all clusters');
    let nth = 0;
    const stop = world.machines.every(1_000, () => {
      if (!podsOf(world, namespace, 'config-sync').some(({ status, metadata }) => status?.phase === 'Running' && metadata.deletionTimestamp === undefined)) return;
      for (let write = 0; write < Number(settings['writes']); write++) writeOne(world, namespace, nth++);
    });
    return () => {
      stop();
      undo();
      for (const { metadata } of world.api.list('ConfigMap', namespace)) if (metadata.name.startsWith(PREFIX)) world.api.delete({ kind: 'ConfigMap', namespace, name: metadata.name });
    };
  },
};

const PREFIX = 'sync-state-';
/** It writes into so many ConfigMaps, in turn. */
const STATES = 10;

function writeOne(world: FaultWorld, namespace: string, nth: number): void {
  const name = `${PREFIX}${nth % STATES}`;
  const data = { generation: String(nth) };
  const written = world.api.patch({ kind: 'ConfigMap', namespace, name }, { type: 'merge', body: { data } });
  if (!written.ok) world.api.create({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, namespace, labels: { app: 'config-sync' } }, data });
}
