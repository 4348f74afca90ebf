import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { AnE2eCluster, HTTPD, PAUSE, type Any } from '../an-e2e-cluster.ts';

let e2e: AnE2eCluster;
let namespace: string;

beforeAll(() => {
  e2e = new AnE2eCluster();
});
beforeEach(() => {
  namespace = e2e.namespace('objects');
});

function maps(): string {
  return `/api/v1/namespaces/${namespace}/configmaps`;
}

function aMap(name: string, labels: object = {}, data: object = {}): object {
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, labels }, data };
}

const told = (watch: { readonly events: readonly { readonly type: string; readonly object: Any }[] }): string[] => watch.events.map(({ type, object }) => `${type} ${object.data?.mutation ?? ''}`.trim());

describe('[sig-api-machinery] Watchers', () => {
  it('should observe add, update, and delete watch notifications on configmaps [Conformance]', () => {
    const by = (value: string): string => `${maps()}?labelSelector=${encodeURIComponent(value)}`;
    const [a, b, ab] = [e2e.watch(by('watch-this-configmap=A')), e2e.watch(by('watch-this-configmap=B')), e2e.watch(by('watch-this-configmap in (A,B)'))];
    e2e.create(maps(), aMap('a', { 'watch-this-configmap': 'A' }));
    for (const mutation of ['1', '2']) e2e.change(`${maps()}/a`, (map) => { map.data = { mutation }; });
    e2e.delete(`${maps()}/a`);
    e2e.create(maps(), aMap('b', { 'watch-this-configmap': 'B' }));
    e2e.delete(`${maps()}/b`);
    e2e.wait(1_000);
    expect(told(a)).toEqual(['ADDED', 'MODIFIED 1', 'MODIFIED 2', 'DELETED 2']);
    expect(told(b)).toEqual(['ADDED', 'DELETED']);
    expect(told(ab)).toEqual(['ADDED', 'MODIFIED 1', 'MODIFIED 2', 'DELETED 2', 'ADDED', 'DELETED']);
  });

  it('should be able to start watching from a specific resource version [Conformance]', () => {
    e2e.create(maps(), aMap('m'));
    const first = e2e.change(`${maps()}/m`, (map) => { map.data = { mutation: '1' }; });
    e2e.change(`${maps()}/m`, (map) => { map.data = { mutation: '2' }; });
    e2e.delete(`${maps()}/m`);
    const watch = e2e.watch(`${maps()}?resourceVersion=${first.metadata.resourceVersion}&fieldSelector=metadata.name%3Dm`);
    e2e.wait(500);
    expect(told(watch)).toEqual(['MODIFIED 2', 'DELETED 2']);
  });

  it('should be able to restart watching from the last resource version observed by the previous watch [Conformance]', () => {
    const watch = e2e.watch(`${maps()}?labelSelector=r%3Dr`);
    e2e.create(maps(), aMap('m', { r: 'r' }));
    e2e.change(`${maps()}/m`, (map) => { map.data = { mutation: '1' }; });
    e2e.wait(500);
    const last = watch.events.at(-1)?.object.metadata.resourceVersion as string;
    watch.stream.close();
    e2e.change(`${maps()}/m`, (map) => { map.data = { mutation: '2' }; });
    e2e.delete(`${maps()}/m`);
    const again = e2e.watch(`${maps()}?labelSelector=r%3Dr&resourceVersion=${last}`);
    e2e.wait(500);
    expect(told(again)).toEqual(['MODIFIED 2', 'DELETED 2']);
  });

  it("should observe an object deletion if it stops meeting the requirements of the selector [Conformance]", () => {
    const watch = e2e.watch(`${maps()}?labelSelector=l%3Dgood`);
    const label = (l: string, mutation: string): Any => e2e.change(`${maps()}/m`, (map) => {
      map.metadata.labels = { l };
      map.data = { mutation };
    });
    e2e.create(maps(), aMap('m', { l: 'good' }));
    label('good', '1');
    label('bad', '1');
    label('bad', '2');
    label('good', '2');
    label('good', '3');
    e2e.delete(`${maps()}/m`);
    e2e.wait(500);
    expect(told(watch)).toEqual(['ADDED', 'MODIFIED 1', 'DELETED 1', 'ADDED 2', 'MODIFIED 3', 'DELETED 3']);
  });

  it('should receive events on concurrent watches in same order [Conformance]', () => {
    const { resourceVersion } = e2e.read(maps()).metadata;
    const first = e2e.watch(`${maps()}?resourceVersion=${resourceVersion}`);
    for (let nth = 0; nth < 20; nth++) e2e.create(maps(), aMap(`m-${nth}`));
    e2e.wait(500);
    for (let nth = 0; nth < 19; nth++) {
      const watch = e2e.watch(`${maps()}?resourceVersion=${first.events[nth]?.object.metadata.resourceVersion}`);
      e2e.wait(100);
      expect(watch.events.map(({ object }) => object.metadata.resourceVersion)).toEqual(first.events.slice(nth + 1).map(({ object }) => object.metadata.resourceVersion));
    }
  });
});

describe('[sig-api-machinery] Namespaces [Serial]', () => {
  it('should ensure that all pods are removed when a namespace is deleted [Conformance]', () => {
    e2e.create(`/api/v1/namespaces/${namespace}/pods`, { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'test-pod' }, spec: { containers: [{ name: 'nginx', image: PAUSE }] } });
    e2e.ready(namespace, 'test-pod');
    e2e.delete(`/api/v1/namespaces/${namespace}`);
    e2e.gone(`/api/v1/namespaces/${namespace}`);
    e2e.create('/api/v1/namespaces', { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } });
    expect(e2e.get(`/api/v1/namespaces/${namespace}/pods/test-pod`).code).toBe(404);
  });

  it('should ensure that all services are removed when a namespace is deleted [Conformance]', () => {
    e2e.create(`/api/v1/namespaces/${namespace}/services`, { apiVersion: 'v1', kind: 'Service', metadata: { name: 'test-service' }, spec: { selector: { foo: 'bar' }, ports: [{ port: 80, targetPort: 80 }] } });
    e2e.delete(`/api/v1/namespaces/${namespace}`);
    e2e.gone(`/api/v1/namespaces/${namespace}`);
    e2e.create('/api/v1/namespaces', { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } });
    expect(e2e.get(`/api/v1/namespaces/${namespace}/services/test-service`).code).toBe(404);
  });

  it('should patch a Namespace [Conformance]', () => {
    e2e.patch(`/api/v1/namespaces/${namespace}`, 'strategic', { metadata: { labels: { testLabel: 'testValue' } } });
    expect(e2e.read(`/api/v1/namespaces/${namespace}`).metadata.labels.testLabel).toBe('testValue');
  });

  it('should apply changes to a namespace status [Conformance]', () => {
    const at = `/api/v1/namespaces/${namespace}/status`;
    expect(e2e.read(at).status.phase).toBe('Active');
    const condition = { type: 'StatusPatch', status: 'True', reason: 'E2E', message: 'Patched by an e2e test', lastTransitionTime: '2026-02-10T03:10:30Z' };
    expect(e2e.patch(at, 'merge', { metadata: { annotations: { 'e2e-patched-ns-status': namespace } }, status: { conditions: [condition] } }).status.conditions).toEqual([condition]);
    const updated = e2e.change(at, ({ status }) => { status.conditions = [...status.conditions, { ...condition, type: 'StatusUpdate' }]; });
    expect((updated.status.conditions as Any[]).at(-1).type).toBe('StatusUpdate');
  });

  it('should apply an update to a Namespace [Conformance]', () => {
    e2e.change(`/api/v1/namespaces/${namespace}`, ({ metadata }) => { metadata.labels[namespace] = 'updated'; });
    expect(e2e.read(`/api/v1/namespaces/${namespace}`).metadata.labels[namespace]).toBe('updated');
  });

  it('should apply a finalizer to a Namespace [Conformance]', () => {
    const at = `/api/v1/namespaces/${namespace}/finalize`;
    const finalize = (finalizers: readonly string[]): Any => e2e.update(at, { ...e2e.read(`/api/v1/namespaces/${namespace}`), spec: { finalizers } });
    expect(finalize(['kubernetes', 'e2e.example.com/fakeFinalizer']).spec.finalizers).toContain('e2e.example.com/fakeFinalizer');
    expect(finalize(['kubernetes']).spec.finalizers).toEqual(['kubernetes']);
  });
});

describe('[sig-api-machinery] Servers with support for API chunking', () => {
  const make = (): string => {
    const url = `/api/v1/namespaces/${namespace}/podtemplates`;
    for (let nth = 0; nth < 400; nth++) e2e.create(url, { apiVersion: 'v1', kind: 'PodTemplate', metadata: { name: `template-${String(nth).padStart(4, '0')}` }, template: { spec: { containers: [{ name: 'test', image: 'test2' }] } } });
    return url;
  };

  it('should return chunks of results for list calls [Conformance]', () => {
    const url = make();
    let found = 0;
    let last = '';
    for (let token = ''; ;) {
      const list = e2e.read(`${url}?limit=17${token === '' ? '' : `&continue=${encodeURIComponent(token)}`}`);
      expect(list.items.length).toBeLessThanOrEqual(17);
      if (last !== '') expect(list.metadata.resourceVersion).toBe(last);
      last = list.metadata.resourceVersion;
      found += list.items.length;
      token = list.metadata.continue ?? '';
      if (token === '') break;
      expect(list.metadata.remainingItemCount).toBe(400 - found);
    }
    expect(found).toBe(400);
    expect(e2e.read(`${url}?resourceVersion=0`).items).toHaveLength(400);
    expect(e2e.read(url).items).toHaveLength(400);
  });

  it('should support continue listing from the last key if the original version has been compacted away, though the list is inconsistent [Slow] [Conformance]', () => {
    const url = make();
    const first = e2e.read(`${url}?limit=40`);
    expect(first.metadata.remainingItemCount).toBe(360);
    let token = first.metadata.continue as string;
    e2e.eventually(() => {
      e2e.wait(20_000);
      const said = e2e.get(`${url}?limit=40&continue=${encodeURIComponent(token)}`);
      if (said.code === 200) return false;
      expect([said.code, said.body.reason]).toEqual([410, 'Expired']);
      token = said.body.metadata.continue as string;
      return token !== undefined && token !== '';
    }, 'the expiry', 1_200_000);
    const second = e2e.read(`${url}?limit=40&continue=${encodeURIComponent(token)}`);
    expect([second.items[0].metadata.name, second.items.length, second.metadata.remainingItemCount]).toEqual(['template-0040', 40, 320]);
    let found = 80;
    for (token = second.metadata.continue; token !== undefined && token !== '';) {
      const list = e2e.read(`${url}?limit=40&continue=${encodeURIComponent(token)}`);
      expect(list.metadata.resourceVersion).toBe(second.metadata.resourceVersion);
      found += list.items.length;
      token = list.metadata.continue;
    }
    expect(found).toBe(400);
  });
});

describe('[sig-api-machinery] Servers with support for Table transformation', () => {
  it('should return a 406 for a backend which does not implement metadata [Conformance]', () => {
    const body = { apiVersion: 'authorization.k8s.io/v1', kind: 'SelfSubjectAccessReview', spec: { resourceAttributes: { namespace, verb: 'get', group: '', version: 'v1', resource: 'configmaps' } } };
    const said = e2e.ask('POST', '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews', { body, accept: 'application/json;as=Table;v=v1;g=meta.k8s.io' });
    expect(said.code).toBe(406);
  });
});

describe('[sig-api-machinery] server version', () => {
  it('should find the server version [Conformance]', () => {
    const { major, minor } = e2e.read('/version');
    expect(`${major}.${minor}`).toMatch(/^1\.\d+$/);
  });
});

describe('[sig-api-machinery] Discovery', () => {
  it('should validate PreferredVersion for each APIGroup [Conformance]', () => {
    for (const { name, preferredVersion, versions } of e2e.read('/apis').groups as Any[]) {
      const group = e2e.read(`/apis/${name}`);
      expect(group.preferredVersion).toEqual(preferredVersion);
      expect(versions).toContainEqual(preferredVersion);
    }
  });

  it('should locate the groupVersion and a resource within each APIGroup [Conformance]', () => {
    for (const [url, wanted] of [['/api/v1', 'namespaces'], ['/apis/admissionregistration.k8s.io/v1', 'validatingwebhookconfigurations'], ['/apis/apiextensions.k8s.io/v1', 'customresourcedefinitions'], ['/apis/apiregistration.k8s.io/v1', 'apiservices'], ['/apis/apps/v1', 'deployments'], ['/apis/authentication.k8s.io/v1', 'tokenreviews'], ['/apis/authorization.k8s.io/v1', 'selfsubjectaccessreviews'], ['/apis/autoscaling/v1', 'horizontalpodautoscalers'], ['/apis/autoscaling/v2', 'horizontalpodautoscalers'], ['/apis/batch/v1', 'jobs'], ['/apis/certificates.k8s.io/v1', 'certificatesigningrequests'], ['/apis/coordination.k8s.io/v1', 'leases'], ['/apis/discovery.k8s.io/v1', 'endpointslices'], ['/apis/events.k8s.io/v1', 'events'], ['/apis/networking.k8s.io/v1', 'ingresses'], ['/apis/node.k8s.io/v1', 'runtimeclasses'], ['/apis/policy/v1', 'poddisruptionbudgets'], ['/apis/scheduling.k8s.io/v1', 'priorityclasses'], ['/apis/storage.k8s.io/v1', 'csinodes']] as const) {
      const { groupVersion, resources } = e2e.read(url);
      expect(url.endsWith(groupVersion)).toBe(true);
      expect((resources as Any[]).map(({ name }) => name)).toContain(wanted);
    }
  });
});

describe('[sig-api-machinery] Garbage collector', () => {
  const controllers = (): string => `/api/v1/namespaces/${namespace}/replicationcontrollers`;
  const pods = (): Any[] => e2e.read(`/api/v1/namespaces/${namespace}/pods`).items;
  const aController = (name: string, replicas: number, labels: object): object => ({ apiVersion: 'v1', kind: 'ReplicationController', metadata: { name }, spec: { replicas, selector: labels, template: { metadata: { labels }, spec: { containers: [{ name: 'nginx', image: HTTPD }] } } } });
  const aDeployment = (name: string): object => ({ apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name }, spec: { replicas: 2, strategy: { type: 'RollingUpdate' }, selector: { matchLabels: { app: 'gc' } }, template: { metadata: { labels: { app: 'gc' } }, spec: { containers: [{ name: 'nginx', image: HTTPD }] } } } });
  const deployments = (): string => `/apis/apps/v1/namespaces/${namespace}/deployments`;
  const sets = (): Any[] => e2e.read(`/apis/apps/v1/namespaces/${namespace}/replicasets`).items;

  it('should delete pods created by rc when not orphaning [Conformance]', () => {
    const { metadata } = e2e.create(controllers(), aController('simpletest.rc', 2, { gc: 'delete' }));
    e2e.eventually(() => pods().length > 0, 'a pod');
    e2e.delete(`${controllers()}/simpletest.rc`, { propagationPolicy: 'Background', preconditions: { uid: metadata.uid } });
    e2e.eventually(() => pods().length === 0, 'the end of the pods', 90_000);
  });

  it('should orphan pods created by rc if delete options say so [Conformance]', () => {
    const { metadata } = e2e.create(controllers(), aController('simpletest.rc', 50, { gc: 'orphan' }));
    e2e.until(`${controllers()}/simpletest.rc`, ({ status }) => status.replicas === 50, '50 replicas');
    e2e.delete(`${controllers()}/simpletest.rc`, { propagationPolicy: 'Orphan', preconditions: { uid: metadata.uid } });
    e2e.gone(`${controllers()}/simpletest.rc`);
    e2e.wait(30_000);
    expect(pods()).toHaveLength(50);
    expect(pods().every((pod) => (pod.metadata.ownerReferences ?? []).length === 0)).toBe(true);
  });

  it('should delete RS created by deployment when not orphaning [Conformance]', () => {
    const { metadata } = e2e.create(deployments(), aDeployment('simpletest.deployment'));
    e2e.eventually(() => sets().length > 0, 'a set');
    e2e.delete(`${deployments()}/simpletest.deployment`, { propagationPolicy: 'Background', preconditions: { uid: metadata.uid } });
    e2e.eventually(() => sets().length === 0 && pods().length === 0, 'the end');
  });

  it('should orphan RS created by deployment when deleteOptions.PropagationPolicy is Orphan [Conformance]', () => {
    const { metadata } = e2e.create(deployments(), aDeployment('simpletest.deployment'));
    e2e.eventually(() => sets().length > 0, 'a set');
    e2e.delete(`${deployments()}/simpletest.deployment`, { propagationPolicy: 'Orphan', preconditions: { uid: metadata.uid } });
    e2e.gone(`${deployments()}/simpletest.deployment`);
    e2e.wait(30_000);
    expect(sets().map((set) => (set.metadata.ownerReferences ?? []).length as number)).toEqual([0]);
  });

  it('should keep the rc around until all its pods are deleted if the deleteOptions says so [Conformance]', () => {
    e2e.create(controllers(), aController('simpletest.rc', 20, { gc: 'foreground' }));
    e2e.until(`${controllers()}/simpletest.rc`, ({ status }) => status.replicas === 20, '20 replicas');
    e2e.delete(`${controllers()}/simpletest.rc`, { propagationPolicy: 'Foreground' });
    expect(e2e.read(`${controllers()}/simpletest.rc`).metadata.finalizers).toEqual(['foregroundDeletion']);
    e2e.eventually(() => {
      const there = e2e.get(`${controllers()}/simpletest.rc`).code === 200;
      if (!there) expect(pods()).toHaveLength(0);
      return !there;
    }, 'the end');
  });

  it("should not delete dependents that have both valid owner and owner that's waiting for dependents to be deleted [Conformance]", () => {
    e2e.create(controllers(), aController('simpletest-rc-to-be-deleted', 10, { gc: 'both' }));
    const stays = e2e.create(controllers(), aController('simpletest-rc-to-stay', 0, { another: 'key' }));
    e2e.until(`${controllers()}/simpletest-rc-to-be-deleted`, ({ status }) => status.replicas === 10, '10 replicas');
    for (const { metadata } of pods().slice(0, 5)) {
      e2e.patch(`/api/v1/namespaces/${namespace}/pods/${metadata.name}`, 'strategic', { metadata: { ownerReferences: [{ apiVersion: 'v1', kind: 'ReplicationController', name: stays.metadata.name, uid: stays.metadata.uid }] } });
    }
    e2e.delete(`${controllers()}/simpletest-rc-to-be-deleted`, { propagationPolicy: 'Foreground' });
    e2e.gone(`${controllers()}/simpletest-rc-to-be-deleted`);
    expect(pods()).toHaveLength(5);
    for (const { metadata } of pods()) expect([metadata.deletionTimestamp, (metadata.ownerReferences as Any[]).map(({ name }) => name)]).toEqual([undefined, ['simpletest-rc-to-stay']]);
  });

  it('should not be blocked by dependency circle [Conformance]', () => {
    const url = `/api/v1/namespaces/${namespace}/pods`;
    const made = ['pod1', 'pod2', 'pod3'].map((name) => e2e.create(url, { apiVersion: 'v1', kind: 'Pod', metadata: { name }, spec: { terminationGracePeriodSeconds: 0, containers: [{ name: 'nginx', image: HTTPD }] } }));
    for (const [at, owner] of [[0, 2], [1, 0], [2, 1]] as const) {
      e2e.patch(`${url}/pod${at + 1}`, 'strategic', { metadata: { ownerReferences: [{ apiVersion: 'v1', kind: 'Pod', name: `pod${owner + 1}`, uid: made[owner].metadata.uid, controller: true, blockOwnerDeletion: true }] } });
    }
    e2e.delete(`${url}/pod1`, { propagationPolicy: 'Foreground' });
    e2e.eventually(() => pods().length === 0, 'the end of all');
  });
});
