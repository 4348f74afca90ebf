import { describe, expect, test } from 'vitest';
import type { KindMap } from '../../src/cluster/objects.ts';
import { accepted, aContainer, SmallCluster } from '../support/small-cluster.ts';

type Spec = NonNullable<KindMap['DaemonSet']['spec']>;

function anAgent(spec: Partial<Spec> = {}): KindMap['DaemonSet'] {
  const template = { metadata: { labels: { app: 'agent' } }, spec: { terminationGracePeriodSeconds: 1, containers: [aContainer('registry.example/agent:1.0')] } };
  return { apiVersion: 'apps/v1', kind: 'DaemonSet', metadata: { name: 'agent', namespace: 'shop' }, spec: { selector: { matchLabels: { app: 'agent' } }, template, ...spec } };
}

function running(spec: Partial<Spec> = {}, nodes = 3): SmallCluster {
  const cluster = new SmallCluster({ nodes });
  cluster.apply(anAgent(spec));
  cluster.wait('30s');
  return cluster;
}

function change(cluster: SmallCluster, spec: object): void {
  accepted(cluster.plane.api.patch({ kind: 'DaemonSet', namespace: 'shop', name: 'agent' }, { type: 'strategic', body: { spec } }));
}

function image(tag: string): object {
  return { template: { spec: { containers: [{ name: 'app', image: `registry.example/agent:${tag}` }] } } };
}

function tags(cluster: SmallCluster): (string | undefined)[] {
  return cluster.readyPods('agent').map(({ spec }) => spec?.containers[0]?.image?.split(':')[1]);
}

function revisions(cluster: SmallCluster): [string, number][] {
  return cluster.plane.store.list('ControllerRevision', 'shop').map(({ metadata, revision }) => [metadata.name, revision]);
}

// After test/e2e/apps/daemon_set.go and controller_revision.go of Kubernetes.
describe('[sig-apps] Daemon set', () => {
  test('should run and stop complex daemon', () => {
    const cluster = running({ template: { ...anAgent().spec?.template, spec: { containers: [aContainer('registry.example/agent:1.0')], nodeSelector: { color: 'blue' } } } });
    expect(cluster.pods('agent')).toEqual([]);
    const paint = (color: string): void => {
      accepted(cluster.plane.api.patch({ kind: 'Node', namespace: '', name: 'node-2' }, { type: 'merge', body: { metadata: { labels: { color } } } }));
      cluster.wait('45s');
    };
    paint('blue');
    expect(cluster.readyPods('agent').map(({ spec }) => spec?.nodeName)).toEqual(['node-2']);
    paint('green');
    expect(cluster.pods('agent')).toEqual([]);
    change(cluster, { template: { spec: { nodeSelector: { color: 'green' } } } });
    cluster.wait('30s');
    expect(cluster.readyPods('agent').map(({ spec }) => spec?.nodeName)).toEqual(['node-2']);
  });

  test('should retry creating failed daemon pods', () => {
    const cluster = running();
    const [pod] = cluster.pods('agent');
    if (pod !== undefined) cluster.plane.store.update<KindMap['Pod']>({ ...pod, status: { ...pod.status, phase: 'Failed' } });
    cluster.wait('30s');
    expect(cluster.pods('agent').map(({ metadata }) => metadata.name)).not.toContain(pod?.metadata.name);
    expect(cluster.readyPods('agent')).toHaveLength(3);
    expect(cluster.events('agent')).toContain(`FailedDaemonPod: Found failed daemon pod shop/${pod?.metadata.name} on node ${pod?.spec?.nodeName}, will try to kill it`);
  });

  test('should update pod when spec was updated and update strategy is RollingUpdate', () => {
    const cluster = running();
    let least = 3;
    cluster.plane.store.watchKind('DaemonSet', (_type, { status }) => { least = Math.min(least, status?.numberAvailable ?? 0); });
    change(cluster, image('2.0'));
    cluster.wait('1m');
    expect([least, tags(cluster)]).toEqual([2, ['2.0', '2.0', '2.0']]);
    expect(cluster.get('DaemonSet', 'agent').status).toMatchObject({ updatedNumberScheduled: 3, numberAvailable: 3, observedGeneration: 2 });
  });

  test('should surge pods onto nodes when spec was updated and update strategy is RollingUpdate', () => {
    const cluster = running({ updateStrategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: '50%', maxUnavailable: 0 } } });
    let least = 3;
    let most = 0;
    cluster.plane.store.watchKind('DaemonSet', (_type, { status }) => { least = Math.min(least, status?.numberAvailable ?? 0); });
    cluster.plane.store.watchKind('Pod', () => { most = Math.max(most, cluster.plane.store.list('Pod', 'shop').filter(({ metadata }) => metadata.deletionTimestamp === undefined).length); });
    change(cluster, image('2.0'));
    cluster.wait('2m');
    expect([least, most, tags(cluster)]).toEqual([3, 5, ['2.0', '2.0', '2.0']]);
  });

  test('should not update pod when spec was updated and update strategy is OnDelete', () => {
    const cluster = running({ updateStrategy: { type: 'OnDelete' } });
    change(cluster, image('2.0'));
    cluster.wait('1m');
    expect(tags(cluster)).toEqual(['1.0', '1.0', '1.0']);
    cluster.delete('Pod', cluster.pods('agent')[0]?.metadata.name ?? '');
    cluster.wait('30s');
    expect(tags(cluster).filter((tag) => tag === '2.0')).toHaveLength(1);
  });

  test('should rollback without unnecessary restarts', () => {
    const cluster = running({}, 5);
    cluster.runtime.missing.add('registry.example/agent:broken');
    const before = new Set(cluster.pods('agent').map(({ metadata }) => metadata.uid));
    change(cluster, image('broken'));
    cluster.wait('30s');
    const broken = cluster.pods('agent').filter(({ spec }) => spec?.containers[0]?.image?.endsWith('broken') === true);
    expect(broken).toHaveLength(1);
    change(cluster, image('1.0'));
    cluster.wait('1m');
    expect(cluster.readyPods('agent').filter(({ metadata }) => before.has(metadata.uid))).toHaveLength(4);
    expect(revisions(cluster).map(([, revision]) => revision).sort((left, right) => left - right)).toEqual([2, 3]);
  });

  test('should verify changes to a daemon set status', () => {
    const cluster = running();
    const set = cluster.get('DaemonSet', 'agent');
    const conditions = [{ type: 'StatusUpdate', status: 'True', reason: 'E2E', message: 'Set from e2e test' }];
    cluster.plane.store.update<KindMap['DaemonSet']>({ ...set, status: { ...set.status as NonNullable<KindMap['DaemonSet']['status']>, conditions } });
    cluster.delete('Pod', cluster.pods('agent')[0]?.metadata.name ?? '');
    cluster.wait('30s');
    expect(cluster.get('DaemonSet', 'agent').status?.conditions).toEqual(conditions);
  });

  test('should manage the lifecycle of a ControllerRevision', () => {
    const cluster = running();
    const first = revisions(cluster)[0]?.[0] ?? '';
    const initial = cluster.get('ControllerRevision', first);
    const { labels, ownerReferences } = initial.metadata;
    cluster.apply({ ...initial, metadata: { generateName: 'agent-', namespace: 'shop', labels, ownerReferences }, revision: 2 } as unknown as KindMap['ControllerRevision']);
    cluster.delete('ControllerRevision', first);
    cluster.wait('1s');
    expect(revisions(cluster).map(([, revision]) => revision)).toEqual([2]);
    for (const [name] of revisions(cluster)) cluster.delete('ControllerRevision', name);
    cluster.wait('10s');
    expect(revisions(cluster)).toEqual([[first, 1]]);
    expect(tags(cluster)).toHaveLength(3);
  });

  test('refuses a strategy that could neither surge nor miss a pod', () => {
    const cluster = new SmallCluster();
    const refusal = cluster.plane.api.create(anAgent({ updateStrategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: 0, maxUnavailable: 0 } } }));
    expect(refusal).toMatchObject({ status: { message: 'DaemonSet.apps "agent" is invalid: spec.updateStrategy.rollingUpdate.maxUnavailable: Required value: cannot be 0 when maxSurge is 0' } });
  });
});
