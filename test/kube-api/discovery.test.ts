import { describe, expect, test } from 'vitest';
import { RESOURCES } from '../../src/cluster/objects.ts';
import { RestApi } from '../../src/kube-api/rest-api.ts';
import { AGGREGATED_DISCOVERY, ARestApi } from './a-rest-api.ts';
import { SmallProcesses } from './small-processes.ts';

const api = new ARestApi();

describe('a client that asks what there is', () => {
  test('gets all in two documents where it understands that, told by the media type', () => {
    const core = api.get('/api', AGGREGATED_DISCOVERY);
    expect(core.type).toBe('application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList');
    expect(core.body).toMatchObject({ kind: 'APIGroupDiscoveryList', apiVersion: 'apidiscovery.k8s.io/v2' });
    const pods = core.body.items[0].versions[0].resources.find((one: { resource: string }) => one.resource === 'pods');
    expect(pods).toMatchObject({ scope: 'Namespaced', singularResource: 'pod', shortNames: ['po'], categories: ['all'], responseKind: { group: '', version: 'v1', kind: 'Pod' } });
    expect(pods.subresources.map((one: { subresource: string }) => one.subresource)).toEqual(expect.arrayContaining(['eviction', 'log', 'status', 'binding']));
    const groups = api.get('/apis', AGGREGATED_DISCOVERY).body.items.map((one: { metadata: { name: string } }) => one.metadata.name);
    expect(groups).toEqual(expect.arrayContaining(['apps', 'metrics.k8s.io', 'authorization.k8s.io']));
  });

  test('gets the older form where it asks for no other', () => {
    const beta = api.get('/apis', 'application/json;g=apidiscovery.k8s.io;v=v2beta1;as=APIGroupDiscoveryList');
    expect(beta.type).toContain('v=v2beta1');
    expect(beta.body.apiVersion).toBe('apidiscovery.k8s.io/v2beta1');
    expect(api.get('/api').body).toMatchObject({ kind: 'APIVersions', versions: ['v1'] });
    expect(api.get('/apis').body).toMatchObject({ kind: 'APIGroupList' });
    expect(api.get('/apis/apps').body).toMatchObject({ kind: 'APIGroup', name: 'apps', preferredVersion: { groupVersion: 'apps/v1' } });
    expect(api.get('/apis/apps/v1').body.resources.map((one: { name: string }) => one.name)).toContain('deployments/scale');
  });

  test('need not read again what it has', () => {
    const { etag = '' } = api.get('/apis', AGGREGATED_DISCOVERY).headers;
    const again = api.ask('GET', '/apis', { accept: AGGREGATED_DISCOVERY, headers: { 'if-none-match': etag } });
    expect(again).toMatchObject({ code: 304, text: '' });
  });

  test('finds every kind of the cluster, in both forms and in the schemas', () => {
    for (const { apiVersion, plural, kind } of Object.values(RESOURCES)) {
      const path = apiVersion === 'v1' ? '/api/v1' : `/apis/${apiVersion}`;
      expect(api.get(path).body.resources).toContainEqual(expect.objectContaining({ name: plural, kind }));
      const schema = api.get(`/openapi/v3${path}`).body;
      expect(Object.keys(schema.paths as object).some((one) => one.endsWith(`/${plural}/{name}`)), `schema of ${plural}`).toBe(true);
    }
  });

  test('gets words with the schemas where there are some', () => {
    const { plane } = api.cluster;
    const told = new RestApi({ api: plane.api, store: plane.store, clock: plane.clock, processes: new SmallProcesses(), podLogs: () => [], usage: () => null }, () => ({ 'io.k8s.api.apps.v1.Deployment': { '': 'Rolls out pods.', spec: 'What is wanted.' } }));
    const answer = told.answer({ method: 'GET', path: '/openapi/v3/apis/apps/v1', query: new URLSearchParams(), headers: {}, body: new Uint8Array(), user: { name: 'ana', groups: ['system:masters'] } });
    const { schemas } = (JSON.parse(answer.kind === 'whole' ? answer.body : '') as { components: { schemas: Record<string, object> } }).components;
    expect(schemas['io.k8s.api.apps.v1.Deployment']).toMatchObject({ description: 'Rolls out pods.', properties: { spec: { description: 'What is wanted.', allOf: [{ $ref: '#/components/schemas/io.k8s.api.apps.v1.DeploymentSpec' }] } } });
    expect(schemas['io.k8s.api.core.v1.Container']).toMatchObject({ required: ['name'], properties: { image: { type: 'string' } } });
  });

  test('finds nothing that would keep it from going on in the older schemas', () => {
    const type = 'application/com.github.proto-openapi.spec.v2@v1.0+protobuf';
    const answer = api.get('/openapi/v2', type);
    expect(answer.type).toBe(type.replace('@', '.'));
    expect([...Buffer.from(answer.text)].slice(0, 7)).toEqual([0x0a, 3, 0x32, 0x2e, 0x30, 0x12, answer.text.length - 7]);
    expect(api.get('/openapi/v2').body).toMatchObject({ swagger: '2.0' });
  });

  test('is told of versions and groups that are not there as the real server does', () => {
    for (const path of ['/apis/nope', '/apis/nope/v1', '/api/v2', '/nope', '/openapi/v3/apis/nope/v1', '/apis/apps/v1/deployments/x']) {
      expect(api.get(path)).toMatchObject({ code: 404, body: { kind: 'Status', reason: 'NotFound', message: 'the server could not find the requested resource' } });
    }
  });

  test('learns the version and that the server is well', () => {
    expect(api.get('/version').body).toMatchObject({ major: '1', minor: '32' });
    for (const path of ['/healthz', '/livez', '/readyz', '/readyz/ping']) expect(api.get(path)).toMatchObject({ code: 200, text: 'ok' });
    expect(api.get('/readyz?verbose').text).toContain('[+]ping ok');
  });

  test('may do everything in a sandbox', () => {
    const review = api.ask('POST', '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews', { body: { spec: { resourceAttributes: { verb: 'delete', resource: 'pods' } } } });
    expect(review).toMatchObject({ code: 201, body: { kind: 'SelfSubjectAccessReview', spec: { resourceAttributes: { verb: 'delete' } }, status: { allowed: true } } });
    expect(api.ask('POST', '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews', { accept: 'application/json;as=Table;v=v1;g=meta.k8s.io', body: {} }).code).toBe(406);
    expect(api.ask('POST', '/apis/authentication.k8s.io/v1/selfsubjectreviews', { body: {} }).body.status.userInfo.username).toBe('ana');
  });

  test('finds kinds of which there is none yet', () => {
    expect(api.get('/api/v1/replicationcontrollers').body).toMatchObject({ kind: 'ReplicationControllerList', apiVersion: 'v1', items: [] });
    expect(api.get('/apis/apiextensions.k8s.io/v1/customresourcedefinitions', 'application/json;as=Table;v=v1;g=meta.k8s.io').body).toMatchObject({ kind: 'Table', rows: [] });
    expect(api.get('/apis/apiextensions.k8s.io/v1/customresourcedefinitions/x')).toMatchObject({ code: 404, body: { message: 'customresourcedefinitions.apiextensions.k8s.io "x" not found' } });
  });

  test('sees what pods and nodes use', () => {
    api.cluster.wait('1m');
    expect(api.get('/apis/metrics.k8s.io/v1beta1/nodes/node-1').body).toMatchObject({ kind: 'NodeMetrics', usage: { cpu: '120000000n', memory: '921600Ki' } });
    expect(api.get('/apis/metrics.k8s.io/v1beta1/namespaces/shop/pods/nope')).toMatchObject({ code: 404 });
  });
});
