import { describe, expect, test } from 'vitest';
import type { KindMap } from '../../src/cluster/objects.ts';
import { accepted, aContainer, aDeployment, SmallCluster } from '../support/small-cluster.ts';

function aPod(name: string, cpu: string | null = '100m', spec: Partial<NonNullable<KindMap['Pod']['spec']>> = {}): KindMap['Pod'] {
  const container = cpu === null ? { name: 'app', image: 'registry.example/web:1.0' } : aContainer('registry.example/web:1.0', cpu, false);
  return { apiVersion: 'v1', kind: 'Pod', metadata: { name, namespace: 'shop', labels: { app: name } }, spec: { containers: [container], ...spec } };
}

function aQuota(hard: Record<string, string>): KindMap['ResourceQuota'] {
  return { apiVersion: 'v1', kind: 'ResourceQuota', metadata: { name: 'team', namespace: 'shop' }, spec: { hard } };
}

function refusal(cluster: SmallCluster, object: KindMap['Pod'] | KindMap['ConfigMap']): string {
  const result = cluster.plane.api.create(object);
  return result.ok ? 'created' : `${result.status.code} ${result.status.message}`;
}

describe('a quota', () => {
  test('refuses what exceeds it, in the real words, and says what is used', () => {
    const cluster = new SmallCluster();
    cluster.apply(aQuota({ 'requests.cpu': '500m', pods: '10', configmaps: '2' }));
    cluster.apply(aPod('one', '300m'));
    expect(refusal(cluster, aPod('two', '300m'))).toBe('403 pods "two" is forbidden: exceeded quota: team, requested: requests.cpu=300m, used: requests.cpu=300m, limited: requests.cpu=500m');
    expect(refusal(cluster, aPod('three', null))).toBe('403 pods "three" is forbidden: failed quota: team: must specify requests.cpu for: app');
    cluster.apply({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'a', namespace: 'shop' } });
    expect(refusal(cluster, { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'b', namespace: 'shop' } })).toBe('403 configmaps "b" is forbidden: exceeded quota: team, requested: configmaps=1, used: configmaps=2, limited: configmaps=2');
    cluster.wait('1s');
    expect(cluster.get('ResourceQuota', 'team').status?.used).toEqual({ 'requests.cpu': '300m', pods: '1', configmaps: '2' });
  });

  test('stops a rollout half way, and the Deployment says why', () => {
    const cluster = new SmallCluster();
    cluster.apply(aQuota({ pods: '2' }), aDeployment('web', { replicas: 4 }));
    cluster.wait('1m');
    expect(cluster.readyPods('web')).toHaveLength(2);
    const failure = cluster.get('Deployment', 'web').status?.conditions?.find(({ type }) => type === 'ReplicaFailure');
    expect(failure).toMatchObject({ status: 'True', reason: 'FailedCreate' });
    expect(failure?.message).toMatch(/^pods "web-\w+-\w{5}" is forbidden: exceeded quota: team, requested: pods=1, used: pods=2, limited: pods=2$/);
    accepted(cluster.plane.api.patch({ kind: 'ResourceQuota', namespace: 'shop', name: 'team' }, { type: 'merge', body: { spec: { hard: { pods: '9' } } } }));
    cluster.wait('5m');
    expect(cluster.readyPods('web')).toHaveLength(4);
    expect(cluster.get('Deployment', 'web').status?.conditions?.some(({ type }) => type === 'ReplicaFailure')).toBe(false);
  });
});

describe('a LimitRange', () => {
  test('fills in and refuses', () => {
    const cluster = new SmallCluster();
    cluster.apply({ apiVersion: 'v1', kind: 'LimitRange', metadata: { name: 'sizes', namespace: 'shop' }, spec: { limits: [{ type: 'Container', default: { cpu: '500m' }, defaultRequest: { cpu: '100m' }, max: { cpu: '1' } }] } } as KindMap['LimitRange']);
    cluster.apply(aPod('plain', null));
    const pod = cluster.get('Pod', 'plain');
    expect(pod.spec?.containers[0]?.resources).toEqual({ limits: { cpu: '500m' }, requests: { cpu: '100m' } });
    expect(pod.metadata.annotations?.['kubernetes.io/limit-ranger']).toBe('LimitRanger plugin set: cpu request for container app; cpu limit for container app');
    const greedy = aPod('greedy', null);
    (greedy.spec as { containers: object[] }).containers = [{ name: 'app', image: 'a:1', resources: { limits: { cpu: '2' } } }];
    expect(refusal(cluster, greedy)).toBe('403 pods "greedy" is forbidden: [maximum cpu usage per Container is 1, but limit is 2, maximum cpu usage per Container is 1, but request is 2]');
  });
});

describe('admission', () => {
  test('looks up the service account and the priority class', () => {
    const cluster = new SmallCluster();
    expect(refusal(cluster, aPod('web', '100m', { serviceAccountName: 'robot' }))).toBe('403 pods "web" is forbidden: error looking up service account shop/robot: serviceaccount "robot" not found');
    expect(refusal(cluster, aPod('web', '100m', { priorityClassName: 'gold' }))).toBe('403 pods "web" is forbidden: no PriorityClass with name gold was found');
    cluster.apply(aPod('web', '100m', { priorityClassName: 'system-node-critical' }));
    expect(cluster.get('Pod', 'web').spec).toMatchObject({ priority: 2_000_001_000, preemptionPolicy: 'PreemptLowerPriority', tolerations: [{ key: 'node.kubernetes.io/not-ready', tolerationSeconds: 300 }, { key: 'node.kubernetes.io/unreachable' }] });
  });
});

describe('a pod with a finalizer', () => {
  test('stays after its containers are gone until the finalizer is', () => {
    const cluster = new SmallCluster();
    const pod = aPod('held');
    cluster.apply({ ...pod, metadata: { ...pod.metadata, finalizers: ['example.com/drain'] } });
    cluster.wait('30s');
    cluster.delete('Pod', 'held');
    cluster.wait('1m');
    expect(cluster.get('Pod', 'held').metadata.deletionGracePeriodSeconds).toBe(0);
    accepted(cluster.plane.api.patch({ kind: 'Pod', namespace: 'shop', name: 'held' }, { type: 'merge', body: { metadata: { finalizers: [] } } }));
    expect(cluster.plane.store.get('Pod', 'shop', 'held')).toBeUndefined();
  });
});
