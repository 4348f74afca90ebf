import { describe, expect, test } from 'vitest';
import { ARestApi } from '../kube-api/a-rest-api.ts';
import { accepted, aDeployment, SmallCluster } from '../support/small-cluster.ts';

function podsOn(cluster: SmallCluster, node: string): string[] {
  return cluster.pods('web').filter(({ spec }) => spec?.nodeName === node).map(({ metadata }) => metadata.name);
}

describe('a node that loses its power', () => {
  test('takes its processes down at once, and its pods are made elsewhere when five minutes and forty seconds have passed', () => {
    const cluster = new SmallCluster();
    cluster.apply(aDeployment('web', { replicas: 6 }));
    cluster.wait('1m');
    const lost = podsOn(cluster, 'node-1');
    expect(lost).toHaveLength(2);
    expect(cluster.plane.kubelet.failNode('node-1')).toBe(true);
    expect(new Set(cluster.runtime.stoppedPods)).toEqual(new Set(lost));
    expect(cluster.readyPods('web')).toHaveLength(6); // nobody has noticed yet

    cluster.wait('41s');
    expect(cluster.readyPods('web')).toHaveLength(4);
    expect(cluster.get('Node', 'node-1').status?.conditions?.find(({ type }) => type === 'Ready')?.status).toBe('Unknown');
    expect(cluster.get('Node', 'node-1').spec?.taints?.map(({ key, effect }) => `${key} ${effect}`)).toEqual(['node.kubernetes.io/unreachable NoSchedule', 'node.kubernetes.io/unreachable NoExecute']);

    cluster.wait('5m30s');
    expect(cluster.readyPods('web')).toHaveLength(6);
    expect(podsOn(cluster, 'node-1')).toEqual(lost); // marked for deletion, but who should confirm it?
    expect(cluster.plane.kubelet.recoverNode('node-1')).toBe(true);
    cluster.wait('1m');
    expect(podsOn(cluster, 'node-1')).toEqual([]);
    expect(cluster.get('Node', 'node-1').spec?.taints).toBeUndefined();
  });

  test('and comes back within half a minute starts its pods again where they were', () => {
    const cluster = new SmallCluster();
    cluster.apply(aDeployment('web', { replicas: 3 }));
    cluster.wait('1m');
    const there = podsOn(cluster, 'node-1');
    cluster.plane.kubelet.failNode('node-1');
    cluster.wait('25s');
    cluster.plane.kubelet.recoverNode('node-1');
    cluster.wait('1s');
    expect(cluster.readyPods('web')).toHaveLength(2);
    cluster.wait('1m');
    expect(cluster.readyPods('web')).toHaveLength(3);
    expect(podsOn(cluster, 'node-1')).toEqual(there);
    expect(cluster.get('Pod', there[0] ?? '').status?.containerStatuses?.[0]).toMatchObject({ restartCount: 1, lastState: { terminated: { exitCode: 255, reason: 'Unknown' } } });
  });

  test('for good, and is removed from the cluster, leaves no pods behind', () => {
    const cluster = new SmallCluster();
    cluster.apply(aDeployment('web', { replicas: 3 }));
    cluster.wait('1m');
    cluster.plane.kubelet.failNode('node-1');
    cluster.delete('Node', 'node-1');
    cluster.wait('2m');
    expect(podsOn(cluster, 'node-1')).toEqual([]);
    expect(cluster.readyPods('web')).toHaveLength(3);
  });
});

describe('a NoExecute taint', () => {
  test('evicts at once what does not bear it, later what bears it for a while, and never what bears it for good', () => {
    const cluster = new SmallCluster({ nodes: 1 });
    const patient = (name: string, tolerations: object[]): void => {
      const web = aDeployment(name, { replicas: 1 });
      Object.assign(web.spec?.template.spec ?? {}, { tolerations });
      cluster.apply(web);
    };
    patient('proud', []);
    patient('patient', [{ key: 'repair', operator: 'Exists', tolerationSeconds: 60 }]);
    patient('stoic', [{ operator: 'Exists' }]);
    cluster.wait('1m');
    const before = new Set(cluster.pods().map(({ metadata }) => metadata.name));
    accepted(cluster.plane.api.patch({ kind: 'Node', namespace: '', name: 'node-1' }, { type: 'strategic', body: { spec: { taints: [{ key: 'repair', effect: 'NoExecute' }] } } }));
    const left = (): string[] => cluster.pods().filter(({ metadata }) => before.has(metadata.name)).map(({ metadata }) => metadata.labels?.['app'] ?? '');
    cluster.wait('30s');
    expect(left()).toEqual(['patient', 'stoic']);
    cluster.wait('1m');
    expect(left()).toEqual(['stoic']);
  });
});

describe('a node', () => {
  test('registers with what kubectl shows of it', () => {
    const cluster = new SmallCluster();
    cluster.wait('1s');
    const { status, metadata } = cluster.get('Node', 'node-1');
    expect(status?.conditions?.map(({ type, status: is }) => `${type} ${is}`)).toEqual(['MemoryPressure False', 'DiskPressure False', 'PIDPressure False', 'Ready True']);
    expect(status?.allocatable).toMatchObject({ cpu: '8', memory: '32Gi', pods: '110' });
    expect(metadata.labels?.['kubernetes.io/hostname']).toBe('node-1');
  });
});

describe('[sig-node] NodeLease', () => {
  test('the kubelet should report node status infrequently and create and update a lease in the kube-node-lease namespace', () => {
    const rest = new ARestApi();
    const renewed = (): string => rest.get('/apis/coordination.k8s.io/v1/namespaces/kube-node-lease/leases/node-1').body.spec.renewTime as string;
    rest.cluster.wait('1m');
    const writes = rest.cluster.plane.store.resourceVersion;
    expect(renewed()).toBe('2026-02-10T03:11:00.000000Z');
    rest.cluster.wait('35s');
    expect(renewed()).toBe('2026-02-10T03:11:30.000000Z');
    expect(rest.cluster.plane.store.resourceVersion).toBe(writes);
    rest.cluster.plane.kubelet.failNode('node-1');
    rest.cluster.wait('5m');
    expect(renewed()).toBe('2026-02-10T03:11:30.000000Z');
    rest.cluster.plane.kubelet.recoverNode('node-1');
    rest.cluster.wait('1s');
    expect(rest.get('/apis/coordination.k8s.io/v1/leases').body.items.map(({ spec }: { spec: { holderIdentity: string; renewTime: string } }) => `${spec.holderIdentity} ${spec.renewTime.slice(11, 19)}`)).toEqual(['node-1 03:16:30', 'node-2 03:16:30', 'node-3 03:16:30']);
  });
});

describe('a node', () => {
  function taints(cluster: SmallCluster): string[] {
    return (cluster.get('Node', 'node-1').spec?.taints ?? []).map(({ key, effect }) => `${key.replace('node.kubernetes.io/', '')}:${effect}`);
  }

  test('is tainted by its conditions and by a cordon, for as long as they last', () => {
    const cluster = new SmallCluster();
    cluster.wait('1s');
    const report = (type: string, status: string): void => {
      const node = cluster.get('Node', 'node-1');
      const conditions = (node.status?.conditions ?? []).map((condition) => (condition.type === type ? Object.assign({}, condition, { status }) : condition));
      cluster.plane.store.update({ ...node, status: { ...node.status, conditions } });
      cluster.wait('1s');
    };
    report('DiskPressure', 'True');
    report('Ready', 'False');
    expect(taints(cluster)).toEqual(['disk-pressure:NoSchedule', 'not-ready:NoSchedule', 'not-ready:NoExecute']);
    report('DiskPressure', 'False');
    report('Ready', 'True');
    expect(taints(cluster)).toEqual([]);
    const cordon = (unschedulable: boolean): void => {
      accepted(cluster.plane.api.patch({ kind: 'Node', namespace: '', name: 'node-1' }, { type: 'merge', body: { spec: { unschedulable } } }));
      cluster.wait('1s');
    };
    cordon(true);
    expect(taints(cluster)).toEqual(['unschedulable:NoSchedule']);
    cordon(false);
    expect(taints(cluster)).toEqual([]);
  });

  test('that is said to be out of service lets its pods go at once, those of a StatefulSet too', () => {
    const cluster = new SmallCluster();
    cluster.apply(aDeployment('web', { replicas: 3 }));
    cluster.wait('1m');
    cluster.plane.kubelet.failNode('node-1');
    cluster.wait('1m');
    const taint = { key: 'node.kubernetes.io/out-of-service', value: 'nodeshutdown', effect: 'NoExecute' };
    accepted(cluster.plane.api.patch({ kind: 'Node', namespace: '', name: 'node-1' }, { type: 'merge', body: { spec: { taints: [...(cluster.get('Node', 'node-1').spec?.taints ?? []), taint] } } }));
    cluster.wait('1m');
    expect(podsOn(cluster, 'node-1')).toEqual([]);
    expect(cluster.readyPods('web')).toHaveLength(3);
  });
});
