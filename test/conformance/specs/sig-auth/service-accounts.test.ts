import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { AGNHOST, AnE2eCluster, aPod, PAUSE, type Any } from '../an-e2e-cluster.ts';

let e2e: AnE2eCluster;
let namespace: string;

beforeAll(() => {
  e2e = new AnE2eCluster();
});
beforeEach(() => {
  namespace = e2e.namespace('svcaccounts');
});

function accounts(): string {
  return `/api/v1/namespaces/${namespace}/serviceaccounts`;
}

describe('[sig-auth] ServiceAccounts', () => {
  it('should mount an API token into pods [Conformance]', () => {
    const account = e2e.create(accounts(), { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'mount-test' } });
    e2e.create(`/api/v1/namespaces/${namespace}/pods`, { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'pod-service-account' }, spec: { serviceAccountName: 'mount-test', containers: [{ name: 'test', image: 'registry.k8s.io/e2e-test-images/busybox:1.36.1-1', command: ['sleep', '100000'] }] } });
    e2e.ready(namespace, 'pod-service-account');
    const read = (file: string): string => e2e.exec(namespace, 'pod-service-account', 'test', ['cat', `/var/run/secrets/kubernetes.io/serviceaccount/${file}`]).out;
    const token = read('token');
    const review = e2e.create('/apis/authentication.k8s.io/v1/tokenreviews', { apiVersion: 'authentication.k8s.io/v1', kind: 'TokenReview', metadata: {}, spec: { token } });
    expect(review.status).toMatchObject({ authenticated: true, user: { username: `system:serviceaccount:${namespace}:mount-test`, uid: account.metadata.uid } });
    expect(review.status.user.groups).toEqual(expect.arrayContaining(['system:authenticated', 'system:serviceaccounts', `system:serviceaccounts:${namespace}`]));
    expect(review.status.user.extra['authentication.kubernetes.io/pod-name']).toEqual(['pod-service-account']);
    expect(read('ca.crt').trim()).toBe((e2e.read(`/api/v1/namespaces/${namespace}/configmaps/kube-root-ca.crt`).data['ca.crt'] as string).trim());
    expect(read('namespace')).toBe(namespace);
  });

  it('should allow opting out of API token automount [Conformance]', () => {
    for (const [name, automount] of [['default-sa', undefined], ['mount', true], ['nomount', false]] as const) e2e.create(accounts(), { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name }, ...(automount === undefined ? {} : { automountServiceAccountToken: automount }) });
    for (const [account, inPod, mounts] of [['default-sa', undefined, 1], ['mount', undefined, 1], ['nomount', undefined, 0], ['default-sa', true, 1], ['mount', true, 1], ['nomount', true, 1], ['default-sa', false, 0], ['mount', false, 0], ['nomount', false, 0]] as const) {
      const { spec } = e2e.create(`/api/v1/namespaces/${namespace}/pods`, { apiVersion: 'v1', kind: 'Pod', metadata: { generateName: 'pod-service-account-' }, spec: { serviceAccountName: account, ...(inPod === undefined ? {} : { automountServiceAccountToken: inPod }), containers: [{ name: 'token-test', image: AGNHOST }] } });
      expect((spec.containers[0].volumeMounts ?? []).filter(({ mountPath }: Any) => mountPath === '/var/run/secrets/kubernetes.io/serviceaccount')).toHaveLength(mounts);
    }
  });

  it('should mount projected service account token [Conformance]', () => {
    e2e.create(`/api/v1/namespaces/${namespace}/pods`, aPod('test-pod', { container: { name: 'agnhost-container', image: AGNHOST, args: ['mounttest', '--file_content=/test-volume/token'], volumeMounts: [{ name: 'oidc', mountPath: '/test-volume' }] }, spec: { restartPolicy: 'Never', volumes: [{ name: 'oidc', projected: { sources: [{ serviceAccountToken: { path: 'token', expirationSeconds: 3600, audience: 'sts' } }] } }] } }));
    e2e.until(`/api/v1/namespaces/${namespace}/pods/test-pod`, ({ status }) => status.phase === 'Succeeded', 'success');
    expect(e2e.logs(namespace, 'test-pod')).toMatch(/content of file "\/test-volume\/token": [\w-]+\.[\w-]+\.[\w-]+/);
  });

  it('should run through the lifecycle of a ServiceAccount [Conformance]', () => {
    const labels = { 'test-serviceaccount-static': 'true' };
    const watch = e2e.watch(`${accounts()}?labelSelector=test-serviceaccount-static%3Dtrue`);
    e2e.create(accounts(), { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'testserviceaccount', labels } });
    e2e.heard(watch, ({ type }) => type === 'ADDED', 'the addition');
    e2e.patch(`${accounts()}/testserviceaccount`, 'strategic', { automountServiceAccountToken: false });
    e2e.heard(watch, ({ type, object }) => type === 'MODIFIED' && object.automountServiceAccountToken === false, 'the patch');
    expect((e2e.read('/api/v1/serviceaccounts?labelSelector=test-serviceaccount-static%3Dtrue').items as Any[]).map(({ metadata }) => metadata.name)).toEqual(['testserviceaccount']);
    e2e.delete(`${accounts()}?labelSelector=test-serviceaccount-static%3Dtrue`);
    e2e.heard(watch, ({ type }) => type === 'DELETED', 'the deletion');
  });

  it('should guarantee kube-root-ca.crt exist in any namespace [Conformance]', () => {
    const at = `/api/v1/namespaces/${namespace}/configmaps/kube-root-ca.crt`;
    const { metadata, data } = e2e.read(at);
    e2e.delete(at);
    e2e.until(at, (body) => body.metadata.uid !== metadata.uid, 'a new one');
    e2e.update(at, { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'kube-root-ca.crt' }, data: { 'ca.crt': '' } });
    e2e.until(at, (body) => body.data['ca.crt'] === data['ca.crt'], 'the right one');
  });

  it('should update a ServiceAccount [Conformance]', () => {
    e2e.create(accounts(), { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'e2e-sa' } });
    expect(e2e.change(`${accounts()}/e2e-sa`, (object) => { object.automountServiceAccountToken = false; }).automountServiceAccountToken).toBe(false);
  });

  it('ServiceAccountIssuerDiscovery should support OIDC discovery of service account issuer [Conformance]', () => {
    const { issuer, jwks_uri: keys } = e2e.read('/.well-known/openid-configuration');
    expect(typeof issuer).toBe('string');
    expect(new URL(keys as string).pathname).toBe('/openid/v1/jwks');
    expect((e2e.read('/openid/v1/jwks').keys as Any[]).length).toBeGreaterThan(0);
    e2e.create('/apis/rbac.authorization.k8s.io/v1/namespaces/kube-system/rolebindings', { apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'RoleBinding', metadata: { generateName: 'oidc-' }, roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'system:service-account-issuer-discovery' }, subjects: [{ kind: 'ServiceAccount', name: 'default', namespace }] });
    e2e.create(`/api/v1/namespaces/${namespace}/pods`, aPod('oidc-discovery-validator', { container: { image: AGNHOST, args: ['test-service-account-issuer-discovery', '--in-cluster-discovery', '--token-path=/var/run/secrets/tokens/sa-token', '--audience=oidc-discovery-test'], volumeMounts: [{ name: 'sa-token', mountPath: '/var/run/secrets/tokens', readOnly: true }] }, spec: { restartPolicy: 'Never', volumes: [{ name: 'sa-token', projected: { sources: [{ serviceAccountToken: { path: 'sa-token', expirationSeconds: 300, audience: 'oidc-discovery-test' } }] } }] } }));
    e2e.until(`/api/v1/namespaces/${namespace}/pods/oidc-discovery-validator`, ({ status }) => status.phase === 'Succeeded', 'success');
  });
});

describe('[sig-auth] SubjectReview', () => {
  it('should support SubjectReview API operations [Conformance]', () => {
    e2e.create(accounts(), { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'e2e' } });
    const user = `system:serviceaccount:${namespace}:e2e`;
    const spec = { resourceAttributes: { verb: 'list', resource: 'configmaps', version: 'v1', namespace }, user };
    const list = e2e.ask('GET', `/api/v1/namespaces/${namespace}/configmaps`, { user: { name: user, groups: [`system:serviceaccounts:${namespace}`, 'system:serviceaccounts', 'system:authenticated'] } });
    const review = e2e.create('/apis/authorization.k8s.io/v1/subjectaccessreviews', { apiVersion: 'authorization.k8s.io/v1', kind: 'SubjectAccessReview', metadata: {}, spec });
    expect(review.status.allowed).toBe(list.code === 200);
    const local = e2e.create(`/apis/authorization.k8s.io/v1/namespaces/${namespace}/localsubjectaccessreviews`, { apiVersion: 'authorization.k8s.io/v1', kind: 'LocalSubjectAccessReview', metadata: { namespace }, spec });
    expect(local.status.allowed).toBe(list.code === 200);
  });
});

describe('[sig-architecture] Conformance Tests', () => {
  it('should have at least two untainted nodes [Conformance]', () => {
    expect((e2e.read('/api/v1/nodes').items as Any[]).filter(({ spec }) => (spec?.taints ?? []).length === 0).length).toBeGreaterThanOrEqual(2);
    expect(PAUSE).toContain('pause');
  });
});
