import { describe, expect, test } from 'vitest';
import type { KindMap } from '../../src/cluster/objects.ts';
import { accepted, aContainer, SmallCluster } from '../support/small-cluster.ts';

type Spec = NonNullable<KindMap['StatefulSet']['spec']>;

function aDatabase(spec: Partial<Spec> = {}): KindMap['StatefulSet'] {
  const template = { metadata: { labels: { app: 'db' } }, spec: { terminationGracePeriodSeconds: 1, containers: [aContainer('registry.example/db:1.0')] } };
  return { apiVersion: 'apps/v1', kind: 'StatefulSet', metadata: { name: 'db', namespace: 'shop' }, spec: { serviceName: 'db', replicas: 3, selector: { matchLabels: { app: 'db' } }, template, ...spec } };
}

function running(spec: Partial<Spec> = {}): SmallCluster {
  const cluster = new SmallCluster();
  cluster.apply(aDatabase(spec));
  cluster.wait('1m');
  return cluster;
}

function change(cluster: SmallCluster, spec: object): void {
  accepted(cluster.plane.api.patch({ kind: 'StatefulSet', namespace: 'shop', name: 'db' }, { type: 'strategic', body: { spec } }));
}

function image(tag: string): object {
  return { template: { spec: { containers: [{ name: 'app', image: `registry.example/db:${tag}` }] } } };
}

/** `db-0 1.0` of each pod that is not going. */
function pods(cluster: SmallCluster): string[] {
  return cluster.pods('db').filter(({ metadata }) => metadata.deletionTimestamp === undefined).map(({ metadata, spec }) => `${metadata.name} ${spec?.containers[0]?.image?.split(':')[1] ?? ''}`);
}

function sicken(cluster: SmallCluster, pod: string, well = false): void {
  if (well) cluster.runtime.unwell.delete(pod);
  else cluster.runtime.unwell.add(pod);
  cluster.plane.kubelet.healthChanged(cluster.get('Pod', pod).metadata.uid ?? '');
  cluster.wait('30s');
}

const CLAIM = { metadata: { name: 'data' }, spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } } };

// After test/e2e/apps/statefulset.go of Kubernetes.
describe('[sig-apps] StatefulSet', () => {
  test('should perform canary updates and phased rolling updates of template modifications', () => {
    const cluster = running({ updateStrategy: { type: 'RollingUpdate', rollingUpdate: { partition: 3 } } });
    change(cluster, image('2.0'));
    cluster.wait('1m');
    expect(pods(cluster)).toEqual(['db-0 1.0', 'db-1 1.0', 'db-2 1.0']);
    const { currentRevision, updateRevision } = cluster.get('StatefulSet', 'db').status ?? {};
    expect(currentRevision).not.toBe(updateRevision);
    change(cluster, { updateStrategy: { rollingUpdate: { partition: 2 } } });
    cluster.wait('1m');
    expect(pods(cluster)).toEqual(['db-0 1.0', 'db-1 1.0', 'db-2 2.0']);
    for (const pod of ['db-0', 'db-2']) cluster.delete('Pod', pod);
    cluster.wait('1m');
    expect(pods(cluster)).toEqual(['db-0 1.0', 'db-1 1.0', 'db-2 2.0']);
    change(cluster, { updateStrategy: { rollingUpdate: { partition: 0 } } });
    cluster.wait('2m');
    expect(pods(cluster)).toEqual(['db-0 2.0', 'db-1 2.0', 'db-2 2.0']);
    expect(cluster.get('StatefulSet', 'db').status).toMatchObject({ currentRevision: updateRevision, updateRevision, currentReplicas: 3, updatedReplicas: 3 });
  });

  test('should implement legacy replacement when the update strategy is OnDelete', () => {
    const cluster = running({ updateStrategy: { type: 'OnDelete' } });
    change(cluster, image('2.0'));
    cluster.wait('1m');
    expect(pods(cluster)).toEqual(['db-0 1.0', 'db-1 1.0', 'db-2 1.0']);
    for (const pod of ['db-0', 'db-1', 'db-2']) cluster.delete('Pod', pod);
    cluster.wait('1m');
    expect(pods(cluster)).toEqual(['db-0 2.0', 'db-1 2.0', 'db-2 2.0']);
  });

  test('Scaling should happen in predictable order and halt if any stateful pod is unhealthy', () => {
    const cluster = running({ replicas: 1 });
    sicken(cluster, 'db-0');
    change(cluster, { replicas: 3 });
    cluster.wait('1m');
    expect(pods(cluster)).toEqual(['db-0 1.0']);
    sicken(cluster, 'db-0', true);
    cluster.wait('1m');
    expect(pods(cluster)).toEqual(['db-0 1.0', 'db-1 1.0', 'db-2 1.0']);
    for (const pod of ['db-0', 'db-2']) sicken(cluster, pod);
    change(cluster, { replicas: 0 });
    cluster.wait('1m');
    expect(pods(cluster)).toEqual(['db-0 1.0', 'db-1 1.0', 'db-2 1.0']);
    sicken(cluster, 'db-2', true);
    cluster.wait('1m');
    expect(pods(cluster)).toEqual([]);
  });

  test('Burst scaling should run to completion even with unhealthy pods', () => {
    const cluster = running({ replicas: 1, podManagementPolicy: 'Parallel' });
    sicken(cluster, 'db-0');
    change(cluster, { replicas: 3 });
    cluster.wait('1m');
    expect(pods(cluster)).toEqual(['db-0 1.0', 'db-1 1.0', 'db-2 1.0']);
    change(cluster, { replicas: 0 });
    cluster.wait('1m');
    expect(pods(cluster)).toEqual([]);
  });

  test('should adopt matching orphans and release non-matching pods', () => {
    const cluster = running();
    const ref = { kind: 'Pod', namespace: 'shop', name: 'db-0' } as const;
    const { uid } = cluster.get('Pod', 'db-0').metadata;
    accepted(cluster.plane.api.patch(ref, { type: 'merge', body: { metadata: { ownerReferences: null } } }));
    cluster.wait('1s');
    expect(cluster.get('Pod', 'db-0').metadata).toMatchObject({ uid, ownerReferences: [{ kind: 'StatefulSet', name: 'db' }] });
    accepted(cluster.plane.api.patch(ref, { type: 'merge', body: { metadata: { labels: null } } }));
    cluster.wait('1s');
    expect(cluster.get('Pod', 'db-0').metadata.ownerReferences).toBeUndefined();
    cluster.delete('Pod', 'db-0');
    cluster.wait('1m');
    expect(cluster.readyPods('db')).toHaveLength(3);
  });

  test('waits for ever with a broken revision, until its pod is deleted by hand: a known limit of the real one', () => {
    const cluster = running();
    cluster.runtime.missing.add('registry.example/db:broken');
    change(cluster, image('broken'));
    cluster.wait('2m');
    change(cluster, image('1.0'));
    cluster.wait('10m');
    expect(pods(cluster)).toEqual(['db-0 1.0', 'db-1 1.0', 'db-2 broken']);
    cluster.delete('Pod', 'db-2');
    cluster.wait('1m');
    expect(pods(cluster)).toEqual(['db-0 1.0', 'db-1 1.0', 'db-2 1.0']);
  });

  test('makes a pod that has failed anew, and says so', () => {
    const cluster = running({ replicas: 1 });
    const pod = cluster.get('Pod', 'db-0');
    cluster.plane.store.update<KindMap['Pod']>({ ...pod, status: { ...pod.status, phase: 'Failed', reason: 'Evicted' } });
    cluster.wait('1m');
    expect(cluster.get('Pod', 'db-0').metadata.uid).not.toBe(pod.metadata.uid);
    expect(cluster.events('db')).toContain('RecreatingFailedPod: StatefulSet shop/db is recreating failed Pod db-0');
  });

  test('numbers its pods from where it is told to, and moves them when that changes', () => {
    const cluster = running({ replicas: 2, ordinals: { start: 3 } });
    expect(pods(cluster)).toEqual(['db-3 1.0', 'db-4 1.0']);
    change(cluster, { ordinals: { start: 2 } });
    cluster.wait('1m');
    expect(pods(cluster)).toEqual(['db-2 1.0', 'db-3 1.0']);
  });

  test('AvailableReplicas should get updated accordingly when MinReadySeconds is enabled', () => {
    const cluster = new SmallCluster();
    cluster.apply(aDatabase({ replicas: 2, minReadySeconds: 30 }));
    cluster.wait('20s');
    expect(cluster.get('StatefulSet', 'db').status).toMatchObject({ replicas: 1, readyReplicas: 1, availableReplicas: 0 });
    cluster.wait('90s');
    expect(cluster.get('StatefulSet', 'db').status).toMatchObject({ replicas: 2, readyReplicas: 2, availableReplicas: 2 });
  });

  test.each([['Retain', ['data-db-0', 'data-db-1', 'data-db-2']], ['Delete', ['data-db-0']]])('when scaled down with whenScaled %s keeps claims so', (whenScaled, kept) => {
    const cluster = running({ volumeClaimTemplates: [CLAIM], persistentVolumeClaimRetentionPolicy: { whenDeleted: 'Retain', whenScaled } });
    cluster.wait('1m');
    change(cluster, { replicas: 1 });
    cluster.wait('1m');
    expect(cluster.plane.store.list('PersistentVolumeClaim', 'shop').map(({ metadata }) => metadata.name)).toEqual(kept);
  });

  test.each([['Retain', 3], ['Delete', 0]])('when deleted with whenDeleted %s leaves %i claims', (whenDeleted, kept) => {
    const cluster = running({ volumeClaimTemplates: [CLAIM], persistentVolumeClaimRetentionPolicy: { whenDeleted, whenScaled: 'Retain' } });
    cluster.wait('1m');
    cluster.delete('StatefulSet', 'db');
    cluster.wait('1m');
    expect(cluster.pods('db')).toEqual([]);
    expect(cluster.plane.store.list('PersistentVolumeClaim', 'shop')).toHaveLength(kept);
  });
});
