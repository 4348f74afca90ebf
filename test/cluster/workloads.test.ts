import { describe, expect, test } from 'vitest';
import type { KindMap } from '../../src/cluster/objects.ts';
import { isReady } from '../../src/cluster/pods.ts';
import { accepted, aContainer, aDeployment, aNode, aService, SmallCluster } from '../support/small-cluster.ts';

function aStatefulSet(name: string, replicas: number): KindMap['StatefulSet'] {
  return {
    apiVersion: 'apps/v1',
    kind: 'StatefulSet',
    metadata: { name, namespace: 'shop' },
    spec: {
      serviceName: name,
      replicas,
      selector: { matchLabels: { app: name } },
      template: { metadata: { labels: { app: name } }, spec: { containers: [aContainer(`registry.example/${name}:1.0`)] } },
    },
  };
}

function readyAddresses(cluster: SmallCluster, service: string): number {
  const slices = cluster.plane.store.list('EndpointSlice', 'shop').filter(({ metadata }) => metadata.labels?.['kubernetes.io/service-name'] === service);
  return slices.flatMap(({ endpoints }) => endpoints).filter(({ conditions }) => conditions?.ready === true).length;
}

describe('a StatefulSet', () => {
  test('makes its pods in order, each when the one before is ready', () => {
    const cluster = new SmallCluster();
    const log: string[] = [];
    cluster.plane.store.watchKind('Pod', (type, pod, previous) => {
      if (type !== 'MODIFIED') log.push(`${type} ${pod.metadata.name}`);
      else if (isReady(pod) && (previous === null || !isReady(previous))) log.push(`ready ${pod.metadata.name}`);
    });
    cluster.apply(aStatefulSet('db', 3));
    cluster.wait('2m');
    expect(log).toEqual(['ADDED db-0', 'ready db-0', 'ADDED db-1', 'ready db-1', 'ADDED db-2', 'ready db-2']);

    log.length = 0;
    accepted(cluster.plane.api.patch({ kind: 'StatefulSet', namespace: 'shop', name: 'db' }, { type: 'merge', body: { spec: { replicas: 1 } } }));
    cluster.wait('1m');
    expect(log).toEqual(['DELETED db-2', 'DELETED db-1']);
    expect(cluster.get('StatefulSet', 'db').status).toMatchObject({ replicas: 1, readyReplicas: 1 });
  });

  test('gives a deleted pod its name again, and not before the old one is gone', () => {
    const cluster = new SmallCluster();
    cluster.apply(aStatefulSet('db', 1));
    cluster.wait('1m');
    const before = cluster.get('Pod', 'db-0').metadata.uid;
    cluster.delete('Pod', 'db-0');
    cluster.wait('200ms');
    expect(cluster.pods('db').map(({ metadata }) => metadata.uid)).toEqual([before]);
    cluster.wait('1m');
    expect(cluster.readyPods('db').map(({ metadata }) => metadata.name)).toEqual(['db-0']);
    expect(cluster.get('Pod', 'db-0').metadata.uid).not.toBe(before);
  });

  test('updates from the last pod to the first', () => {
    const cluster = new SmallCluster();
    cluster.apply(aStatefulSet('db', 3));
    cluster.wait('2m');
    const gone: string[] = [];
    cluster.plane.store.watchKind('Pod', (type, pod) => {
      if (type === 'DELETED') gone.push(pod.metadata.name);
    });
    const body = { spec: { template: { spec: { containers: [{ name: 'app', image: 'registry.example/db:2.0' }] } } } };
    accepted(cluster.plane.api.patch({ kind: 'StatefulSet', namespace: 'shop', name: 'db' }, { type: 'strategic', body }));
    cluster.wait('3m');
    expect(gone).toEqual(['db-2', 'db-1', 'db-0']);
    expect(cluster.readyPods('db').map(({ spec }) => spec?.containers[0]?.image)).toEqual(Array(3).fill('registry.example/db:2.0'));
    const { status } = cluster.get('StatefulSet', 'db');
    expect(status?.currentRevision).toBe(status?.updateRevision);
  });
});

describe('the endpoints of a Service', () => {
  test('are the ready pods that it selects, and follow them', () => {
    const cluster = new SmallCluster();
    cluster.apply(aService('web'), aDeployment('web', { replicas: 3 }));
    cluster.wait('2s');
    expect(readyAddresses(cluster, 'web')).toBe(0);
    cluster.wait('1m');
    expect(readyAddresses(cluster, 'web')).toBe(3);
    const [slice] = cluster.plane.store.list('EndpointSlice', 'shop');
    expect(slice?.ports).toEqual([{ name: 'http', port: 8080, protocol: 'TCP' }]);

    const [pod] = cluster.readyPods('web');
    cluster.delete('Pod', pod?.metadata.name ?? '');
    cluster.wait('100ms');
    expect(readyAddresses(cluster, 'web')).toBe(2);
    cluster.wait('1m');
    expect(readyAddresses(cluster, 'web')).toBe(3);

    accepted(cluster.plane.api.patch({ kind: 'Service', namespace: 'shop', name: 'web' }, { type: 'merge', body: { spec: { selector: { app: 'wbe' } } } }));
    cluster.wait('1s');
    expect(readyAddresses(cluster, 'web')).toBe(0);
    cluster.delete('Service', 'web');
    cluster.wait('1s');
    expect(cluster.plane.store.list('EndpointSlice', 'shop')).toEqual([]);
  });
});

describe('capacity', () => {
  test('that is used up leaves pods pending until room appears', () => {
    const cluster = new SmallCluster({ nodes: 3, cpu: '1' });
    cluster.apply(aDeployment('web', { replicas: 4, cpu: '600m' }));
    cluster.wait('1m');
    expect(cluster.readyPods('web')).toHaveLength(3);
    const pending = cluster.pods('web').filter(({ status }) => status?.phase === 'Pending');
    const message = '0/3 nodes are available: 3 Insufficient cpu. preemption: 0/3 nodes are available: 3 No preemption victims found for incoming pod.';
    expect(pending.map(({ status }) => status?.conditions)).toMatchObject([[{ type: 'PodScheduled', status: 'False', reason: 'Unschedulable', message }]]);
    expect(cluster.events(pending[0]?.metadata.name ?? '')).toEqual([`FailedScheduling: ${message}`]);

    cluster.apply(aNode('node-4', '1'));
    cluster.wait('30s');
    expect(cluster.readyPods('web')).toHaveLength(4);
  });

  test('of cordoned and tainted nodes does not count, and the message says why', () => {
    const cluster = new SmallCluster({ nodes: 2 });
    accepted(cluster.plane.api.patch({ kind: 'Node', namespace: '', name: 'node-1' }, { type: 'strategic', body: { spec: { unschedulable: true } } }));
    accepted(cluster.plane.api.patch({ kind: 'Node', namespace: '', name: 'node-2' }, { type: 'strategic', body: { spec: { taints: [{ key: 'disk', value: 'slow', effect: 'NoSchedule' }] } } }));
    cluster.apply(aDeployment('web', { replicas: 1 }));
    cluster.wait('10s');
    expect(cluster.events(cluster.pods('web')[0]?.metadata.name ?? '')).toEqual([
      'FailedScheduling: 0/2 nodes are available: 1 node(s) had untolerated taint {disk: slow}, 1 node(s) were unschedulable. preemption: 0/2 nodes are available: 2 Preemption is not helpful for scheduling.',
    ]);
    accepted(cluster.plane.api.patch({ kind: 'Node', namespace: '', name: 'node-1' }, { type: 'strategic', body: { spec: { unschedulable: null } } }));
    cluster.wait('30s');
    expect(cluster.readyPods('web').map(({ spec }) => spec?.nodeName)).toEqual(['node-1']);
  });
});

describe('scaling down', () => {
  test('gives up pods that are not ready before those that are', () => {
    const cluster = new SmallCluster();
    cluster.apply(aDeployment('web', { replicas: 4 }));
    cluster.wait('1m');
    const [sick] = cluster.readyPods('web');
    cluster.runtime.unwell.add(sick?.metadata.name ?? '');
    cluster.plane.kubelet.healthChanged(sick?.metadata.uid ?? '');
    cluster.wait('30s');
    cluster.scale('web', 3);
    cluster.wait('10s');
    expect(cluster.pods('web')).toHaveLength(3);
    expect(cluster.pods('web').map(({ metadata }) => metadata.name)).not.toContain(sick?.metadata.name);
  });
});

describe('a delete', () => {
  test('of a Deployment takes its ReplicaSets and pods with it', () => {
    const cluster = new SmallCluster();
    cluster.apply(aDeployment('web'), aDeployment('api'));
    cluster.wait('1m');
    cluster.delete('Deployment', 'web');
    cluster.wait('10s');
    expect(cluster.sets('web')).toEqual([]);
    expect(cluster.pods('web')).toEqual([]);
    expect(cluster.readyPods('api')).toHaveLength(3);
  });

  test('in the foreground keeps the owner until its dependents are gone', () => {
    const cluster = new SmallCluster();
    cluster.apply(aDeployment('web'));
    cluster.wait('1m');
    cluster.delete('Deployment', 'web', { propagation: 'Foreground' });
    cluster.wait('100ms');
    expect(cluster.get('Deployment', 'web').metadata.finalizers).toEqual(['foregroundDeletion']);
    expect(cluster.pods('web').every(({ metadata }) => metadata.deletionTimestamp !== undefined)).toBe(true);
    cluster.wait('10s');
    expect(cluster.plane.store.get('Deployment', 'shop', 'web')).toBeUndefined();
    expect(cluster.pods('web')).toEqual([]);
  });

  test('that orphans leaves the pods running', () => {
    const cluster = new SmallCluster();
    cluster.apply(aDeployment('web'));
    cluster.wait('1m');
    cluster.delete('Deployment', 'web', { propagation: 'Orphan' });
    cluster.wait('10s');
    expect(cluster.plane.store.get('Deployment', 'shop', 'web')).toBeUndefined();
    const left = cluster.readyPods('web').map(({ metadata }) => metadata.name);
    expect(left).toHaveLength(3);

    cluster.apply(aDeployment('web')); // the same again takes them over
    cluster.wait('1m');
    expect(cluster.readyPods('web').map(({ metadata }) => metadata.name)).toEqual(left);
    expect(cluster.get('Deployment', 'web').status).toMatchObject({ replicas: 3, availableReplicas: 3 });
  });

  test('of a namespace empties it', () => {
    const cluster = new SmallCluster();
    cluster.apply(aDeployment('web'), aService('web'));
    cluster.wait('1m');
    cluster.delete('Namespace', 'shop');
    const refused = cluster.plane.api.create(aService('late'));
    expect(refused).toMatchObject({ ok: false, status: { code: 403, message: 'services "late" is forbidden: unable to create new content in namespace shop because it is being terminated' } });
    cluster.wait('10s');
    expect(cluster.plane.store.get('Namespace', '', 'shop')).toBeUndefined();
    for (const kind of ['Pod', 'ReplicaSet', 'Deployment', 'Service', 'EndpointSlice'] as const) expect(cluster.plane.store.list(kind, 'shop')).toEqual([]);
  });
});

describe('a pod whose labels are changed', () => {
  test('is let go and replaced: the way to keep a sick one for study', () => {
    const cluster = new SmallCluster();
    cluster.apply(aDeployment('web', { replicas: 2 }));
    cluster.wait('1m');
    const name = cluster.pods('web')[0]?.metadata.name ?? '';
    accepted(cluster.plane.api.patch({ kind: 'Pod', namespace: 'shop', name }, { type: 'merge', body: { metadata: { labels: { app: 'quarantine' } } } }));
    cluster.wait('30s');
    expect(cluster.get('Pod', name).metadata.ownerReferences).toBeUndefined();
    expect(cluster.readyPods('web')).toHaveLength(2);
    expect(cluster.readyPods('quarantine')).toHaveLength(1);
  });
});

describe('a pod of its own', () => {
  test('that is not to be restarted succeeds or fails with its container', () => {
    const cluster = new SmallCluster();
    const aTask = (name: string, restartPolicy: string): KindMap['Pod'] => ({
      apiVersion: 'v1', kind: 'Pod', metadata: { name, namespace: 'shop' }, spec: { restartPolicy, containers: [aContainer(`registry.example/task:${name}`, '10m', false)] },
    });
    cluster.apply(aTask('job', 'Never'), aTask('crash', 'Never'));
    cluster.wait('1m');
    expect([cluster.get('Pod', 'job').status?.phase, cluster.get('Pod', 'crash').status?.phase]).toEqual(['Succeeded', 'Failed']);
    expect(cluster.get('Pod', 'job').status?.containerStatuses?.[0]?.state?.terminated).toMatchObject({ exitCode: 0, reason: 'Completed' });
    cluster.delete('Pod', 'job');
    expect(cluster.plane.store.get('Pod', 'shop', 'job')).toBeUndefined();
  });
});
