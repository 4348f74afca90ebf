import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { AnE2eCluster, aNode, HTTPD, PAUSE } from '../an-e2e-cluster.ts';

let e2e: AnE2eCluster;
let namespace: string;

beforeAll(() => {
  e2e = new AnE2eCluster([aNode('node-1'), aNode('node-2')]);
});
beforeEach(() => {
  namespace = e2e.namespace('resourcequota');
});

const url = (plural: string): string => `/api/v1/namespaces/${namespace}/${plural}`;
const HARD = { pods: '5', services: '10', 'services.nodeports': '1', 'services.loadbalancers': '1', replicationcontrollers: '10', resourcequotas: '1', cpu: '1', memory: '500Mi', configmaps: '10', secrets: '10', persistentvolumeclaims: '10', 'requests.storage': '10Gi', 'requests.ephemeral-storage': '50Gi', 'count/replicasets.apps': '5', 'requests.example.com/dongle': '3' };

function aQuota(name = 'test-quota', more: object = {}): void {
  e2e.create(url('resourcequotas'), { apiVersion: 'v1', kind: 'ResourceQuota', metadata: { name }, spec: { hard: HARD, ...more } });
  e2e.until(`${url('resourcequotas')}/${name}`, ({ status }) => status.hard !== undefined && status.used !== undefined, 'its status');
}

function uses(resource: string, amount: string, name = 'test-quota'): void {
  e2e.until(`${url('resourcequotas')}/${name}`, ({ status }) => status.used[resource] === amount, `${resource} = ${amount}`, 60_000);
}

function aRequest(name: string, requests: object, spec: object = {}): object {
  return { apiVersion: 'v1', kind: 'Pod', metadata: { name }, spec: { containers: [{ name: 'pause', image: PAUSE, ...(Object.keys(requests).length === 0 ? {} : { resources: { requests, limits: requests } }) }], ...spec } };
}

describe('[sig-api-machinery] ResourceQuota', () => {
  it('should create a ResourceQuota and ensure its status is promptly calculated. [Conformance]', () => {
    aQuota();
    uses('resourcequotas', '1');
  });

  it('should create a ResourceQuota and capture the life of a service. [Conformance]', () => {
    aQuota();
    e2e.create(url('services'), { apiVersion: 'v1', kind: 'Service', metadata: { name: 'test-service' }, spec: { type: 'ClusterIP', ports: [{ port: 80, targetPort: 80 }] } });
    e2e.create(url('services'), { apiVersion: 'v1', kind: 'Service', metadata: { name: 'test-service-np' }, spec: { type: 'NodePort', ports: [{ port: 80, targetPort: 80 }] } });
    expect(e2e.ask('POST', url('services'), { body: { apiVersion: 'v1', kind: 'Service', metadata: { name: 'test-service-lb' }, spec: { type: 'LoadBalancer', ports: [{ port: 80 }] } } }).code).toBe(403);
    uses('services', '2');
    uses('services.nodeports', '1');
    for (const name of ['test-service', 'test-service-np']) e2e.delete(`${url('services')}/${name}`);
    uses('services', '0');
    uses('services.nodeports', '0');
  });

  for (const [title, plural, body, key] of [
    ['secret', 'secrets', { kind: 'Secret', data: { key: 'dmFsdWU=' } }, 'secrets'],
    ['configMap', 'configmaps', { kind: 'ConfigMap', data: { a: 'b' } }, 'configmaps'],
    ['replication controller', 'replicationcontrollers', { kind: 'ReplicationController', spec: { replicas: 0, selector: { name: 'x' }, template: { metadata: { labels: { name: 'x' } }, spec: { containers: [{ name: 'c', image: HTTPD }] } } } }, 'replicationcontrollers'],
  ] as const) {
    it(`should create a ResourceQuota and capture the life of a ${title}. [Conformance]`, () => {
      aQuota();
      const before = Number(e2e.read(`${url('resourcequotas')}/test-quota`).status.used[key]);
      e2e.create(url(plural), { apiVersion: 'v1', ...body, metadata: { name: 'test' } });
      uses(key, String(before + 1));
      e2e.delete(`${url(plural)}/test`);
      uses(key, String(before));
    });
  }

  it('should create a ResourceQuota and capture the life of a replica set. [Conformance]', () => {
    aQuota();
    const sets = `/apis/apps/v1/namespaces/${namespace}/replicasets`;
    e2e.create(sets, { apiVersion: 'apps/v1', kind: 'ReplicaSet', metadata: { name: 'test-rs' }, spec: { replicas: 0, selector: { matchLabels: { name: 'x' } }, template: { metadata: { labels: { name: 'x' } }, spec: { containers: [{ name: 'c', image: HTTPD }] } } } });
    uses('count/replicasets.apps', '1');
    e2e.delete(`${sets}/test-rs`);
    uses('count/replicasets.apps', '0');
  });

  it('should create a ResourceQuota and capture the life of a pod. [Conformance]', () => {
    aQuota();
    e2e.create(url('pods'), aRequest('test-pod', { cpu: '500m', memory: '252Mi', 'ephemeral-storage': '30Gi', 'example.com/dongle': '2' }));
    uses('cpu', '500m');
    uses('memory', '252Mi');
    uses('pods', '1');
    uses('requests.ephemeral-storage', '30Gi');
    uses('requests.example.com/dongle', '2');
    expect(e2e.ask('POST', url('pods'), { body: aRequest('fail-pod', { cpu: '600m', memory: '100Mi' }) }).code).toBe(403);
    expect(e2e.ask('POST', url('pods'), { body: aRequest('fail-pod-for-extended-resource', { cpu: '500m', memory: '100Mi', 'ephemeral-storage': '30Gi', 'example.com/dongle': '2' }) }).code).toBe(403);
    const pod = e2e.read(`${url('pods')}/test-pod`);
    pod.spec.containers[0].resources.requests = { cpu: '100m', memory: '100Mi' };
    expect(e2e.ask('PUT', `${url('pods')}/test-pod`, { body: pod }).code).toBe(422);
    e2e.delete(`${url('pods')}/test-pod`, { gracePeriodSeconds: 0 });
    uses('cpu', '0');
    uses('pods', '0');
  });

  it('should verify ResourceQuota with terminating scopes. [Conformance]', () => {
    for (const [name, scope] of [['quota-terminating', 'Terminating'], ['quota-not-terminating', 'NotTerminating']] as const) aQuota(name, { hard: { pods: '5', 'requests.cpu': '1', 'requests.memory': '500Mi', 'limits.cpu': '2', 'limits.memory': '1Gi' }, scopes: [scope] });
    e2e.create(url('pods'), aRequest('test-pod', { cpu: '500m', memory: '200Mi' }));
    uses('pods', '1', 'quota-not-terminating');
    uses('pods', '0', 'quota-terminating');
    e2e.delete(`${url('pods')}/test-pod`, { gracePeriodSeconds: 0 });
    uses('pods', '0', 'quota-not-terminating');
    e2e.create(url('pods'), aRequest('terminating-pod', { cpu: '500m', memory: '200Mi' }, { activeDeadlineSeconds: 3600 }));
    uses('pods', '1', 'quota-terminating');
    uses('pods', '0', 'quota-not-terminating');
  });

  it('should verify ResourceQuota with best effort scope. [Conformance]', () => {
    for (const [name, scope] of [['quota-besteffort', 'BestEffort'], ['quota-not-besteffort', 'NotBestEffort']] as const) aQuota(name, { hard: { pods: '5' }, scopes: [scope] });
    e2e.create(url('pods'), aRequest('besteffort-pod', {}));
    uses('pods', '1', 'quota-besteffort');
    uses('pods', '0', 'quota-not-besteffort');
    e2e.delete(`${url('pods')}/besteffort-pod`, { gracePeriodSeconds: 0 });
    uses('pods', '0', 'quota-besteffort');
    e2e.create(url('pods'), aRequest('burstable-pod', { cpu: '500m', memory: '200Mi' }));
    uses('pods', '1', 'quota-not-besteffort');
  });

  it('should be able to update and delete ResourceQuota. [Conformance]', () => {
    const at = `${url('resourcequotas')}/test-quota`;
    e2e.create(url('resourcequotas'), { apiVersion: 'v1', kind: 'ResourceQuota', metadata: { name: 'test-quota' }, spec: { hard: { cpu: '1', memory: '500Mi' } } });
    expect(e2e.change(at, ({ spec }) => { spec.hard = { cpu: '2', memory: '1Gi' }; }).spec.hard).toEqual({ cpu: '2', memory: '1Gi' });
    e2e.delete(at);
    expect(e2e.get(at).code).toBe(404);
  });

  it('should manage the lifecycle of a ResourceQuota [Conformance]', () => {
    e2e.create(url('resourcequotas'), { apiVersion: 'v1', kind: 'ResourceQuota', metadata: { name: 'e2e-quota', labels: { 'e2e-quota': namespace } }, spec: { hard: { cpu: '500m' } } });
    expect(e2e.patch(`${url('resourcequotas')}/e2e-quota`, 'strategic', { metadata: { labels: { 'e2e-quota': 'patched' } }, spec: { hard: { memory: '750Mi' } } }).spec.hard.memory).toBe('750Mi');
    e2e.delete(`${url('resourcequotas')}?labelSelector=e2e-quota%3Dpatched`);
    expect(e2e.read(url('resourcequotas')).items).toHaveLength(0);
  });

  it('should apply changes to a resourcequota status [Conformance]', () => {
    const watch = e2e.watch(`${url('resourcequotas')}?labelSelector=e2e%3Dstatus`);
    e2e.create(url('resourcequotas'), { apiVersion: 'v1', kind: 'ResourceQuota', metadata: { name: 'e2e-rq-status', labels: { e2e: 'status' } }, spec: { hard: { cpu: '500m', memory: '500Mi' } } });
    const at = `${url('resourcequotas')}/e2e-rq-status`;
    e2e.until(at, ({ status }) => status.hard?.cpu === '500m', 'its status');
    expect(e2e.change(`${at}/status`, ({ status }) => { status.hard = { cpu: '600m', memory: '600Mi' }; }).status.hard).toEqual({ cpu: '600m', memory: '600Mi' });
    e2e.heard(watch, ({ object }) => object.status.hard?.cpu === '600m', 'the update');
    e2e.until(at, ({ status }) => status.hard.cpu === '500m', 'the right status again', 600_000);
    e2e.patch(at, 'strategic', { spec: { hard: { cpu: '1', memory: '1Gi' } } });
    e2e.until(at, ({ status }) => status.hard.cpu === '1', 'the new limits');
    expect(e2e.patch(`${at}/status`, 'strategic', { status: { hard: { cpu: '2', memory: '2Gi' } } }).spec.hard).toEqual({ cpu: '1', memory: '1Gi' });
    e2e.until(at, ({ status }) => status.hard.cpu === '1', 'the right status again', 600_000);
  });
});

