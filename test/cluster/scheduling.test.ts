import { describe, expect, test } from 'vitest';
import type { KindMap } from '../../src/cluster/objects.ts';
import { accepted, aContainer, aDeployment, SmallCluster } from '../support/small-cluster.ts';

type PodSpec = NonNullable<KindMap['Pod']['spec']>;

function aPod(name: string, spec: Partial<PodSpec> = {}, cpu = '100m'): KindMap['Pod'] {
  return { apiVersion: 'v1', kind: 'Pod', metadata: { name, namespace: 'shop', labels: { app: name } }, spec: { containers: [aContainer('registry.example/web:1.0', cpu, false)], ...spec } };
}

function label(cluster: SmallCluster, node: string, labels: Record<string, string>): void {
  accepted(cluster.plane.api.patch({ kind: 'Node', namespace: '', name: node }, { type: 'merge', body: { metadata: { labels } } }));
}

function places(cluster: SmallCluster, app: string): string[] {
  return cluster.pods(app).map(({ spec }) => spec?.nodeName ?? 'nowhere').sort((left, right) => (left < right ? -1 : 1));
}

function complaint(cluster: SmallCluster, pod: string): string {
  return cluster.events(pod).find((line) => line.startsWith('FailedScheduling')) ?? 'none';
}

describe('the scheduler', () => {
  test('follows node selectors and affinity, and says when no node has them', () => {
    const cluster = new SmallCluster();
    label(cluster, 'node-2', { disk: 'ssd', slots: '4' });
    cluster.apply(aPod('fast', { nodeSelector: { disk: 'ssd' } }));
    const term = { matchExpressions: [{ key: 'slots', operator: 'Gt', values: ['3'] }] };
    cluster.apply(aPod('many', { affinity: { nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: [term] } } } }));
    cluster.apply(aPod('odd', { nodeSelector: { disk: 'tape' } }));
    cluster.wait('10s');
    expect([places(cluster, 'fast'), places(cluster, 'many')]).toEqual([['node-2'], ['node-2']]);
    expect(complaint(cluster, 'odd')).toBe("FailedScheduling: 0/3 nodes are available: 3 node(s) didn't match Pod's node affinity/selector. preemption: 0/3 nodes are available: 3 Preemption is not helpful for scheduling.");
  });

  test('keeps apart what wants to be apart', () => {
    const cluster = new SmallCluster();
    const term = { labelSelector: { matchLabels: { app: 'web' } }, topologyKey: 'kubernetes.io/hostname' };
    const web = aDeployment('web', { replicas: 4 });
    Object.assign(web.spec?.template.spec as PodSpec, { affinity: { podAntiAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [term] } } });
    cluster.wait('1s');
    cluster.apply(web);
    cluster.wait('1m');
    expect(places(cluster, 'web')).toEqual(['node-1', 'node-2', 'node-3', 'nowhere']);
    const stuck = cluster.pods('web').find(({ spec }) => spec?.nodeName === undefined)?.metadata.name ?? '';
    expect(complaint(cluster, stuck)).toBe("FailedScheduling: 0/3 nodes are available: 3 node(s) didn't match pod anti-affinity rules. preemption: 0/3 nodes are available: 3 No preemption victims found for incoming pod.");
  });

  test('spreads over zones as evenly as asked', () => {
    const cluster = new SmallCluster({ nodes: 3 });
    label(cluster, 'node-1', { zone: 'a' });
    label(cluster, 'node-2', { zone: 'a' });
    label(cluster, 'node-3', { zone: 'b' });
    const web = aDeployment('web', { replicas: 6 });
    Object.assign(web.spec?.template.spec as PodSpec, { topologySpreadConstraints: [{ maxSkew: 1, topologyKey: 'zone', whenUnsatisfiable: 'DoNotSchedule', labelSelector: { matchLabels: { app: 'web' } } }] });
    cluster.apply(web);
    cluster.wait('1m');
    expect(places(cluster, 'web').filter((node) => node === 'node-3')).toHaveLength(3);
    accepted(cluster.plane.api.patch({ kind: 'Node', namespace: '', name: 'node-3' }, { type: 'merge', body: { spec: { unschedulable: true } } }));
    cluster.scale('web', 8);
    cluster.wait('30s');
    const stuck = cluster.pods('web').find(({ spec }) => spec?.nodeName === undefined)?.metadata.name ?? '';
    expect(complaint(cluster, stuck)).toBe("FailedScheduling: 0/3 nodes are available: 1 node(s) were unschedulable, 2 node(s) didn't match pod topology spread constraints. preemption: 0/3 nodes are available: 1 Preemption is not helpful for scheduling, 2 No preemption victims found for incoming pod.");
  });

  test('gives a host port once', () => {
    const cluster = new SmallCluster({ nodes: 1 });
    const ports = [{ containerPort: 80, hostPort: 80 }];
    const withPort = (name: string): KindMap['Pod'] => aPod(name, { containers: [{ ...aContainer('registry.example/web:1.0', '100m', false), ports }] });
    cluster.apply(withPort('one'), withPort('two'));
    cluster.wait('10s');
    expect(complaint(cluster, 'two')).toBe("FailedScheduling: 0/1 nodes are available: 1 node(s) didn't have free ports for the requested pod ports. preemption: 0/1 nodes are available: 1 No preemption victims found for incoming pod.");
  });

  test('evicts what matters least for what matters more', () => {
    const cluster = new SmallCluster({ nodes: 2, cpu: '1' });
    cluster.apply({ apiVersion: 'scheduling.k8s.io/v1', kind: 'PriorityClass', metadata: { name: 'gold' }, value: 1000 } as KindMap['PriorityClass']);
    cluster.apply(aDeployment('batch', { replicas: 2, cpu: '800m' }));
    cluster.wait('1m');
    cluster.apply(aPod('till', { priorityClassName: 'gold' }, '600m'));
    cluster.wait('1m');
    expect(cluster.get('Pod', 'till').spec?.nodeName).toBeDefined();
    expect(cluster.readyPods('batch')).toHaveLength(1);
    expect(complaint(cluster, 'till')).toBe('FailedScheduling: 0/2 nodes are available: 2 Insufficient cpu.');
    const evicted = cluster.plane.store.list('Event', 'shop').find(({ reason }) => reason === 'Preempted');
    expect(evicted?.message).toMatch(/^Preempted by pod [-0-9a-f]{36} on node node-\d$/);
  });
});

describe('a DaemonSet', () => {
  const agent = (tag = '1.0'): KindMap['DaemonSet'] => ({
    apiVersion: 'apps/v1', kind: 'DaemonSet', metadata: { name: 'agent', namespace: 'shop' },
    spec: { selector: { matchLabels: { app: 'agent' } }, template: { metadata: { labels: { app: 'agent' } }, spec: { containers: [aContainer(`registry.example/agent:${tag}`)] } } },
  });

  test('has a pod on every node, also on cordoned and new ones', () => {
    const cluster = new SmallCluster({ nodes: 2 });
    accepted(cluster.plane.api.patch({ kind: 'Node', namespace: '', name: 'node-1' }, { type: 'merge', body: { spec: { unschedulable: true } } }));
    cluster.apply(agent());
    cluster.wait('30s');
    expect(places(cluster, 'agent')).toEqual(['node-1', 'node-2']);
    cluster.apply({ apiVersion: 'v1', kind: 'Node', metadata: { name: 'node-9' }, status: { capacity: { cpu: '4', memory: '8Gi' } } } as KindMap['Node']);
    cluster.wait('30s');
    expect(places(cluster, 'agent')).toEqual(['node-1', 'node-2', 'node-9']);
    expect(cluster.get('DaemonSet', 'agent').status).toMatchObject({ desiredNumberScheduled: 3, currentNumberScheduled: 3, numberReady: 3, numberAvailable: 3, updatedNumberScheduled: 3 });
  });

  test('leaves nodes with a taint that it does not bear', () => {
    const cluster = new SmallCluster();
    cluster.apply(agent());
    cluster.wait('30s');
    accepted(cluster.plane.api.patch({ kind: 'Node', namespace: '', name: 'node-2' }, { type: 'strategic', body: { spec: { taints: [{ key: 'gpu', effect: 'NoExecute' }] } } }));
    cluster.wait('30s');
    expect(places(cluster, 'agent')).toEqual(['node-1', 'node-3']);
  });

  test('is updated node by node, with its history kept', () => {
    const cluster = new SmallCluster();
    cluster.apply(agent());
    cluster.wait('30s');
    let least = 3;
    cluster.plane.store.watchKind('DaemonSet', (_type, set) => { least = Math.min(least, set.status?.numberAvailable ?? 0); });
    const body = { spec: { template: { spec: { containers: [{ name: 'app', image: 'registry.example/agent:2.0' }] } } } };
    accepted(cluster.plane.api.patch({ kind: 'DaemonSet', namespace: 'shop', name: 'agent' }, { type: 'strategic', body }));
    cluster.wait('3m');
    expect(cluster.readyPods('agent').map(({ spec }) => spec?.containers[0]?.image)).toEqual(Array(3).fill('registry.example/agent:2.0'));
    expect(least).toBe(2);
    expect(cluster.plane.store.list('ControllerRevision', 'shop').map(({ revision }) => revision).sort((left, right) => left - right)).toEqual([1, 2]);
  });
});
