import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { AGNHOST, AnE2eCluster, type Any } from '../an-e2e-cluster.ts';

const DEFINITIONS = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions';
const AGGREGATED = 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList';

let e2e: AnE2eCluster;
let namespace: string;
let group: string;
let nth = 0;

beforeAll(() => {
  e2e = new AnE2eCluster();
});
beforeEach(() => {
  namespace = e2e.namespace('crds');
  group = `crd-${++nth}.example.com`;
});

const ANYTHING: object = { type: 'object', 'x-kubernetes-preserve-unknown-fields': true };

/** Sent in protobuf, as the generated client of these tests does. */
function aDefinition({ plural = 'noxus', kind = 'WishIHadChosenNoxu', scope = 'Namespaced', schema = ANYTHING, versions = undefined as readonly object[] | undefined, labels = {}, ofGroup = group, spec = {} }: Readonly<Record<string, Any>> = {}): object {
  return { apiVersion: 'apiextensions.k8s.io/v1', kind: 'CustomResourceDefinition', metadata: { name: `${plural}.${ofGroup}`, labels }, spec: { group: ofGroup, scope, names: { plural, singular: plural.slice(0, -1), kind, listKind: `${kind}List` }, versions: versions ?? [{ name: 'v1', served: true, storage: true, schema: { openAPIV3Schema: schema } }], ...spec } };
}

function define(body: object): Any {
  const { metadata } = e2e.create(DEFINITIONS, body);
  return e2e.until(`${DEFINITIONS}/${metadata.name}`, ({ status }) => (status.conditions as Any[]).some(({ type, status: is }) => type === 'Established' && is === 'True'), 'the definition');
}

function aNoxu(name: string, more: object = {}, version = 'v1'): object {
  return { apiVersion: `${group}/${version}`, kind: 'WishIHadChosenNoxu', metadata: { name }, ...more };
}

function noxus(version = 'v1'): string {
  return `/apis/${group}/${version}/namespaces/${namespace}/noxus`;
}

describe('[sig-api-machinery] CustomResourceDefinition resources [Privileged:ClusterAdmin]', () => {
  it('Simple CustomResourceDefinition creating/deleting custom resource definition objects works [Conformance]', () => {
    const { metadata } = define(aDefinition());
    e2e.delete(`${DEFINITIONS}/${metadata.name}`);
    e2e.gone(`${DEFINITIONS}/${metadata.name}`);
  });

  it('Simple CustomResourceDefinition listing custom resource definition objects works [Conformance]', () => {
    const labels = { 'e2e-list-test-uuid': namespace };
    for (let count = 0; count < 10; count++) define(aDefinition({ plural: `noxu${count}s`, kind: `Noxu${count}`, labels }));
    define(aDefinition({ plural: 'others', kind: 'Other' }));
    expect(e2e.read(`${DEFINITIONS}?labelSelector=${encodeURIComponent(`e2e-list-test-uuid=${namespace}`)}`).items).toHaveLength(10);
    e2e.delete(`${DEFINITIONS}?labelSelector=${encodeURIComponent(`e2e-list-test-uuid=${namespace}`)}`);
    e2e.eventually(() => e2e.read(`${DEFINITIONS}?labelSelector=${encodeURIComponent(`e2e-list-test-uuid=${namespace}`)}`).items.length === 0, 'the deletion');
    expect(e2e.get(`${DEFINITIONS}/others.${group}`).code).toBe(200);
  });

  it('Simple CustomResourceDefinition getting/updating/patching custom resource definition status sub-resource works [Conformance]', () => {
    const { metadata } = define(aDefinition());
    const at = `${DEFINITIONS}/${metadata.name}/status`;
    expect((e2e.read(at).status.conditions as Any[]).length).toBeGreaterThan(0);
    const condition = { type: 'StatusUpdate', status: 'True', reason: 'E2E', message: 'Set from e2e test' };
    e2e.change(at, ({ status }) => { status.conditions = [...status.conditions, condition]; });
    expect((e2e.read(at).status.conditions as Any[]).map(({ type }) => type)).toContain('StatusUpdate');
    const patched = e2e.patch(at, 'json', [{ op: 'add', path: '/status/conditions', value: [{ ...condition, type: 'StatusPatched' }] }]);
    expect((patched.status.conditions as Any[]).map(({ type }) => type)).toContain('StatusPatched');
  });

  it('should include custom resource definition resources in discovery documents [Conformance]', () => {
    expect((e2e.read('/apis').groups as Any[]).map(({ name }) => name)).toContain('apiextensions.k8s.io');
    expect(e2e.read('/apis/apiextensions.k8s.io').versions.map(({ version }: Any) => version)).toContain('v1');
    expect((e2e.read('/apis/apiextensions.k8s.io/v1').resources as Any[]).map(({ name }) => name)).toContain('customresourcedefinitions');
  });

  it('custom resource defaulting for requests and from storage works [Conformance]', () => {
    const schema = (a: object, b: object): object => ({ type: 'object', properties: { a: { type: 'string', ...a }, b: { type: 'string', ...b } } });
    const { metadata } = define(aDefinition({ schema: schema({}, {}) }));
    const at = `${DEFINITIONS}/${metadata.name}`;
    e2e.create(noxus(), aNoxu('foo1'));
    const path = '/spec/versions/0/schema/openAPIV3Schema/properties';
    e2e.patch(at, 'json', [{ op: 'add', path: `${path}/a/default`, value: 'A' }, { op: 'add', path: `${path}/b/default`, value: 'B' }]);
    e2e.until(`${noxus()}/foo1`, ({ a, b }) => a === 'A' && b === 'B', 'the defaults');
    e2e.create(noxus(), aNoxu('foo2'));
    expect(e2e.read(`${noxus()}/foo2`)).toMatchObject({ a: 'A', b: 'B' });
    e2e.patch(at, 'json', [{ op: 'remove', path: `${path}/a/default` }, { op: 'replace', path: `${path}/b/default`, value: 'C' }]);
    e2e.until(`${noxus()}/foo1`, ({ a, b }) => a === undefined && b === 'C', 'the new default');
    expect(e2e.read(`${noxus()}/foo2`)).toMatchObject({ a: 'A', b: 'B' });
  });
});

describe('[sig-api-machinery] CustomResourceDefinition Watch [Privileged:ClusterAdmin]', () => {
  it('CustomResourceDefinition Watch watch on custom resource definition objects [Conformance]', () => {
    define(aDefinition({ scope: 'Cluster' }));
    const url = `/apis/${group}/v1/noxus`;
    const watches = ['name1', 'name2'].map((name) => e2e.watch(`${url}?fieldSelector=metadata.name%3D${name}`));
    for (const name of ['name1', 'name2']) e2e.create(url, aNoxu(name, { content: { key: 'value' }, num: { num1: 9223372036854, num2: 1000000 } }));
    for (const name of ['name1', 'name2']) e2e.patch(`${url}/${name}`, 'merge', { dummy: 'test' });
    for (const name of ['name1', 'name2']) e2e.delete(`${url}/${name}`);
    e2e.wait(1_000);
    expect(watches.map(({ told }) => told)).toEqual([['ADDED name1', 'MODIFIED name1', 'DELETED name1'], ['ADDED name2', 'MODIFIED name2', 'DELETED name2']]);
  });
});

describe('[sig-api-machinery] AggregatedDiscovery', () => {
  const document = (url: string, accept = AGGREGATED): Any => e2e.ask('GET', url, { accept }).body;
  const kinds = (body: Any): string[] => (body.items as Any[]).flatMap(({ metadata, versions }) => (versions as Any[]).flatMap(({ version, resources }) => (resources as Any[]).map(({ resource }) => `${metadata.name ?? ''}/${version}/${resource}`)));
  const builtIn = ['apps/v1/deployments', 'batch/v1/jobs', 'storage.k8s.io/v1/storageclasses', 'apiregistration.k8s.io/v1/apiservices', 'networking.k8s.io/v1/ingresses', 'policy/v1/poddisruptionbudgets', 'scheduling.k8s.io/v1/priorityclasses'];

  for (const title of ['should support raw aggregated discovery endpoint Accept headers [Conformance]', 'should support aggregated discovery interface [Conformance]']) {
    it(title, () => {
      expect(document('/apis').kind).toBe('APIGroupDiscoveryList');
      expect(kinds(document('/apis'))).toEqual(expect.arrayContaining(builtIn));
      expect(kinds(document('/api'))).toEqual(expect.arrayContaining(['/v1/pods', '/v1/namespaces', '/v1/services']));
      for (const accept of [`${AGGREGATED},application/json`, 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList,application/json;g=apidiscovery.k8s.io;v=v2beta1;as=APIGroupDiscoveryList,application/json']) expect(document('/apis', accept).kind).toBe('APIGroupDiscoveryList');
      expect(document('/apis', 'application/json').kind).toBe('APIGroupList');
    });
  }
  for (const title of ['should support raw aggregated discovery request for CRDs [Conformance]', 'should support aggregated discovery interface for CRDs [Conformance]']) {
    it(title, () => {
      define(aDefinition());
      e2e.eventually(() => kinds(document('/apis')).includes(`${group}/v1/noxus`), 'its discovery');
    });
  }
});

describe('[sig-api-machinery] FieldValidation', () => {
  const deployments = (): string => `/apis/apps/v1/namespaces/${namespace}/deployments`;
  const spec = '"spec":{"replicas":1,"unknown1":"val1","unknownDupe":"v","unknownDupe":"w","selector":{"matchLabels":{"app":"nginx"}},"template":{"metadata":{"labels":{"app":"nginx"}},"spec":{"containers":[{"name":"nginx","image":"nginx:latest","unknownNested":"val1","imagePullPolicy":"Always","imagePullPolicy":"Never"}]}}}';
  const json = (text: string): { body: string; type: string } => ({ body: text, type: 'application/json' });
  const applied = (text: string): { body: string; type: string } => ({ body: text, type: 'application/apply-patch+yaml' });

  it('should detect unknown and duplicate fields of a typed object [Conformance]', () => {
    const said = e2e.ask('POST', `${deployments()}?fieldValidation=Strict`, json(`{"apiVersion":"apps/v1","kind":"Deployment","metadata":{"name":"a"},${spec}}`));
    expect(said.code).toBe(400);
    expect(said.body.message).toContain('strict decoding error: unknown field "spec.template.spec.containers[0].unknownNested", duplicate field "spec.template.spec.containers[0].imagePullPolicy"'.slice(0, 22));
    for (const part of ['unknown field "spec.unknown1"', 'duplicate field "spec.unknownDupe"', 'unknown field "spec.template.spec.containers[0].unknownNested"', 'duplicate field "spec.template.spec.containers[0].imagePullPolicy"']) expect(said.body.message).toContain(part);
  });

  it('should detect unknown metadata fields of a typed object [Conformance]', () => {
    const said = e2e.ask('POST', `${deployments()}?fieldValidation=Strict`, json('{"apiVersion":"apps/v1","kind":"Deployment","metadata":{"name":"a","unknownMeta":"foo"},"spec":{"selector":{"matchLabels":{"app":"nginx"}},"template":{"metadata":{"labels":{"app":"nginx"},"unknownSubMeta":"bar"},"spec":{"containers":[{"name":"nginx","image":"nginx:latest"}]}}}}'));
    expect(said.body.message).toContain('strict decoding error: unknown field "metadata.unknownMeta", unknown field "spec.template.metadata.unknownSubMeta"');
  });

  const SCHEMA = { type: 'object', properties: { spec: { type: 'object', properties: { foo: { type: 'string' }, cronSpec: { type: 'string' }, ports: { type: 'array', 'x-kubernetes-list-type': 'map', 'x-kubernetes-list-map-keys': ['containerPort', 'protocol'], items: { type: 'object', required: ['containerPort', 'protocol'], properties: { containerPort: { type: 'integer', format: 'int32' }, hostIP: { type: 'string' }, hostPort: { type: 'integer' }, name: { type: 'string' }, protocol: { type: 'string' } } } } } } } };

  it('should create/apply a CR with unknown fields for CRD with no validation schema [Conformance]', () => {
    define(aDefinition());
    const said = e2e.ask('PATCH', `${noxus()}/mytest?fieldManager=apply_test&fieldValidation=Strict`, applied(`apiVersion: ${group}/v1\nkind: WishIHadChosenNoxu\nmetadata:\n  name: mytest\n  finalizers:\n  - test/finalizer\nspec:\n  unknown: uk1\n  cronSpec: "* * * * */5"\n`));
    expect(said.code).toBe(201);
  });

  it('should create/apply a valid CR for CRD with validation schema [Conformance]', () => {
    define(aDefinition({ schema: SCHEMA }));
    const said = e2e.ask('PATCH', `${noxus()}/mytest?fieldManager=apply_test&fieldValidation=Strict`, applied(`apiVersion: ${group}/v1\nkind: WishIHadChosenNoxu\nmetadata:\n  name: mytest\nspec:\n  cronSpec: "* * * * */5"\n  ports:\n  - name: x\n    containerPort: 80\n    protocol: TCP\n`));
    expect([said.code, said.body.message]).toEqual([201, undefined]);
  });

  it('should create/apply an invalid CR with extra properties for CRD with validation schema [Conformance]', () => {
    define(aDefinition({ schema: SCHEMA }));
    const said = e2e.ask('PATCH', `${noxus()}/mytest?fieldManager=apply_test&fieldValidation=Strict`, applied(`apiVersion: ${group}/v1\nkind: WishIHadChosenNoxu\nmetadata:\n  name: mytest\nspec:\n  unknown: uk1\n  cronSpec: "* * * * */5"\n`));
    expect(said.body.message).toContain('.spec.unknown: field not declared in schema');
  });

  it('should detect unknown metadata fields in both the root and embedded object of a CR [Conformance]', () => {
    define(aDefinition({ schema: { type: 'object', properties: { spec: { type: 'object', properties: { template: { type: 'object', 'x-kubernetes-embedded-resource': true, properties: { metadata: { type: 'object', properties: { name: { type: 'string' } } } } } } } } } }));
    const said = e2e.ask('POST', `${noxus()}?fieldValidation=Strict`, json(`{"apiVersion":"${group}/v1","kind":"WishIHadChosenNoxu","metadata":{"name":"mytest","unknownMeta":"unk"},"spec":{"template":{"apiVersion":"foo/v1","kind":"Sub","metadata":{"unknownSubMeta":"unk","name":"subobject","namespace":"my-ns"}}}}`));
    expect(said.code).toBe(400);
    for (const part of ['strict decoding error', 'unknown field "metadata.unknownMeta"', 'unknown field "spec.template.metadata.unknownSubMeta"']) expect(said.body.message).toContain(part);
  });

  it('should detect duplicates in a CR when preserving unknown fields [Conformance]', () => {
    define(aDefinition());
    const said = e2e.ask('POST', `${noxus()}?fieldValidation=Strict`, json(`{"apiVersion":"${group}/v1","kind":"WishIHadChosenNoxu","metadata":{"name":"mytest"},"spec":{"unknown":"uk1","unknown":"uk2","cronSpec":"* * * * */5"}}`));
    expect(said.body.message).toContain('strict decoding error: duplicate field "spec.unknown"');
  });
});

describe('[sig-api-machinery] CustomResourceConversionWebhook [Privileged:ClusterAdmin]', () => {
  const versions = (storage: string): object[] => ['v1', 'v2'].map((name) => ({
    name, served: true, storage: name === storage,
    schema: { openAPIV3Schema: { type: 'object', properties: name === 'v1' ? { hostPort: { type: 'string' } } : { host: { type: 'string' }, port: { type: 'string' } } } },
  }));

  const deployed = (storage: string): string => {
    e2e.create(`/api/v1/namespaces/${namespace}/secrets`, { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'sample-custom-resource-conversion-webhook-secret' }, type: 'Opaque', data: { 'tls.crt': 'Y3J0', 'tls.key': 'a2V5' } });
    const labels = { app: 'sample-crd-conversion-webhook', 'crd-webhook': 'true' };
    e2e.create(`/apis/apps/v1/namespaces/${namespace}/deployments`, { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'sample-crd-conversion-webhook-deployment', labels }, spec: { replicas: 1, selector: { matchLabels: labels }, strategy: { type: 'RollingUpdate' }, template: { metadata: { labels }, spec: {
      terminationGracePeriodSeconds: 0, volumes: [{ name: 'crd-conversion-webhook-certs', secret: { secretName: 'sample-custom-resource-conversion-webhook-secret' } }],
      containers: [{ name: 'sample-crd-conversion-webhook', image: AGNHOST, args: ['crd-conversion-webhook', '--tls-cert-file=/webhook.local.config/certificates/tls.crt', '--tls-private-key-file=/webhook.local.config/certificates/tls.key', '--alsologtostderr', '-v=4', '--port=9444'], readinessProbe: { httpGet: { scheme: 'HTTPS', port: 9444, path: '/readyz' }, periodSeconds: 1, failureThreshold: 30 }, ports: [{ containerPort: 9444 }], volumeMounts: [{ name: 'crd-conversion-webhook-certs', readOnly: true, mountPath: '/webhook.local.config/certificates' }] }],
    } } } });
    e2e.create(`/api/v1/namespaces/${namespace}/services`, { apiVersion: 'v1', kind: 'Service', metadata: { name: 'e2e-test-crd-conversion-webhook', labels: { test: 'crd-webhook' } }, spec: { selector: { 'crd-webhook': 'true' }, ports: [{ protocol: 'TCP', port: 9443, targetPort: 9444 }] } });
    e2e.until(`/apis/apps/v1/namespaces/${namespace}/deployments/sample-crd-conversion-webhook-deployment`, ({ status }) => status.availableReplicas === 1, 'the webhook');
    const plural = `e2e-test-crd-webhook-${nth}-crds`;
    define(aDefinition({ plural, kind: `E2e-test-crd-webhook-${nth}-crd`, ofGroup: 'stable.example.com', versions: versions(storage), spec: { preserveUnknownFields: false, conversion: { strategy: 'Webhook', webhook: { conversionReviewVersions: ['v1', 'v1beta1'], clientConfig: { caBundle: 'Y2E=', service: { namespace, name: 'e2e-test-crd-conversion-webhook', path: '/crdconvert', port: 9443 } } } } } }));
    return plural;
  };
  const made = (plural: string, version: string, name: string, data: object): Any => e2e.create(`/apis/stable.example.com/${version}/namespaces/${namespace}/${plural}`, { apiVersion: `stable.example.com/${version}`, kind: `E2e-test-crd-webhook-${nth}-crd`, metadata: { name, namespace }, ...data });

  it('should be able to convert from CR v1 to CR v2 [Conformance]', () => {
    const plural = deployed('v1');
    made(plural, 'v1', 'cr-instance-1', { hostPort: 'localhost:8080' });
    expect(e2e.read(`/apis/stable.example.com/v2/namespaces/${namespace}/${plural}/cr-instance-1`)).toMatchObject({ apiVersion: 'stable.example.com/v2', host: 'localhost', port: '8080' });
  });

  it('should be able to convert a non homogeneous list of CRs [Conformance]', () => {
    const plural = deployed('v1');
    made(plural, 'v1', 'cr-instance-1', { hostPort: 'localhost:8080' });
    e2e.change(`${DEFINITIONS}/${plural}.stable.example.com`, ({ spec }) => { spec.versions = versions('v2'); });
    made(plural, 'v2', 'cr-instance-2', { host: 'localhost', port: '8080' });
    const list = (version: string): Any[] => e2e.read(`/apis/stable.example.com/${version}/namespaces/${namespace}/${plural}`).items;
    expect(list('v1').map(({ hostPort }) => hostPort)).toEqual(['localhost:8080', 'localhost:8080']);
    expect(list('v2').map(({ host, port }) => `${host} ${port}`)).toEqual(['localhost 8080', 'localhost 8080']);
  });
});
