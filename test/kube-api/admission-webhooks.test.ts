import { beforeEach, describe, expect, it } from 'vitest';
import { aDeployment } from '../support/small-cluster.ts';
import { ARestApi } from './a-rest-api.ts';

const CONFIGURATIONS = '/apis/admissionregistration.k8s.io/v1';
const MAPS = '/api/v1/namespaces/shop/configmaps';

const POLICY = {
  'registry.example/policy': {
    port: 8443, latencyMs: { default: 5, env: 'LATENCY' },
    rules: [
      { path: '/pods', if: "request.kind.kind == 'Pod' && object.spec.containers.exists(c, c.image.endsWith(':latest'))", deny: 'no floating tags', warn: null, patch: null },
      { path: '/maps', if: "has(object.data.forbidden)", deny: 'the configmap contains unwanted key and value', warn: null, patch: null },
      { path: '/maps', if: "request.operation == 'DELETE' && has(oldObject.data.kept)", deny: 'the configmap cannot be deleted because it contains unwanted key and value', warn: null, patch: null },
      { path: '/maps', if: 'has(object.data.odd)', deny: null, warn: 'that is odd', patch: null },
      { path: '/mark', if: "!has(object.data.marked)", deny: null, warn: null, patch: [{ op: 'add' as const, path: '/data/marked', value: 'yes' }] },
    ],
  },
};

let rest: ARestApi;

beforeEach(() => {
  rest = new ARestApi({ webhooks: POLICY });
  const policy = aDeployment('policy', { replicas: 1 });
  rest.cluster.apply(policy, { apiVersion: 'v1', kind: 'Service', metadata: { name: 'policy', namespace: 'shop' }, spec: { selector: { app: 'policy' }, ports: [{ port: 443, targetPort: 8443 }] } } as never);
  rest.cluster.wait('1m');
});

function aWebhook(path: string, resources: readonly string[], more: object = {}): object {
  return {
    name: 'policy.example.com', admissionReviewVersions: ['v1'], sideEffects: 'None', clientConfig: { caBundle: 'Y2E=', service: { namespace: 'shop', name: 'policy', path } },
    rules: [{ apiGroups: ['*'], apiVersions: ['*'], operations: ['*'], resources }], ...more,
  };
}

function validate(webhook: object): void {
  expect(rest.ask('POST', `${CONFIGURATIONS}/validatingwebhookconfigurations`, { body: { apiVersion: 'admissionregistration.k8s.io/v1', kind: 'ValidatingWebhookConfiguration', metadata: { name: 'policy' }, webhooks: [webhook] } }).code).toBe(201);
}

function mutate(webhooks: readonly object[]): void {
  expect(rest.ask('POST', `${CONFIGURATIONS}/mutatingwebhookconfigurations`, { body: { apiVersion: 'admissionregistration.k8s.io/v1', kind: 'MutatingWebhookConfiguration', metadata: { name: 'policy' }, webhooks } }).code).toBe(201);
}

function aMap(data: object, name = 'm'): object {
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name }, data };
}

/** After test/e2e/apimachinery/webhook.go. */
describe('AdmissionWebhook [Privileged:ClusterAdmin]', () => {
  it('[Conformance] should include webhook resources in discovery documents', () => {
    expect(rest.get(CONFIGURATIONS).body.resources.map(({ name }: { name: string }) => name)).toEqual(expect.arrayContaining(['mutatingwebhookconfigurations', 'validatingwebhookconfigurations']));
  });

  it('[Conformance] should be able to deny pod and configmap creation', () => {
    validate(aWebhook('/maps', ['configmaps']));
    const denied = rest.ask('POST', MAPS, { body: aMap({ forbidden: 'x' }) });
    expect([denied.code, denied.body.reason, denied.body.message]).toEqual([403, 'Forbidden', 'admission webhook "policy.example.com" denied the request: the configmap contains unwanted key and value']);
    expect(rest.ask('POST', MAPS, { body: aMap({}) }).code).toBe(201);
    expect(rest.patch(`${MAPS}/m`, 'merge', { data: { forbidden: 'x' } }).code).toBe(403);
  });

  it('[Conformance] should be able to deny custom resource creation, update and deletion', () => {
    validate(aWebhook('/maps', ['configmaps']));
    rest.ask('POST', MAPS, { body: aMap({ kept: 'x' }) });
    expect(rest.ask('DELETE', `${MAPS}/m`).body.message).toContain('cannot be deleted');
    rest.patch(`${MAPS}/m`, 'merge', { data: { kept: null } });
    expect(rest.ask('DELETE', `${MAPS}/m`).code).toBe(200);
  });

  it('[Conformance] should mutate configmap', () => {
    mutate([aWebhook('/mark', ['configmaps'])]);
    expect(rest.ask('POST', MAPS, { body: aMap({ a: 'b' }) }).body.data).toEqual({ a: 'b', marked: 'yes' });
  });

  it('[Conformance] should unconditionally reject operations on fail closed webhook', () => {
    validate(aWebhook('/maps', ['configmaps'], { clientConfig: { caBundle: 'Y2E=', service: { namespace: 'shop', name: 'gone', path: '/configmaps' } } }));
    const { code, body } = rest.ask('POST', MAPS, { body: aMap({}) });
    expect([code, body.reason, body.message]).toEqual([500, 'InternalError', 'Internal error occurred: failed calling webhook "policy.example.com": failed to call webhook: Post "https://gone.shop.svc:443/configmaps?timeout=10s": service "gone" not found']);
  });

  it('[Conformance] should be able to deny attaching pod', () => {
    validate(aWebhook('/maps', ['pods/attach', 'pods/exec'], { rules: [{ apiGroups: [''], apiVersions: ['v1'], operations: ['CONNECT'], resources: ['pods/attach', 'pods/exec'] }], clientConfig: { caBundle: 'Y2E=', service: { namespace: 'shop', name: 'gone', path: '/pods/attach' } } }));
    const pod = rest.cluster.pods('policy')[0]?.metadata.name ?? '';
    expect(rest.ask('POST', `/api/v1/namespaces/shop/pods/${pod}/attach`).body.message).toContain('failed calling webhook "policy.example.com"');
    expect(rest.get(`/api/v1/namespaces/shop/pods/${pod}`).code).toBe(200);
  });

  it('matches subresources only where its rules name them', () => {
    validate(aWebhook('/maps', ['configmaps/status'], { failurePolicy: 'Fail', clientConfig: { service: { namespace: 'shop', name: 'gone' } } }));
    expect(rest.ask('POST', MAPS, { body: aMap({}) }).code).toBe(201);
  });

  it('[Conformance] should honor timeout', () => {
    validate(aWebhook('/maps', ['configmaps'], { timeoutSeconds: 1 }));
    rest.cluster.plane.api.patch({ kind: 'Deployment', namespace: 'shop', name: 'policy' }, { type: 'strategic', body: { spec: { template: { spec: { containers: [{ name: 'app', env: [{ name: 'LATENCY', value: '5s' }] }] } } } } });
    rest.cluster.wait('2m');
    expect(rest.ask('POST', MAPS, { body: aMap({}) }).body.message).toBe('Internal error occurred: failed calling webhook "policy.example.com": failed to call webhook: Post "https://policy.shop.svc:443/maps?timeout=1s": context deadline exceeded');
    rest.patch(`${CONFIGURATIONS}/validatingwebhookconfigurations/policy`, 'json', [{ op: 'add', path: '/webhooks/0/timeoutSeconds', value: 10 }]);
    expect(rest.ask('POST', MAPS, { body: aMap({}) }).code).toBe(201);
  });

  it('[Conformance] should not be able to mutate or prevent deletion of webhook configuration objects', () => {
    validate(aWebhook('/maps', ['*/*', '*'], { clientConfig: { caBundle: 'Y2E=', service: { namespace: 'shop', name: 'gone' } } }));
    expect(rest.ask('DELETE', `${CONFIGURATIONS}/validatingwebhookconfigurations/policy`).code).toBe(200);
    expect(rest.ask('POST', MAPS, { body: aMap({}) }).code).toBe(201);
  });

  it('[Conformance] should be able to create and update validating webhook configurations with match conditions', () => {
    validate(aWebhook('/maps', ['configmaps'], { matchConditions: [{ name: 'skip-me', expression: "!object.metadata.name.startsWith('skip')" }] }));
    expect(rest.ask('POST', MAPS, { body: aMap({ forbidden: 'x' }, 'skip-1') }).code).toBe(201);
    expect(rest.ask('POST', MAPS, { body: aMap({ forbidden: 'x' }, 'one') }).code).toBe(403);
  });

  it('heeds selectors of namespaces and tells its warnings', () => {
    validate(aWebhook('/maps', ['configmaps'], { namespaceSelector: { matchLabels: { guarded: 'yes' } } }));
    expect(rest.ask('POST', MAPS, { body: aMap({ forbidden: 'x' }, 'one') }).code).toBe(201);
    rest.patch('/api/v1/namespaces/shop', 'merge', { metadata: { labels: { guarded: 'yes' } } });
    expect(rest.ask('POST', MAPS, { body: aMap({ forbidden: 'x' }, 'two') }).code).toBe(403);
    expect(rest.ask('POST', MAPS, { body: aMap({ odd: 'x' }, 'three') }).headers['warning']).toBe('299 - "that is odd"');
  });
});

describe('a webhook that is down', () => {
  it('keeps controllers from making pods, which their events tell, until it is back', () => {
    validate(aWebhook('/pods', ['pods'], { namespaceSelector: {} }));
    rest.cluster.plane.api.patch({ kind: 'Deployment', namespace: 'shop', name: 'policy' }, { type: 'merge', body: { spec: { replicas: 0 } } });
    rest.cluster.wait('1m');
    rest.cluster.apply(aDeployment('web', { replicas: 2 }));
    rest.cluster.wait('1m');
    expect(rest.cluster.pods('web')).toHaveLength(0);
    const event = rest.cluster.plane.store.list('Event', 'shop').find(({ reason, involvedObject }) => reason === 'FailedCreate' && involvedObject.name?.startsWith('web') === true);
    expect(event?.message).toBe('Error creating: Internal error occurred: failed calling webhook "policy.example.com": failed to call webhook: Post "https://policy.shop.svc:443/pods?timeout=10s": no endpoints available for service "policy"');
    // The policy's own pods are refused too: it cannot heal itself.
    rest.cluster.plane.api.patch({ kind: 'Deployment', namespace: 'shop', name: 'policy' }, { type: 'merge', body: { spec: { replicas: 1 } } });
    rest.cluster.wait('5m');
    expect(rest.cluster.pods('policy')).toHaveLength(0);
    rest.patch(`${CONFIGURATIONS}/validatingwebhookconfigurations/policy`, 'json', [{ op: 'replace', path: '/webhooks/0/failurePolicy', value: 'Ignore' }]);
    rest.cluster.wait('20m');
    expect([rest.cluster.readyPods('policy').length, rest.cluster.readyPods('web').length]).toEqual([1, 2]);
  });

  it.each([
    [{ clientConfig: { service: { namespace: 'shop', name: 'policy', path: '/pods' } } }, 'tls: failed to verify certificate: x509: certificate signed by unknown authority'],
    [{ clientConfig: { caBundle: 'Y2E=', service: { namespace: 'shop', name: 'policy', path: '/pods', port: 444 } } }, 'no service port 444 found for service "policy"'],
    [{ clientConfig: { caBundle: 'Y2E=', url: 'https://policy.elsewhere.example/x' } }, 'no such host'],
  ])('says why: %j', (more, problem) => {
    validate(aWebhook('/pods', ['configmaps'], more));
    expect(rest.ask('POST', MAPS, { body: aMap({}) }).body.message).toContain(problem);
  });
});

describe('a configuration of webhooks that is wrong', () => {
  it.each([
    [{ name: 'policy' }, 'webhooks[0].name: Invalid value: "policy": should be a domain with at least three segments separated by dots'],
    [{ admissionReviewVersions: [] }, 'webhooks[0].admissionReviewVersions: Required value: must specify one of v1, v1beta1'],
    [{ sideEffects: 'Some' }, 'webhooks[0].sideEffects: Unsupported value: "Some": supported values: "None", "NoneOnDryRun"'],
    [{ timeoutSeconds: 31 }, 'webhooks[0].timeoutSeconds: Invalid value: 31: the timeout value must be between 1 and 30 seconds'],
    [{ clientConfig: {} }, 'webhooks[0].clientConfig: Required value: exactly one of url or service is required'],
    [{ clientConfig: { url: 'http://x.example' } }, `webhooks[0].clientConfig.url: Invalid value: "http": 'https' is the only allowed URL scheme; desired format: https://host[/path]`],
    // "should reject validating webhook configurations with invalid match conditions [Conformance]"
    [{ matchConditions: [{ name: 'bad', expression: '... [] bad expression' }] }, 'webhooks[0].matchConditions[0].expression: Invalid value: "... [] bad expression": compilation failed: '],
  ])('is refused: %j', (more, problem) => {
    const body = { apiVersion: 'admissionregistration.k8s.io/v1', kind: 'ValidatingWebhookConfiguration', metadata: { name: 'policy' }, webhooks: [{ ...aWebhook('/', ['pods']), ...more }] };
    const answer = rest.ask('POST', `${CONFIGURATIONS}/validatingwebhookconfigurations`, { body });
    expect([answer.code, answer.body.message]).toEqual([422, expect.stringContaining(problem)]);
  });
});
