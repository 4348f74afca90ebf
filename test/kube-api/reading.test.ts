import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
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

  test('should support continue listing from the last key if the original version has been compacted away, though the list is inconsistent [Conformance: Servers with support for API chunking]', () => {
    const api = withMaps(4);
    const selected = `${MAPS}?labelSelector=half&limit=2`;
    const first = api.get(selected).body;
    api.cluster.wait('10m');
    const refused = api.get(`${selected}&continue=${first.metadata.continue}`);
    expect(refused).toMatchObject({ code: 410, body: { reason: 'Expired', message: expect.stringContaining('use the continue token in this response to retrieve the remainder of the results') as string } });
    api.ask('POST', MAPS, { body: aConfigMap('map-9', {}, { half: 'odd' }) });
    const rest = api.get(`${MAPS}?labelSelector=half&continue=${refused.body.metadata.continue}`).body;
    expect(names(rest)).toEqual(['map-3', 'map-4', 'map-9']);
    expect(rest.metadata.resourceVersion).not.toBe(first.metadata.resourceVersion);
  });

  test('is told what is wrong with a token, a version or a limit', () => {
    const api = new ARestApi();
    expect(api.get(`${MAPS}?limit=2&continue=1.2.3`)).toMatchObject({ code: 400 });
    expect(api.get(`${MAPS}?limit=two`)).toMatchObject({ code: 400, body: { message: 'strconv.ParseInt: parsing "two": invalid syntax' } });
    expect(api.get(`${MAPS}?resourceVersion=new`)).toMatchObject({ code: 400 });
    expect(api.get(`${MAPS}?resourceVersionMatch=Exact`)).toMatchObject({ code: 422, body: { message: 'ListOptions.meta.k8s.io "" is invalid: resourceVersionMatch: Forbidden: resourceVersionMatch is forbidden unless resourceVersion is provided' } });
    expect(api.get(`${MAPS}?resourceVersionMatch=Exact&resourceVersion=0`).body.message).toContain('resourceVersionMatch "exact" is forbidden for resourceVersion "0"');
    expect(api.get(`${MAPS}?sendInitialEvents=true`).body.message).toContain('sendInitialEvents is forbidden for list');
  });

  test('is asked to come again for a version that is not yet', () => {
    const asked = new ARestApi().get(`${MAPS}?resourceVersion=900000`);
    expect(asked).toMatchObject({ code: 504, headers: { 'retry-after': '1' }, body: { reason: 'Timeout', details: { causes: [{ reason: 'ResourceVersionTooLarge' }], retryAfterSeconds: 1 } } });
    expect(asked.body.message).toMatch(/^Timeout: Too large resource version: 900000, current: \d+$/);
    expect(new ARestApi().get(`${MAPS}/kube-root-ca.crt?resourceVersion=900000`).code).toBe(504);
  });

  test('sees an exact moment again, as long as it is remembered', () => {
    const api = withMaps(2);
    const then = api.get(MAPS).body.metadata.resourceVersion as string;
    api.ask('DELETE', `${MAPS}/map-1`);
    api.patch(`${MAPS}/map-2`, 'merge', { data: { a: 'b' } });
    const seen = api.get(`${MAPS}?resourceVersion=${then}&resourceVersionMatch=Exact`).body;
    expect(names(seen)).toEqual(['map-1', 'map-2']);
    expect(seen.metadata.resourceVersion).toBe(then);
    expect(seen.items.find((one: { metadata: { name: string } }) => one.metadata.name === 'map-2').data).toEqual({});
    expect(names(api.get(`${MAPS}?resourceVersion=${then}&resourceVersionMatch=NotOlderThan`).body)).toEqual(['map-2']);
    expect(api.get(`${MAPS}?resourceVersion=1&resourceVersionMatch=Exact`)).toMatchObject({ code: 410, body: { reason: 'Expired', message: 'The resourceVersion for the provided list is too old.' } });
  });

  test('gets all at once from whatever is at hand, whatever the limit', () => {
    expect(withMaps(3).get(`${MAPS}?resourceVersion=0&limit=1`).body.metadata.continue).toBeUndefined();
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

  test('reads YAML where it likes that best, refusals too, but no watches', () => {
    const api = withMaps(1);
    const read = api.get(`${MAPS}/map-1`, 'application/yaml');
    expect(read.type).toBe('application/yaml');
    expect(parse(read.text)).toEqual(api.get(`${MAPS}/map-1`).body);
    expect(parse(api.get(`${MAPS}/none`, 'application/yaml').text)).toMatchObject({ kind: 'Status', code: 404 });
    expect(parse(api.get(MAPS, 'application/yaml;as=Table;g=meta.k8s.io;v=v1').text)).toMatchObject({ kind: 'Table' });
    expect(api.get(MAPS, 'application/json, application/yaml').type).toBe('application/json');
    expect(api.get(`${MAPS}?watch=true`, 'application/yaml').code).toBe(406);
    const body = 'apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: written\n';
    expect(api.ask('POST', MAPS, { type: 'application/yaml', accept: 'application/yaml', body }).code).toBe(201);
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
