import { describe, expect, test } from 'vitest';
import { aDeployment } from '../support/small-cluster.ts';
import { aConfigMap, ARestApi, TABLE } from './a-rest-api.ts';

const MAPS = '/api/v1/namespaces/shop/configmaps';

function withMaps(count: number): ARestApi {
  const api = new ARestApi();
  for (let nth = 1; nth <= count; nth++) expect(api.ask('POST', MAPS, { body: aConfigMap(`map-${nth}`, {}, { half: nth % 2 === 0 ? 'even' : 'odd' }) }).code).toBe(201);
  return api;
}

const names = (list: { items: readonly { metadata: { name: string } }[] }): readonly string[] => list.items.map(({ metadata }) => metadata.name).filter((name) => name.startsWith('map-'));

describe('whoever lists', () => {
  test('gets the kind of list, its version, and the objects in order', () => {
    const { body } = withMaps(3).get(MAPS);
    expect(body).toMatchObject({ kind: 'ConfigMapList', apiVersion: 'v1' });
    expect(Number(body.metadata.resourceVersion)).toBeGreaterThan(0);
    expect(names(body)).toEqual(['map-1', 'map-2', 'map-3']);
  });

  test('selects by labels and fields', () => {
    const api = withMaps(4);
    expect(names(api.get(`${MAPS}?labelSelector=half%3Deven`).body)).toEqual(['map-2', 'map-4']);
    expect(names(api.get(`${MAPS}?labelSelector=half+in+(even)&fieldSelector=metadata.name%3Dmap-4`).body)).toEqual(['map-4']);
    expect(api.get(`${MAPS}?fieldSelector=data.x%3D1`)).toMatchObject({ code: 400, body: { reason: 'BadRequest', message: '"data.x" is not a known field selector: only "metadata.name", "metadata.namespace"' } });
    expect(api.get('/api/v1/pods?fieldSelector=spec.nonsense%3D1')).toMatchObject({ code: 400, body: { message: 'field label not supported: spec.nonsense' } });
    expect(api.get('/apis/apps/v1/replicasets?fieldSelector=spec.replicas%3D1')).toMatchObject({ code: 400, body: { message: 'field label "spec.replicas" not supported for ReplicaSet' } });
    expect(api.get(`${MAPS}?labelSelector=%3D%3D`)).toMatchObject({ code: 400 });
  });

  test('reads a long list in parts, all of the same moment', () => {
    const api = withMaps(5);
    const selected = `${MAPS}?labelSelector=half&limit=2`;
    const first = api.get(selected).body;
    expect(names(first)).toEqual(['map-1', 'map-2']);
    api.ask('DELETE', `${MAPS}/map-4`);
    api.ask('POST', MAPS, { body: aConfigMap('map-0', {}, { half: 'odd' }) });
    const second = api.get(`${selected}&continue=${first.metadata.continue}`).body;
    const third = api.get(`${selected}&continue=${second.metadata.continue}`).body;
    expect([...names(second), ...names(third)]).toEqual(['map-3', 'map-4', 'map-5']);
    expect(third.metadata.continue).toBeUndefined();
    expect(third.metadata.resourceVersion).toBe(first.metadata.resourceVersion);
    expect(api.get(`${MAPS}?limit=2`).body.metadata.remainingItemCount).toBeGreaterThan(2);
  });

  test('is told to begin anew where the rest is forgotten', () => {
    expect(new ARestApi().get(`${MAPS}?limit=2&continue=1.2.3`)).toMatchObject({ code: 410, body: { reason: 'Expired' } });
  });

  test('gets a table where it asks for one: wide columns have priority 1', () => {
    const api = new ARestApi();
    api.cluster.apply(aDeployment('checkout'));
    api.cluster.wait('1m');
    const { body } = api.get('/api/v1/namespaces/shop/pods?limit=500', TABLE);
    expect(body).toMatchObject({ kind: 'Table', apiVersion: 'meta.k8s.io/v1' });
    expect(body.columnDefinitions.map((one: { name: string; priority: number }) => `${one.name} ${one.priority}`)).toEqual(['Name 0', 'Ready 0', 'Status 0', 'Restarts 0', 'Age 0', 'IP 1', 'Node 1', 'Nominated Node 1', 'Readiness Gates 1']);
    expect(body.rows).toHaveLength(3);
    expect(body.rows[0].cells.slice(1, 4)).toEqual(['1/1', 'Running', '0']);
    expect(body.rows[0].object).toMatchObject({ kind: 'PartialObjectMetadata', metadata: { namespace: 'shop' } });
    expect(api.get('/api/v1/namespaces/shop/pods?includeObject=Object', TABLE).body.rows[0].object).toMatchObject({ kind: 'Pod', spec: {} });
    expect(api.get('/api/v1/namespaces/shop/pods?includeObject=None', TABLE).body.rows[0].object).toBeNull();
  });

  test('gets metadata alone where it asks for that', () => {
    const list = withMaps(1).get(`${MAPS}/map-1`, 'application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1').body;
    expect(list).toMatchObject({ kind: 'PartialObjectMetadata', metadata: { name: 'map-1' } });
    expect(list.data).toBeUndefined();
  });

  test('is refused a form that nobody speaks', () => {
    const api = new ARestApi();
    for (const accept of ['text/html', 'application/vnd.kubernetes.protobuf', 'application/json;as=Chair;g=meta.k8s.io;v=v1']) {
      expect(api.get(MAPS, accept)).toMatchObject({ code: 406, body: { reason: 'NotAcceptable' } });
    }
    expect(api.get(MAPS, 'application/vnd.kubernetes.protobuf,application/json').code).toBe(200);
  });

  test('is told of an object that is not there by its resource and group', () => {
    const api = new ARestApi();
    expect(api.get('/apis/apps/v1/namespaces/shop/deployments/x').body).toEqual({
      kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Failure', message: 'deployments.apps "x" not found', reason: 'NotFound', details: { name: 'x', group: 'apps', kind: 'deployments' }, code: 404,
    });
  });
});

describe('times', () => {
  test('are on the clock of whoever reads, and come back as they went', () => {
    const api = withMaps(1);
    const before = api.get(`${MAPS}/map-1`).body;
    api.api.projection.offsetMs = 3_600_000;
    const after = api.get(`${MAPS}/map-1`).body;
    expect(Date.parse(after.metadata.creationTimestamp) - Date.parse(before.metadata.creationTimestamp)).toBe(3_600_000);
    const lease = { apiVersion: 'coordination.k8s.io/v1', kind: 'Lease', metadata: { name: 'leader' }, spec: { holderIdentity: 'a', renewTime: '2026-02-10T05:00:00.123456Z' } };
    const created = api.ask('POST', '/apis/coordination.k8s.io/v1/namespaces/shop/leases', { body: lease });
    expect(created).toMatchObject({ code: 201, body: { spec: { renewTime: '2026-02-10T05:00:00.123456Z' } } });
    expect(api.cluster.get('Lease', 'leader').spec?.renewTime).toBe('2026-02-10T04:00:00.123456Z');
  });

  test('that people wrote into annotations and data stay as they are', () => {
    const api = new ARestApi();
    api.api.projection.offsetMs = 3_600_000;
    const said = '2026-02-10T05:00:00Z';
    const body = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'm', annotations: { startTime: said } }, data: { creationTimestamp: said } };
    expect(api.ask('POST', MAPS, { body }).body).toMatchObject({ metadata: { annotations: { startTime: said } }, data: { creationTimestamp: said } });
  });
});
