import { beforeEach, describe, expect, it } from 'vitest';
import { aDeployment } from '../support/small-cluster.ts';
import { ARestApi } from './a-rest-api.ts';
import { aWidget, aWidgetDefinition } from './a-widget.ts';

const GROUP = '/apis/admissionregistration.k8s.io/v1';
const DEPLOYMENTS = '/apis/apps/v1/namespaces/shop/deployments';

let rest: ARestApi;

beforeEach(() => {
  rest = new ARestApi();
});

function policy(spec: object, binding: object = {}): void {
  const matchConstraints = { resourceRules: [{ apiGroups: ['apps'], apiVersions: ['v1'], operations: ['CREATE', 'UPDATE'], resources: ['deployments'] }] };
  expect(rest.ask('POST', `${GROUP}/validatingadmissionpolicies`, { body: { apiVersion: 'admissionregistration.k8s.io/v1', kind: 'ValidatingAdmissionPolicy', metadata: { name: 'limits' }, spec: { matchConstraints, ...spec } } }).code).toBe(201);
  expect(rest.ask('POST', `${GROUP}/validatingadmissionpolicybindings`, { body: { apiVersion: 'admissionregistration.k8s.io/v1', kind: 'ValidatingAdmissionPolicyBinding', metadata: { name: 'everywhere' }, spec: { policyName: 'limits', validationActions: ['Deny'], ...binding } } }).code).toBe(201);
}

function deploy(replicas: number): ReturnType<ARestApi['ask']> {
  return rest.ask('POST', DEPLOYMENTS, { body: aDeployment('web', { replicas }) });
}

/** After test/e2e/apimachinery/validatingadmissionpolicy.go. */
describe('ValidatingAdmissionPolicy [Privileged:ClusterAdmin]', () => {
  it('[Conformance] should validate against a Deployment', () => {
    policy({ validations: [{ expression: 'object.spec.replicas > 1', messageExpression: "'wants replicas > 1, got ' + string(object.spec.replicas)" }, { expression: "namespaceObject.metadata.name == 'shop'", message: 'Internal error! Other namespace should not be allowed.' }] });
    const { code, body } = deploy(1);
    expect([code, body.reason, body.message]).toEqual([422, 'Invalid', `deployments.apps "web" is forbidden: ValidatingAdmissionPolicy 'limits' with binding 'everywhere' denied request: wants replicas > 1, got 1`]);
    expect(deploy(2).code).toBe(201);
    expect(rest.patch(`${DEPLOYMENTS}/web`, 'merge', { spec: { replicas: 1 } }).code).toBe(422);
    rest.cluster.wait('1s');
    expect(rest.get(`${GROUP}/validatingadmissionpolicies/limits`).body.status).toEqual({ observedGeneration: 1, typeChecking: {} });
  });

  it('[Conformance] should allow expressions to refer variables.', () => {
    policy({ variables: [{ name: 'replicas', expression: 'object.spec.replicas' }, { name: 'oddReplicas', expression: 'variables.replicas % 2 == 1' }], validations: [{ expression: 'variables.replicas > 1' }, { expression: 'variables.oddReplicas' }] });
    expect(deploy(1).body.message).toContain('denied request: failed expression: variables.replicas > 1');
    expect(deploy(2).body.message).toContain('denied request: failed expression: variables.oddReplicas');
    expect(deploy(3).code).toBe(201);
  });

  it('warns where it is told to', () => {
    policy({ validations: [{ expression: 'object.spec.replicas <= 5' }] }, { validationActions: ['Warn'] });
    const { code, headers } = deploy(6);
    expect([code, headers['warning']]).toEqual([201, `299 - "Validation failed for ValidatingAdmissionPolicy 'limits' with binding 'everywhere': failed expression: object.spec.replicas <= 5"`]);
  });

  it('takes parameters from objects, of custom kinds too', () => {
    rest.ask('POST', '/apis/apiextensions.k8s.io/v1/customresourcedefinitions', { body: aWidgetDefinition() });
    rest.cluster.wait('1s');
    rest.ask('POST', '/apis/example.com/v1/namespaces/shop/widgets', { body: aWidget('limit', { colour: 'red', replicas: 2 }) });
    policy({ paramKind: { apiVersion: 'example.com/v1', kind: 'Widget' }, validations: [{ expression: 'object.spec.replicas <= params.spec.replicas' }] }, { paramRef: { name: 'limit', parameterNotFoundAction: 'Deny' } });
    expect(deploy(3).code).toBe(422);
    expect(deploy(2).code).toBe(201);
    rest.ask('DELETE', '/apis/example.com/v1/namespaces/shop/widgets/limit');
    expect(rest.patch(`${DEPLOYMENTS}/web`, 'merge', { spec: { replicas: 1 } }).body.message).toContain('denied request: failed to configure binding: no params found for policy binding with `Deny` parameterNotFoundAction');
  });

  it('fails closed where an expression comes to nothing, unless told otherwise', () => {
    policy({ validations: [{ expression: "object.metadata.labels['team'] == 'a'" }] });
    expect(deploy(1).body.message).toContain("denied request: expression 'object.metadata.labels['team'] == 'a'' resulted in error: no such key: ");
    rest.patch(`${GROUP}/validatingadmissionpolicies/limits`, 'merge', { spec: { failurePolicy: 'Ignore' } });
    expect(deploy(1).code).toBe(201);
  });
});
