import { describe, expect, test } from 'vitest';
import type { KindMap } from '../../src/cluster/objects.ts';
import { aContainer, SmallCluster } from '../support/small-cluster.ts';

type PodSpec = NonNullable<KindMap['Pod']['spec']>;
type Container = PodSpec['containers'][number];

function aPod(name: string, spec: Partial<PodSpec>): KindMap['Pod'] {
  return { apiVersion: 'v1', kind: 'Pod', metadata: { name, namespace: 'shop', labels: { app: name } }, spec: { containers: [aContainer('registry.example/web:1.0')], ...spec } };
}

function step(name: string, tag: string, extra: Partial<Container> = {}): Container {
  return { name, image: `registry.example/${name}:${tag}`, ...extra };
}

function waiting(cluster: SmallCluster, pod: string): unknown {
  return cluster.get('Pod', pod).status?.containerStatuses?.[0]?.state?.waiting;
}

describe('init containers', () => {
  test('run one after the other before the app starts', () => {
    const cluster = new SmallCluster();
    const started: string[] = [];
    cluster.plane.store.watchKind('Event', (type, event) => {
      if (type === 'ADDED' && event.reason === 'Started') started.push(event.message?.split(' ').at(-1) ?? '');
    });
    cluster.apply(aPod('web', { initContainers: [step('schema', 'job'), step('seed', 'job')] }));
    cluster.wait('3s');
    const early = cluster.get('Pod', 'web').status;
    expect(early?.phase).toBe('Pending');
    expect(early?.conditions?.find(({ type }) => type === 'Initialized')).toMatchObject({ status: 'False', reason: 'ContainersNotInitialized', message: 'containers with incomplete status: [schema seed]' });
    expect(early?.initContainerStatuses?.map(({ ready, state }) => `${ready} ${Object.keys(state ?? {}).join('')}`)).toEqual(['false running', 'false waiting']);
    expect(waiting(cluster, 'web')).toEqual({ reason: 'PodInitializing' });
    cluster.wait('30s');
    expect(started).toEqual(['schema', 'seed', 'app']);
    expect(cluster.readyPods('web')).toHaveLength(1);
    expect(cluster.get('Pod', 'web').status?.initContainerStatuses?.map(({ ready, state }) => `${ready} ${state?.terminated?.reason}`)).toEqual(['true Completed', 'true Completed']);
  });

  test('that fail hold the app back, with a growing back-off; where nothing restarts, the pod has failed', () => {
    const cluster = new SmallCluster();
    cluster.apply(aPod('web', { initContainers: [step('schema', 'crash')] }), aPod('once', { restartPolicy: 'Never', initContainers: [step('schema', 'crash')] }));
    cluster.wait('2m');
    const [init] = cluster.get('Pod', 'web').status?.initContainerStatuses ?? [];
    expect(init?.restartCount).toBeGreaterThanOrEqual(3);
    expect(init?.state?.waiting?.reason).toBe('CrashLoopBackOff');
    expect(waiting(cluster, 'web')).toEqual({ reason: 'PodInitializing' });
    expect(cluster.get('Pod', 'once').status?.phase).toBe('Failed');
  });
});

describe('a sidecar', () => {
  test('starts before the app and ends with it', () => {
    const cluster = new SmallCluster();
    cluster.apply(aPod('task', { restartPolicy: 'Never', initContainers: [step('proxy', '1.0', { restartPolicy: 'Always' })], containers: [step('app', 'job')] }));
    cluster.wait('30s');
    const { status } = cluster.get('Pod', 'task');
    expect(status?.phase).toBe('Succeeded');
    expect(status?.initContainerStatuses?.[0]?.state?.terminated?.reason).toBe('Completed');
  });

  test('is restarted while the app lives', () => {
    const cluster = new SmallCluster();
    cluster.apply(aPod('web', { initContainers: [step('proxy', '1.0', { restartPolicy: 'Always' })] }));
    cluster.wait('30s');
    expect(cluster.readyPods('web')).toHaveLength(1);
    expect(cluster.plane.kubelet.killContainer({ kind: 'Pod', namespace: 'shop', name: 'web' }, 'proxy', 'OOMKilled', 137)).toBe(true);
    cluster.wait('30s');
    expect(cluster.get('Pod', 'web').status?.initContainerStatuses?.[0]).toMatchObject({ restartCount: 1, lastState: { terminated: { reason: 'OOMKilled', exitCode: 137 } } });
    expect(cluster.readyPods('web')).toHaveLength(1);
  });
});

describe('what a pod needs and is not there', () => {
  test('keeps its container from being created, and the status says what', () => {
    const cluster = new SmallCluster();
    const env = [{ name: 'WORD', valueFrom: { secretKeyRef: { name: 'pass', key: 'word' } } }];
    cluster.apply(aPod('web', { containers: [{ ...aContainer('registry.example/web:1.0'), env }] }));
    cluster.wait('10s');
    expect(waiting(cluster, 'web')).toEqual({ reason: 'CreateContainerConfigError', message: 'secret "pass" not found' });
    cluster.apply({ apiVersion: 'v1', kind: 'Secret', metadata: { name: 'pass', namespace: 'shop' }, data: { other: '' } } as KindMap['Secret']);
    cluster.wait('20s');
    expect(waiting(cluster, 'web')).toEqual({ reason: 'CreateContainerConfigError', message: "couldn't find key word in Secret shop/pass" });
  });

  test('keeps its volumes from being mounted, until it is there', () => {
    const cluster = new SmallCluster();
    cluster.apply(aPod('web', { volumes: [{ name: 'settings', configMap: { name: 'web' } }] }));
    cluster.wait('20s');
    expect(waiting(cluster, 'web')).toEqual({ reason: 'ContainerCreating' });
    expect(cluster.events('web')).toContain('FailedMount: MountVolume.SetUp failed for volume "settings" : configmap "web" not found');
    cluster.apply({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'web', namespace: 'shop' } });
    cluster.wait('1m');
    expect(cluster.readyPods('web')).toHaveLength(1);
  });
});
