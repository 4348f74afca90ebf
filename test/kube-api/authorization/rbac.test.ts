import fc from 'fast-check';
import type { PolicyRule } from 'kubernetes-types/rbac/v1';
import { describe, expect, test } from 'vitest';
import { aDeployment } from '../../support/small-cluster.ts';
import { ARestApi } from '../a-rest-api.ts';
import type { User } from '../../../src/kube-api/answer.ts';
import type { Attributes } from '../../../src/cluster/authorization/attributes.ts';
import { attributesOf } from '../../../src/kube-api/authorization/attributes.ts';
import { missingRules } from '../../../src/kube-api/authorization/covering.ts';
import { Rbac } from '../../../src/cluster/authorization/rbac.ts';
import { ruleAllows } from '../../../src/cluster/authorization/rules.ts';
import { seatUser } from '../../../src/kube-api/authorization/seats.ts';

const RBAC = '/apis/rbac.authorization.k8s.io/v1';

/** What somebody called ana is told who has `role`. */
function ana(role: string, api = new ARestApi()): { readonly api: ARestApi; readonly user: User } {
  const seat = seatUser(api.cluster.plane, 'ana', role);
  if ('problem' in seat) throw new Error(seat.problem);
  return { api, user: seat.user };
}

describe('a seat that may only look', () => {
  const { api, user } = ana('view');

  test('reads what its role names, and is told in the real words what it may not', () => {
    expect(api.ask('GET', '/api/v1/namespaces/shop/pods', { user }).code).toBe(200);
    expect(api.ask('GET', '/api/v1/pods', { user }).code).toBe(200);
    for (const [method, path, message] of [
      ['DELETE', '/api/v1/namespaces/shop/pods/web-1', 'pods "web-1" is forbidden: User "ana" cannot delete resource "pods" in API group "" in the namespace "shop"'],
      ['GET', '/api/v1/namespaces/shop/secrets', 'secrets is forbidden: User "ana" cannot list resource "secrets" in API group "" in the namespace "shop"'],
      ['GET', '/api/v1/nodes', 'nodes is forbidden: User "ana" cannot list resource "nodes" in API group "" at the cluster scope'],
      ['GET', '/api/v1/nodes/node-1', 'nodes "node-1" is forbidden: User "ana" cannot get resource "nodes" in API group "" at the cluster scope'],
      ['PATCH', '/apis/apps/v1/namespaces/shop/deployments/web/scale', 'deployments.apps "web" is forbidden: User "ana" cannot patch resource "deployments/scale" in API group "apps" in the namespace "shop"'],
      ['POST', '/api/v1/namespaces/shop/pods/web-1/eviction', 'pods "web-1" is forbidden: User "ana" cannot create resource "pods/eviction" in API group "" in the namespace "shop"'],
      ['GET', '/metrics', 'forbidden: User "ana" cannot get path "/metrics"'],
      ['GET', '/apis/unheard.of/v1/things', 'things.unheard.of is forbidden: User "ana" cannot list resource "things" in API group "unheard.of" at the cluster scope'],
      ['DELETE', '/api/v1/namespaces/shop/pods', 'pods is forbidden: User "ana" cannot deletecollection resource "pods" in API group "" in the namespace "shop"'],
    ] as const) {
      expect(api.ask(method, path, { user })).toMatchObject({ code: 403, body: { reason: 'Forbidden', message, status: 'Failure' } });
    }
  });

  test('sees what pods use, too', () => {
    expect(api.ask('GET', '/apis/metrics.k8s.io/v1beta1/namespaces/shop/pods', { user }).code).toBe(200);
  });

  test('changes nothing, whatever it sends', () => {
    api.cluster.apply(aDeployment('web'));
    api.cluster.wait('1m');
    const pod = api.cluster.pods('web')[0]?.metadata.name ?? '';
    const version = api.cluster.plane.store.resourceVersion;
    const part = fc.constantFrom('api', 'apis', 'v1', 'apps', 'rbac.authorization.k8s.io', 'namespaces', 'shop', 'pods', 'deployments', 'web', pod, 'eviction', 'binding', 'scale', 'status', 'token', 'finalize', 'serviceaccounts', 'default', 'clusterroles', 'view', '..', '%2e', '');
    const path = fc.oneof(fc.array(part, { maxLength: 8 }), fc.tuple(part, part, part).map((rest) => ['api', 'v1', 'namespaces', 'shop', ...rest]), fc.tuple(part, part).map((rest) => ['apis', 'apps', 'v1', 'namespaces', 'shop', 'deployments', ...rest]));
    const query = fc.constantFrom('', '?watch=true', '?fieldSelector=metadata.name%3Dweb', '?dryRun=', '?force=true');
    const body = fc.constantFrom<unknown>({}, { spec: { replicas: 0 } }, { metadata: { name: 'own' }, rules: [{ apiGroups: ['*'], resources: ['*'], verbs: ['*'] }] }, { kind: 'Eviction', metadata: { name: pod } }, []);
    const type = fc.constantFrom('application/json', 'application/merge-patch+json', 'application/apply-patch+yaml');
    fc.assert(fc.property(fc.constantFrom('POST', 'PUT', 'PATCH', 'DELETE', 'GET', 'HEAD', 'OPTIONS', 'patch'), path, query, body, type, (method, parts, more, sent, media) => {
      const headers = { accept: 'application/json', 'content-type': media };
      const answer = api.api.answer({ method, path: `/${parts.join('/')}`, query: new URLSearchParams(more), headers, body: new TextEncoder().encode(JSON.stringify(sent)), user });
      if (answer.kind === 'whole') expect(answer.code).toBeLessThan(500);
      expect(api.cluster.plane.store.resourceVersion).toBe(version);
    }), { numRuns: 1_000 });
  });

  test('reads discovery, and what everybody may know', () => {
    for (const path of ['/api', '/apis', '/apis/apps/v1', '/openapi/v2', '/version', '/healthz']) expect(api.ask('GET', path, { user }).code).toBe(200);
  });

  test('may in one namespace what a role gives it there, and nothing in another', () => {
    const there = ana('kube-system/edit');
    expect(there.api.ask('GET', '/api/v1/namespaces/kube-system/pods', { user: there.user }).code).toBe(200);
    expect(there.api.ask('GET', '/api/v1/namespaces/shop/pods', { user: there.user }).code).toBe(403);
    expect(seatUser(api.cluster.plane, 'ben', 'viewer')).toEqual({ problem: 'There is no ClusterRole "viewer". There are: admin, cluster-admin, edit, view.' });
  });
});

describe('rules', () => {
  const user = { name: 'ana', groups: ['system:authenticated'] };

  function with_(rules: readonly PolicyRule[]): ARestApi {
    const api = new ARestApi();
    api.ask('POST', `${RBAC}/clusterroles`, { body: { metadata: { name: 'own' }, rules } });
    api.ask('POST', `${RBAC}/clusterrolebindings`, { body: { metadata: { name: 'own' }, roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'own' }, subjects: [{ apiGroup: 'rbac.authorization.k8s.io', kind: 'User', name: 'ana' }] } });
    return api;
  }

  test('for one name hold for a list that a field selector narrows to it', () => {
    const api = with_([{ apiGroups: [''], resources: ['configmaps'], resourceNames: ['settings'], verbs: ['get', 'list', 'watch'] }]);
    expect(api.ask('GET', '/api/v1/namespaces/shop/configmaps?fieldSelector=metadata.name%3Dsettings', { user }).code).toBe(200);
    expect(api.ask('GET', '/api/v1/namespaces/shop/configmaps', { user }).code).toBe(403);
    expect(api.ask('GET', '/api/v1/namespaces/shop/configmaps/others', { user }).code).toBe(403);
  });

  test('change what may be done at once', () => {
    const api = with_([]);
    expect(api.ask('GET', '/api/v1/nodes', { user }).code).toBe(403);
    api.patch(`${RBAC}/clusterroles/own`, 'merge', { rules: [{ apiGroups: [''], resources: ['nodes'], verbs: ['list'] }] });
    expect(api.ask('GET', '/api/v1/nodes', { user }).code).toBe(200);
    api.ask('DELETE', `${RBAC}/clusterroles/own`);
    expect(api.ask('GET', '/api/v1/nodes', { user }).body.message).toBe('nodes is forbidden: User "ana" cannot list resource "nodes" in API group "" at the cluster scope: RBAC: clusterrole.rbac.authorization.k8s.io "own" not found');
  });

  test('of a role that gathers follow those of the roles it gathers from', () => {
    const { api, user: viewer } = ana('view');
    expect(api.ask('GET', '/apis/example.com/v1/widgets', { user: viewer }).code).toBe(403);
    api.ask('POST', `${RBAC}/clusterroles`, { body: { metadata: { name: 'widgets', labels: { 'rbac.authorization.k8s.io/aggregate-to-view': 'true' } }, rules: [{ apiGroups: ['example.com'], resources: ['widgets'], verbs: ['list'] }] } });
    api.cluster.wait('1s');
    expect(api.ask('GET', '/apis/example.com/v1/widgets', { user: viewer }).code).toBe(404);
    expect(api.get(`${RBAC}/clusterroles/admin`).body.rules).toContainEqual({ apiGroups: ['example.com'], resources: ['widgets'], verbs: ['list'] });
    api.ask('DELETE', `${RBAC}/clusterroles/widgets`);
    api.cluster.wait('1s');
    expect(api.ask('GET', '/apis/example.com/v1/widgets', { user: viewer }).code).toBe(403);
  });
});

test('what a path and a method mean, as the real server reads them', () => {
  const of = (method: string, url: string): string => {
    const { pathname, searchParams } = new URL(url, 'https://cluster');
    const wanted = attributesOf(method, pathname, searchParams);
    return wanted.of === 'path' ? `${wanted.verb} ${wanted.path}` : [wanted.verb, wanted.group, wanted.resource, wanted.subresource, wanted.namespace, wanted.name].join(' ');
  };
  // pkg/endpoints/request/requestinfo_test.go of k8s.io/apiserver
  expect(of('GET', '/api/v1/namespaces')).toBe('list  namespaces   ');
  expect(of('GET', '/api/v1/namespaces/other')).toBe('get  namespaces  other other');
  expect(of('PUT', '/api/v1/namespaces/other/finalize')).toBe('update  namespaces finalize other other');
  expect(of('GET', '/api/v1/namespaces/other/pods')).toBe('list  pods  other ');
  expect(of('GET', '/api/v1/namespaces/other/pods?watch=true')).toBe('watch  pods  other ');
  expect(of('GET', '/api/v1/namespaces/other/pods/foo?watch=true')).toBe('get  pods  other foo');
  expect(of('HEAD', '/apis/apps/v1/namespaces/other/deployments/foo/status')).toBe('get apps deployments status other foo');
  expect(of('DELETE', '/api/v1/pods')).toBe('deletecollection  pods   ');
  expect(of('GET', '/apis/apps/v1')).toBe('get /apis/apps/v1');
  expect(of('GET', '/api/v1')).toBe('get /api/v1');
  expect(of('POST', '/logs')).toBe('post /logs');
});

const words = (...all: string[]): fc.Arbitrary<string[]> => fc.subarray(all, { minLength: 1 });
const rule: fc.Arbitrary<PolicyRule> = fc.record({
  apiGroups: words('', 'apps', '*'), resources: words('pods', 'pods/log', '*/scale', 'deployments', '*'), verbs: words('get', 'list', '*'), resourceNames: fc.subarray(['a', 'b']),
}).map(({ resourceNames, ...rest }): PolicyRule => (resourceNames.length === 0 ? rest : { ...rest, resourceNames }));
const wanted: fc.Arbitrary<Attributes> = fc.record({
  verb: fc.constantFrom('get', 'list', 'delete'), group: fc.constantFrom('', 'apps', 'batch'), resource: fc.constantFrom('pods', 'deployments', 'jobs'),
  subresource: fc.constantFrom('', 'log', 'scale'), name: fc.constantFrom('', 'a', 'c'),
}).map((some) => ({ of: 'resource', version: 'v1', namespace: 'shop', ...some }));

test('more rules never allow less, and allow only what one of them allows', () => {
  fc.assert(fc.property(fc.array(rule), fc.array(rule), wanted, (some, others, attributes) => {
    const allows = (rules: readonly PolicyRule[]): boolean => rules.some((one) => ruleAllows(one, attributes));
    expect(allows([...some, ...others])).toBe(allows(some) || allows(others));
  }));
});

test('whoever has all rules that another asks for may do whatever these allow', () => {
  fc.assert(fc.property(fc.array(rule), fc.array(rule), wanted, (owned, given, attributes) => {
    fc.pre(missingRules(owned, given).length === 0);
    if (given.some((one) => ruleAllows(one, attributes))) expect(owned.some((one) => ruleAllows(one, attributes))).toBe(true);
  }));
});

test('a decision costs next to nothing, and is worked out once for each user and namespace', () => {
  const { plane } = new ARestApi().cluster;
  const rbac = new Rbac(plane.store);
  const user = { name: 'system:serviceaccount:kube-system:job-controller', groups: ['system:serviceaccounts', 'system:authenticated'] };
  const attributes = attributesOf('POST', '/apis/batch/v1/namespaces/shop/jobs', new URLSearchParams());
  const startedMs = performance.now();
  for (let nth = 0; nth < 20_000; nth++) rbac.decide(user, attributes);
  expect(performance.now() - startedMs).toBeLessThan(1_000);
});

test('roles and bindings that could mean nothing are refused with the real errors', () => {
  const api = new ARestApi();
  const message = (path: string, body: object): string => api.ask('POST', `${RBAC}/${path}`, { body }).body.message as string;
  const named = { metadata: { name: 'own' } };
  expect(message('namespaces/shop/roles', { ...named, rules: [{ apiGroups: [''], resources: ['pods'], verbs: [] }] })).toBe('Role.rbac.authorization.k8s.io "own" is invalid: rules[0].verbs: Required value: verbs must contain at least one value');
  expect(message('namespaces/shop/roles', { ...named, rules: [{ nonResourceURLs: ['/x'], verbs: ['get'] }] })).toBe('Role.rbac.authorization.k8s.io "own" is invalid: rules[0].nonResourceURLs: Invalid value: []string{"/x"}: namespaced rules cannot apply to non-resource URLs');
  expect(message('clusterroles', { ...named, rules: [{ resources: ['pods'], verbs: ['get'] }] })).toBe('ClusterRole.rbac.authorization.k8s.io "own" is invalid: rules[0].apiGroups: Required value: resource rules must supply at least one api group');
  const roleRef = { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'view' };
  expect(message('clusterrolebindings', { ...named, roleRef, subjects: [{ kind: 'ServiceAccount', name: 'robot' }] })).toBe('ClusterRoleBinding.rbac.authorization.k8s.io "own" is invalid: subjects[0].namespace: Required value');
  expect(message('clusterrolebindings', { ...named, roleRef, subjects: [{ kind: 'Robot', name: 'r2' }] })).toBe('ClusterRoleBinding.rbac.authorization.k8s.io "own" is invalid: subjects[0].kind: Unsupported value: "Robot": supported values: "Group", "ServiceAccount", "User"');
  expect(api.ask('POST', `${RBAC}/clusterrolebindings`, { body: { ...named, roleRef, subjects: [{ kind: 'User', name: 'ana' }] } }).body.subjects).toEqual([{ apiGroup: 'rbac.authorization.k8s.io', kind: 'User', name: 'ana' }]);
  expect(api.patch(`${RBAC}/clusterrolebindings/own`, 'merge', { roleRef: { ...roleRef, name: 'edit' } })).toMatchObject({ code: 422, body: { message: 'ClusterRoleBinding.rbac.authorization.k8s.io "own" is invalid: roleRef: Invalid value: rbac.RoleRef{APIGroup:"rbac.authorization.k8s.io", Kind:"ClusterRole", Name:"edit"}: cannot change roleRef' } });
});
