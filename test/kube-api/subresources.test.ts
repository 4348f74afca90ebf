import { describe, expect, test } from 'vitest';
import type { Answer } from '../../src/kube-api/answer.ts';
import { aDeployment, aService } from '../support/small-cluster.ts';
import { AGGREGATED_DISCOVERY, ARestApi, type Answered } from './a-rest-api.ts';

const SHOP = '/api/v1/namespaces/shop';

function aShop(): { readonly api: ARestApi; readonly pod: string } {
  const api = new ARestApi();
  api.cluster.apply(aDeployment('checkout'), aService('checkout'));
  api.cluster.wait('1m');
  return { api, pod: api.cluster.pods('checkout')[0]?.metadata.name ?? '' };
}

/** Waits for what is inside of the cluster. */
function told(answer: Answer): string {
  if (answer.kind === 'whole') return `${answer.code} ${(JSON.parse(answer.body) as { reason?: string; message?: string }).reason ?? ''}: ${(JSON.parse(answer.body) as { message?: string }).message ?? ''}`;
  if (answer.kind !== 'later') throw new Error(answer.kind);
  let said = 'nothing yet';
  answer.ask(({ status, body }) => { said = `${status} ${new TextDecoder().decode(body)}`; });
  return said;
}

describe('what is behind a proxy', () => {
  const { api, pod } = aShop();
  const get = (path: string): string => told(api.raw('GET', path));

  test('is a port of a pod', () => {
    expect(get(`${SHOP}/pods/${pod}:8080/proxy/echo?a=b`)).toBe('200 GET /echo?a=b \n');
    expect(get(`${SHOP}/pods/${pod}/proxy/echo`)).toBe('200 GET /echo \n');
    expect(get(`${SHOP}/pods/http:${pod}:8080/proxy/echo`)).toBe('200 GET /echo \n');
    expect(get(`${SHOP}/pods/${pod}:81/proxy/echo`)).toMatch(/^503 ServiceUnavailable: error trying to reach service: dial tcp 10\.[\d.]+:81: connect: connection refused$/);
    expect(get(`${SHOP}/pods/${pod}:metrics/proxy/`)).toBe('503 ServiceUnavailable: error trying to reach service: dial tcp: lookup tcp/metrics: unknown port');
    expect(get(`${SHOP}/pods/nope/proxy/`)).toBe('404 NotFound: pods "nope" not found');
    expect(get(`${SHOP}/pods/ftp:${pod}:8080/proxy/`)).toBe(`400 BadRequest: invalid pod request "ftp:${pod}:8080"`);
    expect(told(api.raw('PUT', `${SHOP}/pods/${pod}/proxy/echo`, { body: 'what is put' }))).toBe('200 PUT /echo what is put\n');
  });

  test('is a port of a Service, by number or name, as the real server finds it', () => {
    for (const id of ['checkout:80', 'checkout:http', 'http:checkout:http', 'https:checkout:80']) expect(get(`${SHOP}/services/${id}/proxy/echo`)).toBe('200 GET /echo \n');
    expect(get(`${SHOP}/services/checkout/proxy/`)).toBe('503 ServiceUnavailable: no endpoints available for service "checkout"');
    expect(get(`${SHOP}/services/checkout:admin/proxy/`)).toBe('503 ServiceUnavailable: no endpoints available for service "checkout:admin"');
    expect(get(`${SHOP}/services/checkout:81/proxy/`)).toBe('503 ServiceUnavailable: no service port 81 found for service "checkout"');
    expect(get(`${SHOP}/services/nope/proxy/`)).toBe('404 NotFound: services "nope" not found');
    const empty = new ARestApi();
    empty.cluster.apply(aService('checkout'));
    empty.cluster.wait('1m');
    expect(told(empty.raw('GET', `${SHOP}/services/checkout:80/proxy/`))).toBe('503 ServiceUnavailable: no endpoints available for service "checkout"');
  });

  test('is asked without what was said to the API server alone, under the path as it came', () => {
    told(api.raw('GET', `${SHOP}/pods/${pod}:8080/proxy/folder//page?q=a%26b`, { headers: { authorization: 'Bearer secret', 'impersonate-group': 'x', cookie: 'c' } }));
    expect(api.processes.requests.at(-1)).toMatchObject({ path: '/folder//page?q=a%26b', headers: { accept: 'application/json', cookie: 'c' } });
    expect(Object.keys(api.processes.requests.at(-1)?.headers ?? {})).toEqual(['accept', 'cookie']);
    expect(api.ask('GET', `${SHOP}/pods/${pod}/proxy?x=1`)).toMatchObject({ code: 301, headers: { location: `${SHOP}/pods/${pod}/proxy/?x=1` } });
  });

  test('is the kubelet of a node', () => {
    expect(api.get('/api/v1/nodes/node-1/proxy/healthz').text).toBe('ok');
    const pods = api.get('/api/v1/nodes/node-1/proxy/pods').body as { items: { spec: { nodeName: string } }[] };
    expect(pods.items.every(({ spec }) => spec.nodeName === 'node-1')).toBe(true);
    expect(api.get('/api/v1/nodes/node-1:10250/proxy/stats/summary').body).toMatchObject({ node: { nodeName: 'node-1', cpu: { usageNanoCores: 120_000_000 } } });
    expect(api.get('/api/v1/nodes/node-1/proxy/nothing')).toMatchObject({ code: 404, text: '404 page not found\n' });
    expect(api.get('/api/v1/nodes/node-9/proxy/healthz').body).toMatchObject({ code: 404, message: 'nodes "node-9" not found' });
    expect(api.ask('DELETE', '/api/v1/nodes/node-1/proxy/pods').code).toBe(405);
  });
});

describe('a debugger in a pod', () => {
  const path = (pod: string): string => `${SHOP}/pods/${pod}/ephemeralcontainers`;
  const add = (api: ARestApi, pod: string, container: object) => api.patch(path(pod), 'strategic', { spec: { ephemeralContainers: [container] } });

  test('is added as kubectl debug does, and filled in', () => {
    const { api, pod } = aShop();
    const added = add(api, pod, { name: 'debugger', image: 'busybox', targetContainerName: 'app', stdin: true, tty: true });
    expect(added).toMatchObject({ code: 200, body: { spec: { ephemeralContainers: [{ name: 'debugger', imagePullPolicy: 'Always', terminationMessagePolicy: 'File' }] } } });
    expect(add(api, pod, { name: 'another', image: 'busybox:1.36' }).body.spec.ephemeralContainers.map((one: { name: string }) => one.name)).toEqual(expect.arrayContaining(['debugger', 'another']));
    expect(api.get(path(pod)).body.kind).toBe('Pod');
    expect(api.get(`${SHOP}/pods/${pod}/exec?container=debugger&command=x&stdout=true`).body.message).toBe('Upgrade request required');
  });

  test('has to be one, and stays as it is', () => {
    const { api, pod } = aShop();
    add(api, pod, { name: 'debugger', image: 'busybox' });
    const refused = (container: object): string => (add(api, pod, container).body as { message: string }).message;
    expect(refused({ name: 'app', image: 'busybox' })).toContain('spec.ephemeralContainers[0].name: Duplicate value: "app"');
    expect(refused({ name: 'x' })).toContain('.image: Required value');
    expect(refused({ name: 'x', image: 'busybox', targetContainerName: 'nope' })).toContain('.targetContainerName: Not found: "nope"');
    expect(refused({ name: 'x', image: 'busybox', ports: [{ containerPort: 80 }] })).toContain('.ports: Forbidden: cannot be set for an Ephemeral Container');
    expect(refused({ name: 'debugger', image: 'alpine' })).toContain('spec.ephemeralContainers: Forbidden: existing ephemeral containers "debugger" may not be changed');
    expect(api.patch(path(pod), 'merge', { spec: { ephemeralContainers: [] } }).body).toMatchObject({ code: 422, reason: 'Invalid', message: `Pod "${pod}" is invalid: spec.ephemeralContainers: Forbidden: existing ephemeral containers "debugger" may not be removed` });
    expect(api.patch(path(pod), 'merge', { spec: { ephemeralContainers: 'x' } }).code).toBe(400);
    expect(api.patch(path('nope'), 'merge', {}).code).toBe(404);
  });

  test('does not let anything else of the pod in', () => {
    const { api, pod } = aShop();
    const { body } = api.patch(path(pod), 'strategic', { metadata: { labels: { app: 'other' } }, spec: { activeDeadlineSeconds: 1, ephemeralContainers: [{ name: 'debugger', image: 'busybox' }] } });
    expect(body).toMatchObject({ metadata: { labels: { app: 'checkout' } } });
    expect(body.spec.activeDeadlineSeconds).toBeUndefined();
  });
});

// pkg/registry/core/pod/storage/storage.go.
test('a scheduler of somebody else\'s binds a pod once, to a node, when nothing holds it back', () => {
  const api = new ARestApi();
  const pods = '/api/v1/namespaces/shop/pods';
  const make = (name: string, spec: object = {}): unknown => api.ask('POST', pods, { body: { metadata: { name }, spec: { schedulerName: 'mine', containers: [{ name: 'app', image: 'nginx' }], ...spec } } });
  const bind = (name: string, target: object, query = ''): Answered => api.ask('POST', `${pods}/${name}/binding${query}`, { body: { apiVersion: 'v1', kind: 'Binding', metadata: { name }, target } });
  make('web');
  expect(bind('web', {}).body).toMatchObject({ code: 500, message: 'target.name: Required value' });
  expect(bind('web', { kind: 'Pod', name: 'x' }).body).toMatchObject({ code: 500, message: 'target.kind: Unsupported value: "Pod": supported values: "Node", "<empty>"' });
  expect(bind('web', { kind: 'Node', name: 'node-1' }, '?dryRun=All').code).toBe(201);
  expect(api.get(`${pods}/web`).body.spec.nodeName, 'only tried').toBeUndefined();
  expect(bind('web', { kind: 'Node', name: 'node-1' }).code).toBe(201);
  expect(bind('web', { kind: 'Node', name: 'node-2' }).body).toMatchObject({ code: 409, message: 'Operation cannot be fulfilled on pods/binding "web": pod web is already assigned to node "node-1"' });
  make('gated', { schedulingGates: [{ name: 'example.com/wait' }] });
  expect(bind('gated', { name: 'node-1' }).body.message).toBe('Operation cannot be fulfilled on pods/binding "gated": pod gated has non-empty .spec.schedulingGates');
});

test('discovery names each subresource, its kind and its verbs', () => {
  const api = new ARestApi();
  const { resources } = api.get('/api/v1').body as { resources: { name: string; kind: string; verbs: string[]; group?: string }[] };
  const found = (name: string): object | undefined => resources.find((one) => one.name === name);
  expect(found('pods/exec')).toEqual({ name: 'pods/exec', singularName: '', namespaced: true, kind: 'PodExecOptions', verbs: ['create', 'get'] });
  expect(found('pods/attach')).toMatchObject({ kind: 'PodAttachOptions', verbs: ['create', 'get'] });
  expect(found('pods/portforward')).toMatchObject({ kind: 'PodPortForwardOptions', verbs: ['create', 'get'] });
  expect(found('pods/ephemeralcontainers')).toMatchObject({ kind: 'Pod', verbs: ['get', 'patch', 'update'] });
  for (const [plural, kind] of [['pods', 'Pod'], ['services', 'Service'], ['nodes', 'Node']]) expect(found(`${plural}/proxy`)).toMatchObject({ kind: `${kind}ProxyOptions`, verbs: ['create', 'delete', 'get', 'patch', 'update'] });
  const [core] = (api.get('/api', AGGREGATED_DISCOVERY).body as { items: { versions: { resources: { resource: string; subresources?: object[] }[] }[] }[] }).items;
  expect(core?.versions[0]?.resources.find(({ resource }) => resource === 'pods')?.subresources).toContainEqual({ subresource: 'exec', responseKind: { group: '', version: 'v1', kind: 'PodExecOptions' }, verbs: ['create', 'get'] });
});

test('OpenAPI names the path of each subresource, and what is connected there', () => {
  const { paths } = new ARestApi().get('/openapi/v3/api/v1').body as { paths: Record<string, Record<string, { 'x-kubernetes-action': string; 'x-kubernetes-group-version-kind': object }>> };
  const pod = '/api/v1/namespaces/{namespace}/pods/{name}';
  expect(Object.keys(paths[`${pod}/exec`] ?? {})).toEqual(['post', 'get']);
  expect(paths[`${pod}/exec`]?.['post']).toMatchObject({ 'x-kubernetes-action': 'connect', 'x-kubernetes-group-version-kind': { group: '', version: 'v1', kind: 'PodExecOptions' } });
  expect(paths[`${pod}/ephemeralcontainers`]?.['patch']).toMatchObject({ 'x-kubernetes-action': 'patch', 'x-kubernetes-group-version-kind': { group: '', version: 'v1', kind: 'Pod' } });
  expect(paths[`${pod}/eviction`]?.['post']).toMatchObject({ 'x-kubernetes-group-version-kind': { group: 'policy', version: 'v1', kind: 'Eviction' } });
  expect(paths['/api/v1/nodes/{name}/proxy/{path}']?.['delete']).toMatchObject({ 'x-kubernetes-action': 'connect', 'x-kubernetes-group-version-kind': { kind: 'NodeProxyOptions' } });
});
