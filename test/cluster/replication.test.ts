import { describe, expect, test } from 'vitest';
import type { KindMap } from '../../src/cluster/objects.ts';
import { accepted, aContainer, aDeployment, SmallCluster } from '../support/small-cluster.ts';

function aController(name: string, replicas: number): KindMap['ReplicationController'] {
  const template = { metadata: { labels: { app: name } }, spec: { containers: [aContainer(`registry.example/${name}:1.0`)] } };
  return { apiVersion: 'v1', kind: 'ReplicationController', metadata: { name, namespace: 'shop' }, spec: { replicas, selector: { app: name }, template } };
}

function aSet(name: string, replicas: number): KindMap['ReplicaSet'] {
  const { spec } = aDeployment(name, { replicas });
  return { apiVersion: 'apps/v1', kind: 'ReplicaSet', metadata: { name, namespace: 'shop' }, spec: { replicas, selector: { matchLabels: { app: name } }, template: spec?.template ?? {} } };
}

function merge(cluster: SmallCluster, kind: 'Pod' | 'ReplicaSet' | 'ReplicationController' | 'ResourceQuota', name: string, body: object): void {
  accepted(cluster.plane.api.patch({ kind, namespace: 'shop', name }, { type: 'merge', body: body as Record<string, unknown> }));
}

// After test/e2e/apps/rc.go and replica_set.go of Kubernetes.
describe.each([['ReplicationController', aController], ['ReplicaSet', aSet]] as const)('[sig-apps] %s', (kind, make) => {
  test('should serve a basic image on each replica with a public image', () => {
    const cluster = new SmallCluster();
    cluster.apply(make('web', 2));
    cluster.wait('30s');
    expect(cluster.readyPods('web')).toHaveLength(2);
    expect(cluster.get(kind, 'web').status).toMatchObject({ replicas: 2, readyReplicas: 2, availableReplicas: 2, fullyLabeledReplicas: 2, observedGeneration: 1 });
    expect(cluster.readyPods('web')[0]?.metadata.ownerReferences).toMatchObject([{ kind, name: 'web', controller: true, blockOwnerDeletion: true }]);
  });

  test('should adopt matching pods on creation, and release no longer matching pods', () => {
    const cluster = new SmallCluster();
    cluster.apply({ apiVersion: 'v1', kind: 'Pod', metadata: { name: 'first', namespace: 'shop', labels: { app: 'web' } }, spec: { containers: [aContainer('registry.example/web:1.0')] } } as KindMap['Pod'], make('web', 1));
    cluster.wait('5s');
    expect(cluster.pods('web').map(({ metadata }) => [metadata.name, metadata.ownerReferences?.[0]?.name])).toEqual([['first', 'web']]);
    merge(cluster, 'Pod', 'first', { metadata: { labels: { app: 'not-web' } } });
    cluster.wait('5s');
    expect(cluster.get('Pod', 'first').metadata.ownerReferences).toBeUndefined();
    expect(cluster.pods('web')).toHaveLength(1);
  });

  test('should surface a failure condition on a common issue like exceeded quota', () => {
    const cluster = new SmallCluster();
    cluster.apply({ apiVersion: 'v1', kind: 'ResourceQuota', metadata: { name: 'condition-test', namespace: 'shop' }, spec: { hard: { pods: '2' } } } as KindMap['ResourceQuota']);
    cluster.wait('1s');
    cluster.apply(make('web', 3));
    cluster.wait('5s');
    const [failure] = cluster.get(kind, 'web').status?.conditions ?? [];
    expect(failure).toMatchObject({ type: 'ReplicaFailure', status: 'True', reason: 'FailedCreate' });
    expect(failure?.message).toMatch(/^pods "web-\w{5}" is forbidden: exceeded quota: condition-test, requested: pods=1, used: pods=2, limited: pods=2$/);
    merge(cluster, kind, 'web', { spec: { replicas: 2 } });
    cluster.wait('5s');
    expect(cluster.get(kind, 'web').status?.conditions).toBeUndefined();
  });

  test('replaces what is deleted, and takes its pods with it but for orphans', () => {
    const cluster = new SmallCluster();
    cluster.apply(make('web', 2));
    cluster.wait('30s');
    cluster.delete('Pod', cluster.pods('web')[0]?.metadata.name ?? '');
    cluster.wait('30s');
    expect(cluster.readyPods('web')).toHaveLength(2);
    cluster.delete(kind, 'web', { propagation: 'Orphan' });
    cluster.wait('30s');
    expect(cluster.readyPods('web').map(({ metadata }) => metadata.ownerReferences)).toEqual([undefined, undefined]);
    cluster.apply(make('web', 2));
    cluster.wait('5s');
    cluster.delete(kind, 'web');
    cluster.wait('1m');
    expect(cluster.pods('web')).toEqual([]);
  });
});
