import type { KindMap } from '../objects.ts';

/**
 * A DaemonSet that somebody put on every node to keep something in order there, by the runtime's own client: every so often
 * it runs `line` for each container of a name, whose id is in `$id`.
 */
export function nodeKeeper(name: string, container: string, watched: string, line: string, everyS: number): KindMap['DaemonSet'] {
  const labels = { app: name };
  const script = `while true; do for id in $(chroot /host crictl ps -q --name '^${watched}$'); do ${line}; done; sleep ${everyS}; done`;
  return {
    apiVersion: 'apps/v1', kind: 'DaemonSet', metadata: { name, namespace: 'kube-system', labels },
    spec: {
      selector: { matchLabels: labels },
      template: {
        metadata: { labels },
        spec: {
          hostPID: true, terminationGracePeriodSeconds: 1, tolerations: [{ operator: 'Exists' }],
          containers: [{ name: container, image: 'busybox:1.36', command: ['sh', '-c', script], securityContext: { privileged: true }, resources: { requests: { cpu: '5m', memory: '16Mi' } }, volumeMounts: [{ name: 'host', mountPath: '/host' }] }],
          volumes: [{ name: 'host', hostPath: { path: '/' } }],
        },
      },
    },
  };
}
