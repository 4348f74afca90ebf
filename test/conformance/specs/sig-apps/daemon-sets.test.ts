import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { AGNHOST, AnE2eCluster, HTTPD, isReady, type Any } from '../an-e2e-cluster.ts';

let e2e: AnE2eCluster;
let namespace: string;
let url: string;

beforeAll(() => {
  e2e = new AnE2eCluster();
});
beforeEach(() => {
  namespace = e2e.namespace('daemonsets', { 'openshift.io/node-selector': '' });
  url = `/apis/apps/v1/namespaces/${namespace}/daemonsets`;
});

function aDaemonSet(name: string, { image = HTTPD, labels = { 'daemonset-name': name }, spec = {}, pod = {} }: Readonly<Record<string, Any>> = {}): object {
  return {
    apiVersion: 'apps/v1', kind: 'DaemonSet', metadata: { name, labels },
    spec: { selector: { matchLabels: labels }, template: { metadata: { labels }, spec: { containers: [{ name: 'app', image, ports: [{ containerPort: 9376 }] }], ...pod } }, ...spec },
  };
}

function pods(name: string): Any[] {
  return (e2e.read(`/api/v1/namespaces/${namespace}/pods?labelSelector=daemonset-name%3D${name}`).items as Any[]).filter(({ metadata }) => metadata.deletionTimestamp === undefined);
}

function everywhere(name: string, nodes = 2): void {
  e2e.eventually(() => {
    const own = pods(name);
    return own.length === nodes && own.every(isReady) && new Set(own.map(({ spec }) => spec.nodeName)).size === nodes;
  }, `${name} on ${nodes} nodes`);
}

describe('[sig-apps] Daemon set [Serial]', () => {
  it('should run and stop simple daemon [Conformance]', () => {
    e2e.create(url, aDaemonSet('daemon-set'));
    everywhere('daemon-set');
    e2e.until(`${url}/daemon-set`, ({ status }) => status.desiredNumberScheduled === 2 && status.numberReady === 2 && status.numberAvailable === 2, 'its status');
    e2e.delete(`/api/v1/namespaces/${namespace}/pods/${pods('daemon-set')[0].metadata.name}`);
    everywhere('daemon-set');
  });

  it('should run and stop complex daemon [Conformance]', () => {
    const nodeSelector = { 'daemonset-color': 'blue' };
    e2e.create(url, aDaemonSet('daemon-set', { pod: { nodeSelector } }));
    e2e.wait(5_000);
    expect(pods('daemon-set')).toHaveLength(0);
    const color = (labels: object): Any => e2e.patch('/api/v1/nodes/node-1', 'strategic', { metadata: { labels } });
    color({ 'daemonset-color': 'blue' });
    everywhere('daemon-set', 1);
    color({ 'daemonset-color': 'green' });
    e2e.eventually(() => pods('daemon-set').length === 0, 'no pods');
    e2e.change(`${url}/daemon-set`, ({ spec }) => {
      spec.template.spec.nodeSelector = { 'daemonset-color': 'green' };
      spec.updateStrategy = { type: 'RollingUpdate' };
    });
    everywhere('daemon-set', 1);
    color({ 'daemonset-color': null });
  });

  it('should retry creating failed daemon pods [Conformance]', () => {
    e2e.create(url, aDaemonSet('daemon-set'));
    everywhere('daemon-set');
    const [pod] = pods('daemon-set');
    pod.metadata.resourceVersion = '';
    pod.status.phase = 'Failed';
    e2e.update(`/api/v1/namespaces/${namespace}/pods/${pod.metadata.name}/status`, pod);
    e2e.gone(`/api/v1/namespaces/${namespace}/pods/${pod.metadata.name}`);
    everywhere('daemon-set');
  });

  it('should update pod when spec was updated and update strategy is RollingUpdate [Conformance]', () => {
    e2e.create(url, aDaemonSet('daemon-set', { spec: { updateStrategy: { type: 'RollingUpdate' } } }));
    everywhere('daemon-set');
    expect(e2e.read(`/apis/apps/v1/namespaces/${namespace}/controllerrevisions?labelSelector=daemonset-name%3Ddaemon-set`).items).toHaveLength(1);
    e2e.patch(`${url}/daemon-set`, 'strategic', { spec: { template: { spec: { containers: [{ name: 'app', image: AGNHOST }] } } } });
    e2e.eventually(() => pods('daemon-set').every(({ spec }) => spec.containers[0].image === AGNHOST), 'the new image');
    everywhere('daemon-set');
    const revisions = e2e.read(`/apis/apps/v1/namespaces/${namespace}/controllerrevisions?labelSelector=daemonset-name%3Ddaemon-set`).items as Any[];
    expect(revisions.map(({ revision }) => revision as number).toSorted((one, other) => one - other)).toEqual([1, 2]);
  });

  it('should rollback without unnecessary restarts [Conformance]', () => {
    e2e.create(url, aDaemonSet('daemon-set', { spec: { updateStrategy: { type: 'RollingUpdate' } } }));
    everywhere('daemon-set');
    e2e.change(`${url}/daemon-set`, ({ spec }) => { spec.template.spec.containers[0].image = 'foo:non-existent'; });
    e2e.eventually(() => pods('daemon-set').some(({ spec }) => spec.containers[0].image === 'foo:non-existent'), 'a pod of the new image');
    const kept = pods('daemon-set').filter(({ spec }) => spec.containers[0].image !== 'foo:non-existent');
    e2e.change(`${url}/daemon-set`, ({ spec }) => { spec.template.spec.containers[0].image = HTTPD; });
    e2e.eventually(() => pods('daemon-set').every(({ spec }) => spec.containers[0].image === HTTPD), 'the old image');
    everywhere('daemon-set');
    expect(pods('daemon-set').map(({ metadata }) => metadata.uid)).toEqual(expect.arrayContaining(kept.map(({ metadata }) => metadata.uid)));
  });

  it('should list and delete a collection of DaemonSets [Conformance]', () => {
    e2e.create(url, aDaemonSet('listed'));
    everywhere('listed');
    expect(e2e.read('/apis/apps/v1/daemonsets?labelSelector=daemonset-name%3Dlisted').items).toHaveLength(1);
    e2e.delete(`${url}?labelSelector=daemonset-name%3Dlisted`);
    e2e.eventually(() => e2e.read(url).items.length === 0, 'the deletion');
    e2e.eventually(() => pods('listed').length === 0, 'the end of its pods');
  });

  it('should verify changes to a daemon set status [Conformance]', () => {
    const watch = e2e.watch(`${url}?labelSelector=daemonset-name%3Ddaemon-set`);
    e2e.create(url, aDaemonSet('daemon-set'));
    everywhere('daemon-set');
    expect(e2e.read(`${url}/daemon-set/status`).status.desiredNumberScheduled).toBe(2);
    const got = e2e.read(`${url}/daemon-set`);
    got.status.conditions = [{ type: 'StatusUpdate', status: 'True', reason: 'E2E', message: 'Set from e2e test' }];
    expect(e2e.update(`${url}/daemon-set/status`, got).status.conditions).toHaveLength(1);
    e2e.patch(`${url}/daemon-set/status`, 'merge', { status: { conditions: [{ type: 'StatusPatched', status: 'True' }] } });
    e2e.heard(watch, ({ object }) => object.status.conditions?.[0]?.type === 'StatusPatched', 'the patch');
  });
});

describe('[sig-apps] ControllerRevision [Serial]', () => {
  it('should manage the lifecycle of a ControllerRevision [Conformance]', () => {
    const revisions = `/apis/apps/v1/namespaces/${namespace}/controllerrevisions`;
    const selected = `${revisions}?labelSelector=daemonset-name%3De2e`;
    e2e.create(url, aDaemonSet('e2e'));
    everywhere('e2e');
    const [first] = e2e.read(`/apis/apps/v1/controllerrevisions?labelSelector=daemonset-name%3De2e`).items as Any[];
    expect(e2e.read(selected).items).toHaveLength(1);
    const name = first.metadata.name as string;
    expect(e2e.patch(`${revisions}/${name}`, 'strategic', { metadata: { labels: { [name]: 'patched' } } }).metadata.labels[name]).toBe('patched');
    const copy = { apiVersion: 'apps/v1', kind: 'ControllerRevision', metadata: { name: 'e2e-new', labels: first.metadata.labels, annotations: first.metadata.annotations, ownerReferences: first.metadata.ownerReferences }, data: first.data, revision: first.revision + 1 };
    e2e.create(revisions, copy);
    expect(e2e.read(selected).items).toHaveLength(2);
    e2e.delete(`${revisions}/${name}`);
    e2e.eventually(() => (e2e.read(selected).items as Any[]).length === 1, 'the one that is left');
    const left = (e2e.read(selected).items as Any[])[0].metadata.name as string;
    e2e.change(`${revisions}/${left}`, ({ metadata }) => { metadata.labels[left] = 'updated'; });
    e2e.patch(`${url}/e2e`, 'strategic', { spec: { template: { spec: { terminationGracePeriodSeconds: 1 } } }, updateStrategy: { type: 'RollingUpdate' } });
    e2e.eventually(() => (e2e.read(selected).items as Any[]).length === 2, 'two of them');
    e2e.delete(`${revisions}?labelSelector=${encodeURIComponent(`${left}=updated`)}`);
    e2e.eventually(() => (e2e.read(selected).items as Any[]).length === 1, 'one of them');
    expect((e2e.read(selected).items as Any[])[0].revision).toBe(3);
  });
});
