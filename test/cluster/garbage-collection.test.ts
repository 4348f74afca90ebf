import { describe, expect, test } from 'vitest';
import type { KindMap } from '../../src/cluster/objects.ts';
import { ARestApi } from '../kube-api/a-rest-api.ts';
import { accepted, aDeployment, SmallCluster } from '../support/small-cluster.ts';

type Owner = NonNullable<KindMap['ConfigMap']['metadata']['ownerReferences']>[number];

function aConfigMap(name: string, owners: readonly Owner[] = [], more: Partial<KindMap['ConfigMap']['metadata']> = {}): KindMap['ConfigMap'] {
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, namespace: 'shop', ...(owners.length === 0 ? {} : { ownerReferences: [...owners] }), ...more } };
}

function referTo(cluster: SmallCluster, name: string, blockOwnerDeletion = true): Owner {
  return { apiVersion: 'v1', kind: 'ConfigMap', name, uid: cluster.get('ConfigMap', name).metadata.uid ?? '', blockOwnerDeletion };
}

function own(cluster: SmallCluster, name: string, owner: string): void {
  accepted(cluster.plane.api.patch({ kind: 'ConfigMap', namespace: 'shop', name }, { type: 'merge', body: { metadata: { ownerReferences: [referTo(cluster, owner)] } } }));
}

function names(cluster: SmallCluster): string[] {
  return cluster.plane.store.list('ConfigMap', 'shop').map(({ metadata }) => metadata.name).filter((name) => name !== 'kube-root-ca.crt');
}

// After test/e2e/apimachinery/garbage_collector.go and namespace.go of Kubernetes.
describe('[sig-api-machinery] Garbage collector', () => {
  test('should not delete dependents that have both valid owner and owner that is waiting for dependents to be deleted', () => {
    const cluster = new SmallCluster();
    cluster.apply(aConfigMap('leaving'), aConfigMap('staying'));
    cluster.apply(aConfigMap('of-both', [referTo(cluster, 'leaving'), referTo(cluster, 'staying')]), aConfigMap('of-one', [referTo(cluster, 'leaving')]));
    cluster.delete('ConfigMap', 'leaving', { propagation: 'Foreground' });
    cluster.wait('1s');
    expect(names(cluster)).toEqual(['of-both', 'staying']);
    expect(cluster.get('ConfigMap', 'of-both').metadata.ownerReferences?.map(({ name }) => name)).toEqual(['staying']);
  });

  test('should not be blocked by dependency circle', () => {
    const cluster = new SmallCluster();
    cluster.apply(aConfigMap('one'), aConfigMap('two'), aConfigMap('three'));
    for (const [name, owner] of [['two', 'one'], ['three', 'two'], ['one', 'three']] as const) own(cluster, name, owner);
    cluster.delete('ConfigMap', 'one', { propagation: 'Foreground' });
    cluster.wait('5s');
    expect(names(cluster)).toEqual([]);
  });

  test('waits in the foreground for those that block their owner alone', () => {
    const cluster = new SmallCluster();
    cluster.apply(aConfigMap('owner'));
    cluster.apply(aConfigMap('free', [referTo(cluster, 'owner', false)], { finalizers: ['example.com/hold'] }));
    cluster.delete('ConfigMap', 'owner', { propagation: 'Foreground' });
    cluster.wait('1s');
    expect(names(cluster)).toEqual(['free']);
    expect(cluster.get('ConfigMap', 'free').metadata.deletionTimestamp).toBeDefined();
  });

  test('takes an owner in another namespace for absent, and says so; one that never was, too', () => {
    const cluster = new SmallCluster();
    cluster.apply({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'other' } }, aConfigMap('owner'));
    const owner = referTo(cluster, 'owner');
    cluster.apply(aConfigMap('lost', [owner], { namespace: 'other' }), aConfigMap('astray', [{ ...owner, name: 'never', uid: '00000000-0000-4000-8000-000000000000' }]));
    cluster.wait('1s');
    expect(cluster.plane.store.get('ConfigMap', 'other', 'lost')).toBeUndefined();
    expect(names(cluster)).toEqual(['owner']);
    expect(cluster.events('lost')).toEqual([`OwnerRefInvalidNamespace: ownerRef [v1/ConfigMap, namespace: other, name: owner, uid: ${owner.uid}] does not exist in namespace "other"`]);
  });

  test('should delete RS created by deployment when not orphaning, and orphan it when deleteOptions.PropagationPolicy is Orphan', () => {
    for (const [propagation, left] of [['Background', 0], ['Orphan', 1]] as const) {
      const cluster = new SmallCluster();
      cluster.apply(aDeployment('web'));
      cluster.wait('30s');
      const [set] = cluster.sets('web');
      cluster.delete('Deployment', 'web', { propagation });
      cluster.wait('1m');
      expect(cluster.plane.store.list('ReplicaSet', 'shop')).toHaveLength(left);
      if (left > 0) expect(cluster.get('ReplicaSet', set?.metadata.name ?? '').metadata.ownerReferences).toBeUndefined();
      expect(cluster.readyPods('web')).toHaveLength(3 * left);
    }
  });
});

describe('[sig-api-machinery] Namespaces', () => {
  test('should apply a finalizer to a Namespace, and let it go with the last one', () => {
    const rest = new ARestApi();
    const { body } = rest.get('/api/v1/namespaces/shop');
    rest.ask('PUT', '/api/v1/namespaces/shop/finalize', { body: { ...body, spec: { finalizers: ['kubernetes', 'e2e.example.com/fakeFinalizer'] } } });
    rest.ask('DELETE', '/api/v1/namespaces/shop');
    rest.cluster.wait('10s');
    expect(rest.get('/api/v1/namespaces/shop').body).toMatchObject({ spec: { finalizers: ['e2e.example.com/fakeFinalizer'] }, status: { phase: 'Terminating' } });
    const held = rest.get('/api/v1/namespaces/shop').body;
    rest.ask('PUT', '/api/v1/namespaces/shop/finalize', { body: { ...held, spec: { finalizers: [] } } });
    expect(rest.get('/api/v1/namespaces/shop').code).toBe(404);
  });

  test('should guarantee kube-root-ca.crt exist in any namespace', () => {
    const cluster = new SmallCluster();
    const { data } = cluster.get('ConfigMap', 'kube-root-ca.crt');
    cluster.delete('ConfigMap', 'kube-root-ca.crt');
    cluster.wait('1s');
    accepted(cluster.plane.api.patch({ kind: 'ConfigMap', namespace: 'shop', name: 'kube-root-ca.crt' }, { type: 'merge', body: { data: { 'ca.crt': '' } } }));
    cluster.wait('1s');
    expect(cluster.get('ConfigMap', 'kube-root-ca.crt').data).toEqual(data);
  });
});

test('an event that somebody wrote is gone after an hour', () => {
  const cluster = new SmallCluster();
  cluster.apply({ apiVersion: 'v1', kind: 'Event', metadata: { name: 'noted', namespace: 'shop' }, involvedObject: { kind: 'Pod', name: 'x', namespace: 'shop' }, reason: 'Noted', type: 'Normal' } as KindMap['Event']);
  cluster.wait('59m');
  expect(cluster.get('Event', 'noted').reason).toBe('Noted');
  cluster.wait('3m');
  expect(cluster.plane.store.get('Event', 'shop', 'noted')).toBeUndefined();
});
