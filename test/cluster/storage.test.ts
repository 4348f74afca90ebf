import { describe, expect, test } from 'vitest';
import type { KindMap } from '../../src/cluster/objects.ts';
import { aContainer, SmallCluster } from '../support/small-cluster.ts';

function aClaim(name: string, storageClassName?: string, storage = '1Gi'): KindMap['PersistentVolumeClaim'] {
  return { apiVersion: 'v1', kind: 'PersistentVolumeClaim', metadata: { name, namespace: 'shop' }, spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage } }, ...(storageClassName === undefined ? {} : { storageClassName }) } };
}

function aVolume(name: string, storage: string): KindMap['PersistentVolume'] {
  return { apiVersion: 'v1', kind: 'PersistentVolume', metadata: { name }, spec: { capacity: { storage }, accessModes: ['ReadWriteOnce'], hostPath: { path: '/data' }, storageClassName: 'manual' } };
}

function aPodWith(claimName: string): KindMap['Pod'] {
  return { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'db', namespace: 'shop', labels: { app: 'db' } }, spec: { containers: [aContainer('registry.example/db:1.0')], volumes: [{ name: 'data', persistentVolumeClaim: { claimName } }] } };
}

describe('a claim', () => {
  test('is bound to the smallest volume that will do', () => {
    const cluster = new SmallCluster();
    cluster.apply(aVolume('big', '10Gi'), aVolume('fit', '2Gi'), aVolume('small', '500Mi'), aClaim('data', 'manual'));
    cluster.wait('1s');
    expect(cluster.get('PersistentVolumeClaim', 'data')).toMatchObject({ spec: { volumeName: 'fit' }, status: { phase: 'Bound', capacity: { storage: '2Gi' } } });
    expect(cluster.plane.store.list('PersistentVolume', null).map(({ metadata, status }) => `${metadata.name} ${status?.phase}`)).toEqual(['big Available', 'fit Bound', 'small Available']);
    cluster.delete('PersistentVolumeClaim', 'data');
    cluster.wait('1s');
    expect(cluster.get('PersistentVolume', 'fit').status?.phase).toBe('Released');
  });

  test('of the default class waits for its pod, and the pod for it', () => {
    const cluster = new SmallCluster();
    cluster.wait('1s');
    cluster.apply(aClaim('data'));
    cluster.wait('1s');
    expect(cluster.get('PersistentVolumeClaim', 'data').status?.phase).toBe('Pending');
    expect(cluster.events('data')).toEqual(['WaitForFirstConsumer: waiting for first consumer to be created before binding']);
    cluster.apply(aPodWith('data'));
    cluster.wait('1m');
    expect(cluster.get('PersistentVolumeClaim', 'data').status?.phase).toBe('Bound');
    expect(cluster.readyPods('db')).toHaveLength(1);
    const volume = cluster.get('PersistentVolume', cluster.get('PersistentVolumeClaim', 'data').spec?.volumeName ?? '');
    expect(volume.spec?.nodeAffinity?.required?.nodeSelectorTerms[0]?.matchExpressions?.[0]?.values).toEqual([cluster.get('Pod', 'db').spec?.nodeName]);
  });

  test('that is used is not deleted before its pod; its volume goes with it', () => {
    const cluster = new SmallCluster();
    cluster.wait('1s');
    cluster.apply(aClaim('data'), aPodWith('data'));
    cluster.wait('1m');
    cluster.delete('PersistentVolumeClaim', 'data');
    cluster.wait('1m');
    expect(cluster.get('PersistentVolumeClaim', 'data').metadata.deletionTimestamp).toBeDefined();
    cluster.delete('Pod', 'db');
    cluster.wait('1m');
    expect(cluster.plane.store.list('PersistentVolumeClaim', null)).toEqual([]);
    expect(cluster.plane.store.list('PersistentVolume', null)).toEqual([]);
  });

  test('is made for each pod of a StatefulSet, and found again by the next pod of that name', () => {
    const cluster = new SmallCluster();
    cluster.wait('1s');
    const { spec: claim } = aClaim('data');
    cluster.apply({
      apiVersion: 'apps/v1', kind: 'StatefulSet', metadata: { name: 'db', namespace: 'shop' },
      spec: { serviceName: 'db', replicas: 2, selector: { matchLabels: { app: 'db' } }, template: { metadata: { labels: { app: 'db' } }, spec: { containers: [aContainer('registry.example/db:1.0')] } }, volumeClaimTemplates: [{ metadata: { name: 'data' }, spec: claim }] },
    } as KindMap['StatefulSet']);
    cluster.wait('2m');
    expect(cluster.readyPods('db')).toHaveLength(2);
    const claims = cluster.plane.store.list('PersistentVolumeClaim', 'shop').map(({ metadata, status }) => `${metadata.name} ${status?.phase}`);
    expect(claims).toEqual(['data-db-0 Bound', 'data-db-1 Bound']);
    const home = cluster.get('Pod', 'db-1').spec?.nodeName;
    cluster.delete('Pod', 'db-1');
    cluster.wait('1m');
    expect(cluster.get('Pod', 'db-1').spec?.nodeName).toBe(home);
    expect(cluster.plane.store.list('PersistentVolumeClaim', 'shop')).toHaveLength(2);
  });

  test('that cannot be bound keeps its pod pending', () => {
    const cluster = new SmallCluster();
    cluster.apply(aClaim('data', ''), aPodWith('data'));
    cluster.wait('10s');
    expect(cluster.events('data')).toContain('FailedBinding: no persistent volumes available for this claim and no storage class is set');
    expect(cluster.events('db')[0]).toBe('FailedScheduling: 0/3 nodes are available: pod has unbound immediate PersistentVolumeClaims. preemption: 0/3 nodes are available: 3 Preemption is not helpful for scheduling.');
  });
});

describe('a volume', () => {
  test('that a claim is bound to is not deleted before the claim; a free one goes at once', () => {
    const cluster = new SmallCluster();
    cluster.apply(aVolume('used', '2Gi'), aClaim('data', 'manual'));
    cluster.wait('1s');
    cluster.apply(aVolume('free', '1Gi'));
    cluster.wait('1s');
    for (const name of ['used', 'free']) cluster.delete('PersistentVolume', name);
    cluster.wait('1s');
    expect(cluster.plane.store.list('PersistentVolume', null).map(({ metadata }) => [metadata.name, metadata.finalizers])).toEqual([['used', ['kubernetes.io/pv-protection']]]);
    expect(cluster.get('PersistentVolumeClaim', 'data').status?.phase).toBe('Bound');
    cluster.delete('PersistentVolumeClaim', 'data');
    cluster.wait('1s');
    expect(cluster.plane.store.list('PersistentVolume', null)).toEqual([]);
  });

  test('grows with its claim where the class allows it, and never shrinks', () => {
    const cluster = new SmallCluster();
    cluster.apply({ apiVersion: 'storage.k8s.io/v1', kind: 'StorageClass', metadata: { name: 'fast' }, provisioner: 'ebs.csi.aws.com', allowVolumeExpansion: true } as KindMap['StorageClass'], aClaim('data', 'fast'));
    cluster.wait('10s');
    const ask = (storage: string): ReturnType<typeof cluster.plane.api.patch> => cluster.plane.api.patch({ kind: 'PersistentVolumeClaim', namespace: 'shop', name: 'data' }, { type: 'merge', body: { spec: { resources: { requests: { storage } } } } });
    expect(ask('5Gi').ok).toBe(true);
    cluster.wait('10s');
    const { spec, status } = cluster.get('PersistentVolumeClaim', 'data');
    expect([status?.capacity, cluster.get('PersistentVolume', spec?.volumeName ?? '').spec?.capacity]).toEqual([{ storage: '5Gi' }, { storage: '5Gi' }]);
    expect(ask('1Gi')).toMatchObject({ status: { message: 'PersistentVolumeClaim "data" is invalid: spec.resources.requests.storage: Forbidden: field can not be less than status.capacity' } });
  });
});
