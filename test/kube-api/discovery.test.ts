import { describe, expect, test } from 'vitest';
import { RESOURCES } from '../../src/cluster/objects.ts';
import { RestApi } from '../../src/kube-api/rest-api.ts';
import { AGGREGATED_DISCOVERY, ARestApi, TABLE } from './a-rest-api.ts';
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

  test('finds every kind in the schemas of the second version, as JSON and as protobuf', () => {
    const type = 'application/com.github.proto-openapi.spec.v2@v1.0+protobuf';
    const { body } = api.get('/openapi/v2');
    expect(body).toMatchObject({ swagger: '2.0', info: { title: 'Kubernetes', version: 'v1.32.3' } });
    expect(body.definitions['io.k8s.api.apps.v1.Deployment']).toMatchObject({ 'x-kubernetes-group-version-kind': [{ group: 'apps', kind: 'Deployment', version: 'v1' }], properties: { spec: { $ref: '#/definitions/io.k8s.api.apps.v1.DeploymentSpec' } } });
    expect(body.paths['/apis/apps/v1/namespaces/{namespace}/deployments/{name}'].patch.parameters).toContainEqual({ name: 'fieldValidation', in: 'query', type: 'string', uniqueItems: true });
    expect(JSON.stringify(body)).not.toContain('#/components/');
    const answer = api.raw('GET', '/openapi/v2', { accept: type });
    if (answer.kind !== 'whole' || answer.bytes === undefined) throw new Error('no bytes');
    expect(answer.type).toBe(type.replace('@', '.'));
    expect([...answer.bytes.subarray(0, 5)]).toEqual([0x0a, 3, 0x32, 0x2e, 0x30]);
    expect(Buffer.from(answer.bytes).includes('io.k8s.api.apps.v1.DeploymentSpec')).toBe(true);
  });

  test('may keep what an address with a hash names, and is led to the newest where it has an older one', () => {
    const { paths } = api.get('/openapi/v3').body as { paths: Record<string, { serverRelativeURL: string }> };
    const url = paths['apis/apps/v1']?.serverRelativeURL ?? '';
    const first = api.get(url);
    expect(first).toMatchObject({ code: 200, headers: { 'cache-control': 'public, immutable' } });
    expect(api.ask('GET', url, { headers: { 'if-none-match': first.headers['etag'] ?? '' } }).code).toBe(304);
    expect(api.get('/openapi/v3/apis/apps/v1?hash=OLD')).toMatchObject({ code: 301, headers: { location: url } });
    expect(Object.keys(paths)).toEqual(expect.arrayContaining(['api/v1', 'apis/authorization.k8s.io/v1', 'apis/apiextensions.k8s.io/v1', 'apis/apiregistration.k8s.io/v1', 'apis/flowcontrol.apiserver.k8s.io/v1']));
  });

  test('should contain necessary checks [health handlers]', () => {
    const hooks = ['start-apiextensions-controllers', 'crd-informer-synced', 'bootstrap-controller', 'scheduling/bootstrap-system-priority-classes', 'kube-apiserver-autoregistration', 'apiservice-openapi-controller'];
    for (const path of ['/healthz', '/livez', '/readyz']) {
      const { text } = api.get(`${path}?verbose=1`);
      for (const check of ['ping', 'log', 'etcd', 'autoregister-completion', ...hooks.map((hook) => `poststarthook/${hook}`), ...(path === '/readyz' ? ['informer-sync'] : [])]) expect(text).toContain(`[+]${check} ok\n`);
      expect(api.get(`${path}/poststarthook/scheduling/bootstrap-system-priority-classes`).text).toBe('ok');
      expect(api.get(`${path}/nope`).code).toBe(404);
    }
    expect(api.get('/livez?verbose&exclude=etcd').text).toContain('[+]etcd excluded: ok');
  });

  test('should return HTTP status code 400 if the user specifies an invalid timeout in the request URL [Server request timeout]', () => {
    expect(api.get('/version?timeout=invalid')).toMatchObject({ code: 400, body: { message: 'invalid timeout specified in the request URL - time: invalid duration "invalid"' } });
    for (const timeout of ['3m', '0s', '1m30s', '0']) expect(api.get(`/version?timeout=${timeout}`).code).toBe(200);
  });

  test('should validate PreferredVersion for each APIGroup [Conformance: Discovery]', () => {
    const { groups } = api.get('/apis').body as { groups: { name: string; versions: { groupVersion: string; version: string }[]; preferredVersion: { groupVersion: string; version: string } }[] };
    expect(groups.map(({ name }) => name).slice(0, 3)).toEqual(['apiregistration.k8s.io', 'apps', 'events.k8s.io']);
    for (const { name, versions, preferredVersion } of groups) {
      expect(versions).toContainEqual(preferredVersion);
      expect(api.get(`/apis/${name}`).body.preferredVersion).toEqual(preferredVersion);
      for (const { groupVersion } of versions) expect(api.get(`/apis/${groupVersion}`).body).toMatchObject({ kind: 'APIResourceList', groupVersion });
    }
    expect(groups.find(({ name }) => name === 'autoscaling')?.preferredVersion.version).toBe('v2');
    expect(groups.at(-1)?.name).toBe('metrics.k8s.io');
  });

  test('reads the hashes of the versions in which objects are stored, as a 1.32 server gives them', () => {
    const of = (path: string, name: string): string => (api.get(path).body.resources as { name: string; storageVersionHash: string }[]).find((one) => one.name === name)?.storageVersionHash ?? '';
    expect(of('/api/v1', 'pods')).toBe('xPOwRZ+Yhw8=');
    expect(of('/apis/apps/v1', 'deployments')).toBe('8aSe+NMegvE=');
  });

  test('sees the parts of the control plane, with the warning that nobody should ask', () => {
    const { body, headers } = api.get('/api/v1/componentstatuses');
    expect(body.items.map(({ metadata }: { metadata: { name: string } }) => metadata.name)).toEqual(['controller-manager', 'etcd-0', 'scheduler']);
    expect(headers['warning']).toContain('v1 ComponentStatus is deprecated in v1.19+');
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
    expect(api.get('/apis/metrics.k8s.io/v1beta1/nodes', TABLE).body.rows[0].cells).toEqual(['node-1', '120000000n', '921600Ki', '15s']);
    expect(api.get('/apis/metrics.k8s.io/v1beta1/nodes/node-1').body).toMatchObject({ kind: 'NodeMetrics', usage: { cpu: '120000000n', memory: '921600Ki' } });
    expect(api.get('/apis/metrics.k8s.io/v1beta1/namespaces/shop/pods/nope')).toMatchObject({ code: 404 });
  });
});
