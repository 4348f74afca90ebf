import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { AGNHOST, AnE2eCluster, aPod, BUSYBOX, PAUSE, type Any } from '../an-e2e-cluster.ts';

let e2e: AnE2eCluster;
let namespace: string;
let pods: string;

beforeAll(() => {
  e2e = new AnE2eCluster();
});
beforeEach(() => {
  namespace = e2e.namespace('node');
  pods = `/api/v1/namespaces/${namespace}/pods`;
});

const core = (plural: string): string => `/api/v1/namespaces/${namespace}/${plural}`;

/** Runs a pod to its end, and gives its log. */
function outcome(name: string, container: object, spec: object = {}, phase = 'Succeeded'): string {
  e2e.create(pods, aPod(name, { container: { name: 'test-container', ...container }, spec: { restartPolicy: 'Never', ...spec } }));
  e2e.until(`${pods}/${name}`, ({ status }) => status.phase === phase, phase);
  return e2e.logs(namespace, name, 'test-container');
}

describe('[sig-node] Pods', () => {
  it('should get a host IP [NodeConformance] [Conformance]', () => {
    e2e.create(pods, aPod('pod-hostip'));
    e2e.until(`${pods}/pod-hostip`, ({ status }) => status.hostIP !== '' && status.hostIP !== undefined, 'the address');
  });

  it('should be submitted and removed [NodeConformance] [Conformance]', () => {
    const watch = e2e.watch(`${pods}?labelSelector=time%3Dnow`);
    e2e.create(pods, aPod('pod-submit-remove', { labels: { name: 'foo', time: 'now' }, container: { image: PAUSE } }));
    e2e.heard(watch, ({ type }) => type === 'ADDED', 'the addition');
    e2e.ready(namespace, 'pod-submit-remove');
    e2e.delete(`${pods}/pod-submit-remove`, { gracePeriodSeconds: 30 });
    e2e.heard(watch, ({ type, object }) => type === 'DELETED' && object.metadata.deletionTimestamp !== undefined, 'the deletion');
    expect(e2e.read(`${pods}?labelSelector=time%3Dnow`).items).toHaveLength(0);
  });

  it('should be updated [NodeConformance] [Conformance]', () => {
    e2e.create(pods, aPod('pod-update', { labels: { time: 'then' } }));
    e2e.ready(namespace, 'pod-update');
    e2e.change(`${pods}/pod-update`, ({ metadata }) => { metadata.labels.time = 'later'; });
    e2e.ready(namespace, 'pod-update');
    expect(e2e.read(`${pods}?labelSelector=time%3Dlater`).items).toHaveLength(1);
  });

  it('should allow activeDeadlineSeconds to be updated [NodeConformance] [Conformance]', () => {
    e2e.create(pods, aPod('pod-deadline'));
    e2e.ready(namespace, 'pod-deadline');
    e2e.change(`${pods}/pod-deadline`, ({ spec }) => { spec.activeDeadlineSeconds = 5; });
    e2e.until(`${pods}/pod-deadline`, ({ status }) => status.phase === 'Failed' && status.reason === 'DeadlineExceeded', 'the deadline');
  });

  it('should contain environment variables for services [NodeConformance] [Conformance]', () => {
    e2e.create(pods, aPod('server-envvars', { labels: { name: 'srv' }, container: { name: 'srv', image: AGNHOST, args: ['serve-hostname'], ports: [{ containerPort: 9376 }] } }));
    e2e.ready(namespace, 'server-envvars');
    e2e.create(core('services'), { apiVersion: 'v1', kind: 'Service', metadata: { name: 'fooservice' }, spec: { ports: [{ port: 8765, targetPort: 8080 }], selector: { name: 'srv' } } });
    const said = outcome('client-envvars', { image: BUSYBOX, command: ['sh', '-c', 'env'] });
    for (const word of ['FOOSERVICE_SERVICE_HOST=', 'FOOSERVICE_SERVICE_PORT=', 'FOOSERVICE_PORT=', 'FOOSERVICE_PORT_8765_TCP_PORT=', 'FOOSERVICE_PORT_8765_TCP_PROTO=', 'FOOSERVICE_PORT_8765_TCP=', 'FOOSERVICE_PORT_8765_TCP_ADDR=']) expect(said).toContain(word);
  });

  it('should delete a collection of pods [Conformance]', () => {
    for (const name of ['test-pod-1', 'test-pod-2', 'test-pod-3']) e2e.create(pods, aPod(name, { labels: { type: 'Testing' }, spec: { terminationGracePeriodSeconds: 1 } }));
    e2e.delete(`${pods}?labelSelector=type%3DTesting`);
    e2e.eventually(() => e2e.read(`${pods}?labelSelector=type%3DTesting`).items.length === 0, 'the deletion');
  });

  it('should run through the lifecycle of Pods and PodStatus [Conformance]', () => {
    const watch = e2e.watch(`${pods}?labelSelector=test-pod-static%3Dtrue`);
    e2e.create(pods, aPod('pod-test', { labels: { 'test-pod-static': 'true' }, spec: { terminationGracePeriodSeconds: 1 } }));
    e2e.heard(watch, ({ object }) => object.status.phase === 'Running', 'running');
    e2e.patch(`${pods}/pod-test`, 'strategic', { metadata: { labels: { 'test-pod': 'patched' } }, spec: { terminationGracePeriodSeconds: 1, containers: [{ name: 'agnhost-container', image: 'registry.k8s.io/e2e-test-images/agnhost:2.52' }] } });
    e2e.heard(watch, ({ type, object }) => type === 'MODIFIED' && object.metadata.labels['test-pod'] === 'patched', 'the patch');
    e2e.change(`${pods}/pod-test/status`, ({ status }) => {
      for (const condition of status.conditions) if (condition.type === 'Ready' || condition.type === 'ContainersReady') condition.status = 'False';
    });
    e2e.delete(`${pods}?labelSelector=test-pod-static%3Dtrue`, { gracePeriodSeconds: 1 });
    e2e.heard(watch, ({ type }) => type === 'DELETED', 'the deletion');
  });

  it('should patch a pod status [Conformance]', () => {
    e2e.create(pods, aPod('pod-status', { labels: { 'e2e-pod-test': 'x' } }));
    e2e.ready(namespace, 'pod-status');
    const patched = e2e.patch(`${pods}/pod-status/status`, 'strategic', { status: { message: 'Patched by e2e test', reason: 'E2E' } });
    expect(patched.status).toMatchObject({ message: 'Patched by e2e test', reason: 'E2E' });
  });

  it('Extended Pods Set QOS Class should be set on Pods with matching resource requests and limits for memory and cpu [Conformance]', () => {
    const resources = { requests: { cpu: '100m', memory: '100Mi' }, limits: { cpu: '100m', memory: '100Mi' } };
    e2e.create(pods, aPod('pod-qos-class', { container: { image: AGNHOST, resources } }));
    expect(e2e.read(`${pods}/pod-qos-class`).status.qosClass).toBe('Guaranteed');
  });
});

describe('[sig-node] PodTemplates', () => {
  const templates = (): string => core('podtemplates');
  const aTemplate = (name: string, labels: object): object => ({ apiVersion: 'v1', kind: 'PodTemplate', metadata: { name, labels }, template: { spec: { containers: [{ name: 'nginx', image: 'nginx' }] } } });

  it('should run the lifecycle of PodTemplates [Conformance]', () => {
    e2e.create(templates(), aTemplate('nginx-pod-template', { 'podtemplate-static': 'true' }));
    e2e.patch(`${templates()}/nginx-pod-template`, 'strategic', { metadata: { labels: { podtemplate: 'patched' } } });
    expect(e2e.read(`${templates()}/nginx-pod-template`).metadata.labels.podtemplate).toBe('patched');
    e2e.delete(`${templates()}/nginx-pod-template`);
    expect(e2e.read('/api/v1/podtemplates?labelSelector=podtemplate-static%3Dtrue').items).toHaveLength(0);
  });

  it('should delete a collection of pod templates [Conformance]', () => {
    for (const name of ['a', 'b', 'c']) e2e.create(templates(), aTemplate(name, { 'podtemplate-set': 'true' }));
    e2e.delete(`${templates()}?labelSelector=podtemplate-set%3Dtrue`);
    expect(e2e.read(templates()).items).toHaveLength(0);
  });

  it('should replace a pod template [Conformance]', () => {
    e2e.create(templates(), aTemplate('a', {}));
    expect(e2e.change(`${templates()}/a`, ({ metadata }) => { metadata.annotations = { updated: 'true' }; }).metadata.annotations.updated).toBe('true');
  });
});

describe('[sig-node] ConfigMap and Secrets', () => {
  it('ConfigMap should run through a ConfigMap lifecycle [Conformance]', () => {
    const watch = e2e.watch(`${core('configmaps')}?labelSelector=test-configmap-static%3Dtrue`);
    e2e.create(core('configmaps'), { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'test-configmap', labels: { 'test-configmap-static': 'true' } }, data: { valueName: 'value' } });
    e2e.heard(watch, ({ type }) => type === 'ADDED', 'the addition');
    e2e.patch(`${core('configmaps')}/test-configmap`, 'strategic', { metadata: { labels: { 'test-configmap': 'patched' } }, data: { valueName: 'value1' } });
    e2e.heard(watch, ({ type, object }) => type === 'MODIFIED' && object.data.valueName === 'value1', 'the patch');
    e2e.delete(`${core('configmaps')}?labelSelector=test-configmap-static%3Dtrue`);
    e2e.heard(watch, ({ type }) => type === 'DELETED', 'the deletion');
  });

  it('ConfigMap should fail to create ConfigMap with empty key [Conformance]', () => {
    expect(e2e.ask('POST', core('configmaps'), { body: { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'x' }, data: { '': 'value-1' } } }).code).toBe(422);
  });

  it('Secrets should fail to create secret due to empty secret key [Conformance]', () => {
    expect(e2e.ask('POST', core('secrets'), { body: { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'x' }, data: { '': 'dmFsdWUtMQ==' } } }).code).toBe(422);
  });

  it('Secrets should patch a secret [Conformance]', () => {
    e2e.create(core('secrets'), { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'test-secret', labels: { 'testsecret-constant': 'true' } }, type: 'Opaque', data: { key: 'dmFsdWU=' } });
    expect((e2e.read('/api/v1/secrets?labelSelector=testsecret-constant%3Dtrue').items as Any[]).map(({ metadata }) => metadata.name)).toEqual(['test-secret']);
    e2e.patch(`${core('secrets')}/test-secret`, 'strategic', { metadata: { labels: { testsecret: 'true' } }, data: { key: 'dmFsdWUx' } });
    expect(e2e.read(`${core('secrets')}/test-secret`).data.key).toBe('dmFsdWUx');
    e2e.delete(`${core('secrets')}?labelSelector=testsecret-constant%3Dtrue`);
    expect(e2e.read('/api/v1/secrets?labelSelector=testsecret-constant%3Dtrue').items).toHaveLength(0);
  });

  it('ConfigMap should be consumable via the environment [NodeConformance] [Conformance]', () => {
    e2e.create(core('configmaps'), { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'env' }, data: { data_1: 'value-1', data_2: 'value-2' } });
    const said = outcome('pod-configmaps', { image: BUSYBOX, command: ['sh', '-c', 'env'], envFrom: [{ configMapRef: { name: 'env' } }, { prefix: 'p_', configMapRef: { name: 'env' } }], env: [{ name: 'CONFIG_DATA_1', valueFrom: { configMapKeyRef: { name: 'env', key: 'data_1' } } }] });
    for (const word of ['data_1=value-1', 'p_data_2=value-2', 'CONFIG_DATA_1=value-1']) expect(said).toContain(word);
  });

  it('Secrets should be consumable via the environment [NodeConformance] [Conformance]', () => {
    e2e.create(core('secrets'), { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'env' }, data: { data_1: 'dmFsdWUtMQo=', data_2: 'dmFsdWUtMgo=' } });
    const said = outcome('pod-secrets', { image: BUSYBOX, command: ['sh', '-c', 'env'], envFrom: [{ secretRef: { name: 'env' } }, { prefix: 'p-', secretRef: { name: 'env' } }] });
    for (const word of ['data_1=value-1', 'p-data_2=value-2']) expect(said).toContain(word);
  });
});

describe('[sig-node] Downward API, Containers, Variable Expansion', () => {
  it("Downward API should provide container's limits.cpu/memory and requests.cpu/memory as env vars [NodeConformance] [Conformance]", () => {
    const env = ['limits.cpu', 'limits.memory', 'requests.cpu', 'requests.memory'].map((resource) => ({ name: resource.toUpperCase().replace('.', '_'), valueFrom: { resourceFieldRef: { resource } } }));
    const said = outcome('downward', { image: BUSYBOX, command: ['sh', '-c', 'env'], env, resources: { requests: { cpu: '250m', memory: '32Mi' }, limits: { cpu: '1250m', memory: '64Mi' } } });
    for (const word of ['LIMITS_CPU=2', 'LIMITS_MEMORY=67108864', 'REQUESTS_CPU=1', 'REQUESTS_MEMORY=33554432']) expect(said).toContain(word);
  });

  it('Downward API should provide pod name, namespace and IP address as env vars [NodeConformance] [Conformance]', () => {
    const env = [['POD_NAME', 'metadata.name'], ['POD_NAMESPACE', 'metadata.namespace'], ['POD_IP', 'status.podIP'], ['HOST_IP', 'status.hostIP'], ['POD_UID', 'metadata.uid']].map(([name, fieldPath]) => ({ name, valueFrom: { fieldRef: { apiVersion: 'v1', fieldPath } } }));
    const said = outcome('downward', { image: BUSYBOX, command: ['sh', '-c', 'env'], env });
    expect(said).toMatch(/POD_NAME=downward\n/);
    expect(said).toContain(`POD_NAMESPACE=${namespace}`);
    expect(said).toMatch(/POD_IP=(?:\d+\.){3}\d+/);
    expect(said).toMatch(/HOST_IP=(?:\d+\.){3}\d+/);
    expect(said).toMatch(/POD_UID=[0-9a-f-]{36}/);
  });

  it('Containers should use the image defaults if command and args are blank [NodeConformance] [Conformance]', () => {
    expect(outcome('client-containers', { image: AGNHOST, args: ['entrypoint-tester', 'override', 'arguments'] })).toContain('[/agnhost entrypoint-tester override arguments]');
    expect(outcome('client-containers-2', { image: AGNHOST, command: ['/agnhost-2', 'entrypoint-tester'] })).toContain('[/agnhost-2 entrypoint-tester]');
  });

  it('Variable Expansion should allow composing env vars into new env vars [NodeConformance] [Conformance]', () => {
    const said = outcome('var-expansion', { image: BUSYBOX, command: ['sh', '-c', 'env'], env: [{ name: 'FOO', value: 'foo-value' }, { name: 'BAR', value: 'bar-value' }, { name: 'FOOBAR', value: '$(FOO);;$(BAR)' }] });
    expect(said).toContain('FOOBAR=foo-value;;bar-value');
  });

  it("Variable Expansion should allow substituting values in a container's args [NodeConformance] [Conformance]", () => {
    expect(outcome('var-expansion', { image: BUSYBOX, command: ['sh', '-c'], args: ['TEST_VAR=wrong echo "$(TEST_VAR)"'], env: [{ name: 'TEST_VAR', value: 'test-value' }] })).toContain('test-value');
  });
});

describe('[sig-node] InitContainer [NodeConformance]', () => {
  const init = (command: string): object[] => [{ name: 'init1', image: BUSYBOX, command: ['/bin/true'] }, { name: 'init2', image: BUSYBOX, command: [command] }];

  it('should invoke init containers on a RestartNever pod [Conformance]', () => {
    outcome('pod-init', { image: BUSYBOX, command: ['/bin/true'] }, { initContainers: init('/bin/true') });
    const { status } = e2e.read(`${pods}/pod-init`);
    expect((status.conditions as Any[]).find(({ type }) => type === 'Initialized').status).toBe('True');
    for (const one of status.initContainerStatuses) expect([one.ready, one.state.terminated.exitCode]).toEqual([true, 0]);
  });

  it('should not start app containers and fail the pod if init containers fail on a RestartNever pod [Conformance]', () => {
    e2e.create(pods, aPod('pod-init', { container: { image: BUSYBOX, command: ['/bin/true'] }, spec: { restartPolicy: 'Never', initContainers: [{ name: 'init1', image: BUSYBOX, command: ['/bin/true'] }, { name: 'init2', image: BUSYBOX, command: ['/bin/false'] }] } }));
    const { status } = e2e.until(`${pods}/pod-init`, ({ status: one }) => one.phase === 'Failed', 'failure');
    expect(status.containerStatuses[0].state.waiting).toMatchObject({ reason: 'PodInitializing' });
    expect((status.conditions as Any[]).find(({ type }) => type === 'Initialized')).toMatchObject({ status: 'False', reason: 'ContainersNotInitialized' });
  });

  it('should not start app containers if init containers fail on a RestartAlways pod [Conformance]', () => {
    e2e.create(pods, aPod('pod-init', { container: { image: PAUSE }, spec: { initContainers: [{ name: 'init1', image: BUSYBOX, command: ['/bin/false'] }, { name: 'init2', image: BUSYBOX, command: ['/bin/true'] }] } }));
    const { status } = e2e.until(`${pods}/pod-init`, ({ status: one }) => one.initContainerStatuses[0].restartCount >= 3, 'three restarts');
    expect([status.phase, status.containerStatuses[0].state.waiting.reason]).toEqual(['Pending', 'PodInitializing']);
  });

  it('should invoke init containers on a RestartAlways pod [Conformance]', () => {
    e2e.create(pods, aPod('pod-init', { container: { image: PAUSE, resources: { limits: { cpu: '100m' } } }, spec: { initContainers: init('/bin/true') } }));
    const { status } = e2e.ready(namespace, 'pod-init');
    expect(status.initContainerStatuses).toHaveLength(2);
  });
});

describe('[sig-node] Ephemeral Containers [NodeConformance]', () => {
  it('will start an ephemeral container in an existing pod [Conformance]', () => {
    e2e.create(pods, aPod('ephemeral-containers-target-pod', { container: { name: 'test-container-1', image: BUSYBOX, command: ['/bin/sleep', '10000'] } }));
    e2e.ready(namespace, 'ephemeral-containers-target-pod');
    const at = `${pods}/ephemeral-containers-target-pod`;
    e2e.patch(`${at}/ephemeralcontainers`, 'strategic', { spec: { ephemeralContainers: [{ name: 'debugger', image: BUSYBOX, command: ['/bin/sh', '-c', 'while true; do echo polo; sleep 2; done'], stdin: true, tty: true }] } });
    e2e.until(at, ({ status }) => status.ephemeralContainerStatuses?.[0]?.state.running !== undefined, 'the debugger');
    expect(e2e.logs(namespace, 'ephemeral-containers-target-pod', 'debugger')).toContain('polo');
    e2e.change(`${at}/ephemeralcontainers`, ({ spec }) => { spec.ephemeralContainers.push({ name: 'debugger2', image: BUSYBOX, command: ['/bin/sh'], stdin: true, tty: true }); });
    expect(e2e.read(at).spec.ephemeralContainers).toHaveLength(2);
  });
});

describe('[sig-node] Node Lifecycle', () => {
  it('should run through the lifecycle of a node [Conformance]', () => {
    const url = '/api/v1/nodes';
    e2e.create(url, { apiVersion: 'v1', kind: 'Node', metadata: { name: 'e2e-fake-node-kx5m2' }, status: { phase: 'Running', conditions: [{ type: 'Ready', status: 'True', reason: 'x', message: 'x', lastHeartbeatTime: '2026-02-10T03:10:00Z', lastTransitionTime: '2026-02-10T03:10:00Z' }] } });
    expect(e2e.read(`${url}/e2e-fake-node-kx5m2`).metadata.name).toBe('e2e-fake-node-kx5m2');
    e2e.patch(`${url}/e2e-fake-node-kx5m2`, 'strategic', { metadata: { labels: { 'e2e-fake-node-kx5m2': 'patched' } } });
    expect(e2e.read(`${url}?labelSelector=e2e-fake-node-kx5m2%3Dpatched`).items).toHaveLength(1);
    e2e.change(`${url}/e2e-fake-node-kx5m2`, ({ metadata }) => { metadata.labels['e2e-fake-node-kx5m2'] = 'updated'; });
    e2e.delete(`${url}/e2e-fake-node-kx5m2`);
    e2e.gone(`${url}/e2e-fake-node-kx5m2`);
  });
});

describe('[sig-node] NoExecuteTaintManager', () => {
  const taint = { key: 'kubernetes.io/e2e-evict-taint-key', value: 'evictTaintVal', effect: 'NoExecute' };
  const tolerant = (name: string, seconds: number): object => aPod(name, { labels: { group: 'taint' }, container: { image: PAUSE }, spec: { terminationGracePeriodSeconds: 1, nodeName: 'node-1', tolerations: [{ key: taint.key, value: taint.value, effect: taint.effect, tolerationSeconds: seconds }] } });
  const setTaints = (taints: readonly object[]): Any => e2e.patch('/api/v1/nodes/node-1', 'strategic', { spec: { taints: taints.length === 0 ? null : taints } });

  it('Single Pod [Serial] removing taint cancels eviction [Disruptive] [Conformance]', () => {
    e2e.create(pods, tolerant('taint-eviction-4', 150));
    e2e.ready(namespace, 'taint-eviction-4');
    setTaints([taint]);
    e2e.wait(60_000);
    setTaints([]);
    e2e.wait(180_000);
    expect(e2e.read(`${pods}/taint-eviction-4`).metadata.deletionTimestamp).toBeUndefined();
  });

  it('Multiple Pods [Serial] evicts pods with minTolerationSeconds [Disruptive] [Conformance]', () => {
    e2e.create(pods, tolerant('taint-eviction-b1', 60));
    e2e.create(pods, tolerant('taint-eviction-b2', 120));
    e2e.ready(namespace, 'taint-eviction-b1');
    e2e.ready(namespace, 'taint-eviction-b2');
    setTaints([taint]);
    e2e.gone(`${pods}/taint-eviction-b1`, 90_000);
    expect(e2e.get(`${pods}/taint-eviction-b2`).code).toBe(200);
    e2e.gone(`${pods}/taint-eviction-b2`, 120_000);
    setTaints([]);
  });
});

describe('[sig-node] RuntimeClass', () => {
  const classes = '/apis/node.k8s.io/v1/runtimeclasses';

  it('should reject a Pod requesting a non-existent RuntimeClass [NodeConformance] [Conformance]', () => {
    expect(e2e.ask('POST', pods, { body: aPod('x', { spec: { runtimeClassName: 'nonexistent' } }) }).code).toBe(403);
  });

  it('should schedule a Pod requesting a RuntimeClass and initialize its Overhead [NodeConformance] [Conformance]', () => {
    e2e.create(classes, { apiVersion: 'node.k8s.io/v1', kind: 'RuntimeClass', metadata: { name: 'overhead' }, handler: 'runc', overhead: { podFixed: { cpu: '10m', memory: '1Mi' } } });
    expect(e2e.create(pods, aPod('x', { spec: { runtimeClassName: 'overhead' } })).spec.overhead).toEqual({ cpu: '10m', memory: '1Mi' });
    e2e.until(`${pods}/x`, ({ spec }) => spec.nodeName !== undefined, 'a node');
  });

  it('should reject a Pod requesting a deleted RuntimeClass [NodeConformance] [Conformance]', () => {
    e2e.create(classes, { apiVersion: 'node.k8s.io/v1', kind: 'RuntimeClass', metadata: { name: 'deleted' }, handler: 'runc' });
    e2e.delete(`${classes}/deleted`);
    expect(e2e.ask('POST', pods, { body: aPod('x', { spec: { runtimeClassName: 'deleted' } }) }).code).toBe(403);
  });
});

describe('[sig-node] Sysctls [LinuxOnly] [NodeConformance]', () => {
  it('should reject invalid sysctls [MinimumKubeletVersion:1.21] [Conformance]', () => {
    const said = e2e.ask('POST', pods, { body: aPod('sysctl', { spec: { securityContext: { sysctls: [{ name: 'foo-', value: 'bar' }, { name: 'kernel.shmmax', value: '100000000' }, { name: 'safe-and-unsafe', value: '100000000' }, { name: 'bar..', value: '42' }] } } }) });
    expect(said.code).toBe(422);
    expect(said.body.message).toContain('Invalid value: "foo-"');
    expect(said.body.message).toContain('Invalid value: "bar.."');
    expect(said.body.message).not.toContain('safe-and-unsafe');
    expect(said.body.message).not.toContain('kernel.shmmax');
  });
});
