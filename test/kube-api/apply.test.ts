import { describe, expect, test } from 'vitest';
import { aDeployment } from '../support/small-cluster.ts';
import { aConfigMap, ARestApi, type Answered } from './a-rest-api.ts';

const MAPS = '/api/v1/namespaces/shop/configmaps';
const CHECKOUT = '/apis/apps/v1/namespaces/shop/deployments/checkout';

interface Entry {
  readonly manager: string;
  readonly operation: string;
  readonly subresource?: string;
  readonly time: string;
  readonly fieldsV1: Readonly<Record<string, unknown>>;
}

const entries = (answer: Answered): readonly Entry[] => (answer.body.metadata.managedFields ?? []) as Entry[];
/** `kubectl Apply`, `kubelet Update status`. */
const managers = (answer: Answered): readonly string[] => entries(answer).map(({ manager, operation, subresource }) => [manager, operation, subresource].filter((word) => word !== undefined).join(' '));
const fieldsOf = (answer: Answered, name: string): unknown => entries(answer).find(({ manager }) => manager === name)?.fieldsV1;

const map = (data: Readonly<Record<string, string>>, metadata: object = {}): object => ({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'm', ...metadata }, data });
const deployment = (replicas?: number): object => {
  const { replicas: _replicas, ...spec } = aDeployment('checkout').spec ?? { selector: {}, template: {} };
  return { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'checkout' }, spec: replicas === undefined ? spec : { ...spec, replicas } };
};

function withCheckout(): ARestApi {
  const api = new ARestApi();
  api.ask('POST', '/apis/apps/v1/namespaces/shop/deployments?fieldManager=kubectl-create', { body: deployment(3) });
  api.cluster.wait('1m');
  return api;
}

describe('whoever writes', () => {
  test('is noted with the fields that the write set', () => {
    const api = new ARestApi();
    const made = api.ask('POST', MAPS, { body: aConfigMap('m', { a: '1', b: '2' }), headers: { 'user-agent': 'kubectl/v1.33.0 (linux/amd64) kubernetes/abc' } });
    expect(entries(made)).toEqual([{ manager: 'kubectl', operation: 'Update', apiVersion: 'v1', time: '2026-02-10T03:10:00Z', fieldsType: 'FieldsV1', fieldsV1: { 'f:data': { '.': {}, 'f:a': {}, 'f:b': {} }, 'f:metadata': { 'f:labels': {} } } }]);
    api.cluster.wait('5s');
    const edited = api.patch(`${MAPS}/m?fieldManager=kubectl-edit`, 'merge', { data: { b: '3', c: '4' } });
    expect(fieldsOf(edited, 'kubectl')).toEqual({ 'f:data': { '.': {}, 'f:a': {} }, 'f:metadata': { 'f:labels': {} } });
    expect(fieldsOf(edited, 'kubectl-edit')).toEqual({ 'f:data': { 'f:b': {}, 'f:c': {} } });
    expect(entries(edited).map(({ time }) => time)).toEqual(['2026-02-10T03:10:00Z', '2026-02-10T03:10:05Z']);
  });

  test('and changes nothing, leaves the revision as it was', () => {
    const api = withCheckout();
    const before = api.get(CHECKOUT).body.metadata.resourceVersion;
    expect(api.patch(CHECKOUT, 'merge', { spec: { replicas: 3 } }).body.metadata).toMatchObject({ resourceVersion: before, generation: 1 });
    expect(api.ask('PUT', CHECKOUT, { body: api.get(CHECKOUT).body }).body.metadata.resourceVersion).toBe(before);
  });

  test('may say that nobody shall be noted, until the next apply', () => {
    const api = new ARestApi();
    api.ask('POST', MAPS, { body: aConfigMap('m', { a: '1' }) });
    expect(managers(api.patch(`${MAPS}/m`, 'json', [{ op: 'replace', path: '/metadata/managedFields', value: [{}] }]))).toEqual([]);
    expect(managers(api.patch(`${MAPS}/m`, 'merge', { data: { a: '2' } }))).toEqual([]);
    expect(managers(api.patch(`${MAPS}/m?fieldManager=me`, 'apply', map({ b: '1' })))).toEqual(['me Apply', 'before-first-apply Update']);
  });
});

describe('controllers', () => {
  test('own what they write, found when somebody looks', () => {
    const api = withCheckout();
    expect(managers(api.get(CHECKOUT))).toEqual(['kubectl-create Update', 'kube-controller-manager Update status']);
    expect(fieldsOf(api.get(CHECKOUT), 'kube-controller-manager')).toMatchObject({ 'f:metadata': { 'f:annotations': { '.': {}, 'f:deployment.kubernetes.io/revision': {} } }, 'f:status': { 'f:readyReplicas': {} } });
    const [pod] = api.get('/api/v1/namespaces/shop/pods?limit=500').body.items as { metadata: { name: string; managedFields: Entry[] } }[];
    expect(pod?.metadata.managedFields.map(({ manager, subresource }) => `${manager} ${subresource ?? ''}`)).toEqual(['kube-controller-manager ', 'kubelet status']);
    expect(api.get(`/api/v1/namespaces/shop/pods/${pod?.metadata.name}`).body.metadata.managedFields).toEqual(pod?.metadata.managedFields);
    expect(api.get('/api/v1/namespaces/shop/pods').body.items[0].metadata.managedFields).toBeUndefined();
  });

  test('and whoever scales keep the number from those who apply another', () => {
    const api = withCheckout();
    expect(api.patch(`${CHECKOUT}/scale?fieldManager=kubectl`, 'merge', { spec: { replicas: 5 } }).code).toBe(200);
    expect(managers(api.get(CHECKOUT))).toEqual(['kubectl-create Update', 'kube-controller-manager Update status', 'kubectl Update scale']);
    expect(api.patch(`${CHECKOUT}?fieldManager=pipeline`, 'apply', deployment(3))).toMatchObject({
      code: 409, body: {
        reason: 'Conflict', message: 'Apply failed with 1 conflict: conflict with "kubectl" with subresource "scale" using apps/v1: .spec.replicas',
        details: { causes: [{ reason: 'FieldManagerConflict', message: 'conflict with "kubectl" with subresource "scale" using apps/v1', field: '.spec.replicas' }] },
      },
    });
    expect(api.patch(`${CHECKOUT}?fieldManager=pipeline`, 'apply', deployment())).toMatchObject({ code: 200, body: { spec: { replicas: 5 } } });
  });
});

describe('whoever applies on the server', () => {
  test('creates what is not there, and owns nothing but what was given', () => {
    const api = new ARestApi();
    const made = api.patch(`${MAPS}/m?fieldManager=me`, 'apply', map({ a: '1' }));
    expect([made.code, managers(made), fieldsOf(made, 'me')]).toEqual([201, ['me Apply'], { 'f:data': { 'f:a': {} } }]);
    const again = api.patch(`${MAPS}/m?fieldManager=me`, 'apply', map({ a: '1' }));
    expect([again.code, again.body.metadata.resourceVersion]).toEqual([200, made.body.metadata.resourceVersion]);
  });

  test('takes back what is given no more, unless somebody else owns it', () => {
    const api = new ARestApi();
    api.patch(`${MAPS}/m?fieldManager=ana`, 'apply', map({ a: '1', b: '2' }));
    api.patch(`${MAPS}/m?fieldManager=ben`, 'apply', map({ b: '2', c: '3' }));
    expect(api.patch(`${MAPS}/m?fieldManager=ana`, 'apply', map({ d: '4' })).body.data).toEqual({ b: '2', c: '3', d: '4' });
    expect(api.patch(`${MAPS}/m?fieldManager=ben&force=true`, 'apply', map({ d: '5' })).body.data).toEqual({ d: '5' });
  });

  test('is told of every conflict, by manager', () => {
    const api = new ARestApi();
    api.ask('POST', `${MAPS}?fieldManager=zoe`, { body: aConfigMap('m', { a: '1' }) });
    api.patch(`${MAPS}/m?fieldManager=ben`, 'apply', map({ b: '2', c: '3' }));
    expect(api.patch(`${MAPS}/m?fieldManager=me`, 'apply', map({ a: 'x', b: 'x', c: 'x' })).body.message).toBe('Apply failed with 3 conflicts: conflicts with "ben":\n- .data.b\n- .data.c\nconflicts with "zoe" using v1:\n- .data.a');
  });

  test('may try first', () => {
    const api = new ARestApi();
    expect(managers(api.patch(`${MAPS}/m?fieldManager=me&dryRun=All`, 'apply', map({ a: '1' })))).toEqual(['me Apply']);
    expect(api.get(`${MAPS}/m`).code).toBe(404);
  });

  test('is refused in the server\'s words', () => {
    const api = withCheckout();
    const refusal = (url: string, body: unknown): string => {
      const { code, body: { message } } = api.patch(url, 'apply', body);
      return `${code} ${String(message)}`;
    };
    const me = `${MAPS}/m?fieldManager=me`;
    expect(refusal(`${MAPS}/m`, map({}))).toBe('422 PatchOptions.meta.k8s.io "" is invalid: fieldManager: Required value: is required for apply patch');
    expect(refusal(me, map({}, { managedFields: [] }))).toBe('400 metadata.managedFields must be nil');
    expect(refusal(me, map({}, { name: 'other' }))).toBe('400 the name of the object (other) does not match the name on the URL (m)');
    expect(refusal(me, { kind: 'Secret', apiVersion: 'v1', metadata: { name: 'm' } })).toBe('400 invalid object type: /v1, Kind=Secret');
    expect(refusal(`${CHECKOUT}?fieldManager=me`, { ...deployment(), spec: { replcias: 3 } })).toBe('500 failed to create typed patch object (shop/checkout; apps/v1, Kind=Deployment): .spec.replcias: field not declared in schema');
    const twice = { ...deployment(), spec: { template: { spec: { containers: [{ name: 'a' }, { name: 'a' }] } } } };
    expect(refusal(`${CHECKOUT}?fieldManager=me`, twice)).toContain('.spec.template.spec.containers: duplicate entries for key [name="a"]');
    expect(refusal(`${CHECKOUT}?fieldManager=me&force=true`, { ...deployment(3), metadata: { name: 'checkout', resourceVersion: '1' } })).toContain('409 Operation cannot be fulfilled on deployments.apps "checkout": the object has been modified');
    expect(api.patch(`${MAPS}/m?force=true`, 'merge', {}).body.message).toBe('PatchOptions.meta.k8s.io "" is invalid: force: Forbidden: may not be specified for non-apply patch');
    expect(api.patch(`${MAPS}/m?fieldManager=${'x'.repeat(129)}`, 'merge', {}).body.message).toBe('PatchOptions.meta.k8s.io "" is invalid: fieldManager: Too long: may not be more than 128 bytes');
  });

  test('as kubectl takes over what kubectl applied by its annotation', () => {
    const api = new ARestApi();
    const last = JSON.stringify({ ...map({ a: '1', b: '2' }), metadata: { name: 'm', namespace: 'shop' } });
    api.ask('POST', `${MAPS}?fieldManager=kubectl-client-side-apply`, { body: map({ a: '1', b: '2' }, { annotations: { 'kubectl.kubernetes.io/last-applied-configuration': last } }) });
    const taken = api.patch(`${MAPS}/m?fieldManager=kubectl`, 'apply', map({ a: '5', b: '2' }));
    expect(taken).toMatchObject({ code: 200, body: { data: { a: '5', b: '2' } } });
    expect(JSON.parse(taken.body.metadata.annotations['kubectl.kubernetes.io/last-applied-configuration'] as string)).toMatchObject({ data: { a: '5', b: '2' } });
  });

  test('may apply a status by its own door', () => {
    const api = withCheckout();
    const status = { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'checkout' }, status: { conditions: [{ type: 'Audited', status: 'True' }] } };
    const answered = api.patch(`${CHECKOUT}/status?fieldManager=auditor`, 'apply', status);
    expect(answered.code).toBe(200);
    expect(managers(answered)).toContain('auditor Apply status');
    expect((answered.body.status.conditions as { type: string }[]).map(({ type }) => type)).toEqual(expect.arrayContaining(['Audited', 'Available', 'Progressing']));
  });
});

describe('a patch', () => {
  test('that fails is refused whole, and not told why', () => {
    const api = withCheckout();
    expect(api.patch(CHECKOUT, 'json', [{ op: 'replace', path: '/spec/replicas', value: 9 }, { op: 'test', path: '/spec/paused', value: true }])).toMatchObject({ code: 422, body: { reason: 'Invalid', message: 'the server rejected our request due to an error in our request' } });
    expect(api.get(CHECKOUT).body.spec.replicas).toBe(3);
    expect(api.patch(CHECKOUT, 'json', [{ op: 'drop', path: '/spec' }]).code).toBe(422);
  });

  test('that is no patch, or leaves no object, is refused with what was sent', () => {
    const api = withCheckout();
    expect(api.patch(CHECKOUT, 'json', {}).body.message).toBe('error decoding patch: json: cannot unmarshal object into Go value of type []handlers.jsonPatchOp');
    expect(api.patch(CHECKOUT, 'merge', []).body.message).toBe('error decoding patch: json: cannot unmarshal array into Go value of type map[string]interface {}');
    expect(api.patch(CHECKOUT, 'strategic', { spec: { replicas: 'x' } })).toMatchObject({ code: 422, body: { message: ' "" is invalid: patch: Invalid value: "map[spec:map[replicas:x]]": unrecognized type: int32' } });
    expect(api.patch(CHECKOUT, 'merge', { spec: { replicas: 'x' } }).body.message).toContain('json: cannot unmarshal string into Go struct field DeploymentSpec.spec.replicas of type int32');
    expect(api.patch(CHECKOUT, 'json', [{ op: 'replace', path: '/spec/replicas', value: 'x' }]).code).toBe(422);
    expect(api.patch(`${CHECKOUT}?fieldValidation=Strict`, 'strategic', { spec: { replcias: 1 } }).body.message).toBe(' "" is invalid: patch: Invalid value: "map[spec:map[replcias:1]]": strict decoding error: unknown field "spec.replcias"');
    expect(api.patch(CHECKOUT, 'json', Array.from({ length: 10_001 }, () => ({ op: 'test', path: '/kind', value: 'Deployment' })))).toMatchObject({ code: 413, body: { message: 'Request entity too large: The allowed maximum operations in a JSON patch is 10000, got 10001' } });
  });
});
