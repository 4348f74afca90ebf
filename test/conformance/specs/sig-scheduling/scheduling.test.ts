import { beforeEach, describe, expect, it } from 'vitest';
import { aNode, AnE2eCluster, PAUSE, type Any } from '../an-e2e-cluster.ts';

let e2e: AnE2eCluster;
let namespace: string;
let pods: string;

beforeEach(() => {
  e2e = new AnE2eCluster([aNode('node-1'), aNode('node-2')]);
  namespace = e2e.namespace('sched');
  pods = `/api/v1/namespaces/${namespace}/pods`;
});

function aPause(name: string, { resources = {}, spec = {}, ports = [] as readonly object[], metadata = {} }: Readonly<Record<string, Any>> = {}): object {
  return { apiVersion: 'v1', kind: 'Pod', metadata: { name, labels: { name }, ...metadata }, spec: { containers: [{ name, image: PAUSE, resources, ports }], ...spec } };
}

const scheduled = (name: string): string => e2e.until(`${pods}/${name}`, ({ spec }) => spec.nodeName !== undefined, `a node for ${name}`).spec.nodeName as string;
const waits = (name: string): Any => e2e.until(`${pods}/${name}`, ({ status }) => status.conditions?.[0]?.reason === 'Unschedulable', 'that it fits nowhere');

describe('[sig-scheduling] SchedulerPredicates [Serial]', () => {
  it('validates resource limits of pods that are allowed to run [Conformance]', () => {
    const requests = { cpu: '7', memory: '1Gi' };
    for (const name of ['filler-1', 'filler-2']) e2e.create(pods, aPause(name, { resources: { requests, limits: requests } }));
    for (const name of ['filler-1', 'filler-2']) e2e.ready(namespace, name);
    e2e.create(pods, aPause('additional-pod', { resources: { requests, limits: requests } }));
    waits('additional-pod');
  });

  it('validates that NodeSelector is respected if not matching [Conformance]', () => {
    e2e.create(pods, aPause('restricted-pod', { spec: { nodeSelector: { label: 'nonempty' } } }));
    waits('restricted-pod');
  });

  it('validates that NodeSelector is respected if matching [Conformance]', () => {
    e2e.patch('/api/v1/nodes/node-2', 'strategic', { metadata: { labels: { 'kubernetes.io/e2e-x': '42' } } });
    e2e.create(pods, aPause('with-labels', { spec: { nodeSelector: { 'kubernetes.io/e2e-x': '42' } } }));
    expect(scheduled('with-labels')).toBe('node-2');
  });

  it('validates that there exists conflict between pods with same hostPort and protocol but one using 0.0.0.0 hostIP [Conformance]', () => {
    e2e.patch('/api/v1/nodes/node-2', 'strategic', { metadata: { labels: { 'kubernetes.io/e2e-x': '95' } } });
    const spec = { nodeSelector: { 'kubernetes.io/e2e-x': '95' } };
    e2e.create(pods, aPause('pod4', { spec, ports: [{ hostPort: 54322, containerPort: 8080, protocol: 'TCP', hostIP: '' }] }));
    scheduled('pod4');
    e2e.create(pods, aPause('pod5', { spec, ports: [{ hostPort: 54322, containerPort: 8080, protocol: 'TCP', hostIP: '127.0.0.1' }] }));
    waits('pod5');
  });
});

describe('[sig-network] HostPort', () => {
  it('validates that there is no conflict between pods with same hostPort but different hostIP and protocol [LinuxOnly] [Conformance]', () => {
    const spec = { nodeSelector: { 'kubernetes.io/hostname': 'node-1' } };
    e2e.create(pods, aPause('pod1', { spec, ports: [{ hostPort: 54323, containerPort: 8080, protocol: 'TCP', hostIP: '127.0.0.1' }] }));
    e2e.create(pods, aPause('pod2', { spec, ports: [{ hostPort: 54323, containerPort: 8080, protocol: 'TCP', hostIP: '192.168.0.10' }] }));
    e2e.create(pods, aPause('pod3', { spec, ports: [{ hostPort: 54323, containerPort: 8081, protocol: 'UDP', hostIP: '192.168.0.10' }] }));
    for (const name of ['pod1', 'pod2', 'pod3']) expect(scheduled(name)).toBe('node-1');
  });
});

describe('[sig-scheduling] SchedulerPreemption [Serial]', () => {
  const classes = '/apis/scheduling.k8s.io/v1/priorityclasses';
  const aClass = (name: string, value: number): object => ({ apiVersion: 'scheduling.k8s.io/v1', kind: 'PriorityClass', metadata: { name }, value });
  const requests = { 'example.com/scheduling': '3' };

  beforeEach(() => {
    for (const [name, value] of [['sched-preemption-low-priority', 1], ['sched-preemption-medium-priority', 100], ['sched-preemption-high-priority', 1000]] as const) e2e.create(classes, aClass(name, value));
    for (const name of ['node-1', 'node-2']) {
      e2e.patch(`/api/v1/nodes/${name}/status`, 'merge', { status: { capacity: { 'example.com/scheduling': '5' } } });
      e2e.patch(`/api/v1/nodes/${name}/status`, 'merge', { status: { allocatable: { 'example.com/scheduling': '5' } } });
    }
  });

  const victim = (name: string, priorityClassName: string, node: string, metadata: object = {}): object => aPause(name, { resources: { requests, limits: requests }, metadata, spec: { priorityClassName, affinity: { nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: [{ matchFields: [{ key: 'metadata.name', operator: 'In', values: [node] }] }] } } } } });

  it('validates basic preemption works [Conformance]', () => {
    e2e.create(pods, victim('pod0', 'sched-preemption-low-priority', 'node-1'));
    e2e.create(pods, victim('pod1', 'sched-preemption-medium-priority', 'node-2'));
    for (const name of ['pod0', 'pod1']) e2e.ready(namespace, name);
    e2e.create(pods, aPause('preemptor-pod', { resources: { requests, limits: requests }, spec: { priorityClassName: 'sched-preemption-high-priority' } }));
    e2e.ready(namespace, 'preemptor-pod');
    expect(e2e.get(`${pods}/pod0`).code).toBe(404);
    expect(e2e.read(`${pods}/pod1`).metadata.deletionTimestamp).toBeUndefined();
  });

  it('validates lower priority pod preemption by critical pod [Conformance]', () => {
    e2e.create(pods, victim('pod0', 'sched-preemption-low-priority', 'node-1'));
    e2e.create(pods, victim('pod1', 'sched-preemption-medium-priority', 'node-2'));
    for (const name of ['pod0', 'pod1']) e2e.ready(namespace, name);
    const system = '/api/v1/namespaces/kube-system/pods';
    e2e.create(system, aPause('critical-pod', { resources: { requests, limits: requests }, spec: { priorityClassName: 'system-cluster-critical' } }));
    e2e.ready('kube-system', 'critical-pod');
    expect(e2e.get(`${pods}/pod0`).code).toBe(404);
    e2e.delete(`${system}/critical-pod`);
  });

  it('validates pod disruption condition is added to the preempted pod [Conformance]', () => {
    e2e.create(pods, victim('victim', 'sched-preemption-low-priority', 'node-1', { finalizers: ['example.com/test-finalizer'] }));
    e2e.ready(namespace, 'victim');
    e2e.create(pods, victim('preemptor', 'sched-preemption-high-priority', 'node-1'));
    const { status } = e2e.until(`${pods}/victim`, ({ metadata, status: now }) => metadata.deletionTimestamp !== undefined && (now.conditions as Any[]).some(({ type }) => type === 'DisruptionTarget'), 'the condition');
    expect((status.conditions as Any[]).find(({ type }) => type === 'DisruptionTarget')).toMatchObject({ status: 'True', reason: 'PreemptionByScheduler' });
    e2e.patch(`${pods}/victim`, 'merge', { metadata: { finalizers: null } });
    e2e.gone(`${pods}/victim`);
  });

  it('PreemptionExecutionPath runs ReplicaSets to verify preemption running path [Conformance]', () => {
    const four = { 'example.com/fakecpu': '200' };
    e2e.patch('/api/v1/nodes/node-1/status', 'merge', { status: { capacity: { 'example.com/fakecpu': '1000' }, allocatable: { 'example.com/fakecpu': '1000' } } });
    for (const [nth, replicas] of [[1, 1], [2, 1], [3, 1], [4, 1]] as const) {
      e2e.create(classes, aClass(`p${nth}`, nth));
      const labels = { name: `pod${nth}` };
      const amount = nth === 4 ? { 'example.com/fakecpu': '600' } : nth === 1 ? four : { 'example.com/fakecpu': '300' };
      e2e.create(`/apis/apps/v1/namespaces/${namespace}/replicasets`, { apiVersion: 'apps/v1', kind: 'ReplicaSet', metadata: { name: `rs-pod${nth}` }, spec: { replicas, selector: { matchLabels: labels }, template: { metadata: { labels }, spec: { priorityClassName: `p${nth}`, nodeSelector: { 'kubernetes.io/hostname': 'node-1' }, containers: [{ name: 'pause', image: PAUSE, resources: { requests: amount, limits: amount } }] } } } });
      if (nth < 4) e2e.pods(namespace, `name=pod${nth}`, replicas);
    }
    e2e.pods(namespace, 'name=pod4', 1);
  });

  it('PriorityClass endpoints verify PriorityClass endpoints can be operated with different HTTP methods [Conformance]', () => {
    for (const name of ['p1', 'p2']) e2e.create(classes, aClass(name, 1));
    const changed = e2e.read(`${classes}/p1`);
    changed.value = 10;
    expect(e2e.ask('PUT', `${classes}/p1`, { body: changed }).code).toBe(422);
    expect(e2e.ask('PATCH', `${classes}/p1`, { type: 'application/json-patch+json', body: [{ op: 'replace', path: '/value', value: 10 }] }).code).toBe(422);
    expect(e2e.patch(`${classes}/p1`, 'strategic', { description: 'updateDescription' }).description).toBe('updateDescription');
    expect((e2e.read(classes).items as Any[]).map(({ metadata }) => metadata.name)).toEqual(expect.arrayContaining(['p1', 'p2']));
  });
});

describe('[sig-scheduling] LimitRange', () => {
  const ranges = (): string => `/api/v1/namespaces/${namespace}/limitranges`;
  const aRange = (name: string, labels: object = {}): object => ({ apiVersion: 'v1', kind: 'LimitRange', metadata: { name, labels }, spec: { limits: [{ type: 'Container', min: { cpu: '50m', memory: '100Mi', 'ephemeral-storage': '100Gi' }, max: { cpu: '500m', memory: '500Mi', 'ephemeral-storage': '500Gi' }, default: { cpu: '500m', memory: '500Mi', 'ephemeral-storage': '500Gi' }, defaultRequest: { cpu: '100m', memory: '200Mi', 'ephemeral-storage': '200Gi' } }] } });

  it('should create a LimitRange with defaults and ensure pod has those defaults applied. [Conformance]', () => {
    const watch = e2e.watch(ranges());
    e2e.create(ranges(), aRange('limit-range'));
    e2e.heard(watch, ({ type }) => type === 'ADDED', 'the range');
    const { resources } = e2e.create(pods, aPause('pod-no-resources')).spec.containers[0];
    expect(resources).toEqual({ requests: { cpu: '100m', memory: '200Mi', 'ephemeral-storage': '200Gi' }, limits: { cpu: '500m', memory: '500Mi', 'ephemeral-storage': '500Gi' } });
    const partial = e2e.create(pods, aPause('pod-partial-resources', { resources: { requests: { memory: '150Mi', 'ephemeral-storage': '150Gi' }, limits: { cpu: '300m' } } })).spec.containers[0].resources;
    expect(partial).toEqual({ requests: { cpu: '300m', memory: '150Mi', 'ephemeral-storage': '150Gi' }, limits: { cpu: '300m', memory: '500Mi', 'ephemeral-storage': '500Gi' } });
    for (const [name, amount] of [['min-pod', '10m'], ['max-pod', '600m']] as const) expect(e2e.ask('POST', pods, { body: aPause(name, { resources: { requests: { cpu: amount }, limits: { cpu: amount } } }) }).code).toBe(403);
    e2e.change(`${ranges()}/limit-range`, ({ spec }) => { spec.limits[0].min = { cpu: '9m', memory: '49Mi', 'ephemeral-storage': '49Gi' }; });
    e2e.create(pods, aPause('pod-3', { resources: { requests: { cpu: '10m' }, limits: { cpu: '10m' } } }));
    e2e.delete(`${ranges()}/limit-range`);
    e2e.heard(watch, ({ type }) => type === 'DELETED', 'the end');
    e2e.create(pods, aPause('pod-4', { resources: { requests: { cpu: '600m' }, limits: { cpu: '600m' } } }));
  });

  it('should list, patch and delete a LimitRange by collection [Conformance]', () => {
    e2e.create(ranges(), aRange('e2e-lr', { 'e2e-lr': 'created' }));
    expect(e2e.read('/api/v1/limitranges?labelSelector=e2e-lr%3Dcreated').items).toHaveLength(1);
    const patched = e2e.patch(`${ranges()}/e2e-lr`, 'strategic', { metadata: { labels: { 'e2e-lr': 'patched' } }, spec: { limits: [{ type: 'Container', min: { cpu: '50m' } }] } });
    expect(patched.metadata.labels['e2e-lr']).toBe('patched');
    e2e.delete(`${ranges()}?labelSelector=e2e-lr%3Dpatched`);
    expect(e2e.read(ranges()).items).toHaveLength(0);
  });
});
