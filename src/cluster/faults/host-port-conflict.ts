import type { Patch } from '../api.ts';
import type { KindMap } from '../objects.ts';
import type { FaultKind } from './fault.ts';
import { err } from './mistakes.ts';
import { AUTHOR, count } from './settings.ts';
import { workloadRef } from './template-fault.ts';

export const hostPortConflict: FaultKind = {
  word: 'host-port-conflict',
  group: 'scheduling',
  summary: 'The pods of a workload want a port of their node, of which each node has only one.',
  target: 'workload',
  settings: { port: count('Of the node.', 9100), replicas: count('How many pods are wanted; as many as before for 0.', 0), taken: { type: 'switch', required: false, fallback: false, summary: 'A DaemonSet has the port on every node already: no new pod finds a place, and the workload is made anew.' }, ...AUTHOR },
  lore: {
    symptoms: ['New pods are Pending: no node has free ports for them.'],
    mitigations: ['Scale it down to a pod for each node.'],
    fix: 'Leave the host port out.',
    example: {
      target: 'deployment/tariffs', settings: { replicas: 7 },
      signs: ['pods shop/tariffs Pending', 'event Warning FailedScheduling Pod'],
      cure: ['kubectl -n shop patch deploy tariffs --type json -p \'[{"op":"remove","path":"/spec/template/spec/containers/0/ports/0/hostPort"}]\'', 'kubectl -n shop scale deploy/tariffs --replicas=2'],
      tempting: 'kubectl -n shop rollout restart deploy/tariffs',
    },
  },
  begin: (world, target, settings) => {
    const ref = workloadRef(target);
    const replicas = Number(settings['replicas']);
    const port = Number(settings['port']);
    const wanted: Patch = { type: 'json', body: [
      { op: 'add', path: '/spec/template/spec/containers/0/ports/0/hostPort', value: port },
      ...(replicas === 0 ? [] : [{ op: 'replace', path: '/spec/replicas', value: replicas } as const]),
    ] };
    const entry = `deployment/${ref.name}: manifests applied`;
    if (settings['taken'] !== true) return err(world, [{ do: 'patch', ref, patch: wanted }], settings, entry);
    const remove = err(world, [{ do: 'create', object: exporter(port) }], settings, `daemonset/${EXPORTER}: installed`);
    // Its pods have to be there first.
    let undo = (): void => undefined;
    const stop = world.machines.every(EXPORTER_MS, () => {
      stop();
      undo = err(world, [{ do: 'replace', ref, patch: wanted }], settings, entry);
    });
    return () => {
      stop();
      undo();
      remove();
    };
  },
};

const EXPORTER = 'host-metrics';
const EXPORTER_MS = 20_000;

function exporter(port: number): KindMap['DaemonSet'] {
  const labels = { app: EXPORTER };
  const container = { name: 'exporter', image: 'busybox:1.36', command: ['sh', '-c', 'while true; do sleep 3600; done'], ports: [{ containerPort: port, hostPort: port }], resources: { requests: { cpu: '5m', memory: '16Mi' } } };
  return { apiVersion: 'apps/v1', kind: 'DaemonSet', metadata: { name: EXPORTER, namespace: 'kube-system', labels }, spec: { selector: { matchLabels: labels }, template: { metadata: { labels }, spec: { terminationGracePeriodSeconds: 1, tolerations: [{ operator: 'Exists' }], containers: [container] } } } };
}
