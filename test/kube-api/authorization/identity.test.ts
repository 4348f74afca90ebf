import { describe, expect, test } from 'vitest';
import { ARestApi } from '../a-rest-api.ts';
import type { User } from '../../../src/kube-api/answer.ts';
import { readImpersonation } from '../../../src/kube-api/authorization/impersonation.ts';
import { seatUser } from '../../../src/kube-api/authorization/seats.ts';
import { TokenKey } from '../../../src/outside/token-key.ts';

const RBAC = '/apis/rbac.authorization.k8s.io/v1';
const ACCOUNTS = '/api/v1/namespaces/shop/serviceaccounts';
const AUTHENTICATED = 'system:authenticated';

function anApi(): ARestApi {
  return new ARestApi({}, new TokenKey(new Uint8Array(32).fill(7)));
}

function aSeat(api: ARestApi, name: string, role: string): User {
  const seat = seatUser(api.cluster.plane, name, role);
  if ('problem' in seat) throw new Error(seat.problem);
  return seat.user;
}

function tokenOf(api: ARestApi, spec: object = {}, account = 'default'): string {
  return (api.ask('POST', `${ACCOUNTS}/${account}/token`, { body: { spec } }).body as { status: { token: string } }).status.token;
}

describe('a token of a ServiceAccount', () => {
  test('stands for the account with its groups, and for whatever is bound to it', () => {
    const api = anApi();
    const user = api.api.userOfToken(tokenOf(api));
    expect(user).toMatchObject({ name: 'system:serviceaccount:shop:default', groups: ['system:serviceaccounts', 'system:serviceaccounts:shop', AUTHENTICATED] });
    expect(user?.extra?.['authentication.kubernetes.io/credential-id']?.[0]).toMatch(/^JTI=[0-9a-f-]{36}$/);
    expect(api.ask('GET', '/api/v1/namespaces/shop/pods', { user: user as User }).body.message).toBe('pods is forbidden: User "system:serviceaccount:shop:default" cannot list resource "pods" in API group "" in the namespace "shop"');
    api.ask('POST', `${RBAC}/namespaces/shop/rolebindings`, { body: { metadata: { name: 'reads' }, roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'view' }, subjects: [{ kind: 'ServiceAccount', name: 'default', namespace: 'shop' }] } });
    expect(api.ask('GET', '/api/v1/namespaces/shop/pods', { user: user as User }).code).toBe(200);
    expect(api.ask('GET', '/api/v1/namespaces/default/pods', { user: user as User }).code).toBe(403);
  });

  test('is what was asked for', () => {
    const api = anApi();
    const { code, body } = api.ask('POST', `${ACCOUNTS}/default/token`, { body: { spec: { audiences: ['vault'], expirationSeconds: 900 } } });
    expect({ code, body }).toMatchObject({ code: 201, body: { kind: 'TokenRequest', metadata: { name: 'default', namespace: 'shop' }, spec: { audiences: ['vault'], expirationSeconds: 900 }, status: { expirationTimestamp: '2026-02-10T03:25:00Z' } } });
    const { token } = (body as { status: { token: string } }).status;
    expect(JSON.parse(Buffer.from(token.split('.')[1] as string, 'base64url').toString())).toMatchObject({ aud: ['vault'], iss: 'https://kubernetes.default.svc.cluster.local', sub: 'system:serviceaccount:shop:default', 'kubernetes.io': { namespace: 'shop', serviceaccount: { name: 'default' } } });
    expect(api.api.userOfToken(token), 'meant for somebody else').toBeNull();
  });

  test('ends with its time, with its account, and with what it is bound to', () => {
    const api = anApi();
    const short = tokenOf(api, { expirationSeconds: 600 });
    api.ask('POST', '/api/v1/namespaces/shop/pods', { body: { metadata: { name: 'web' }, spec: { containers: [{ name: 'app', image: 'nginx' }] } } });
    const bound = tokenOf(api, { expirationSeconds: 7200, boundObjectRef: { kind: 'Pod', apiVersion: 'v1', name: 'web' } });
    const long = tokenOf(api, { expirationSeconds: 7200 });
    expect(api.api.userOfToken(bound)?.extra?.['authentication.kubernetes.io/pod-name']).toEqual(['web']);
    api.cluster.wait('9m');
    expect(api.api.userOfToken(short)).not.toBeNull();
    api.cluster.wait('61s');
    expect(api.api.userOfToken(short)).toBeNull();
    api.ask('DELETE', '/api/v1/namespaces/shop/pods/web?gracePeriodSeconds=0');
    expect([api.api.userOfToken(bound), api.api.userOfToken(long)?.name]).toEqual([null, 'system:serviceaccount:shop:default']);
    api.ask('DELETE', `${ACCOUNTS}/default`);
    api.cluster.wait('1s');
    expect(api.get(`${ACCOUNTS}/default`).code, 'there is one of that name again').toBe(200);
    expect(api.api.userOfToken(long)).toBeNull();
  });

  test('is refused in the real words where it cannot be given', () => {
    const api = anApi();
    const refusal = (spec: object, account = 'default'): string => (api.ask('POST', `${ACCOUNTS}/${account}/token`, { body: { spec } }).body as { message: string }).message;
    expect(refusal({}, 'nobody')).toBe('serviceaccounts "nobody" not found');
    expect(refusal({ expirationSeconds: 599 })).toBe('TokenRequest.authentication.k8s.io "" is invalid: spec.expirationSeconds: Invalid value: 599: may not specify a duration less than 10 minutes');
    expect(refusal({ boundObjectRef: { kind: 'Pod', apiVersion: 'v1', name: 'gone' } })).toBe('pods "gone" not found');
    expect(refusal({ boundObjectRef: { kind: 'Secret', apiVersion: 'v1', name: 'gone' } })).toBe('secrets "gone" not found');
    expect(refusal({ boundObjectRef: { kind: 'Deployment', apiVersion: 'apps/v1', name: 'web' } })).toBe('cannot bind token to object of type apps/v1, Kind=Deployment');
  });

  test('that somebody made or changed is worth nothing', () => {
    const api = anApi();
    const token = tokenOf(api);
    const [header = '', claims = '', signature = ''] = token.split('.');
    const forged = (change: object): string => Buffer.from(JSON.stringify({ ...(JSON.parse(Buffer.from(claims, 'base64url').toString()) as object), ...change })).toString('base64url');
    const none = Buffer.from('{"alg":"none"}').toString('base64url');
    for (const bad of [`${header}.${forged({ sub: 'system:serviceaccount:kube-system:default' })}.${signature}`, `${none}.${claims}.`, `${none}.${claims}.${signature}`, `${header}.${claims}`, `${header}.${claims}.`, token.slice(0, -4), `${token}.x`, '..', 'x'.repeat(100_000)]) {
      expect(api.api.userOfToken(bad)).toBeNull();
    }
    expect(new ARestApi({}, new TokenKey()).api.userOfToken(token), 'of another cluster').toBeNull();
    expect(api.api.userOfToken(token)).not.toBeNull();
  });

  test('in a Secret that asks for it stays good until the Secret or the account goes', () => {
    const api = anApi();
    const secret = { metadata: { name: 'robot', annotations: { 'kubernetes.io/service-account.name': 'default' } }, type: 'kubernetes.io/service-account-token' };
    api.ask('POST', '/api/v1/namespaces/shop/secrets', { body: secret });
    const { data, metadata } = api.get('/api/v1/namespaces/shop/secrets/robot').body as { data: Record<string, string>; metadata: { annotations: Record<string, string> } };
    expect([Object.keys(data), metadata.annotations['kubernetes.io/service-account.uid']]).toEqual([['ca.crt', 'namespace', 'token'], api.cluster.get('ServiceAccount', 'default').metadata.uid]);
    const token = Buffer.from(data['token'] as string, 'base64').toString();
    expect(api.api.userOfToken(token)?.name).toBe('system:serviceaccount:shop:default');
    api.ask('DELETE', `${ACCOUNTS}/default`);
    expect(api.get('/api/v1/namespaces/shop/secrets/robot').code).toBe(404);
    expect(api.api.userOfToken(token)).toBeNull();
    api.ask('POST', '/api/v1/namespaces/shop/secrets', { body: { ...secret, metadata: { name: 'lost', annotations: { 'kubernetes.io/service-account.name': 'nobody' } } } });
    expect(api.get('/api/v1/namespaces/shop/secrets/lost').code).toBe(404);
  });
});

describe('a pod', () => {
  const pod = (api: ARestApi, spec: object = {}): { volumes?: { name: string }[]; containers: { volumeMounts?: { mountPath: string; name: string }[] }[]; imagePullSecrets?: unknown } => {
    const made = api.ask('POST', '/api/v1/namespaces/shop/pods', { body: { metadata: { generateName: 'web-' }, spec: { containers: [{ name: 'app', image: 'nginx' }], ...spec } } });
    expect(made.code).toBe(201);
    return (made.body as { spec: ReturnType<typeof pod> }).spec;
  };

  test('has the token of its account mounted, unless it or the account wants none', () => {
    const api = anApi();
    const { volumes, containers } = pod(api);
    expect(volumes).toEqual([{ name: expect.stringMatching(/^kube-api-access-[bcdfghjklmnpqrstvwxz2456789]{5}$/) as string, projected: expect.objectContaining({ defaultMode: 420 }) as object }]);
    expect(containers[0]?.volumeMounts).toEqual([{ mountPath: '/var/run/secrets/kubernetes.io/serviceaccount', name: volumes?.[0]?.name, readOnly: true }]);
    expect(pod(api, { automountServiceAccountToken: false }).volumes).toBeUndefined();
    api.patch(`${ACCOUNTS}/default`, 'merge', { automountServiceAccountToken: false, imagePullSecrets: [{ name: 'registry' }] });
    expect(pod(api)).toMatchObject({ imagePullSecrets: [{ name: 'registry' }] });
    expect(pod(api).volumes).toBeUndefined();
    expect(pod(api, { automountServiceAccountToken: true }).volumes).toHaveLength(1);
  });

  test('of an account that does not exist is refused', () => {
    expect(anApi().ask('POST', '/api/v1/namespaces/shop/pods', { body: { metadata: { name: 'web' }, spec: { serviceAccountName: 'robot', containers: [{ name: 'app', image: 'nginx' }] } } }).body.message)
      .toBe('pods "web" is forbidden: error looking up service account shop/robot: serviceaccount "robot" not found');
  });
});

describe('reviews', () => {
  const review = (api: ARestApi, group: string, kind: string, spec: object, user?: User, namespace = ''): { code: number; body: { status: Record<string, unknown>; message?: string } } =>
    api.ask('POST', `/apis/${group}.k8s.io/v1/${namespace}${kind.toLowerCase()}s`, { body: { spec }, ...(user === undefined ? {} : { user }) });

  test('say what somebody may, and by which binding', () => {
    const api = anApi();
    const ana = aSeat(api, 'ana', 'view');
    const self = (resourceAttributes: object): unknown => review(api, 'authorization', 'SelfSubjectAccessReview', { resourceAttributes }, ana).body.status;
    expect(self({ verb: 'list', resource: 'pods', namespace: 'shop' })).toEqual({ allowed: true, reason: 'RBAC: allowed by ClusterRoleBinding "ana:view" of ClusterRole "view" to User "ana"' });
    expect(self({ verb: 'delete', resource: 'pods', namespace: 'shop' })).toEqual({ allowed: false });
    expect(review(api, 'authorization', 'SelfSubjectAccessReview', { nonResourceAttributes: { verb: 'get', path: '/logs' } }, ana).body.status).toEqual({ allowed: false });
    const other = (spec: object): { code: number; body: { status: unknown; message?: string } } => review(api, 'authorization', 'SubjectAccessReview', spec);
    expect(other({ user: 'ana', resourceAttributes: { verb: 'get', resource: 'pods', subresource: 'log', namespace: 'shop' } }).body.status).toMatchObject({ allowed: true });
    expect(other({ groups: ['system:masters'], resourceAttributes: { verb: '*', group: '*', resource: '*' } }).body.status).toEqual({ allowed: true });
    expect(other({ resourceAttributes: { verb: 'get', resource: 'pods' } })).toMatchObject({ code: 422, body: { message: 'SubjectAccessReview.authorization.k8s.io "" is invalid: spec.user: Invalid value: "": at least one of user or group must be specified' } });
    expect(review(api, 'authorization', 'SubjectAccessReview', { user: 'ana', resourceAttributes: { verb: 'get', resource: 'pods' } }, ana)).toMatchObject({ code: 403 });
    expect(review(api, 'authorization', 'LocalSubjectAccessReview', { user: 'ana', resourceAttributes: { verb: 'get', resource: 'pods', namespace: 'shop' } }, undefined, 'namespaces/shop/').body.status).toMatchObject({ allowed: true });
    expect(review(api, 'authorization', 'LocalSubjectAccessReview', { user: 'ana', resourceAttributes: { verb: 'get', resource: 'pods', namespace: 'other' } }, undefined, 'namespaces/shop/').code).toBe(422);
  });

  test('list the rules of whoever asks', () => {
    const api = anApi();
    const { status } = review(api, 'authorization', 'SelfSubjectRulesReview', { namespace: 'shop' }, aSeat(api, 'ana', 'view')).body as { status: { resourceRules: { resources: string[] }[]; nonResourceRules: unknown[]; incomplete: boolean } };
    expect(status.incomplete).toBe(false);
    expect(status.resourceRules.some(({ resources }) => resources.includes('pods/log'))).toBe(true);
    expect(status.nonResourceRules).toContainEqual({ verbs: ['get'], nonResourceURLs: ['/healthz', '/livez', '/readyz', '/version', '/version/'] });
  });

  test('tell whose a token is', () => {
    const api = anApi();
    const token = tokenOf(api);
    expect(review(api, 'authentication', 'TokenReview', { token }).body.status).toMatchObject({ authenticated: true, user: { username: 'system:serviceaccount:shop:default' }, audiences: ['https://kubernetes.default.svc.cluster.local'] });
    expect(review(api, 'authentication', 'TokenReview', { token, audiences: ['vault'] }).body.status).toMatchObject({ user: {}, error: expect.any(String) as string });
    expect(review(api, 'authentication', 'TokenReview', { token: `${token}x` }).body.status['authenticated']).toBeUndefined();
    expect(review(api, 'authentication', 'TokenReview', {})).toMatchObject({ code: 400 });
  });
});

describe('whoever speaks for another', () => {
  const as = (headers: Record<string, string[]>): { impersonate: NonNullable<ReturnType<typeof readImpersonation>> } => ({ impersonate: readImpersonation(headers) as NonNullable<ReturnType<typeof readImpersonation>> });

  test('may do what that one may, and only that', () => {
    const api = anApi();
    aSeat(api, 'ana', 'view');
    expect(api.ask('GET', '/api/v1/namespaces/shop/pods', as({ 'impersonate-user': ['ana'] })).code).toBe(200);
    expect(api.ask('GET', '/api/v1/namespaces/shop/secrets', as({ 'impersonate-user': ['ana'] })).code).toBe(403);
    const who = api.ask('POST', '/apis/authentication.k8s.io/v1/selfsubjectreviews', { body: {}, ...as({ 'impersonate-user': ['eve'], 'impersonate-group': ['dev', 'ops'], 'impersonate-uid': ['7'], 'impersonate-extra-scopes%2fx': ['a', 'b'] }) });
    expect(who.body.status.userInfo).toEqual({ username: 'eve', uid: '7', groups: ['dev', 'ops', AUTHENTICATED], extra: { 'scopes/x': ['a', 'b'] } });
    const account = api.ask('POST', '/apis/authentication.k8s.io/v1/selfsubjectreviews', { body: {}, ...as({ 'impersonate-user': ['system:serviceaccount:shop:default'] }) });
    expect(account.body.status.userInfo.groups).toEqual(['system:serviceaccounts', 'system:serviceaccounts:shop', AUTHENTICATED]);
  });

  test('needs to be allowed to, for each part of it', () => {
    const api = anApi();
    const user = aSeat(api, 'ben', 'edit');
    const refusal = (headers: Record<string, string[]>): string => api.ask('GET', '/api/v1/namespaces/shop/pods', { user, ...as(headers) }).body.message as string;
    expect(refusal({ 'impersonate-user': ['ana'] })).toBe('users "ana" is forbidden: User "ben" cannot impersonate resource "users" in API group "" at the cluster scope');
    expect(refusal({ 'impersonate-user': ['system:serviceaccount:shop:default'], 'impersonate-group': ['system:masters'] })).toBe('groups "system:masters" is forbidden: User "ben" cannot impersonate resource "groups" in API group "" at the cluster scope');
    expect(refusal({ 'impersonate-user': ['system:serviceaccount:shop:default'], 'impersonate-extra-scopes': ['a'] })).toBe('userextras.authentication.k8s.io "a" is forbidden: User "ben" cannot impersonate resource "userextras/scopes" in API group "authentication.k8s.io" at the cluster scope');
    expect(refusal({ 'impersonate-user': ['system:serviceaccount:shop:default'] }), 'edit may impersonate accounts').toBe('pods is forbidden: User "system:serviceaccount:shop:default" cannot list resource "pods" in API group "" in the namespace "shop"');
    expect(api.ask('GET', '/api', as({ 'impersonate-group': ['dev'] }))).toMatchObject({ code: 500, body: { message: 'Internal error occurred: requested [dev] without impersonating a user' } });
  });
});

describe('nobody gives what they have not', () => {
  const role = (rules: object[], name = 'own'): object => ({ metadata: { name }, rules });
  const reads = { apiGroups: [''], resources: ['pods'], verbs: ['get', 'list'] };
  const binding = (name: string, kind = 'ClusterRole'): object => ({ metadata: { name: 'given' }, roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind, name }, subjects: [{ apiGroup: 'rbac.authorization.k8s.io', kind: 'User', name: 'eve' }] });

  test('in a role', () => {
    const api = anApi();
    const user = aSeat(api, 'ana', 'shop/admin');
    expect(api.ask('POST', `${RBAC}/namespaces/shop/roles`, { user, body: role([reads]) }).code).toBe(201);
    const more = [reads, { apiGroups: [''], resources: ['nodes'], verbs: ['get', 'list'] }, { apiGroups: ['apps'], resources: ['*'], resourceNames: ['web'], verbs: ['*'] }];
    const message = 'roles.rbac.authorization.k8s.io "own" is forbidden: user "ana" (groups=["system:authenticated"]) is attempting to grant RBAC permissions not currently held:\n{APIGroups:[""], Resources:["nodes"], Verbs:["get" "list"]}\n{APIGroups:["apps"], Resources:["*"], ResourceNames:["web"], Verbs:["*"]}';
    expect(api.ask('PUT', `${RBAC}/namespaces/shop/roles/own`, { user, body: role(more) })).toMatchObject({ code: 403, body: { reason: 'Forbidden', message } });
    expect(api.ask('PATCH', `${RBAC}/namespaces/shop/roles/own`, { user, type: 'application/merge-patch+json', body: { rules: more } })).toMatchObject({ code: 403, body: { message } });
    expect(api.get(`${RBAC}/namespaces/shop/roles/own`).body.rules).toEqual([reads]);
    expect(api.ask('PATCH', `${RBAC}/namespaces/shop/roles/own`, { user, type: 'application/merge-patch+json', body: { metadata: { labels: { a: 'b' } } } }).code, 'what gives nothing is free').toBe(200);
    api.ask('POST', `${RBAC}/namespaces/shop/roles`, { body: { metadata: { name: 'trusted' }, rules: [{ apiGroups: ['rbac.authorization.k8s.io'], resources: ['roles'], verbs: ['escalate'] }] } });
    api.ask('POST', `${RBAC}/namespaces/shop/rolebindings`, { body: { ...binding('trusted', 'Role'), subjects: [{ apiGroup: 'rbac.authorization.k8s.io', kind: 'User', name: 'ana' }] } });
    expect(api.ask('PUT', `${RBAC}/namespaces/shop/roles/own`, { user, body: role(more) }).code).toBe(200);
  });

  test('nor brings the server down with a role of a million parts', () => {
    const api = anApi();
    const user = aSeat(api, 'ana', 'shop/admin');
    const many = Array.from({ length: 1_000 }, (_, nth) => `thing-${nth}`);
    const startedMs = performance.now();
    expect(api.ask('POST', `${RBAC}/namespaces/shop/roles`, { user, body: role([{ apiGroups: many, resources: many, resourceNames: many, verbs: ['get'] }]) }).code).toBe(403);
    expect(performance.now() - startedMs).toBeLessThan(2_000);
  });

  test('in a binding', () => {
    const api = anApi();
    const user = aSeat(api, 'ana', 'shop/admin');
    const give = (name: string): { code: number; body: { message: string } } => api.ask('POST', `${RBAC}/namespaces/shop/rolebindings?dryRun=All`, { user, body: binding(name) });
    expect(give('view').code).toBe(201);
    expect(give('cluster-admin')).toMatchObject({ code: 403, body: { message: expect.stringMatching(/^rolebindings\.rbac\.authorization\.k8s\.io "given" is forbidden: user "ana" \(groups=\["system:authenticated"\]\) is attempting to grant RBAC permissions not currently held:\n\{APIGroups:\["\*"\], Resources:\["\*"\], Verbs:\["\*"\]\}\n\{NonResourceURLs:\["\*"\], Verbs:\["\*"\]\}$/) as string } });
    expect(give('nothing')).toMatchObject({ code: 404, body: { message: 'clusterroles.rbac.authorization.k8s.io "nothing" not found' } });
  });
});
