import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { AGNHOST, AnE2eCluster, HTTPD, type Any } from '../an-e2e-cluster.ts';

let e2e: AnE2eCluster;
let namespace: string;
let url: string;

beforeAll(() => {
  e2e = new AnE2eCluster();
});
beforeEach(() => {
  namespace = e2e.namespace('replication-controller');
  url = `/api/v1/namespaces/${namespace}/replicationcontrollers`;
});

function aController(name: string, replicas: number, { labels = { name }, container = { name, image: HTTPD } }: Readonly<Record<string, Any>> = {}): object {
  return { apiVersion: 'v1', kind: 'ReplicationController', metadata: { name, labels }, spec: { replicas, selector: labels, template: { metadata: { labels }, spec: { terminationGracePeriodSeconds: 0, containers: [container] } } } };
}

describe('[sig-apps] ReplicationController', () => {
  it('should serve a basic image on each replica with a public image [Conformance]', () => {
    e2e.create(url, aController('my-hostname-basic', 1, { container: { name: 'my-hostname-basic', image: AGNHOST, args: ['serve-hostname'], ports: [{ containerPort: 9376 }] } }));
    const [pod] = e2e.pods(namespace, 'name=my-hostname-basic', 1);
    expect(e2e.get(`/api/v1/namespaces/${namespace}/pods/${pod.metadata.name}:9376/proxy/`).text.trim()).toBe(pod.metadata.name);
  });

  it('should surface a failure condition on a common issue like exceeded quota [Conformance]', () => {
    e2e.create(`/api/v1/namespaces/${namespace}/resourcequotas`, { apiVersion: 'v1', kind: 'ResourceQuota', metadata: { name: 'condition-test' }, spec: { hard: { pods: '2' } } });
    e2e.until(`/api/v1/namespaces/${namespace}/resourcequotas/condition-test`, ({ status }) => status.hard.pods === '2', 'the quota');
    e2e.create(url, aController('condition-test', 3));
    e2e.until(`${url}/condition-test`, ({ status, metadata }) => status.observedGeneration >= metadata.generation && (status.conditions as Any[]).some(({ type }) => type === 'ReplicaFailure'), 'the condition');
    e2e.change(`${url}/condition-test`, ({ spec }) => { spec.replicas = 2; });
    e2e.until(`${url}/condition-test`, ({ status, metadata }) => status.observedGeneration >= metadata.generation && !(status.conditions as Any[] | undefined)?.some(({ type }) => type === 'ReplicaFailure'), 'no condition');
  });

  it('should adopt matching pods on creation [Conformance]', () => {
    e2e.create(`/api/v1/namespaces/${namespace}/pods`, { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'pod-adoption', labels: { name: 'pod-adoption' } }, spec: { containers: [{ name: 'pod-adoption', image: HTTPD }] } });
    e2e.create(url, aController('pod-adoption', 1));
    e2e.until(`/api/v1/namespaces/${namespace}/pods/pod-adoption`, ({ metadata }) => metadata.ownerReferences?.some((owner: Any) => owner.controller === true && owner.kind === 'ReplicationController') === true, 'the adoption');
  });

  it('should release no longer matching pods [Conformance]', () => {
    e2e.create(url, aController('pod-release', 1));
    const [pod] = e2e.pods(namespace, 'name=pod-release', 1);
    e2e.change(`/api/v1/namespaces/${namespace}/pods/${pod.metadata.name}`, ({ metadata }) => { metadata.labels = { name: 'not-matching-name' }; });
    e2e.until(`/api/v1/namespaces/${namespace}/pods/${pod.metadata.name}`, ({ metadata }) => (metadata.ownerReferences ?? []).length === 0, 'the release');
  });

  it('should test the lifecycle of a ReplicationController [Conformance]', () => {
    const labels = { 'test-rc-static': 'true' };
    const watch = e2e.watch(`${url}?labelSelector=test-rc-static%3Dtrue`);
    e2e.create(url, aController('rc-test', 1, { labels, container: { name: 'rc-test', image: NEW } }));
    e2e.eventually(() => watch.told[0] === 'ADDED rc-test', 'the addition');
    e2e.heard(watch, ({ object }) => object.status.replicas === 1 && object.status.readyReplicas === 1, 'a ready replica');
    e2e.patch(`${url}/rc-test`, 'strategic', { metadata: { labels: { 'test-rc': 'patched' } } });
    e2e.heard(watch, ({ type, object }) => type === 'MODIFIED' && object.metadata.labels['test-rc'] === 'patched', 'the patch');
    const patched = e2e.patch(`${url}/rc-test/status`, 'strategic', { status: { readyReplicas: 0, availableReplicas: 0 } });
    expect(patched.status.readyReplicas ?? 0).toBe(0);
    e2e.heard(watch, ({ object }) => (object.status.readyReplicas ?? 0) === 0 && object.metadata.labels['test-rc'] === 'patched', 'the status');
    expect(e2e.read(`${url}/rc-test/status`).status.replicas).toBe(1);
    e2e.patch(`${url}/rc-test/scale`, 'strategic', { spec: { replicas: 2 } });
    e2e.heard(watch, ({ object }) => object.status.replicas === 2 && object.status.readyReplicas === 2, 'two ready replicas');
    e2e.change(`${url}/rc-test/status`, ({ status }) => { status.readyReplicas = 1; });
    expect(e2e.read('/api/v1/replicationcontrollers?labelSelector=test-rc-static%3Dtrue').items).toHaveLength(1);
    e2e.delete(`${url}?labelSelector=test-rc-static%3Dtrue`);
    e2e.heard(watch, ({ type }) => type === 'DELETED', 'the deletion');
  });

  it('should get and update a ReplicationController scale [Conformance]', () => {
    e2e.create(url, aController('e2e-rc', 1));
    e2e.pods(namespace, 'name=e2e-rc', 1);
    const scale = e2e.read(`${url}/e2e-rc/scale`);
    expect(scale.kind).toBe('Scale');
    scale.metadata.resourceVersion = '';
    scale.spec.replicas = 2;
    e2e.update(`${url}/e2e-rc/scale`, scale);
    e2e.pods(namespace, 'name=e2e-rc', 2);
  });
});

const NEW = 'registry.k8s.io/e2e-test-images/nginx:1.14-4';
