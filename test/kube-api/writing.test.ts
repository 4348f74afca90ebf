import { describe, expect, test } from 'vitest';
import { aContainer, aDeployment } from '../support/small-cluster.ts';
import { aConfigMap, ARestApi } from './a-rest-api.ts';

const MAPS = '/api/v1/namespaces/shop/configmaps';
const DEPLOYMENTS = '/apis/apps/v1/namespaces/shop/deployments';
const PODS = '/api/v1/namespaces/shop/pods';

function withCheckout(): ARestApi {
  const api = new ARestApi();
  expect(api.ask('POST', DEPLOYMENTS, { body: aDeployment('checkout') }).code).toBe(201);
  api.cluster.wait('1m');
  return api;
}

describe('whoever creates', () => {
  test('gets the object with what the server filled in', () => {
    const { body } = new ARestApi().ask('POST', DEPLOYMENTS, { body: aDeployment('checkout') });
    expect(body).toMatchObject({ kind: 'Deployment', metadata: { name: 'checkout', namespace: 'shop', generation: 1 }, spec: { strategy: { type: 'RollingUpdate' }, revisionHistoryLimit: 10 } });
    expect(body.metadata.uid).toMatch(/^[0-9a-f-]{36}$/);
  });

  test('is refused in the server\'s words', () => {
    const api = withCheckout();
    expect(api.ask('POST', DEPLOYMENTS, { body: aDeployment('checkout') })).toMatchObject({ code: 409, body: { reason: 'AlreadyExists', message: 'deployments.apps "checkout" already exists', details: { name: 'checkout', group: 'apps', kind: 'deployments' } } });
    const invalid = api.ask('POST', DEPLOYMENTS, { body: { ...aDeployment('cart'), spec: { ...aDeployment('cart').spec, replicas: -1 } } });
    expect(invalid).toMatchObject({
      code: 422,
      body: {
        reason: 'Invalid', message: 'Deployment.apps "cart" is invalid: spec.replicas: Invalid value: -1: must be greater than or equal to 0',
        details: { group: 'apps', kind: 'Deployment', name: 'cart', causes: [{ reason: 'FieldValueInvalid', message: 'Invalid value: -1: must be greater than or equal to 0', field: 'spec.replicas' }] },
      },
    });
    expect(api.ask('POST', '/api/v1/namespaces/nowhere/configmaps', { body: aConfigMap('m') })).toMatchObject({ code: 404, body: { message: 'namespaces "nowhere" not found' } });
    expect(api.ask('POST', MAPS, { body: { ...aConfigMap('m'), metadata: { name: 'm', namespace: 'other' } } })).toMatchObject({ code: 400, body: { message: 'the namespace of the provided object does not match the namespace sent on the request' } });
    expect(api.ask('POST', MAPS, { body: aDeployment('m') }).code).toBe(400);
  });

  test('is told of fields that the kind does not have as strictly as asked', () => {
    const wrong = { ...aDeployment('cart'), spec: { ...aDeployment('cart').spec, replcias: 3 } };
    const api = new ARestApi();
    expect(api.ask('POST', `${DEPLOYMENTS}?fieldValidation=Strict`, { body: wrong })).toMatchObject({ code: 400, body: { message: 'Deployment in version "v1" cannot be handled as a Deployment: strict decoding error: unknown field "spec.replcias"' } });
    const warned = api.ask('POST', `${DEPLOYMENTS}?fieldValidation=Warn`, { body: wrong });
    expect(warned).toMatchObject({ code: 201, headers: { warning: '299 - "unknown field \\"spec.replcias\\""' } });
    expect(warned.body.spec.replcias).toBeUndefined();
    expect(api.ask('POST', `${DEPLOYMENTS}?fieldValidation=Ignore`, { body: { ...wrong, metadata: { name: 'quiet' } } })).toMatchObject({ code: 201, headers: {} });
  });

  test('is told of fields that come twice', () => {
    const api = new ARestApi();
    const twice = '{"metadata":{"name":"m","annotations":{"a":"{\\"b\\":1,\\"b\\":2}"}},"data":{"a":"1","b":"x, y","a":"2"}}';
    expect(api.ask('POST', `${MAPS}?fieldValidation=Strict`, { body: twice })).toMatchObject({ code: 400, body: { message: 'ConfigMap in version "v1" cannot be handled as a ConfigMap: strict decoding error: duplicate field "data.a"' } });
    expect(api.ask('POST', MAPS, { body: twice })).toMatchObject({ code: 201, headers: { warning: '299 - "duplicate field \\"data.a\\""' }, body: { data: { a: '2' } } });
    const inList = '{"metadata":{"name":"p"},"spec":{"containers":[{"name":"a","image":"x"},{"name":"b","image":"x","name":"c"}]}}';
    expect(api.ask('POST', `${PODS}?fieldValidation=Strict`, { body: inList }).body.message).toContain('duplicate field "spec.containers[1].name"');
  });

  test('is told of a field of the wrong type by its path', () => {
    const wrong = { ...aDeployment('cart'), spec: { ...aDeployment('cart').spec, template: { spec: { containers: [{ name: 'app', image: 5 }] } } } };
    expect(new ARestApi().ask('POST', DEPLOYMENTS, { body: wrong })).toMatchObject({ code: 400, body: { message: expect.stringContaining('json: cannot unmarshal number into Go struct field Container.spec.template.spec.containers.image of type string') as string } });
  });

  test('may try first', () => {
    const api = new ARestApi();
    expect(api.ask('POST', `${MAPS}?dryRun=All`, { body: aConfigMap('m') }).code).toBe(201);
    expect(api.get(`${MAPS}/m`).code).toBe(404);
    expect(api.ask('POST', `${MAPS}?dryRun=Some`, { body: aConfigMap('m') })).toMatchObject({ code: 422 });
  });

  test('may write YAML', () => {
    const api = new ARestApi();
    expect(api.ask('POST', MAPS, { type: 'application/yaml', body: 'metadata:\n  name: m\ndata:\n  a: "1"\n' })).toMatchObject({ code: 201, body: { data: { a: '1' } } });
    expect(api.ask('POST', MAPS, { type: 'application/yaml', body: 'metadata: [' }).code).toBe(400);
  });
});

describe('whoever changes', () => {
  test('must have seen the newest revision', () => {
    const api = new ARestApi();
    const seen = api.ask('POST', MAPS, { body: aConfigMap('m') }).body;
    expect(api.ask('PUT', `${MAPS}/m`, { body: { ...seen, data: { a: '1' } } })).toMatchObject({ code: 200, body: { data: { a: '1' } } });
    expect(api.ask('PUT', `${MAPS}/m`, { body: { ...seen, data: { a: '2' } } })).toMatchObject({ code: 409, body: { reason: 'Conflict', message: expect.stringMatching(/^Operation cannot be fulfilled on configmaps "m": the object has been modified/) as string } });
    expect(api.ask('PUT', `${MAPS}/other`, { body: seen })).toMatchObject({ code: 400, body: { message: 'the name of the object (m) does not match the name on the URL (other)' } });
  });

  test('patches in each of the four ways', () => {
    const api = withCheckout();
    const url = `${DEPLOYMENTS}/checkout`;
    expect(api.patch(url, 'merge', { metadata: { labels: { a: '1', b: '2' } } }).body.metadata.labels).toMatchObject({ a: '1', b: '2' });
    expect(api.patch(url, 'merge', { metadata: { labels: { a: null } } }).body.metadata.labels).toEqual({ b: '2' });
    const strategic = api.patch(url, 'strategic', { spec: { template: { spec: { containers: [{ name: 'app', image: 'registry.example/checkout:2.0' }] } } } }).body;
    expect(strategic.spec.template.spec.containers).toMatchObject([{ name: 'app', image: 'registry.example/checkout:2.0', ports: [{ containerPort: 8080 }] }]);
    expect(api.patch(url, 'json', [{ op: 'test', path: '/spec/replicas', value: 3 }, { op: 'replace', path: '/spec/replicas', value: 5 }]).body.spec.replicas).toBe(5);
    expect(api.patch(url, 'json', [{ op: 'test', path: '/spec/replicas', value: 3 }, { op: 'replace', path: '/spec/replicas', value: 1 }])).toMatchObject({ code: 422 });
    expect(api.patch(`${url}?fieldManager=me&force=true`, 'apply', 'apiVersion: apps/v1\nkind: Deployment\nspec:\n  replicas: 2\n').body.spec.replicas).toBe(2);
    expect(api.patch(`${MAPS}/new?fieldManager=me`, 'apply', 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: new}\ndata: {a: b}\n')).toMatchObject({ code: 201, body: { data: { a: 'b' } } });
    expect(api.ask('PATCH', url, { type: 'application/json', body: {} })).toMatchObject({ code: 415, body: { reason: 'UnsupportedMediaType' } });
  });

  test('scales by the subresource', () => {
    const api = withCheckout();
    const scale = `${DEPLOYMENTS}/checkout/scale`;
    expect(api.get(scale).body).toMatchObject({ kind: 'Scale', apiVersion: 'autoscaling/v1', spec: { replicas: 3 }, status: { replicas: 3, selector: 'app=checkout' } });
    expect(api.patch(scale, 'merge', { spec: { replicas: 1 } }).body.spec.replicas).toBe(1);
    expect(api.patch(scale, 'merge', { spec: { replicas: -1 } })).toMatchObject({ code: 422 });
    expect(api.patch(scale, 'merge', { spec: { replicas: 'x' } })).toMatchObject({ code: 400 });
    api.cluster.wait('1m');
    expect(api.get(`${PODS}?labelSelector=app%3Dcheckout`).body.items).toHaveLength(1);
  });

  test('writes a status only through its own door, and nothing else through it', () => {
    const api = withCheckout();
    const node = api.get('/api/v1/nodes/node-1').body;
    const changed = { ...node, spec: { unschedulable: true }, status: { ...node.status, nodeInfo: { ...node.status.nodeInfo, kernelVersion: '6.9' } } };
    expect(api.ask('PUT', '/api/v1/nodes/node-1/status', { body: changed }).body).toMatchObject({ status: { nodeInfo: { kernelVersion: '6.9' } } });
    expect(api.get('/api/v1/nodes/node-1').body.spec?.unschedulable).toBeUndefined();
    expect(api.ask('PUT', '/api/v1/nodes/node-1/status', { body: changed })).toMatchObject({ code: 409 });
  });
});

describe('whoever deletes', () => {
  test('is told whether the object is gone or still waits', () => {
    const api = withCheckout();
    api.ask('POST', MAPS, { body: aConfigMap('m') });
    expect(api.ask('DELETE', `${MAPS}/m`).body).toMatchObject({ kind: 'Status', status: 'Success', details: { name: 'm', kind: 'configmaps' } });
    expect(api.ask('DELETE', `${MAPS}/m`)).toMatchObject({ code: 404, body: { message: 'configmaps "m" not found' } });
    const name = api.cluster.pods('checkout')[0]?.metadata.name ?? '';
    expect(api.ask('DELETE', `${PODS}/${name}`).body).toMatchObject({ kind: 'Pod', metadata: { deletionGracePeriodSeconds: 30 } });
  });

  test('takes what the object owns along, or waits for it, or leaves it', () => {
    const left = (policy: string): number => {
      const api = withCheckout();
      expect(api.ask('DELETE', `${DEPLOYMENTS}/checkout`, { body: { kind: 'DeleteOptions', apiVersion: 'v1', propagationPolicy: policy } }).code).toBe(200);
      if (policy === 'Foreground') expect(api.get(`${DEPLOYMENTS}/checkout`).body.metadata.finalizers).toEqual(['foregroundDeletion']);
      api.cluster.wait('2m');
      expect(api.get(`${DEPLOYMENTS}/checkout`).code).toBe(404);
      return api.get(PODS).body.items.length as number;
    };
    expect(left('Background')).toBe(0);
    expect(left('Foreground')).toBe(0);
    expect(left('Orphan')).toBe(3);
  });

  test('may name the very object that is meant', () => {
    const api = new ARestApi();
    const { uid } = api.ask('POST', MAPS, { body: aConfigMap('m') }).body.metadata;
    expect(api.ask('DELETE', `${MAPS}/m`, { body: { preconditions: { uid: 'another' } } })).toMatchObject({ code: 409 });
    expect(api.ask('DELETE', `${MAPS}/m`, { body: { preconditions: { uid } } })).toMatchObject({ code: 200 });
  });

  // k8s.io/apiserver, pkg/registry/rest/delete.go.
  test('is told which precondition does not hold', () => {
    const api = new ARestApi();
    const { uid, resourceVersion } = api.ask('POST', MAPS, { body: aConfigMap('m') }).body.metadata;
    expect(api.ask('DELETE', `${MAPS}/m`, { body: { preconditions: { uid: 'another' } } }).body).toMatchObject({
      code: 409, message: `Operation cannot be fulfilled on ConfigMap "m": the UID in the precondition (another) does not match the UID in record (${uid}). The object might have been deleted and then recreated`,
    });
    expect(api.ask('DELETE', `${MAPS}/m`, { body: { preconditions: { resourceVersion: '1' } } }).body).toMatchObject({
      code: 409, message: `Operation cannot be fulfilled on ConfigMap "m": the ResourceVersion in the precondition (1) does not match the ResourceVersion in record (${resourceVersion}). The object might have been modified`,
    });
  });

  test('may hurry a pod that is ending, and never gives it more time', () => {
    const api = new ARestApi();
    api.ask('POST', '/api/v1/namespaces/shop/pods', { body: { metadata: { name: 'slow', finalizers: ['example.com/held'] }, spec: { containers: [{ name: 'app', image: 'nginx' }] } } });
    api.cluster.wait('30s');
    const ending = (query = ''): { deletionTimestamp: string; deletionGracePeriodSeconds: number } => api.ask('DELETE', `/api/v1/namespaces/shop/pods/slow${query}`).body.metadata;
    const first = ending('?gracePeriodSeconds=60');
    expect(first.deletionGracePeriodSeconds).toBe(60);
    expect(ending(), 'its own 30 s count no more').toMatchObject(first);
    expect(ending('?gracePeriodSeconds=90')).toMatchObject(first);
    const hurried = ending('?gracePeriodSeconds=-5');
    expect([hurried.deletionGracePeriodSeconds, Date.parse(first.deletionTimestamp) - Date.parse(hurried.deletionTimestamp)]).toEqual([1, 59_000]);
  });

  test('may delete all that a selector finds', () => {
    const api = new ARestApi();
    for (const name of ['a', 'b']) api.ask('POST', MAPS, { body: aConfigMap(name, {}, { app: 'x' }) });
    api.ask('POST', MAPS, { body: aConfigMap('c') });
    expect(api.ask('DELETE', `${MAPS}?labelSelector=app%3Dx`).body.items).toHaveLength(2);
    expect(api.get(`${MAPS}/c`).code).toBe(200);
    expect(api.get(`${MAPS}/a`).code).toBe(404);
  });

  test('evicts a pod, unless a budget needs it', () => {
    const api = withCheckout();
    const [first, second] = api.cluster.pods('checkout').map(({ metadata }) => metadata.name);
    const evict = (name: string | undefined) => api.ask('POST', `${PODS}/${name ?? ''}/eviction`, { body: { apiVersion: 'policy/v1', kind: 'Eviction', metadata: { name } } });
    expect(evict(first)).toMatchObject({ code: 201, body: { status: 'Success' } });
    const budget = { apiVersion: 'policy/v1', kind: 'PodDisruptionBudget', metadata: { name: 'keep' }, spec: { minAvailable: 3, selector: { matchLabels: { app: 'checkout' } } } };
    expect(api.ask('POST', '/apis/policy/v1/namespaces/shop/poddisruptionbudgets', { body: budget }).code).toBe(201);
    expect(evict(second)).toMatchObject({ code: 429, body: { reason: 'TooManyRequests', message: "Cannot evict pod as it would violate the pod's disruption budget." } });
    expect(evict('nope')).toMatchObject({ code: 404 });
  });
});

describe('the log of a pod', () => {
  const api = new ARestApi();
  api.cluster.apply({ apiVersion: 'v1', kind: 'Pod', metadata: { name: 'web', namespace: 'shop' }, spec: { containers: [aContainer('registry.example/web:1')] } } as never);
  api.cluster.wait('1m');
  api.logs.push({ atMs: 10_000, text: 'one' }, { atMs: 50_500, text: 'two' }, { atMs: 59_000, text: 'three' });
  const log = `${PODS}/web/log`;

  test('is read whole, from its end, or since a time', () => {
    expect(api.get(log)).toMatchObject({ code: 200, type: 'text/plain', text: 'one\ntwo\nthree\n' });
    expect(api.get(`${log}?tailLines=1`).text).toBe('three\n');
    expect(api.get(`${log}?sinceSeconds=10`).text).toBe('two\nthree\n');
    expect(api.get(`${log}?timestamps=true&tailLines=2`).text).toBe('2026-02-10T03:10:50.500000000Z two\n2026-02-10T03:10:59.000000000Z three\n');
    expect(api.get(`${log}?sinceTime=2026-02-10T03:10:58Z`).text).toBe('three\n');
  });

  test('goes on with follow until its container ends', () => {
    const stream = api.stream(`${log}?follow=true&tailLines=1`);
    stream.stream.poll();
    api.logs.push({ atMs: 61_000, text: 'four' });
    stream.stream.poll();
    stream.stream.poll();
    expect(stream.text).toBe('three\nfour\n');
    api.cluster.delete('Pod', 'web', { gracePeriodSeconds: 0 });
    stream.stream.poll();
    expect(stream.ended).toBe(true);
  });

  test('says why there is none', () => {
    const other = new ARestApi();
    other.cluster.runtime.missing.add('registry.example/nope:1');
    other.cluster.apply({ apiVersion: 'v1', kind: 'Pod', metadata: { name: 'web', namespace: 'shop' }, spec: { containers: [aContainer('registry.example/nope:1'), { ...aContainer('registry.example/web:1'), name: 'side' }] } } as never);
    other.cluster.wait('1m');
    expect(other.get(`${PODS}/nope/log`)).toMatchObject({ code: 404 });
    expect(other.get(log).body.message).toBe('a container name must be specified for pod web, choose one of: [app side]');
    expect(other.get(`${log}?container=x`).body.message).toBe('container x is not valid for pod web');
    expect(other.get(`${log}?container=app`).body.message).toBe('container "app" in pod "web" is waiting to start: trying and failing to pull image');
    expect(other.get(`${log}?container=side&previous=true`).body.message).toBe('previous terminated container "side" in pod "web" not found');
    expect(other.get(`${log}?container=side&tailLines=-1`)).toMatchObject({ code: 422, body: { message: 'PodLogOptions "web" is invalid: tailLines: Invalid value: -1: must be greater than or equal to 0' } });
  });
});

describe('a kind in another version than the one it is stored in', () => {
  const AUTOSCALERS = '/apis/autoscaling/v1/namespaces/shop/horizontalpodautoscalers';
  const autoscaler = { apiVersion: 'autoscaling/v1', kind: 'HorizontalPodAutoscaler', metadata: { name: 'checkout' }, spec: { scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'checkout' }, minReplicas: 1, maxReplicas: 5, targetCPUUtilizationPercentage: 80 } };

  test('is written and read in both', () => {
    const api = withCheckout();
    expect(api.ask('POST', AUTOSCALERS, { body: autoscaler })).toMatchObject({ code: 201, body: { apiVersion: 'autoscaling/v1', spec: { targetCPUUtilizationPercentage: 80 } } });
    expect(api.get(`${AUTOSCALERS.replace('v1', 'v2')}/checkout`).body).toMatchObject({ apiVersion: 'autoscaling/v2', spec: { metrics: [{ type: 'Resource', resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 80 } } }] } });
    expect(api.get(AUTOSCALERS).body).toMatchObject({ kind: 'HorizontalPodAutoscalerList', apiVersion: 'autoscaling/v1', items: [{ apiVersion: 'autoscaling/v1' }] });
    const watch = api.stream(`${AUTOSCALERS}?watch=true&resourceVersion=0`);
    expect(api.patch(`${AUTOSCALERS}/checkout`, 'merge', { spec: { maxReplicas: 7 } })).toMatchObject({ code: 200, body: { spec: { maxReplicas: 7, targetCPUUtilizationPercentage: 80 } } });
    expect(watch.events).toMatchObject([{ type: 'ADDED', object: { apiVersion: 'autoscaling/v1' } }, { type: 'MODIFIED', object: { spec: { targetCPUUtilizationPercentage: 80 } } }]);
    expect(api.get(`${AUTOSCALERS}/nope`)).toMatchObject({ code: 404, body: { message: 'horizontalpodautoscalers.autoscaling "nope" not found' } });
  });

  test('as are events', () => {
    const { items } = withCheckout().get('/apis/events.k8s.io/v1/namespaces/shop/events').body;
    expect(items[0]).toMatchObject({ kind: 'Event', apiVersion: 'events.k8s.io/v1', regarding: { namespace: 'shop' }, note: expect.any(String) as string, deprecatedSource: {} });
  });
});
