import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { resourceOf } from '../../src/cluster/custom-kind.ts';
import type { Kind } from '../../src/cluster/objects.ts';
import { SmallCluster } from '../support/small-cluster.ts';

const pod = { restartPolicy: 'Never', containers: [{ name: 'app', image: 'a:job', env: [{ name: 'A', value: 'b' }], resources: { requests: { cpu: '1' } }, ports: [{ containerPort: 80 }] }], tolerations: [{ key: 'a', operator: 'Exists' }], volumes: [{ name: 'v', configMap: { name: 'x' } }], nodeSelector: { a: 'b' } };
const template = { metadata: { labels: { app: 'x' } }, spec: pod };
const always = { ...template, spec: { ...pod, restartPolicy: 'Always' } };
const selector = { matchLabels: { app: 'x' } };

/** A manifest of each kind that people write, good as it stands. */
const GOOD: Readonly<Partial<Record<Kind, object>>> = {
  Pod: { spec: pod },
  Deployment: { spec: { replicas: 2, selector, template: always, strategy: { rollingUpdate: { maxSurge: 1 } } } },
  DaemonSet: { spec: { selector, template: always, updateStrategy: { type: 'RollingUpdate' } } },
  StatefulSet: { spec: { serviceName: 'x', selector, template: always } },
  Job: { spec: { completions: 2, parallelism: 2, template } },
  CronJob: { spec: { schedule: '* * * * *', jobTemplate: { spec: { template } } } },
  Service: { spec: { selector: { app: 'x' }, ports: [{ port: 80, targetPort: 80 }] } },
  Secret: { stringData: { a: 'b' } },
  ConfigMap: { data: { a: 'b' } },
  HorizontalPodAutoscaler: { spec: { maxReplicas: 3, scaleTargetRef: { kind: 'Deployment', name: 'x' }, behavior: { scaleDown: { policies: [{ type: 'Pods', value: 1, periodSeconds: 15 }] } } } },
  PodDisruptionBudget: { spec: { minAvailable: 1, selector } },
  PersistentVolumeClaim: { spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } } },
  PersistentVolume: { spec: { capacity: { storage: '1Gi' }, accessModes: ['ReadWriteOnce'], hostPath: { path: '/' } } },
  ResourceQuota: { spec: { hard: { pods: '5' } } },
  LimitRange: { spec: { limits: [{ type: 'Container', default: { cpu: '1' }, min: { cpu: '1m' } }] } },
  Ingress: { spec: { rules: [{ host: 'a', http: { paths: [{ path: '/', pathType: 'Prefix', backend: { service: { name: 'x', port: { number: 80 } } } }] } }] } },
  NetworkPolicy: { spec: { podSelector: {}, ingress: [{}] } },
  RoleBinding: { roleRef: { kind: 'Role', name: 'x' }, subjects: [{ kind: 'User', name: 'ana' }] },
  PriorityClass: { value: 5 },
  StorageClass: { provisioner: 'x' },
  Lease: { spec: { leaseDurationSeconds: 5 } },
};

function manifest(kind: Kind, body: unknown): object {
  const { apiVersion, namespaced } = resourceOf(kind);
  return { apiVersion, kind, metadata: { name: 'x', ...(namespaced ? { namespace: 'shop' } : {}) }, ...(body as object) };
}

/** The value with the nth of its inner values replaced. */
function spoiled(value: unknown, nth: number, junk: unknown): unknown {
  let left = nth;
  const walk = (inner: unknown): unknown => {
    if (left-- === 0) return junk;
    if (Array.isArray(inner)) return inner.map(walk);
    if (typeof inner !== 'object' || inner === null) return inner;
    return Object.fromEntries(Object.entries(inner).map(([key, one]) => [key, walk(one)]));
  };
  return Object.fromEntries(Object.entries(value as object).map(([key, one]) => [key, walk(one)]));
}

const kinds = Object.keys(GOOD) as Kind[];
type Create = Parameters<SmallCluster['plane']['api']['create']>[0];

test.each(kinds)('a good %s is taken', (kind) => {
  const cluster = new SmallCluster();
  const result = cluster.plane.api.create(manifest(kind, GOOD[kind]) as Create);
  expect(result.ok ? 'taken' : result.status.message).toBe('taken');
  cluster.wait('2m');
});

test('whatever stands where in a manifest: the API answers, and the controllers live with what it took', () => {
  const junk = fc.constantFrom<unknown>('', 'x', '-1', -1, 0, 1.5, 1e20, true, [], [null], ['x'], [1], {}, { x: 1 }, null, [[]], [{}]);
  fc.assert(
    fc.property(fc.constantFrom(...kinds), fc.nat(40), junk, fc.boolean(), (kind, nth, bad, update) => {
      const cluster = new SmallCluster({ nodes: 2 });
      const { api } = cluster.plane;
      if (update) api.create(manifest(kind, GOOD[kind]) as Create);
      const body = spoiled(GOOD[kind], nth, bad);
      const result = update
        ? api.patch({ kind, namespace: resourceOf(kind).namespaced ? 'shop' : '', name: 'x' }, { type: 'merge', body: body as Record<string, unknown> })
        : api.create(manifest(kind, body) as Create);
      if (!result.ok) expect(result.status.code).toBeGreaterThanOrEqual(400);
      cluster.wait('1m');
    }),
    { numRuns: 1500 },
  );
});
