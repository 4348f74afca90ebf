import { describe, expect, test } from 'vitest';
import { parseSchedule } from '../../src/cluster/schedule.ts';
import type { KindMap } from '../../src/cluster/objects.ts';
import { accepted, SmallCluster } from '../support/small-cluster.ts';

type Create = Parameters<SmallCluster['plane']['api']['create']>[0];

/** What the API says to a manifest: its sentence, or `created`. */
function answer(cluster: SmallCluster, manifest: object): string {
  const result = cluster.plane.api.create(manifest as Create);
  return result.ok ? 'created' : result.status.message;
}

describe('every namespace', () => {
  test('has its service account and certificate at once, and gets them back', () => {
    const cluster = new SmallCluster();
    accepted(cluster.plane.api.create({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'new' } }));
    const { store } = cluster.plane;
    expect(store.get('ServiceAccount', 'new', 'default')).toBeDefined();
    expect(store.get('ConfigMap', 'new', 'kube-root-ca.crt')?.data?.['ca.crt']).toMatch(/^-----BEGIN CERTIFICATE-----/);
    accepted(cluster.plane.api.delete({ kind: 'ServiceAccount', namespace: 'new', name: 'default' }));
    expect(store.get('ServiceAccount', 'new', 'default')).toBeUndefined();
    cluster.wait('1s');
    expect(store.get('ServiceAccount', 'new', 'default')).toBeDefined();
    expect(store.get('Service', 'default', 'kubernetes')?.spec?.clusterIP).toBe('10.96.0.1');
  });

  test('that is deleted waits for finalizers inside, says so, and takes no new content', () => {
    const cluster = new SmallCluster();
    cluster.apply({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'held', namespace: 'shop', finalizers: ['example.com/backup'] } });
    cluster.delete('Namespace', 'shop');
    expect(cluster.get('Namespace', 'shop').status?.phase).toBe('Terminating');
    cluster.wait('1s');
    const conditions = cluster.get('Namespace', 'shop').status?.conditions ?? [];
    expect(conditions.find(({ type }) => type === 'NamespaceContentRemaining')?.message).toBe('Some resources are remaining: configmaps. has 1 resource instances');
    expect(conditions.find(({ type }) => type === 'NamespaceFinalizersRemaining')?.message).toBe('Some content in the namespace has finalizers remaining: example.com/backup in 1 resource instances');
    expect(answer(cluster, { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'late', namespace: 'shop' } }))
      .toBe('secrets "late" is forbidden: unable to create new content in namespace shop because it is being terminated');
    accepted(cluster.plane.api.patch({ kind: 'ConfigMap', namespace: 'shop', name: 'held' }, { type: 'merge', body: { metadata: { finalizers: null } } }));
    cluster.wait('1s');
    expect(cluster.plane.store.get('Namespace', '', 'shop')).toBeUndefined();
  });
});

describe('an object of each kind', () => {
  test.each([
    ['Job', { apiVersion: 'batch/v1', kind: 'Job', metadata: { name: 'x', namespace: 'shop' }, spec: { template: { spec: { containers: [{ name: 'a', image: 'b' }] } } } },
      'Job.batch "x" is invalid: spec.template.spec.restartPolicy: Required value: valid values: "OnFailure", "Never"'],
    ['HorizontalPodAutoscaler', { apiVersion: 'autoscaling/v2', kind: 'HorizontalPodAutoscaler', metadata: { name: 'x', namespace: 'shop' }, spec: { minReplicas: 5, maxReplicas: 2, scaleTargetRef: { kind: 'Deployment', name: 'web' } } },
      'HorizontalPodAutoscaler.autoscaling "x" is invalid: spec.maxReplicas: Invalid value: 2: must be greater than or equal to `minReplicas`'],
    ['PersistentVolumeClaim', { apiVersion: 'v1', kind: 'PersistentVolumeClaim', metadata: { name: 'x', namespace: 'shop' }, spec: { accessModes: ['ReadWriteTwice'], resources: { requests: { storage: '1Gi' } } } },
      'PersistentVolumeClaim "x" is invalid: spec.accessModes: Unsupported value: "ReadWriteTwice": supported values: "ReadOnlyMany", "ReadWriteMany", "ReadWriteOnce", "ReadWriteOncePod"'],
    ['CronJob', { apiVersion: 'batch/v1', kind: 'CronJob', metadata: { name: 'x', namespace: 'shop' }, spec: { schedule: '61 * * * *', jobTemplate: { spec: { template: { spec: { restartPolicy: 'Never', containers: [{ name: 'a', image: 'b' }] } } } } } },
      'CronJob.batch "x" is invalid: spec.schedule: Invalid value: "61 * * * *": end of range (61) above maximum (59): 61'],
    ['PriorityClass', { apiVersion: 'scheduling.k8s.io/v1', kind: 'PriorityClass', metadata: { name: 'x' }, value: 1_000_000_001 },
      'PriorityClass.scheduling.k8s.io "x" is invalid: value: Forbidden: maximum allowed value of a user defined priority is 1000000000'],
    ['Secret', { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'x', namespace: 'shop' }, type: 'kubernetes.io/tls', data: { 'tls.crt': '' } },
      'Secret "x" is invalid: data[tls.key]: Required value'],
  ])('is refused in the real words: %s', (_kind, manifest, message) => {
    expect(answer(new SmallCluster(), manifest)).toBe(message);
  });

  test('is filled in: a Secret keeps no stringData, a Job selects its pods by its uid', () => {
    const cluster = new SmallCluster();
    cluster.apply({ apiVersion: 'v1', kind: 'Secret', metadata: { name: 'pass', namespace: 'shop' }, stringData: { word: 'zażółć 🐢' } } as KindMap['Secret']);
    const secret = cluster.get('Secret', 'pass');
    expect(secret).toMatchObject({ type: 'Opaque', data: { word: Buffer.from('zażółć 🐢').toString('base64') } });
    expect(secret).not.toHaveProperty('stringData');
    cluster.apply({ apiVersion: 'batch/v1', kind: 'Job', metadata: { name: 'once', namespace: 'shop' }, spec: { template: { spec: { restartPolicy: 'Never', containers: [{ name: 'a', image: 'b' }] } } } } as KindMap['Job']);
    const job = cluster.get('Job', 'once');
    expect(job.spec).toMatchObject({ parallelism: 1, completions: 1, backoffLimit: 6, selector: { matchLabels: { 'batch.kubernetes.io/controller-uid': job.metadata.uid } } });
  });
});

describe('a Service of type NodePort', () => {
  test('is given a port of the nodes, and keeps it', () => {
    const cluster = new SmallCluster();
    const service: KindMap['Service'] = { apiVersion: 'v1', kind: 'Service', metadata: { name: 'web', namespace: 'shop' }, spec: { type: 'NodePort', selector: { app: 'web' }, ports: [{ port: 80 }] } };
    cluster.apply(service);
    const port = cluster.get('Service', 'web').spec?.ports?.[0]?.nodePort ?? 0;
    expect(port).toBeGreaterThanOrEqual(30_000);
    expect(port).toBeLessThan(32_768);
    const replaced = accepted(cluster.plane.api.update<'Service'>({ ...service, spec: { ...service.spec, selector: { app: 'shop' }, clusterIP: cluster.get('Service', 'web').spec?.clusterIP ?? '' } }));
    expect(replaced.spec?.ports?.[0]?.nodePort).toBe(port);
  });
});

describe('a schedule', () => {
  test.each([
    ['*/15 * * * *', '2026-02-10T03:10:00Z', '2026-02-10T03:15:00.000Z'],
    ['30 2 * * *', '2026-02-10T03:10:00Z', '2026-02-11T02:30:00.000Z'],
    ['0 9 * * mon-fri', '2026-02-13T10:00:00Z', '2026-02-16T09:00:00.000Z'],
    ['0 0 29 feb *', '2026-02-10T03:10:00Z', '2028-02-29T00:00:00.000Z'],
    ['0 0 13 * fri', '2026-02-10T03:10:00Z', '2026-02-13T00:00:00.000Z'],
    ['0 0 13 * fri', '2026-02-13T03:10:00Z', '2026-02-20T00:00:00.000Z'],
    ['@hourly', '2026-02-10T03:10:00Z', '2026-02-10T04:00:00.000Z'],
    ['@every 1h30m', '2026-02-10T03:10:07Z', '2026-02-10T04:40:07.000Z'],
    ['TZ=UTC 5 4 * * *', '2026-02-10T03:10:00Z', '2026-02-10T04:05:00.000Z'],
  ])('%s after %s is at %s', (text, after, expected) => {
    const schedule = parseSchedule(text);
    if ('problem' in schedule) throw new Error(schedule.problem);
    expect(new Date(schedule.next(Date.parse(after)) ?? 0).toISOString()).toBe(expected);
  });

  test.each([
    ['* * * *', 'expected exactly 5 fields, found 4: [* * * *]'],
    ['@fortnightly', 'unrecognized descriptor: @fortnightly'],
    ['a * * * *', 'failed to parse int from a: strconv.Atoi: parsing "a": invalid syntax'],
    ['*/0 * * * *', 'step of range should be a positive number: */0'],
  ])('%s is none: %s', (text, problem) => {
    expect(parseSchedule(text)).toEqual({ problem });
  });
});
