import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { AGNHOST, AnE2eCluster, HTTPD, NEW_HTTPD, type Any } from '../an-e2e-cluster.ts';

let e2e: AnE2eCluster;
let namespace: string;
let url: string;
let sets: string;

beforeAll(() => {
  e2e = new AnE2eCluster();
});
beforeEach(() => {
  namespace = e2e.namespace('deployment');
  url = `/apis/apps/v1/namespaces/${namespace}/deployments`;
  sets = `/apis/apps/v1/namespaces/${namespace}/replicasets`;
});

function aDeployment(name: string, { replicas = 1, labels = { name: 'httpd' }, image = HTTPD, container = 'httpd', spec = {}, strategy = {}, metadata = {} }: Readonly<Record<string, Any>> = {}): object {
  return {
    apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name, labels, ...metadata },
    spec: { replicas, selector: { matchLabels: labels }, strategy, template: { metadata: { labels }, spec: { terminationGracePeriodSeconds: 0, containers: [{ name: container, image }] } }, ...spec },
  };
}

function aSet(name: string, replicas: number, labels: object, image = HTTPD): object {
  return { apiVersion: 'apps/v1', kind: 'ReplicaSet', metadata: { name, labels }, spec: { replicas, selector: { matchLabels: labels }, template: { metadata: { labels }, spec: { terminationGracePeriodSeconds: 0, containers: [{ name: 'httpd', image }] } } } };
}

/** As `WaitForDeploymentComplete` of the framework has it. */
function complete(name: string): Any {
  return e2e.until(`${url}/${name}`, ({ spec, status, metadata }) => status.updatedReplicas === spec.replicas && status.replicas === spec.replicas && status.availableReplicas === spec.replicas && status.observedGeneration >= metadata.generation, `completion of ${name}`);
}

describe('[sig-apps] Deployment', () => {
  it('RollingUpdateDeployment should delete old pods and create new ones [Conformance]', () => {
    const labels = { name: 'sample-pod' };
    e2e.create(sets, { ...aSet('test-rolling-update-controller', 1, { ...labels, pod: 'httpd' }), metadata: { name: 'test-rolling-update-controller', labels: { ...labels, pod: 'httpd' }, annotations: { 'deployment.kubernetes.io/revision': '3546343826724305832' } } });
    e2e.pods(namespace, 'name=sample-pod', 1);
    e2e.create(url, aDeployment('test-rolling-update-deployment', { labels, image: AGNHOST, container: 'agnhost', strategy: { type: 'RollingUpdate' } }));
    e2e.until(`${url}/test-rolling-update-deployment`, ({ metadata }) => metadata.annotations['deployment.kubernetes.io/revision'] === '3546343826724305833', 'the revision');
    complete('test-rolling-update-deployment');
    const { items } = e2e.read(`${sets}?labelSelector=name%3Dsample-pod`);
    expect(items).toHaveLength(2);
    expect((items as Any[]).find(({ metadata }) => metadata.name === 'test-rolling-update-controller').spec.replicas).toBe(0);
  });

  it('RecreateDeployment should delete old pods and create new ones [Conformance]', () => {
    const labels = { name: 'sample-pod-3' };
    e2e.create(url, aDeployment('test-recreate-deployment', { labels, image: AGNHOST, container: 'agnhost', strategy: { type: 'Recreate' } }));
    complete('test-recreate-deployment');
    const watch = e2e.watch(`/api/v1/namespaces/${namespace}/pods?labelSelector=name%3Dsample-pod-3`);
    e2e.change(`${url}/test-recreate-deployment`, ({ spec }) => { spec.template.spec.containers[0] = { name: 'httpd', image: HTTPD }; });
    complete('test-recreate-deployment');
    const pods = watch.events.map(({ type, object }) => `${type} ${object.spec.containers[0].name}`);
    expect(pods.indexOf('DELETED agnhost')).toBeLessThan(pods.indexOf('ADDED httpd'));
  });

  it('deployment should delete old replica sets [Conformance]', () => {
    const labels = { name: 'cleanup-pod' };
    e2e.create(sets, aSet('test-cleanup-controller', 1, { ...labels, pod: 'httpd' }));
    e2e.pods(namespace, 'name=cleanup-pod', 1);
    e2e.create(url, aDeployment('test-cleanup-deployment', { labels, image: AGNHOST, container: 'agnhost', spec: { revisionHistoryLimit: 0 }, strategy: { type: 'RollingUpdate' } }));
    e2e.until(`${sets}?labelSelector=name%3Dcleanup-pod`, ({ items }) => items.length === 1, 'the clean-up');
  });

  it('deployment should support rollover [Conformance]', () => {
    const labels = { name: 'rollover-pod' };
    e2e.create(sets, aSet('test-rollover-controller', 1, { ...labels, pod: 'httpd' }));
    e2e.pods(namespace, 'name=rollover-pod', 1);
    e2e.create(url, aDeployment('test-rollover-deployment', { labels, image: 'gcr.io/google_samples/gb-redisslave:nonexistent', container: 'redis-slave', spec: { minReadySeconds: 10 }, strategy: { type: 'RollingUpdate', rollingUpdate: { maxUnavailable: 0, maxSurge: 1 } } }));
    const first = e2e.until(`${sets}?labelSelector=name%3Drollover-pod`, ({ items }) => items.length === 2, 'the first roll-out');
    expect(first.items).toHaveLength(2);
    e2e.until(`${url}/test-rollover-deployment`, ({ status }) => status.updatedReplicas === 1, 'an updated replica');
    e2e.change(`${url}/test-rollover-deployment`, ({ spec }) => { spec.template.spec.containers[0] = { name: 'agnhost', image: AGNHOST }; });
    e2e.until(`${url}/test-rollover-deployment`, ({ status, metadata }) => status.observedGeneration >= metadata.generation, 'the controller');
    complete('test-rollover-deployment');
    const replicas = (e2e.read(`${sets}?labelSelector=name%3Drollover-pod`).items as Any[]).map(({ spec }) => spec.replicas as number).toSorted((one, other) => one - other);
    expect(replicas).toEqual([0, 0, 1]);
  });

  it('deployment should support proportional scaling [Conformance]', () => {
    e2e.create(url, aDeployment('webserver-deployment', { replicas: 10, strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: 3, maxUnavailable: 2 } } }));
    complete('webserver-deployment');
    e2e.change(`${url}/webserver-deployment`, ({ spec }) => { spec.template.spec.containers[0].image = 'webserver:404'; });
    const bySize = (): { readonly replicas: number; readonly max: string }[] => (e2e.read(sets).items as Any[]).map(({ spec, metadata }) => ({ replicas: spec.replicas, max: metadata.annotations['deployment.kubernetes.io/max-replicas'] }));
    e2e.eventually(() => JSON.stringify(bySize().map(({ replicas }) => replicas).toSorted((a, b) => b - a)) === '[8,5]', 'the first sizes');
    e2e.until(`${url}/webserver-deployment`, ({ status }) => status.availableReplicas === 8, 'eight that are available');
    e2e.change(`${url}/webserver-deployment`, ({ spec }) => { spec.replicas = 30; });
    e2e.eventually(() => JSON.stringify(bySize().map(({ replicas }) => replicas).toSorted((a, b) => b - a)) === '[20,13]', 'proportional sizes');
  });

  it('Deployment should have a working scale subresource [Conformance]', () => {
    e2e.create(url, aDeployment('test-new-deployment'));
    complete('test-new-deployment');
    const scale = e2e.read(`${url}/test-new-deployment/scale`);
    expect(scale).toMatchObject({ spec: { replicas: 1 }, status: { replicas: 1, selector: 'name=httpd' } });
    scale.metadata.resourceVersion = '';
    scale.spec.replicas = 2;
    expect(e2e.update(`${url}/test-new-deployment/scale`, scale).spec.replicas).toBe(2);
    expect(e2e.read(`${url}/test-new-deployment`).spec.replicas).toBe(2);
    e2e.patch(`${url}/test-new-deployment/scale`, 'strategic', { spec: { replicas: 4 } });
    expect(e2e.read(`${url}/test-new-deployment`).spec.replicas).toBe(4);
  });

  it('should run the lifecycle of a Deployment [Conformance]', () => {
    const labels = { 'test-deployment-static': 'true' };
    const watch = e2e.watch('/apis/apps/v1/deployments?labelSelector=test-deployment-static%3Dtrue');
    e2e.create(url, aDeployment('test-deployment', { replicas: 2, labels, image: AGNHOST, container: 'test-deployment' }));
    e2e.heard(watch, ({ type, object }) => type === 'MODIFIED' && object.status.availableReplicas === 2 && object.status.readyReplicas === 2, 'two that are available');
    e2e.patch(`${url}/test-deployment`, 'strategic', { metadata: { labels: { 'test-deployment': 'patched' } }, spec: { replicas: 1, template: { spec: { terminationGracePeriodSeconds: 0, containers: [{ name: 'test-deployment', image: NEW_HTTPD, command: ['/bin/sleep', '100000'] }] } } } });
    e2e.heard(watch, ({ object }) => object.metadata.labels['test-deployment'] === 'patched' && object.status.readyReplicas === 1 && object.status.observedGeneration === object.metadata.generation && object.status.updatedReplicas === 1, 'the patched one');
    const { items } = e2e.read('/apis/apps/v1/deployments?labelSelector=test-deployment-static%3Dtrue');
    expect(items).toHaveLength(1);
    const status = e2e.read(`${url}/test-deployment/status`);
    status.metadata.labels['test-deployment'] = 'updated';
    status.status.readyReplicas = 2;
    e2e.ask('PUT', `${url}/test-deployment/status`, { body: status, type: 'application/json' });
    e2e.patch(`${url}/test-deployment/status`, 'merge', { metadata: { labels: { 'test-deployment': 'patched-status' } }, status: { readyReplicas: 0, availableReplicas: 0 } });
    e2e.heard(watch, ({ type, object }) => type === 'MODIFIED' && object.status.readyReplicas === 1, 'the status again');
    e2e.delete(`${url}?labelSelector=test-deployment-static%3Dtrue`, { propagationPolicy: 'Foreground' });
    e2e.heard(watch, ({ type }) => type === 'DELETED', 'the deletion');
  });

  it('should validate Deployment Status endpoints [Conformance]', () => {
    const labels = { e2e: 'testing' };
    const watch = e2e.watch(`${url}?labelSelector=e2e%3Dtesting`);
    e2e.create(url, aDeployment('test-deployment-status', { labels }));
    complete('test-deployment-status');
    const got = e2e.read(`${url}/test-deployment-status/status`);
    got.status.conditions = [...got.status.conditions, { type: 'StatusUpdate', status: 'True', reason: 'E2E', message: 'Set from e2e test' }];
    expect((e2e.update(`${url}/test-deployment-status/status`, got).status.conditions as Any[]).at(-1)).toMatchObject({ type: 'StatusUpdate', status: 'True' });
    e2e.heard(watch, ({ object }) => (object.status.conditions as Any[] | undefined)?.some(({ type, message }) => type === 'StatusUpdate' && message === 'Set from e2e test') === true, 'the update');
    e2e.patch(`${url}/test-deployment-status/status`, 'merge', { status: { conditions: [{ type: 'StatusPatched', status: 'True' }] } });
    e2e.heard(watch, ({ object }) => (object.status.conditions as Any[] | undefined)?.some(({ type }) => type === 'StatusPatched') === true, 'the patch');
  });
});

describe('[sig-apps] ReplicaSet', () => {
  it('should serve a basic image on each replica with a public image [Conformance]', () => {
    const labels = { name: 'my-hostname-basic' };
    e2e.create(sets, { ...aSet('my-hostname-basic', 1, labels), spec: { replicas: 1, selector: { matchLabels: labels }, template: { metadata: { labels }, spec: { containers: [{ name: 'my-hostname-basic', image: AGNHOST, args: ['serve-hostname'], ports: [{ containerPort: 9376 }] }] } } } });
    const [pod] = e2e.pods(namespace, 'name=my-hostname-basic', 1);
    expect(e2e.read(`/api/v1/namespaces/${namespace}/pods/${pod.metadata.name}`).metadata.name).toBe(pod.metadata.name);
    expect(e2e.get(`/api/v1/namespaces/${namespace}/pods/${pod.metadata.name}:9376/proxy/`).text.trim()).toBe(pod.metadata.name);
  });

  it('should adopt matching pods on creation and release no longer matching pods [Conformance]', () => {
    const labels = { name: 'pod-adoption-release' };
    e2e.create(`/api/v1/namespaces/${namespace}/pods`, { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'pod-adoption-release', labels }, spec: { containers: [{ name: 'pod-adoption-release', image: HTTPD }] } });
    e2e.create(sets, aSet('pod-adoption-release', 1, labels));
    e2e.until(`/api/v1/namespaces/${namespace}/pods/pod-adoption-release`, ({ metadata }) => metadata.ownerReferences?.some((owner: Any) => owner.controller === true && owner.name === 'pod-adoption-release') === true, 'the adoption');
    const [pod] = e2e.pods(namespace, 'name=pod-adoption-release', 1);
    e2e.change(`/api/v1/namespaces/${namespace}/pods/${pod.metadata.name}`, ({ metadata }) => { metadata.labels = { name: 'not-matching-name' }; });
    e2e.until(`/api/v1/namespaces/${namespace}/pods/${pod.metadata.name}`, ({ metadata }) => (metadata.ownerReferences ?? []).length === 0, 'the release');
  });

  it('Replicaset should have a working scale subresource [Conformance]', () => {
    e2e.create(sets, aSet('test-rs', 1, { name: 'sample-pod' }));
    e2e.pods(namespace, 'name=sample-pod', 1);
    const scale = e2e.read(`${sets}/test-rs/scale`);
    expect(scale.spec.replicas).toBe(1);
    scale.metadata.resourceVersion = '';
    scale.spec.replicas = 2;
    expect(e2e.update(`${sets}/test-rs/scale`, scale).spec.replicas).toBe(2);
    e2e.patch(`${sets}/test-rs/scale`, 'strategic', { spec: { replicas: 4 } });
    expect(e2e.read(`${sets}/test-rs`).spec.replicas).toBe(4);
  });

  it('Replace and Patch tests [Conformance]', () => {
    const labels = { 'sample-pod': 'test' };
    const watch = e2e.watch(`${sets}?labelSelector=test-rs%3Dpatched`);
    e2e.create(sets, aSet('test-rs', 1, labels));
    e2e.until(`${sets}/test-rs`, ({ status }) => status.readyReplicas === 1, 'one that is ready');
    e2e.change(`${sets}/test-rs`, ({ spec }) => { spec.replicas = 2; });
    e2e.pods(namespace, 'sample-pod=test', 2);
    e2e.patch(`${sets}/test-rs`, 'strategic', { metadata: { labels: { 'test-rs': 'patched' } }, spec: { replicas: 3, template: { spec: { terminationGracePeriodSeconds: 0, containers: [{ name: 'httpd', image: HTTPD }] } } } });
    e2e.heard(watch, ({ object }) => object.metadata.labels['test-rs'] === 'patched' && object.status.readyReplicas === 3, 'three that are ready');
  });

  it('should list and delete a collection of ReplicaSets [Conformance]', () => {
    const labels = { name: 'test-rs-pod', e2e: 'rs' };
    e2e.create(sets, aSet('test-rs', 3, labels));
    e2e.pods(namespace, 'e2e=rs', 3);
    expect(e2e.read('/apis/apps/v1/replicasets?labelSelector=e2e%3Drs').items).toHaveLength(1);
    e2e.delete(`${sets}?labelSelector=e2e%3Drs`);
    expect(e2e.read('/apis/apps/v1/replicasets?labelSelector=e2e%3Drs').items).toHaveLength(0);
  });

  it('should validate Replicaset Status endpoints [Conformance]', () => {
    const labels = { name: 'sample-pod', pod: 'httpd' };
    const watch = e2e.watch(`${sets}?labelSelector=pod%3Dhttpd`);
    e2e.create(sets, aSet('test-rs', 1, labels));
    e2e.pods(namespace, 'pod=httpd', 1);
    expect(e2e.read(`${sets}/test-rs/status`).status.replicas).toBe(1);
    const got = e2e.read(`${sets}/test-rs`);
    got.status.conditions = [{ type: 'StatusUpdate', status: 'True', reason: 'E2E', message: 'Set from e2e test' }];
    expect(e2e.update(`${sets}/test-rs/status`, got).status.conditions).toHaveLength(1);
    e2e.patch(`${sets}/test-rs/status`, 'merge', { status: { conditions: [{ type: 'StatusPatched', status: 'True' }] } });
    e2e.heard(watch, ({ object }) => object.status.conditions?.[0]?.type === 'StatusPatched', 'the patch');
  });
});
