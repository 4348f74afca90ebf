import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { AGNHOST, AnE2eCluster, aPod, NGINX, type Any } from '../an-e2e-cluster.ts';

const VALIDATING = '/apis/admissionregistration.k8s.io/v1/validatingwebhookconfigurations';
const MUTATING = '/apis/admissionregistration.k8s.io/v1/mutatingwebhookconfigurations';
const DEFINITIONS = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions';

let e2e: AnE2eCluster;
let namespace: string;
let marker: string;
let nth = 0;
let definitions = 0;

beforeAll(() => {
  e2e = new AnE2eCluster();
});

/** The webhook's Deployment and Service, with a certificate from a Secret, as its own tests set them up. */
beforeEach(() => {
  namespace = e2e.namespace('webhook');
  e2e.patch(`/api/v1/namespaces/${namespace}`, 'strategic', { metadata: { labels: { [namespace]: 'true' } } });
  marker = e2e.namespace('webhook-markers', { [`${namespace}-markers`]: 'true' });
  e2e.create('/apis/rbac.authorization.k8s.io/v1/namespaces/kube-system/rolebindings', {
    apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'RoleBinding', metadata: { generateName: 'webhook-auth-reader-', annotations: { 'rbac.authorization.kubernetes.io/autoupdate': 'true' } },
    roleRef: { apiGroup: '', kind: 'Role', name: 'extension-apiserver-authentication-reader' }, subjects: [{ kind: 'ServiceAccount', name: 'default', namespace }],
  });
  e2e.create(`/api/v1/namespaces/${namespace}/secrets`, { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'sample-webhook-secret' }, type: 'Opaque', data: { 'tls.crt': 'Y3J0', 'tls.key': 'a2V5' } });
  const labels = { app: 'sample-webhook', webhook: 'true' };
  e2e.create(`/apis/apps/v1/namespaces/${namespace}/deployments`, {
    apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'sample-webhook-deployment', labels },
    spec: {
      replicas: 1, selector: { matchLabels: labels }, strategy: { type: 'RollingUpdate' },
      template: { metadata: { labels }, spec: {
        terminationGracePeriodSeconds: 0, volumes: [{ name: 'webhook-certs', secret: { secretName: 'sample-webhook-secret' } }],
        containers: [{
          name: 'sample-webhook', image: AGNHOST, volumeMounts: [{ name: 'webhook-certs', readOnly: true, mountPath: '/webhook.local.config/certificates' }],
          args: ['webhook', '--tls-cert-file=/webhook.local.config/certificates/tls.crt', '--tls-private-key-file=/webhook.local.config/certificates/tls.key', '--alsologtostderr', '-v=4', '--port=8444'],
          readinessProbe: { httpGet: { scheme: 'HTTPS', port: 8444, path: '/readyz' }, periodSeconds: 1, successThreshold: 1, failureThreshold: 30 }, ports: [{ containerPort: 8444 }],
        }],
      } },
    },
  });
  e2e.until(`/apis/apps/v1/namespaces/${namespace}/deployments/sample-webhook-deployment`, ({ status }) => status.availableReplicas === 1, 'the webhook');
  e2e.create(`/api/v1/namespaces/${namespace}/services`, { apiVersion: 'v1', kind: 'Service', metadata: { name: 'e2e-test-webhook', labels: { test: 'webhook' } }, spec: { selector: { webhook: 'true' }, ports: [{ protocol: 'TCP', port: 8443, targetPort: 8444 }] } });
  e2e.until(`/apis/discovery.k8s.io/v1/namespaces/${namespace}/endpointslices?labelSelector=kubernetes.io/service-name%3De2e-test-webhook`, ({ items }) => items[0]?.endpoints?.length === 1, 'its endpoints');
});

function hook(name: string, path: string, rules: readonly object[], more: object = {}): object {
  return {
    name, rules, sideEffects: 'None', admissionReviewVersions: ['v1', 'v1beta1'], namespaceSelector: { matchLabels: { [namespace]: 'true' } },
    clientConfig: { service: { namespace, name: 'e2e-test-webhook', path, port: 8443 }, caBundle: 'Y2E=' }, ...more,
  };
}

function rule(operations: readonly string[], resource: string, group = '', version = 'v1'): object {
  return { operations, apiGroups: [group], apiVersions: [version], resources: [resource] };
}

/** Registers them beside a marker that refuses ConfigMaps in a namespace of its own, and waits until that does. */
function register(kind: 'Validating' | 'Mutating', webhooks: readonly object[], labels: object = {}): string {
  const name = `${namespace}-${++nth}`;
  const markers = { matchLabels: { [`${namespace}-markers`]: 'true' } };
  const denies = kind === 'Validating' ? hook('validating-is-webhook-configuration-ready.k8s.io', '/always-deny', [rule(['CREATE'], 'configmaps')], { namespaceSelector: markers, objectSelector: { matchLabels: { [name]: 'true' } } })
    : hook('mutating-is-webhook-configuration-ready.k8s.io', '/always-deny', [rule(['CREATE'], 'configmaps')], { namespaceSelector: markers, objectSelector: { matchLabels: { [name]: 'true' } } });
  e2e.create(kind === 'Validating' ? VALIDATING : MUTATING, { apiVersion: 'admissionregistration.k8s.io/v1', kind: `${kind}WebhookConfiguration`, metadata: { name, labels }, webhooks: [...webhooks, denies] });
  e2e.eventually(() => e2e.ask('POST', `/api/v1/namespaces/${marker}/configmaps`, { body: { apiVersion: 'v1', kind: 'ConfigMap', metadata: { generateName: 'm-', labels: { [name]: 'true' } } } }).body.message?.includes("denied") === true, "the registration", 5_000);
  return name;
}

function configMaps(of = namespace): string {
  return `/api/v1/namespaces/${of}/configmaps`;
}

function aMap(name: string, data: Readonly<Record<string, string>>): object {
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name }, data };
}

function define(group: string, { storage = 'v1', schema = { type: 'object', 'x-kubernetes-preserve-unknown-fields': true } }: Readonly<Record<string, Any>> = {}): string {
  definitions++;
  const versions = ['v1', 'v2'].map((name) => ({ name, served: true, storage: name === storage, schema: { openAPIV3Schema: schema } }));
  e2e.create(DEFINITIONS, { apiVersion: 'apiextensions.k8s.io/v1', kind: 'CustomResourceDefinition', metadata: { name: `e2e-test-webhook-${definitions}-crds.${group}` }, spec: { group, scope: 'Namespaced', names: { plural: `e2e-test-webhook-${definitions}-crds`, singular: `e2e-test-webhook-${definitions}-crd`, kind: `E2e-test-webhook-${definitions}-crd`, listKind: `E2e-test-webhook-${definitions}-crdList` }, versions } });
  const url = `/apis/${group}/v1/namespaces/${namespace}/e2e-test-webhook-${definitions}-crds`;
  e2e.eventually(() => e2e.get(url).code === 200, 'the custom resource');
  return url;
}

function aCustom(name: string, data: object, version = 'v1'): object {
  return { apiVersion: `webhook.example.com/${version}`, kind: `E2e-test-webhook-${definitions}-crd`, metadata: { name, namespace }, data };
}

describe('[sig-api-machinery] AdmissionWebhook [Privileged:ClusterAdmin]', () => {
  it('should include webhook resources in discovery documents [Conformance]', () => {
    expect((e2e.read('/apis').groups as Any[]).find(({ name }) => name === 'admissionregistration.k8s.io').versions.map(({ version }: Any) => version)).toContain('v1');
    expect(e2e.read('/apis/admissionregistration.k8s.io').name).toBe('admissionregistration.k8s.io');
    const { groupVersion, resources } = e2e.read('/apis/admissionregistration.k8s.io/v1');
    expect(groupVersion).toBe('admissionregistration.k8s.io/v1');
    expect((resources as Any[]).map(({ name }) => name)).toEqual(expect.arrayContaining(['mutatingwebhookconfigurations', 'validatingwebhookconfigurations']));
  });

  it('should be able to deny pod and configmap creation [Conformance]', () => {
    register('Validating', [
      hook('deny-unwanted-pod-container-name-and-label.k8s.io', '/pods', [rule(['CREATE'], 'pods')]),
      hook('deny-unwanted-configmap-data.k8s.io', '/configmaps', [rule(['CREATE', 'UPDATE', 'DELETE'], 'configmaps')], { namespaceSelector: { matchExpressions: [{ key: 'skip-webhook-admission', operator: 'NotIn', values: ['yes'] }], matchLabels: { [namespace]: 'true' } } }),
      hook('fail-open.k8s.io', '/configmaps', [rule(['CREATE', 'UPDATE', 'DELETE'], 'configmaps')], { failurePolicy: 'Ignore', clientConfig: { service: { namespace, name: 'e2e-test-webhook', path: '/configmaps', port: 8443 } } }),
    ]);
    const pods = `/api/v1/namespaces/${namespace}/pods`;
    const bad = e2e.ask('POST', pods, { body: aPod('disallowed-pod', { labels: { 'webhook-e2e-test': 'webhook-disallow' }, container: { name: 'webhook-disallow', image: 'registry.k8s.io/pause:3.10' } }) });
    expect(bad.code).toBe(400);
    expect(bad.body.message).toContain('the pod contains unwanted container name');
    expect(bad.body.message).toContain('the pod contains unwanted label');
    const hanging = e2e.ask('POST', pods, { body: aPod('hanging-pod', { labels: { 'webhook-e2e-test': 'wait-forever' }, container: { name: 'wait-forever' } }) });
    expect(hanging.body.message).toContain('webhook');
    expect(hanging.body.message).toContain('deadline');
    expect(e2e.get(`${pods}/hanging-pod`).code).toBe(404);
    const map = e2e.ask('POST', configMaps(), { body: aMap('disallowed-configmap', { 'webhook-e2e-test': 'webhook-disallow' }) });
    expect(map.body.message).toContain('the configmap contains unwanted key and value');
    e2e.create(configMaps(), aMap('allowed-configmap', { 'webhook-e2e-test': 'webhook-allow' }));
    const put = e2e.ask('PUT', `${configMaps()}/allowed-configmap`, { body: { ...e2e.read(`${configMaps()}/allowed-configmap`), data: { 'webhook-e2e-test': 'webhook-disallow' } } });
    expect(put.body.message).toContain('the configmap contains unwanted key and value');
    const patch = e2e.ask('PATCH', `${configMaps()}/allowed-configmap`, { type: 'application/strategic-merge-patch+json', body: { data: { 'webhook-e2e-test': 'webhook-disallow' } } });
    expect(patch.body.message).toContain('the configmap contains unwanted key and value');
    const skipped = e2e.namespace('exempted-namespace', { 'skip-webhook-admission': 'yes', [namespace]: 'true' });
    e2e.create(configMaps(skipped), aMap('disallowed-configmap', { 'webhook-e2e-test': 'webhook-disallow' }));
  });

  it('should be able to deny attaching pod [Conformance]', () => {
    register('Validating', [hook('deny-attaching-pod.k8s.io', '/pods/attach', [rule(['CONNECT'], 'pods/attach')])]);
    e2e.create(`/api/v1/namespaces/${namespace}/pods`, aPod('to-be-attached-pod', { container: { name: 'container1', image: NGINX } }));
    e2e.ready(namespace, 'to-be-attached-pod');
    const said = e2e.ask('POST', `/api/v1/namespaces/${namespace}/pods/to-be-attached-pod/attach?container=container1&stdin=true&stdout=true&stderr=true`, { accept: '*/*' });
    expect(said.body.message).toContain("attaching to pod 'to-be-attached-pod' is not allowed");
  });

  it('should be able to deny custom resource creation, update and deletion [Conformance]', () => {
    const url = define('webhook.example.com');
    register('Validating', [hook('deny-unwanted-custom-resource-data.k8s.io', '/custom-resource', [rule(['CREATE', 'UPDATE', 'DELETE'], url.split('/').at(-1) ?? '', 'webhook.example.com')])]);
    const made = e2e.ask('POST', url, { body: aCustom('cr-instance-1', { 'webhook-e2e-test': 'webhook-disallow' }) });
    expect(made.body.message).toContain('the custom resource contains unwanted data');
    e2e.create(url, aCustom('cr-instance-2', { 'webhook-e2e-test': 'webhook-nondeletable' }));
    const changed = e2e.ask('PUT', `${url}/cr-instance-2`, { body: { ...e2e.read(`${url}/cr-instance-2`), data: { 'webhook-e2e-test': 'webhook-disallow' } } });
    expect(changed.body.message).toContain('the custom resource contains unwanted data');
    const deleted = e2e.ask('DELETE', `${url}/cr-instance-2`);
    expect(deleted.body.message).toContain('the custom resource cannot be deleted because it contains unwanted key and value');
    e2e.patch(`${url}/cr-instance-2`, 'merge', { data: { 'webhook-e2e-test': null } });
    e2e.delete(`${url}/cr-instance-2`);
  });

  it('should unconditionally reject operations on fail closed webhook [Conformance]', () => {
    const closed = e2e.namespace('fail-closed-namespace', { 'fail-closed-webhook': 'yes' });
    const name = register('Validating', [hook('fail-closed.k8s.io', '/configmaps', [rule(['CREATE', 'UPDATE', 'DELETE'], 'configmaps')], { failurePolicy: 'Fail', namespaceSelector: { matchExpressions: [{ key: 'fail-closed-webhook', operator: 'In', values: ['yes'] }] }, clientConfig: { service: { namespace, name: 'e2e-test-webhook', path: '/configmaps', port: 8443 } } })]);
    const said = e2e.ask('POST', configMaps(closed), { body: aMap('foo', {}) });
    expect([said.code, said.body.reason]).toEqual([500, 'InternalError']);
    e2e.delete(`${VALIDATING}/${name}`);
  });

  it('should mutate configmap [Conformance]', () => {
    register('Mutating', [hook('adding-configmap-data-stage-1.k8s.io', '/mutating-configmaps', [rule(['CREATE'], 'configmaps')]), hook('adding-configmap-data-stage-2.k8s.io', '/mutating-configmaps', [rule(['CREATE'], 'configmaps')])]);
    expect(e2e.create(configMaps(), aMap('to-be-mutated', { 'mutation-start': 'yes' })).data).toEqual({ 'mutation-start': 'yes', 'mutation-stage-1': 'yes', 'mutation-stage-2': 'yes' });
  });

  it('should mutate pod and apply defaults after mutation [Conformance]', () => {
    register('Mutating', [hook('adding-init-container.k8s.io', '/mutating-pods', [rule(['CREATE'], 'pods')])]);
    const { spec } = e2e.create(`/api/v1/namespaces/${namespace}/pods`, aPod('webhook-to-be-mutated', { container: { name: 'example' } }));
    expect(spec.initContainers).toMatchObject([{ name: 'webhook-added-init-container', terminationMessagePolicy: 'File' }]);
  });

  it('should not be able to mutate or prevent deletion of webhook configuration objects [Conformance]', () => {
    const all = [rule(['DELETE'], '*', 'admissionregistration.k8s.io', '*')];
    const both = (operation: string): object[] => [{ ...(all[0] as object), operations: [operation], resources: ['validatingwebhookconfigurations', 'mutatingwebhookconfigurations'] }];
    const unlimited = { namespaceSelector: {}, failurePolicy: 'Fail' };
    register('Validating', [hook('deny-webhook-configuration-deletions.k8s.io', '/always-deny', both('DELETE'), unlimited)]);
    register('Mutating', [hook('add-label-to-webhook-configurations.k8s.io', '/add-label', both('CREATE'), unlimited)]);
    for (const [url, kind] of [[VALIDATING, 'Validating'], [MUTATING, 'Mutating']] as const) {
      const name = register(kind, [hook('should-be-removable.k8s.io', '/always-deny', [rule(['CREATE'], 'invalid')], { failurePolicy: 'Ignore' })]);
      expect(e2e.read(`${url}/${name}`).metadata.labels?.['added-label']).toBeUndefined();
      e2e.delete(`${url}/${name}`);
    }
  });

  it('should mutate custom resource [Conformance]', () => {
    const url = define('webhook.example.com');
    const rules = [rule(['CREATE', 'UPDATE'], url.split('/').at(-1) ?? '', 'webhook.example.com')];
    register('Mutating', [hook('mutate-custom-resource-data-stage-1.k8s.io', '/mutating-custom-resource', rules), hook('mutate-custom-resource-data-stage-2.k8s.io', '/mutating-custom-resource', rules)]);
    expect(e2e.create(url, aCustom('cr-instance-1', { 'mutation-start': 'yes' })).data).toEqual({ 'mutation-start': 'yes', 'mutation-stage-1': 'yes', 'mutation-stage-2': 'yes' });
  });

  it('should deny crd creation [Conformance]', () => {
    register('Validating', [hook('deny-crd-with-unwanted-label.k8s.io', '/crd', [{ ...rule(['CREATE'], 'customresourcedefinitions', 'apiextensions.k8s.io', '*') }], { namespaceSelector: {} })]);
    const said = e2e.ask('POST', DEFINITIONS, { body: { apiVersion: 'apiextensions.k8s.io/v1', kind: 'CustomResourceDefinition', metadata: { name: 'foos.denied.example.com', labels: { 'webhook-e2e-test': 'webhook-disallow' } }, spec: { group: 'denied.example.com', scope: 'Namespaced', names: { plural: 'foos', kind: 'Foo' }, versions: [{ name: 'v1', served: true, storage: true, schema: { openAPIV3Schema: { type: 'object' } } }] } } });
    expect(said.body.message).toContain('the crd contains unwanted label');
  });

  it('should mutate custom resource with different stored version [Conformance]', () => {
    const url = define('webhook.example.com');
    const plural = url.split('/').at(-1) ?? '';
    const rules = [rule(['CREATE', 'UPDATE'], plural, 'webhook.example.com')];
    register('Mutating', [hook('mutate-custom-resource-data-stage-1.k8s.io', '/mutating-custom-resource', rules)]);
    e2e.create(url, aCustom('cr-instance-1', { 'mutation-start': 'yes' }));
    e2e.patch(`${DEFINITIONS}/${plural}.webhook.example.com`, 'json', [{ op: 'replace', path: '/spec/versions/0/storage', value: false }, { op: 'replace', path: '/spec/versions/1/storage', value: true }]);
    const { data } = e2e.patch(`${url}/cr-instance-1`, 'merge', { data: { 'mutation-stage-2': 'yes' } });
    expect(data).toEqual({ 'mutation-start': 'yes', 'mutation-stage-1': 'yes', 'mutation-stage-2': 'yes' });
  });

  it('should mutate custom resource with pruning [Conformance]', () => {
    const url = define('webhook.example.com', { schema: { type: 'object', properties: { data: { type: 'object', properties: { 'mutation-start': { type: 'string' }, 'mutation-stage-1': { type: 'string' } } } } } });
    const rules = [rule(['CREATE', 'UPDATE'], url.split('/').at(-1) ?? '', 'webhook.example.com')];
    register('Mutating', [hook('mutate-custom-resource-data-stage-1.k8s.io', '/mutating-custom-resource', rules), hook('mutate-custom-resource-data-stage-2.k8s.io', '/mutating-custom-resource', rules)]);
    expect(e2e.create(url, aCustom('cr-instance-1', { 'mutation-start': 'yes' })).data).toEqual({ 'mutation-start': 'yes', 'mutation-stage-1': 'yes' });
  });

  it('should honor timeout [Conformance]', () => {
    const tried = (timeoutSeconds: number, failurePolicy: string): string => {
      const name = register('Validating', [hook('allow-configmap-with-delay-webhook.k8s.io', '/always-allow-delay-5s', [rule(['CREATE'], 'configmaps')], { timeoutSeconds, failurePolicy })]);
      const { code, body } = e2e.ask('POST', configMaps(), { body: { ...aMap(`slow-${nth}`, {}) } });
      e2e.delete(`${VALIDATING}/${name}`);
      return code === 201 ? 'made' : body.message;
    };
    expect(tried(1, 'Fail')).toMatch(/timeout=1s.*context deadline exceeded/);
    expect(tried(1, 'Ignore')).toBe('made');
    expect(tried(10, 'Fail')).toBe('made');
  });

  it('patching/updating a validating webhook should work [Conformance]', () => {
    const name = register('Validating', [hook('deny-unwanted-configmap-data.k8s.io', '/configmaps', [rule(['CREATE'], 'configmaps')])]);
    const unwanted = (): number => e2e.ask('POST', configMaps(), { body: { apiVersion: 'v1', kind: 'ConfigMap', metadata: { generateName: 'x-' }, data: { 'webhook-e2e-test': 'webhook-disallow' } } }).code;
    expect(unwanted()).toBe(400);
    e2e.change(`${VALIDATING}/${name}`, ({ webhooks }) => { webhooks[0].rules[0].operations = ['UPDATE']; });
    e2e.eventually(() => unwanted() === 201, 'the update');
    e2e.patch(`${VALIDATING}/${name}`, 'json', [{ op: 'replace', path: '/webhooks/0/rules/0/operations', value: ['CREATE'] }]);
    e2e.eventually(() => unwanted() === 400, 'the patch');
  });

  it('patching/updating a mutating webhook should work [Conformance]', () => {
    const name = register('Mutating', [hook('adding-configmap-data-stage-1.k8s.io', '/mutating-configmaps', [rule(['CREATE'], 'configmaps')])]);
    const made = (): object => e2e.create(configMaps(), { apiVersion: 'v1', kind: 'ConfigMap', metadata: { generateName: 'x-' }, data: { 'mutation-start': 'yes' } }).data;
    e2e.change(`${MUTATING}/${name}`, ({ webhooks }) => { webhooks[0].rules[0].operations = ['UPDATE']; });
    expect(made()).toEqual({ 'mutation-start': 'yes' });
    e2e.patch(`${MUTATING}/${name}`, 'json', [{ op: 'replace', path: '/webhooks/0/rules/0/operations', value: ['CREATE'] }]);
    expect(made()).toEqual({ 'mutation-start': 'yes', 'mutation-stage-1': 'yes' });
  });

  for (const [kind, url, title] of [['Validating', VALIDATING, 'listing validating webhooks should work [Conformance]'], ['Mutating', MUTATING, 'listing mutating webhooks should work [Conformance]']] as const) {
    it(title, () => {
      const labels = { 'e2e-list-test-uuid': `${namespace}-list` };
      const selector = `?labelSelector=${encodeURIComponent(`e2e-list-test-uuid=${namespace}-list`)}`;
      for (let count = 0; count < 10; count++) {
        register(kind, [kind === 'Validating' ? hook('deny-unwanted-configmap-data.k8s.io', '/configmaps', [rule(['CREATE'], 'configmaps')]) : hook('adding-configmap-data-stage-1.k8s.io', '/mutating-configmaps', [rule(['CREATE'], 'configmaps')])], labels);
      }
      expect(e2e.read(`${url}${selector}`).items).toHaveLength(10);
      const body = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { generateName: 'x-' }, data: { 'webhook-e2e-test': 'webhook-disallow', 'mutation-start': 'yes' } };
      if (kind === 'Validating') expect(e2e.ask('POST', configMaps(), { body }).body.message).toContain('denied');
      else expect(e2e.create(configMaps(), body).data).toHaveProperty('mutation-stage-1');
      e2e.delete(`${url}${selector}`);
      expect(e2e.read(`${url}${selector}`).items).toHaveLength(0);
      expect(e2e.create(configMaps(), body).data).toEqual(body.data);
    });
  }

  for (const kind of ['Validating', 'Mutating'] as const) {
    const url = kind === 'Validating' ? VALIDATING : MUTATING;
    it(`should be able to create and update ${kind.toLowerCase()} webhook configurations with match conditions [Conformance]`, () => {
      const matchConditions = [{ name: 'expression-1', expression: "object.metadata.namespace == 'production'" }];
      const name = register(kind, [hook('with-conditions.k8s.io', '/always-deny', [rule(['CREATE'], 'configmaps')], { matchConditions })]);
      expect(e2e.read(`${url}/${name}`).webhooks[0].matchConditions).toEqual(matchConditions);
      const updated = [{ name: 'expression-1', expression: "object.metadata.namespace == 'staging'" }, { name: 'expression-2', expression: "object.metadata.name != 'skip-me'" }];
      e2e.change(`${url}/${name}`, ({ webhooks }) => { webhooks[0].matchConditions = updated; });
      expect(e2e.read(`${url}/${name}`).webhooks[0].matchConditions).toEqual(updated);
    });

    it(`should reject ${kind.toLowerCase()} webhook configurations with invalid match conditions [Conformance]`, () => {
      const matchConditions = [{ name: 'invalid-expression-1', expression: "... [] bad expression" }, { name: 'x', expression: 'object.metadata' }];
      const said = e2e.ask('POST', url, { body: { apiVersion: 'admissionregistration.k8s.io/v1', kind: `${kind}WebhookConfiguration`, metadata: { name: 'bad' }, webhooks: [hook('bad.k8s.io', '/x', [rule(['CREATE'], 'configmaps')], { matchConditions })] } });
      expect([said.code, said.body.message]).toEqual([422, expect.stringContaining('compilation failed')]);
    });
  }

  it("should mutate everything except 'skip-me' configmaps [Conformance]", () => {
    register('Mutating', [hook('adding-configmap-data-stage-1.k8s.io', '/mutating-configmaps', [rule(['CREATE'], 'configmaps')], { matchConditions: [{ name: 'skip-me', expression: "object.metadata.name != 'skip-me'" }] })]);
    expect(e2e.create(configMaps(), aMap('skip-me', { 'mutation-start': 'yes' })).data).toEqual({ 'mutation-start': 'yes' });
    expect(e2e.create(configMaps(), aMap('mutate-me', { 'mutation-start': 'yes' })).data).toEqual({ 'mutation-start': 'yes', 'mutation-stage-1': 'yes' });
  });
});
