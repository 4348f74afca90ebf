import { describe, expect, test } from 'vitest';
import type { KindMap } from '../../src/cluster/objects.ts';
import { accepted, aContainer, aDeployment, SmallCluster } from '../support/small-cluster.ts';

type PodSpec = NonNullable<KindMap['Pod']['spec']>;

function aPod(name: string, spec: Partial<PodSpec> = {}, cpu = '100m', labels: Record<string, string> = { app: name }): KindMap['Pod'] {
  return { apiVersion: 'v1', kind: 'Pod', metadata: { name, namespace: 'shop', labels }, spec: { containers: [aContainer('registry.example/web:1.0', cpu, false)], ...spec } };
}

function onPort(name: string, hostIP: string, protocol = 'TCP'): KindMap['Pod'] {
  return aPod(name, { containers: [{ ...aContainer('registry.example/web:1.0', '10m', false), ports: [{ containerPort: 8080, hostPort: 54_321, hostIP, protocol }] }] });
}

function important(...values: number[]): KindMap['PriorityClass'][] {
  return values.map((value) => ({ apiVersion: 'scheduling.k8s.io/v1', kind: 'PriorityClass', metadata: { name: `p${value}` }, value }));
}

function placeOf(cluster: SmallCluster, pod: string): string {
  return cluster.get('Pod', pod).spec?.nodeName ?? 'nowhere';
}

function complaint(cluster: SmallCluster, pod: string): string | undefined {
  return cluster.events(pod).find((line) => line.startsWith('FailedScheduling'));
}

// After test/e2e/scheduling/predicates.go of Kubernetes.
describe('[sig-scheduling] SchedulerPredicates', () => {
  test('validates that there is no conflict between pods with same hostPort but different hostIP and protocol', () => {
    const cluster = new SmallCluster({ nodes: 1 });
    cluster.apply(onPort('pod1', '127.0.0.1'), onPort('pod2', '10.0.0.1'), onPort('pod3', '10.0.0.1', 'UDP'));
    cluster.wait('5s');
    expect(['pod1', 'pod2', 'pod3'].map((pod) => placeOf(cluster, pod))).toEqual(['node-1', 'node-1', 'node-1']);
  });

  test('validates that there exists conflict between pods with same hostPort and protocol but one using 0.0.0.0 hostIP', () => {
    const cluster = new SmallCluster({ nodes: 1 });
    cluster.apply(onPort('pod4', ''));
    cluster.wait('1s');
    cluster.apply(onPort('pod5', '10.0.0.1'));
    cluster.wait('5s');
    expect(placeOf(cluster, 'pod5')).toBe('nowhere');
    expect(complaint(cluster, 'pod5')).toBe("FailedScheduling: 0/1 nodes are available: 1 node(s) didn't have free ports for the requested pod ports. preemption: 0/1 nodes are available: 1 No preemption victims found for incoming pod.");
  });

  test('spreads each revision by itself where matchLabelKeys tell them apart', () => {
    const cluster = new SmallCluster({ nodes: 2 });
    const rule = { topologyKey: 'kubernetes.io/hostname', whenUnsatisfiable: 'DoNotSchedule', maxSkew: 1, labelSelector: { matchLabels: { app: 'web' } }, matchLabelKeys: ['pod-template-hash'] };
    cluster.wait('1s');
    const revision = (name: string, hash: string, spec: Partial<PodSpec> = {}): KindMap['Pod'] => aPod(name, { topologySpreadConstraints: [rule], ...spec }, '10m', { app: 'web', 'pod-template-hash': hash });
    cluster.apply(revision('old-1', 'a', { nodeName: 'node-1' }), revision('old-2', 'a', { nodeName: 'node-1' }), revision('old-3', 'a', { nodeName: 'node-1' }));
    cluster.apply(revision('new-1', 'b'), revision('new-2', 'b'));
    cluster.wait('5s');
    expect([placeOf(cluster, 'new-1'), placeOf(cluster, 'new-2')].sort((left, right) => (left < right ? -1 : 1))).toEqual(['node-1', 'node-2']);
  });

  test('keeps away from what is in the namespaces that are selected, and from no others', () => {
    const cluster = new SmallCluster({ nodes: 2 });
    cluster.apply({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'loud', labels: { noise: 'high' } } });
    cluster.wait('1s');
    const noisy = aPod('noisy', { nodeName: 'node-1' });
    cluster.apply({ ...noisy, metadata: { ...noisy.metadata, namespace: 'loud' } }, aPod('noisy', { nodeName: 'node-2' }));
    const term = { topologyKey: 'kubernetes.io/hostname', labelSelector: { matchLabels: { app: 'noisy' } }, namespaceSelector: { matchLabels: { noise: 'high' } } };
    cluster.apply(aPod('quiet', { affinity: { podAntiAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [term] } } }));
    cluster.wait('5s');
    expect(placeOf(cluster, 'quiet')).toBe('node-2');
  });
});

// After test/e2e/scheduling/preemption.go of Kubernetes.
describe('[sig-scheduling] SchedulerPreemption', () => {
  test('validates pod disruption condition is added to the preempted pod, and that the room is kept for who made it', () => {
    const cluster = new SmallCluster({ nodes: 1, cpu: '1' });
    cluster.apply(...important(1, 100), aPod('low', { priorityClassName: 'p1', terminationGracePeriodSeconds: 30 }, '800m'));
    cluster.wait('10s');
    cluster.apply(aPod('high', { priorityClassName: 'p100' }, '800m'));
    cluster.wait('20ms');
    expect(cluster.get('Pod', 'low').status?.conditions?.at(-1)).toMatchObject({ type: 'DisruptionTarget', reason: 'PreemptionByScheduler', message: 'default-scheduler: preempting to accommodate a higher priority pod' });
    expect(cluster.get('Pod', 'high').status?.nominatedNodeName).toBe('node-1');
    cluster.apply(aPod('late', { priorityClassName: 'p1' }, '800m'));
    cluster.wait('1m');
    expect([placeOf(cluster, 'high'), placeOf(cluster, 'late')]).toEqual(['node-1', 'nowhere']);
  });

  test('takes those whose disruption budgets allow it rather than others', () => {
    const cluster = new SmallCluster({ nodes: 2, cpu: '1' });
    const guarded = (name: string, node: string): KindMap['Deployment'] => aDeployment(name, { replicas: 1, cpu: '800m', template: { metadata: { labels: { app: name } }, spec: { nodeSelector: { 'kubernetes.io/hostname': node }, containers: [aContainer('registry.example/web:1.0', '800m', false)] } } });
    cluster.wait('1s');
    cluster.apply(...important(100), guarded('kept', 'node-1'), guarded('spare', 'node-2'));
    cluster.apply({ apiVersion: 'policy/v1', kind: 'PodDisruptionBudget', metadata: { name: 'kept', namespace: 'shop' }, spec: { minAvailable: 1, selector: { matchLabels: { app: 'kept' } } } } as KindMap['PodDisruptionBudget']);
    cluster.wait('30s');
    cluster.apply(aPod('high', { priorityClassName: 'p100' }, '800m'));
    cluster.wait('1m');
    expect(placeOf(cluster, 'high')).toBe('node-2');
  });

  test('verify PriorityClass endpoints: a value is for ever, a description is not', () => {
    const cluster = new SmallCluster();
    cluster.apply(...important(100));
    const patch = (body: Record<string, unknown>): ReturnType<typeof cluster.plane.api.patch> => cluster.plane.api.patch({ kind: 'PriorityClass', namespace: '', name: 'p100' }, { type: 'merge', body });
    expect(patch({ value: 200 })).toMatchObject({ status: { code: 422, message: 'PriorityClass.scheduling.k8s.io "p100" is invalid: value: Forbidden: may not be changed in an update.' } });
    accepted(patch({ description: 'newDesc' }));
  });
});
