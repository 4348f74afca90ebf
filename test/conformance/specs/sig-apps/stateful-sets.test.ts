import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { AnE2eCluster, HTTPD, isReady, NEW_HTTPD, PAUSE, type Any } from '../an-e2e-cluster.ts';

let e2e: AnE2eCluster;
let namespace: string;
let url: string;

beforeAll(() => {
  e2e = new AnE2eCluster();
});
beforeEach(() => {
  namespace = e2e.namespace('statefulset');
  url = `/apis/apps/v1/namespaces/${namespace}/statefulsets`;
  e2e.create(`/api/v1/namespaces/${namespace}/services`, { apiVersion: 'v1', kind: 'Service', metadata: { name: 'test' }, spec: { selector: { baz: 'blah', foo: 'bar' }, ports: [{ name: 'http', port: 80, protocol: 'TCP' }], clusterIP: 'None' } });
});

const LABELS = { foo: 'bar', baz: 'blah' };
const SELECTOR = 'baz%3Dblah%2Cfoo%3Dbar';

/** `probed`: ready while the web server has its page. */
function aSet(name: string, replicas: number, { probed = false, spec = {}, labels = LABELS }: Readonly<Record<string, Any>> = {}): object {
  const readinessProbe = { httpGet: { path: '/index.html', port: 80 }, periodSeconds: 1, successThreshold: 1, failureThreshold: 1 };
  return {
    apiVersion: 'apps/v1', kind: 'StatefulSet', metadata: { name, labels },
    spec: { serviceName: 'test', replicas, selector: { matchLabels: labels }, template: { metadata: { labels }, spec: { containers: [{ name: 'webserver', image: HTTPD, ...(probed ? { readinessProbe } : {}) }] } }, updateStrategy: { type: 'RollingUpdate' }, ...spec },
  };
}

function pods(): Any[] {
  return e2e.read(`/api/v1/namespaces/${namespace}/pods?labelSelector=${SELECTOR}`).items;
}

function running(name: string, replicas: number): Any {
  return e2e.until(`${url}/${name}`, ({ status }) => (status.readyReplicas ?? 0) === replicas && (status.replicas ?? 0) === replicas, `${replicas} ready replicas`, 900_000);
}

/** Takes the page away, or puts it back: the pod's probe fails, or succeeds. */
function breaks(pod: string, how: 'break' | 'mend'): void {
  page(pod, how);
  e2e.until(`/api/v1/namespaces/${namespace}/pods/${pod}`, (body) => isReady(body) === (how === 'mend'), `${how} ${pod}`);
}

function page(pod: string, how: 'break' | 'mend'): void {
  const command = how === 'break' ? 'mv -v /usr/local/apache2/htdocs/index.html /tmp/ || true' : 'mv -v /tmp/index.html /usr/local/apache2/htdocs/ || true';
  e2e.exec(namespace, pod, 'webserver', ['/bin/sh', '-x', '-c', command]);
}

describe('[sig-apps] StatefulSet Basic StatefulSet functionality [StatefulSetBasic]', () => {
  it('should perform rolling updates and roll backs of template modifications [Conformance]', () => {
    e2e.create(url, aSet('ss2', 3, { probed: true }));
    running('ss2', 3);
    const first = e2e.read(`${url}/ss2`).status;
    expect(first.currentRevision).toBe(first.updateRevision);
    for (const pod of pods()) expect(pod.metadata.labels['controller-revision-hash']).toBe(first.currentRevision);
    breaks('ss2-1', 'break');
    e2e.change(`${url}/ss2`, ({ spec }) => { spec.template.spec.containers[0].image = NEW_HTTPD; });
    e2e.until(`${url}/ss2`, ({ status }) => status.updateRevision !== first.currentRevision && status.currentRevision === first.currentRevision, 'a new revision');
    breaks('ss2-1', 'mend');
    e2e.until(`${url}/ss2`, ({ status }) => status.currentRevision === status.updateRevision && status.updatedReplicas === 3, 'the roll-out');
    const second = e2e.read(`${url}/ss2`).status.currentRevision;
    e2e.change(`${url}/ss2`, ({ spec }) => { spec.template.spec.containers[0].image = HTTPD; });
    e2e.until(`${url}/ss2`, ({ status }) => status.currentRevision === first.currentRevision && status.updateRevision === first.currentRevision && status.readyReplicas === 3, `the roll-back from ${second}`);
    expect(e2e.read(`/apis/apps/v1/namespaces/${namespace}/controllerrevisions`).items).toHaveLength(2);
  });

  it('should perform canary updates and phased rolling updates of template modifications [Conformance]', () => {
    e2e.create(url, aSet('ss2', 3, { probed: true, spec: { updateStrategy: { type: 'RollingUpdate', rollingUpdate: { partition: 3 } } } }));
    running('ss2', 3);
    const { currentRevision: old } = e2e.read(`${url}/ss2`).status;
    e2e.change(`${url}/ss2`, ({ spec }) => { spec.template.spec.containers[0].image = NEW_HTTPD; });
    e2e.until(`${url}/ss2`, ({ status }) => status.updateRevision !== old, 'the new revision');
    e2e.wait(10_000);
    expect(pods().map(({ spec }) => spec.containers[0].image)).toEqual([HTTPD, HTTPD, HTTPD]);
    const partition = (value: number): Any => e2e.change(`${url}/ss2`, ({ spec }) => { spec.updateStrategy = { type: 'RollingUpdate', rollingUpdate: { partition: value } }; });
    partition(2);
    e2e.eventually(() => pods().map(({ spec }) => spec.containers[0].image).join() === [HTTPD, HTTPD, NEW_HTTPD].join() && pods().every(isReady), 'the canary');
    for (const name of ['ss2-0', 'ss2-2']) e2e.delete(`/api/v1/namespaces/${namespace}/pods/${name}`, { gracePeriodSeconds: 0 });
    e2e.eventually(() => pods().length === 3 && pods().every(isReady), 'the pods again');
    expect(pods().map(({ spec }) => spec.containers[0].image)).toEqual([HTTPD, HTTPD, NEW_HTTPD]);
    for (const value of [1, 0]) {
      partition(value);
      e2e.eventually(() => pods().slice(value).every((pod) => pod.spec.containers[0].image === NEW_HTTPD && isReady(pod)), `partition ${value}`);
    }
    e2e.until(`${url}/ss2`, ({ status }) => status.currentRevision === status.updateRevision, 'the end');
  });

  it('Scaling should happen in predictable order and halt if any stateful pod is unhealthy [Slow] [Conformance]', () => {
    const watch = e2e.watch(`/api/v1/namespaces/${namespace}/pods?labelSelector=${SELECTOR}`);
    e2e.create(url, aSet('ss', 1, { probed: true }));
    running('ss', 1);
    breaks('ss-0', 'break');
    e2e.until(`${url}/ss`, ({ status }) => (status.readyReplicas ?? 0) === 0, 'none ready');
    const scale = (replicas: number): Any => e2e.change(`${url}/ss`, ({ spec }) => { spec.replicas = replicas; });
    scale(3);
    e2e.wait(10_000);
    expect(pods()).toHaveLength(1);
    breaks('ss-0', 'mend');
    running('ss', 3);
    expect(watch.told.filter((told) => told.startsWith('ADDED'))).toEqual(['ADDED ss-0', 'ADDED ss-1', 'ADDED ss-2']);
    for (const pod of ['ss-0', 'ss-1', 'ss-2']) breaks(pod, 'break');
    e2e.until(`${url}/ss`, ({ status }) => (status.readyReplicas ?? 0) === 0, 'none ready');
    scale(0);
    e2e.wait(10_000);
    expect(pods()).toHaveLength(3);
    for (const pod of ['ss-0', 'ss-1', 'ss-2']) page(pod, 'mend');
    running('ss', 0);
    expect(watch.told.filter((told) => told.startsWith('DELETED'))).toEqual(['DELETED ss-2', 'DELETED ss-1', 'DELETED ss-0']);
  });

  it('Burst scaling should run to completion even with unhealthy pods [Slow] [Conformance]', () => {
    e2e.create(url, aSet('ss', 1, { probed: true, spec: { podManagementPolicy: 'Parallel' } }));
    running('ss', 1);
    breaks('ss-0', 'break');
    const scale = (replicas: number): Any => e2e.change(`${url}/ss`, ({ spec }) => { spec.replicas = replicas; });
    scale(3);
    e2e.until(`${url}/ss`, ({ status }) => status.replicas === 3, 'three');
    breaks('ss-0', 'mend');
    running('ss', 3);
    breaks('ss-0', 'break');
    scale(0);
    e2e.until(`${url}/ss`, ({ status }) => (status.replicas ?? 0) === 0, 'none', 900_000);
  });

  it('Should recreate evicted statefulset [Conformance]', () => {
    e2e.create(`/api/v1/namespaces/${namespace}/pods`, { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'test-pod' }, spec: { nodeName: 'node-1', containers: [{ name: 'webserver', image: HTTPD, ports: [{ name: 'conflict', containerPort: 21017, hostPort: 21017 }] }] } });
    e2e.until(`/api/v1/namespaces/${namespace}/pods/test-pod`, ({ status }) => status.phase === 'Running', 'the first pod');
    const watch = e2e.watch(`/api/v1/namespaces/${namespace}/pods?fieldSelector=metadata.name%3Dss-0`);
    const set = aSet('ss', 1) as Any;
    set.spec.template.spec.nodeName = 'node-1';
    set.spec.template.spec.containers[0].ports = [{ name: 'conflict', containerPort: 21017, hostPort: 21017 }];
    e2e.create(url, set);
    e2e.heard(watch, ({ object }) => object.status.phase === 'Failed', 'a pod that failed');
    e2e.heard(watch, ({ type }) => type === 'DELETED', 'its deletion');
    e2e.delete(`/api/v1/namespaces/${namespace}/pods/test-pod`);
    e2e.until(`/api/v1/namespaces/${namespace}/pods/ss-0`, ({ status }) => status.phase === 'Running', 'the pod');
  });

  it('should have a working scale subresource [Conformance]', () => {
    e2e.create(url, aSet('ss', 1, { probed: true }));
    running('ss', 1);
    const scale = e2e.read(`${url}/ss/scale`);
    scale.metadata.resourceVersion = '';
    scale.spec.replicas = 2;
    expect(e2e.update(`${url}/ss/scale`, scale).spec.replicas).toBe(2);
    e2e.patch(`${url}/ss/scale`, 'strategic', { spec: { replicas: 4 } });
    expect(e2e.read(`${url}/ss`).spec.replicas).toBe(4);
  });

  it('should list, patch and delete a collection of StatefulSets [Conformance]', () => {
    e2e.create(url, aSet('test-ss', 1, { probed: true }));
    running('test-ss', 1);
    // The patch adds a second container: one that takes no port of the first.
    e2e.patch(`${url}/test-ss`, 'strategic', { metadata: { labels: { 'test-ss': 'patched' } }, spec: { replicas: 2, template: { spec: { terminationGracePeriodSeconds: 0, containers: [{ name: 'test-ss', image: PAUSE }] } } } });
    e2e.until(`${url}/test-ss`, ({ status, metadata }) => metadata.labels['test-ss'] === 'patched' && status.readyReplicas === 2, 'two ready ones', 900_000);
    expect(e2e.read('/apis/apps/v1/statefulsets?labelSelector=test-ss%3Dpatched').items).toHaveLength(1);
    e2e.delete(`${url}?labelSelector=test-ss%3Dpatched`, { gracePeriodSeconds: 0 });
    e2e.eventually(() => e2e.read('/apis/apps/v1/statefulsets?labelSelector=test-ss%3Dpatched').items.length === 0, 'the deletion');
  });

  it('should validate Statefulset Status endpoints [Conformance]', () => {
    const watch = e2e.watch(`${url}?labelSelector=e2e%3Dtesting`);
    e2e.create(url, aSet('ss', 1, { labels: { ...LABELS, e2e: 'testing' } }));
    running('ss', 1);
    expect(e2e.read(`${url}/ss/status`).status.replicas).toBe(1);
    const got = e2e.read(`${url}/ss`);
    got.status.conditions = [{ type: 'StatusUpdate', status: 'True', reason: 'E2E', message: 'Set from e2e test' }];
    expect(e2e.update(`${url}/ss/status`, got).status.conditions).toHaveLength(1);
    e2e.patch(`${url}/ss/status`, 'merge', { status: { conditions: [{ type: 'StatusPatched', status: 'True' }] } });
    e2e.heard(watch, ({ object }) => object.status.conditions?.[0]?.type === 'StatusPatched', 'the patch');
  });
});
