import type { Cluster } from '../../src/cluster/cluster.ts';

/** Runs a command on a node as `kubectl debug node/NAME --image=busybox -- chroot /host …` does; what it printed is found by calling what this returns, when time has passed. */
export function onNode(cluster: Cluster, node: string, script: string): () => string {
  const namespace = 'default';
  const name = `node-debugger-${node}-${cluster.plane.store.list('Pod', namespace).length}`;
  const made = cluster.api.create({
    apiVersion: 'v1', kind: 'Pod', metadata: { name, namespace },
    spec: {
      nodeName: node, hostIPC: true, hostNetwork: true, hostPID: true, restartPolicy: 'Never', tolerations: [{ operator: 'Exists' }],
      containers: [{ name: 'debugger', image: 'busybox', command: ['chroot', '/host', 'sh', '-c', script], volumeMounts: [{ name: 'host-root', mountPath: '/host' }] }],
      volumes: [{ name: 'host-root', hostPath: { path: '/' } }],
    },
  });
  if (!made.ok) throw new Error(made.status.message);
  return () => cluster.podLogs(namespace, name).map(({ text }) => text).join('\n');
}
