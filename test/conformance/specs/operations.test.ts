import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { AnE2eCluster, type Any } from './an-e2e-cluster.ts';

let e2e: AnE2eCluster;
let namespace: string;

beforeAll(() => {
  e2e = new AnE2eCluster();
});
beforeEach(() => {
  namespace = e2e.namespace('operations');
});

interface Resource {
  readonly group: string;
  readonly plural: string;
  readonly kind: string;
  readonly namespaced?: boolean;
  /** What an object has beside its metadata. */
  readonly body: object;
  readonly status?: object;
  /** Fields of the body that `update` changes; annotations are changed in any case. */
  readonly change?: (object: Any) => void;
}

const now = '2026-02-10T03:10:30Z';

/** What every `API operations` spec does: discovery, create, get, list, watch, patch, update, status, delete, deletecollection. */
function operates({ group, plural, kind, namespaced = false, body, status, change }: Resource): void {
  const version = 'v1';
  const collection = `/apis/${group}/${version}${namespaced ? `/namespaces/${namespace}` : ''}/${plural}`;
  const labels = { 'special-label': namespace };
  const selector = `labelSelector=${encodeURIComponent(`special-label=${namespace}`)}`;
  expect((e2e.read('/apis').groups as Any[]).find(({ name }) => name === group)?.versions.map((one: Any) => one.version)).toContain(version);
  expect(e2e.read(`/apis/${group}`).versions.map((one: Any) => one.version)).toContain(version);
  const names = (e2e.read(`/apis/${group}/${version}`).resources as Any[]).map(({ name }) => name);
  expect(names).toEqual(expect.arrayContaining([plural, ...(status === undefined ? [] : [`${plural}/status`])]));
  const make = (): Any => e2e.create(collection, { apiVersion: `${group}/${version}`, kind, metadata: { generateName: 'e2e-example-', labels }, ...body });
  make();
  make();
  const made = make();
  const at = `${collection}/${made.metadata.name}`;
  expect(e2e.read(at).metadata.uid).toBe(made.metadata.uid);
  expect(e2e.read(`${collection}?${selector}`).items).toHaveLength(3);
  if (namespaced) expect(e2e.read(`/apis/${group}/${version}/${plural}?${selector}`).items).toHaveLength(3);
  const watch = e2e.watch(`${collection}?resourceVersion=${made.metadata.resourceVersion}&${selector}`);
  expect(e2e.patch(at, 'merge', { metadata: { annotations: { patched: 'true' } } }).metadata.annotations.patched).toBe('true');
  const updated = e2e.change(at, (object) => {
    object.metadata.annotations.updated = 'true';
    change?.(object);
  });
  expect(updated.metadata.annotations.updated).toBe('true');
  e2e.heard(watch, ({ type, object }) => type === 'MODIFIED' && object.metadata.annotations.updated === 'true', 'the update');
  if (status !== undefined) {
    expect(e2e.read(`${at}/status`).metadata.uid).toBe(made.metadata.uid);
    expect(e2e.patch(`${at}/status`, 'merge', { metadata: { annotations: { patchedstatus: 'true' } }, status })).toMatchObject({ status });
    e2e.change(`${at}/status`, (object) => { object.status = { ...object.status, ...status }; });
    expect(e2e.read(at)).toMatchObject({ status });
  }
  e2e.delete(at);
  e2e.gone(at);
  e2e.heard(watch, ({ type, object }) => type === 'DELETED' && object.metadata.name === made.metadata.name, 'the deletion');
  expect(e2e.read(`${collection}?${selector}`).items).toHaveLength(2);
  e2e.delete(`${collection}?${selector}`);
  e2e.eventually(() => e2e.read(`${collection}?${selector}`).items.length === 0, 'the deletion of all');
}

const condition = { type: 'StatusPatched', status: 'True', reason: 'E2E', message: 'Set by an e2e test', lastTransitionTime: now };

describe('[sig-api-machinery] API priority and fairness', () => {
  it('should support FlowSchema API operations [Conformance]', () => {
    operates({
      group: 'flowcontrol.apiserver.k8s.io', plural: 'flowschemas', kind: 'FlowSchema',
      body: { spec: { matchingPrecedence: 10_000, priorityLevelConfiguration: { name: 'global-default' }, distinguisherMethod: { type: 'ByUser' }, rules: [{ subjects: [{ kind: 'User', user: { name: 'example-e2e-non-existent-user' } }], nonResourceRules: [{ verbs: ['*'], nonResourceURLs: ['*'] }] }] } },
      status: { conditions: [{ type: 'Dangling', status: 'Unknown', reason: 'E2E', message: 'x', lastTransitionTime: now }] }, change: ({ spec }) => { spec.matchingPrecedence = 9_000; },
    });
  });

  it('should support PriorityLevelConfiguration API operations [Conformance]', () => {
    operates({
      group: 'flowcontrol.apiserver.k8s.io', plural: 'prioritylevelconfigurations', kind: 'PriorityLevelConfiguration',
      body: { spec: { type: 'Limited', limited: { nominalConcurrencyShares: 2, limitResponse: { type: 'Reject' } } } },
      status: { conditions: [{ type: 'InvalidForTest', status: 'Unknown', reason: 'E2E', message: 'x', lastTransitionTime: now }] }, change: ({ spec }) => { spec.limited.nominalConcurrencyShares = 4; },
    });
  });
});

describe('[sig-api-machinery] ValidatingAdmissionPolicy [Privileged:ClusterAdmin]', () => {
  const rules = [{ apiGroups: ['apps'], apiVersions: ['v1'], operations: ['CREATE', 'UPDATE'], resources: ['deployments'] }];
  const policy = (validations: readonly object[], more: object = {}): object => ({ spec: { failurePolicy: 'Fail', matchConstraints: { resourceRules: rules, namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': namespace } } }, validations, ...more } });

  it('should support ValidatingAdmissionPolicy API operations [Conformance]', () => {
    operates({
      group: 'admissionregistration.k8s.io', plural: 'validatingadmissionpolicies', kind: 'ValidatingAdmissionPolicy', body: policy([{ expression: 'object.spec.replicas <= 100' }]),
      status: { conditions: [condition] },
    });
  });

  it('should support ValidatingAdmissionPolicyBinding API operations [Conformance]', () => {
    operates({ group: 'admissionregistration.k8s.io', plural: 'validatingadmissionpolicybindings', kind: 'ValidatingAdmissionPolicyBinding', body: { spec: { policyName: 'replicalimit-policy.example.com', validationActions: ['Deny'] } } });
  });

  const url = (): string => `/apis/apps/v1/namespaces/${namespace}/deployments`;
  const aDeployment = (name: string, replicas: number): object => ({ apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name }, spec: { replicas, selector: { matchLabels: { app: name } }, template: { metadata: { labels: { app: name } }, spec: { containers: [{ name: 'app', image: 'registry.k8s.io/e2e-test-images/nginx:1.14-4' }] } } } });
  const apply = (name: string, body: object): void => {
    e2e.create('/apis/admissionregistration.k8s.io/v1/validatingadmissionpolicies', { apiVersion: 'admissionregistration.k8s.io/v1', kind: 'ValidatingAdmissionPolicy', metadata: { name }, ...body });
    e2e.until(`/apis/admissionregistration.k8s.io/v1/validatingadmissionpolicies/${name}`, ({ status, metadata }) => status.typeChecking !== undefined && status.observedGeneration >= metadata.generation, 'the check of types');
    e2e.create('/apis/admissionregistration.k8s.io/v1/validatingadmissionpolicybindings', { apiVersion: 'admissionregistration.k8s.io/v1', kind: 'ValidatingAdmissionPolicyBinding', metadata: { name }, spec: { policyName: name, validationActions: ['Deny'] } });
  };

  it('should validate against a Deployment [Conformance]', () => {
    apply('policy-replicas', policy([{ expression: 'object.spec.replicas > 1', messageExpression: "'wants replicas > 1, got ' + object.spec.replicas" }, { expression: "namespaceObject.metadata.name == '' || true", message: 'Internal error! Other namespace should not be allowed.' }]));
    const said = (): Any => e2e.ask('POST', `${url()}?dryRun=All`, { body: aDeployment('replicated', 1) });
    e2e.eventually(() => said().code === 422, 'the refusal');
    // A number does not join a text: the expression itself is told instead.
    expect(said().body.message).toContain('failed expression: object.spec.replicas > 1');
    e2e.create(url(), aDeployment('replicated', 2));
    e2e.delete('/apis/admissionregistration.k8s.io/v1/validatingadmissionpolicybindings/policy-replicas');
    e2e.delete('/apis/admissionregistration.k8s.io/v1/validatingadmissionpolicies/policy-replicas');
  });

  it('should allow expressions to refer variables. [Conformance]', () => {
    apply('policy-variables', policy([{ expression: 'variables.oddReplicas', messageExpression: "'wants odd, got ' + string(variables.replicas)" }], { variables: [{ name: 'replicas', expression: 'object.spec.replicas' }, { name: 'oddReplicas', expression: 'variables.replicas % 2 == 1' }] }));
    const said = (): Any => e2e.ask('POST', `${url()}?dryRun=All`, { body: aDeployment('replicated', 2) });
    e2e.eventually(() => said().code === 422, 'the refusal');
    e2e.create(url(), aDeployment('odd', 3));
  });
});

describe('[sig-auth] Certificates API [Privileged:ClusterAdmin]', () => {
  it('should support CSR API operations [Conformance]', () => {
    const csr = Buffer.from('-----BEGIN CERTIFICATE REQUEST-----\nMIHYMIGAAgEAMB4xHDAaBgNVBAMTE2UyZS1leGFtcGxlLWNsaWVudDBZMBMGByqG\nSM49AgEGCCqGSM49AwEHA0IABEd4\n-----END CERTIFICATE REQUEST-----\n').toString('base64');
    operates({ group: 'certificates.k8s.io', plural: 'certificatesigningrequests', kind: 'CertificateSigningRequest', body: { spec: { request: csr, signerName: 'example.com/e2e-signer', expirationSeconds: 3600, usages: ['digital signature', 'key encipherment', 'server auth'] } } });
  });
});

describe('[sig-node] RuntimeClass', () => {
  it('should support RuntimeClasses API operations [Conformance]', () => {
    operates({ group: 'node.k8s.io', plural: 'runtimeclasses', kind: 'RuntimeClass', body: { handler: 'foo-handler' } });
  });
});

describe('[sig-network]', () => {
  it('Ingress API should support creating Ingress API operations [Conformance]', () => {
    operates({ group: 'networking.k8s.io', plural: 'ingresses', kind: 'Ingress', namespaced: true, body: { spec: { defaultBackend: { service: { name: 'default-backend', port: { number: 80 } } }, rules: [{ host: 'foo', http: { paths: [{ path: '/', pathType: 'ImplementationSpecific', backend: { service: { name: 'test-backend', port: { number: 8080 } } } }] } }] } }, status: { loadBalancer: { ingress: [{ ip: '169.1.1.1' }] } } });
  });

  it('IngressClass API should support creating IngressClass API operations [Conformance]', () => {
    operates({ group: 'networking.k8s.io', plural: 'ingressclasses', kind: 'IngressClass', body: { spec: { controller: 'e2e.test/ingress', parameters: { apiGroup: 'k8s.example.com', kind: 'IngressParameters', name: 'external-lb' } } } });
  });

  it('EndpointSlice should support creating EndpointSlice API operations [Conformance]', () => {
    operates({ group: 'discovery.k8s.io', plural: 'endpointslices', kind: 'EndpointSlice', namespaced: true, body: { addressType: 'IPv4', endpoints: [{ addresses: ['1.2.3.4', '5.6.7.8'] }] } });
  });
});

describe('[sig-storage] CSIStorageCapacity', () => {
  it('should support CSIStorageCapacities API operations [Conformance]', () => {
    operates({ group: 'storage.k8s.io', plural: 'csistoragecapacities', kind: 'CSIStorageCapacity', namespaced: true, body: { storageClassName: 'e2e-sc', capacity: '1Gi' } });
  });
});

describe('[sig-storage] lifecycles of classes, drivers and nodes', () => {
  it('CSIInlineVolumes should run through the lifecycle of a CSIDriver [Conformance]', () => {
    operates({ group: 'storage.k8s.io', plural: 'csidrivers', kind: 'CSIDriver', body: { spec: { attachRequired: false, podInfoOnMount: true, volumeLifecycleModes: ['Ephemeral'] } } });
  });

  it('CSINodes CSI Conformance should run through the lifecycle of a csinode [Conformance]', () => {
    operates({ group: 'storage.k8s.io', plural: 'csinodes', kind: 'CSINode', body: { spec: { drivers: [] } } });
  });

  it('StorageClasses CSI Conformance should run through the lifecycle of a StorageClass [Conformance]', () => {
    operates({ group: 'storage.k8s.io', plural: 'storageclasses', kind: 'StorageClass', body: { provisioner: 'e2e-fake-provisioner', volumeBindingMode: 'Immediate', reclaimPolicy: 'Delete' } });
  });

  it('VolumeAttachment Conformance should run through the lifecycle of a VolumeAttachment [Conformance]', () => {
    operates({ group: 'storage.k8s.io', plural: 'volumeattachments', kind: 'VolumeAttachment', body: { spec: { attacher: 'e2e.example.com', nodeName: 'e2e-node', source: { persistentVolumeName: 'e2e-pv' } } } });
  });

  it('VolumeAttachment Conformance should apply changes to a volumeattachment status [Conformance]', () => {
    operates({ group: 'storage.k8s.io', plural: 'volumeattachments', kind: 'VolumeAttachment', body: { spec: { attacher: 'e2e.example.com', nodeName: 'e2e-node', source: { persistentVolumeName: 'e2e-pv' } } }, status: { attached: true } });
  });
});

describe('[sig-node] Lease', () => {
  it('lease API should be available [Conformance]', () => {
    operates({ group: 'coordination.k8s.io', plural: 'leases', kind: 'Lease', namespaced: true, body: { spec: { holderIdentity: 'holder', leaseDurationSeconds: 30, acquireTime: '2026-02-10T03:10:00.000000Z', renewTime: '2026-02-10T03:10:05.000000Z', leaseTransitions: 0 } } });
    const lease = e2e.create(`/apis/coordination.k8s.io/v1/namespaces/${namespace}/leases`, { apiVersion: 'coordination.k8s.io/v1', kind: 'Lease', metadata: { name: 'lease' }, spec: { holderIdentity: 'holder', leaseDurationSeconds: 30, leaseTransitions: 0 } });
    expect(lease.spec).toEqual({ holderIdentity: 'holder', leaseDurationSeconds: 30, leaseTransitions: 0 });
  });
});

describe('[sig-instrumentation] Events API', () => {
  it('should ensure that an event can be fetched, patched, deleted, and listed [Conformance]', () => {
    operates({ group: 'events.k8s.io', plural: 'events', kind: 'Event', namespaced: true, body: { eventTime: '2026-02-10T03:10:00.000000Z', note: 'This is a test', reason: 'Test', action: 'Do', type: 'Normal', reportingController: 'test-controller', reportingInstance: 'test-node', regarding: { namespace } } });
  });
});

/** As kubectl sends what is to go from a list. */
describe('lists that a patch empties', () => {
  it('are left out', () => {
    const url = `/apis/apps/v1/namespaces/${namespace}/deployments`;
    const container = { name: 'web', image: 'nginx:1.27', env: [{ name: 'A', value: '1' }] };
    e2e.create(url, { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'cart' }, spec: { selector: { matchLabels: { app: 'cart' } }, template: { metadata: { labels: { app: 'cart' } }, spec: { containers: [container] } } } });
    const { spec } = e2e.patch(`${url}/cart`, 'strategic', { spec: { template: { spec: { '$setElementOrder/containers': [{ name: 'web' }], containers: [{ name: 'web', env: [{ $patch: 'delete', name: 'A' }] }] } } } });
    expect(Object.keys(spec.template.spec.containers[0] as object)).not.toContain('env');
  });
});
