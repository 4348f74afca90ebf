import { describe, expect, test } from 'vitest';
import type { KindMap } from '../../src/cluster/objects.ts';
import { aDeployment, aService, SmallCluster } from '../support/small-cluster.ts';

function conditionOf(deployment: KindMap['Deployment'], type: string): string {
  const condition = deployment.status?.conditions?.find((candidate) => candidate.type === type);
  return `${condition?.status} ${condition?.reason}`;
}

/** What the ReplicaSets of `web` are asked for, smallest first. */
function sizes(cluster: SmallCluster): number[] {
  return cluster.sets('web').map(({ spec }) => spec?.replicas ?? 0).sort((left, right) => left - right);
}

describe('a rollout', () => {
  test('replaces all pods and never has fewer ready, or more in all, than the strategy allows', () => {
    const cluster = new SmallCluster();
    cluster.apply(aDeployment('web', { replicas: 8, strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: '25%', maxUnavailable: 1 } } }));
    cluster.wait('1m');
    expect(cluster.readyPods('web')).toHaveLength(8);

    let fewest = Infinity;
    let most = 0;
    cluster.plane.store.watchKind('Pod', () => {
      fewest = Math.min(fewest, cluster.readyPods('web').length);
      most = Math.max(most, cluster.pods('web').filter(({ metadata }) => metadata.deletionTimestamp === undefined).length);
    });
    cluster.setImage('web', 'registry.example/web:2.0');
    cluster.wait('3m');

    expect(fewest).toBe(7);
    expect(most).toBe(10);
    expect(cluster.readyPods('web').map(({ spec }) => spec?.containers[0]?.image)).toEqual(Array(8).fill('registry.example/web:2.0'));
    expect(sizes(cluster)).toEqual([0, 8]);
    const web = cluster.get('Deployment', 'web');
    expect(web.metadata.annotations?.['deployment.kubernetes.io/revision']).toBe('2');
    expect(web.status).toMatchObject({ observedGeneration: 2, replicas: 8, updatedReplicas: 8, readyReplicas: 8, availableReplicas: 8 });
    expect(conditionOf(web, 'Progressing')).toBe('True NewReplicaSetAvailable');
  });

  test('to an image that does not exist stalls: old pods serve on, and the deadline passes', () => {
    const cluster = new SmallCluster();
    cluster.runtime.missing.add('registry.example/web:2.O');
    cluster.apply(aDeployment('web', { replicas: 4 }), aService('web'));
    cluster.wait('1m');
    cluster.setImage('web', 'registry.example/web:2.O');
    cluster.wait('30s');

    const stuck = cluster.pods('web').filter(({ spec }) => spec?.containers[0]?.image?.endsWith('2.O'));
    expect(stuck).toHaveLength(2); // one of surge, one for the one that may be unavailable
    expect(cluster.readyPods('web')).toHaveLength(3);
    expect(stuck.map(({ status }) => status?.containerStatuses?.[0]?.state?.waiting?.reason)).toEqual(Array(2).fill('ImagePullBackOff'));
    expect(conditionOf(cluster.get('Deployment', 'web'), 'Available')).toBe('True MinimumReplicasAvailable');
    expect(conditionOf(cluster.get('Deployment', 'web'), 'Progressing')).toBe('True ReplicaSetUpdated');

    cluster.wait('9m');
    expect(conditionOf(cluster.get('Deployment', 'web'), 'Progressing')).toBe('True ReplicaSetUpdated');
    cluster.wait('1m');
    expect(conditionOf(cluster.get('Deployment', 'web'), 'Progressing')).toBe('False ProgressDeadlineExceeded');
    expect(cluster.readyPods('web')).toHaveLength(3);
  });

  test('is undone by giving the old template back: the old ReplicaSet returns under a new revision', () => {
    const cluster = new SmallCluster();
    cluster.apply(aDeployment('web'));
    cluster.wait('1m');
    const [first] = cluster.sets('web');
    cluster.setImage('web', 'registry.example/web:2.0');
    cluster.wait('2m');

    cluster.setImage('web', 'registry.example/web:1.0');
    cluster.wait('2m');
    const sets = cluster.sets('web');
    expect(sets).toHaveLength(2);
    const restored = cluster.get('ReplicaSet', first?.metadata.name ?? '');
    expect(restored.spec?.replicas).toBe(3);
    expect(restored.metadata.annotations).toMatchObject({ 'deployment.kubernetes.io/revision': '3', 'deployment.kubernetes.io/revision-history': '1' });
    expect(cluster.readyPods('web').map(({ spec }) => spec?.containers[0]?.image)).toEqual(Array(3).fill('registry.example/web:1.0'));
  });

  test('by Recreate is an outage: no new pod before the last old one is gone', () => {
    const cluster = new SmallCluster();
    cluster.apply(aDeployment('web', { strategy: { type: 'Recreate' } }));
    cluster.wait('1m');
    let mixed = false;
    cluster.plane.store.watchKind('Pod', () => {
      mixed ||= new Set(cluster.pods('web').map(({ spec }) => spec?.containers[0]?.image)).size > 1;
    });
    cluster.setImage('web', 'registry.example/web:2.0');
    cluster.wait('1s');
    expect(cluster.readyPods('web')).toHaveLength(0);
    cluster.wait('1m');
    expect(cluster.readyPods('web')).toHaveLength(3);
    expect(mixed).toBe(false);
  });

  test('waits while the Deployment is paused', () => {
    const cluster = new SmallCluster();
    cluster.apply(aDeployment('web'));
    cluster.wait('1m');
    const ref = { kind: 'Deployment', namespace: 'shop', name: 'web' } as const;
    cluster.plane.api.patch(ref, { type: 'merge', body: { spec: { paused: true } } });
    cluster.setImage('web', 'registry.example/web:2.0');
    cluster.wait('5m');
    expect(cluster.sets('web')).toHaveLength(1);
    expect(conditionOf(cluster.get('Deployment', 'web'), 'Progressing')).toBe('Unknown DeploymentPaused');
    cluster.plane.api.patch(ref, { type: 'merge', body: { spec: { paused: null } } });
    cluster.wait('2m');
    expect(cluster.readyPods('web').map(({ spec }) => spec?.containers[0]?.image)).toEqual(Array(3).fill('registry.example/web:2.0'));
  });

  test('keeps no more old revisions than the limit', () => {
    const cluster = new SmallCluster();
    cluster.apply(aDeployment('web', { replicas: 1, revisionHistoryLimit: 2 }));
    for (const version of ['2.0', '3.0', '4.0', '5.0']) {
      cluster.wait('2m');
      cluster.setImage('web', `registry.example/web:${version}`);
    }
    cluster.wait('2m');
    const revisions = cluster.sets('web').map(({ metadata }) => Number(metadata.annotations?.['deployment.kubernetes.io/revision']));
    expect(revisions.sort((left, right) => left - right)).toEqual([3, 4, 5]);
  });

  test('that is scaled in the middle grows both revisions in proportion', () => {
    const cluster = new SmallCluster();
    cluster.runtime.missing.add('registry.example/web:bad');
    cluster.apply(aDeployment('web', { replicas: 8 }));
    cluster.wait('1m');
    cluster.setImage('web', 'registry.example/web:bad');
    cluster.wait('1m');
    expect(sizes(cluster)).toEqual([4, 6]);
    cluster.scale('web', 16);
    cluster.wait('10s');
    expect(sizes(cluster)).toEqual([8, 12]);
  });
});
