/** Manifests that several cases use: public images, two replicas, a probe. */
export function deployment(name: string, changes: { readonly replicas?: number; readonly image?: string; readonly labels?: Readonly<Record<string, string>>; readonly env?: readonly object[] } = {}): Record<string, unknown> {
  const { replicas = 2, image = 'nginx:1.27', labels = {}, env = [] } = changes;
  return {
    apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name, labels: { app: name, ...labels } },
    spec: {
      replicas, selector: { matchLabels: { app: name } },
      template: {
        metadata: { labels: { app: name } },
        spec: { terminationGracePeriodSeconds: 1, containers: [{ name: 'web', image, env, ports: [{ containerPort: 80 }], readinessProbe: { httpGet: { path: '/', port: 80 }, periodSeconds: 1 }, resources: { requests: { cpu: '10m', memory: '16Mi' } } }] },
      },
    },
  };
}

export function configMap(name: string, data: Readonly<Record<string, string>>, labels: Readonly<Record<string, string>> = {}): Record<string, unknown> {
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, labels }, data };
}

export function list(...items: readonly object[]): Record<string, unknown> {
  return { apiVersion: 'v1', kind: 'List', items };
}
