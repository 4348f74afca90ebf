import { describe, expect, test } from 'vitest';
import type { KindMap } from '../../src/cluster/objects.ts';
import { accepted, aDeployment, SmallCluster } from '../support/small-cluster.ts';

/** A ReplicaSet by itself, of pods that a Deployment `web` selects. */
function aSet(name: string, annotations: Record<string, string> = {}): KindMap['ReplicaSet'] {
  const template = { ...aDeployment('web', { image: 'registry.example/web:0.9' }).spec?.template, metadata: { labels: { app: 'web', made: 'by-hand' } } };
  return { apiVersion: 'apps/v1', kind: 'ReplicaSet', metadata: { name, namespace: 'shop', annotations, labels: { app: 'web' } }, spec: { replicas: 1, selector: { matchLabels: { app: 'web', made: 'by-hand' } }, template } };
}

function merge(cluster: SmallCluster, kind: 'Deployment' | 'ReplicaSet', name: string, body: object): void {
  accepted(cluster.plane.api.patch({ kind, namespace: 'shop', name }, { type: 'merge', body: body as Record<string, unknown> }));
}

// After test/e2e/apps/deployment.go of Kubernetes.
describe('[sig-apps] Deployment', () => {
  test('RollingUpdateDeployment should delete old pods and create new ones, and count revisions beyond what a double can', () => {
    const cluster = new SmallCluster();
    cluster.apply(aSet('rolling', { 'deployment.kubernetes.io/revision': '3546343826724305832' }));
    cluster.wait('30s');
    cluster.apply(aDeployment('web', { replicas: 1 }));
    cluster.wait('1m');
    expect(cluster.get('Deployment', 'web').metadata.annotations?.['deployment.kubernetes.io/revision']).toBe('3546343826724305833');
    expect(cluster.get('ReplicaSet', 'rolling')).toMatchObject({ spec: { replicas: 0 }, metadata: { ownerReferences: [{ kind: 'Deployment', name: 'web' }] } });
    expect(cluster.readyPods('web').map(({ spec }) => spec?.containers[0]?.image)).toEqual(['registry.example/web:1.0']);
  });

  test('deployment should delete old replica sets', () => {
    const cluster = new SmallCluster();
    cluster.apply(aSet('old'));
    cluster.wait('30s');
    cluster.apply(aDeployment('web', { replicas: 1, revisionHistoryLimit: 0 }));
    cluster.wait('1m');
    expect(cluster.plane.store.list('ReplicaSet', 'shop')).toHaveLength(1);
    expect(cluster.plane.store.get('ReplicaSet', 'shop', 'old')).toBeUndefined();
  });

  test('Deployment ReplicaSet orphaning and adoption regarding controllerRef', () => {
    const cluster = new SmallCluster();
    cluster.apply(aDeployment('web'));
    cluster.wait('30s');
    const [set] = cluster.sets('web');
    const name = set?.metadata.name ?? '';
    merge(cluster, 'ReplicaSet', name, { metadata: { ownerReferences: null } });
    cluster.wait('1s');
    expect(cluster.get('ReplicaSet', name).metadata.ownerReferences).toMatchObject([{ kind: 'Deployment', name: 'web', controller: true }]);
    merge(cluster, 'ReplicaSet', name, { metadata: { labels: { app: 'not-web' } } });
    cluster.wait('30s');
    expect(cluster.get('ReplicaSet', name).metadata.ownerReferences).toBeUndefined();
    expect(cluster.get('Deployment', 'web').status?.collisionCount).toBe(1);
    expect(cluster.get('Deployment', 'web').status).toMatchObject({ readyReplicas: 3 });
  });

  test('should validate Deployment Status endpoints', () => {
    const cluster = new SmallCluster();
    cluster.apply(aDeployment('web'));
    cluster.wait('30s');
    const web = cluster.get('Deployment', 'web');
    const added = { type: 'StatusUpdate', status: 'True', reason: 'E2E', message: 'Set from e2e test' };
    cluster.plane.store.update<KindMap['Deployment']>({ ...web, status: { ...web.status, conditions: [...(web.status?.conditions ?? []), added] } });
    cluster.scale('web', 4);
    cluster.wait('30s');
    expect(cluster.get('Deployment', 'web').status?.conditions).toContainEqual(added);
  });
});
