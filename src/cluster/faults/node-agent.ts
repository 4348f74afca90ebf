import type { FaultSettings, FaultWorld } from './fault.ts';
import { err } from './mistakes.ts';

/** A script that somebody runs on every node, as root, beside its pods. */
interface NodeAgent {
  readonly name: string;
  readonly script: string;
  /** What the change log says of it, where its author says nothing else. */
  readonly entry: string;
}

const NAMESPACE = 'kube-system';

/** Rolls the script out as a DaemonSet with a ConfigMap. Returns on which nodes it runs, and how to take it back. */
export function nodeAgent(world: FaultWorld, { name, script, entry }: NodeAgent, settings: FaultSettings): { readonly runsOn: (node: string) => boolean; readonly undo: () => void } {
  const labels = { app: name };
  const container = {
    name, image: 'busybox:1.36', command: ['sh', '/scripts/run.sh'], securityContext: { privileged: true }, resources: { requests: { cpu: '10m', memory: '16Mi' } },
    volumeMounts: [{ name: 'scripts', mountPath: '/scripts' }, { name: 'cgroup', mountPath: '/host/cgroup' }],
  };
  const spec = { hostPID: true, terminationGracePeriodSeconds: 1, tolerations: [{ operator: 'Exists' }], containers: [container], volumes: [{ name: 'scripts', configMap: { name } }, { name: 'cgroup', hostPath: { path: '/sys/fs/cgroup' } }] };
  const undo = err(world, [
    { do: 'create', object: { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, namespace: NAMESPACE, labels }, data: { 'run.sh': script } } },
    { do: 'create', object: { apiVersion: 'apps/v1', kind: 'DaemonSet', metadata: { name, namespace: NAMESPACE, labels }, spec: { selector: { matchLabels: labels }, template: { metadata: { labels }, spec } } } },
  ], settings, entry);
  const runsOn = (node: string): boolean => world.api.list('Pod', NAMESPACE).some((pod) => pod.spec?.nodeName === node && pod.metadata.labels?.['app'] === name && pod.metadata.deletionTimestamp === undefined && pod.status?.containerStatuses?.[0]?.state?.running !== undefined);
  return { runsOn, undo };
}
