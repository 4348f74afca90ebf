import { describe, expect, test } from 'vitest';
import { ARestApi } from './a-rest-api.ts';

/** What the conformance specs "should support … API operations" do with each kind: every verb, then the status where there is one. */
const KINDS: readonly { readonly kind: string; readonly path: string; readonly body: object; readonly status?: object }[] = [
  { kind: 'RuntimeClass', path: 'node.k8s.io/v1/runtimeclasses', body: { handler: 'runsc' } },
  { kind: 'CSIDriver', path: 'storage.k8s.io/v1/csidrivers', body: { spec: {} } },
  { kind: 'CSINode', path: 'storage.k8s.io/v1/csinodes', body: { spec: { drivers: [] } } },
  { kind: 'CSIStorageCapacity', path: 'storage.k8s.io/v1/namespaces/shop/csistoragecapacities', body: { storageClassName: 'standard', capacity: '10Gi' } },
  { kind: 'VolumeAttachment', path: 'storage.k8s.io/v1/volumeattachments', body: { spec: { attacher: 'a.example.com', nodeName: 'node-1', source: { persistentVolumeName: 'v' } } }, status: { attached: true } },
  { kind: 'PodTemplate', path: 'v1/namespaces/shop/podtemplates', body: { template: { spec: { containers: [{ name: 'c', image: 'nginx' }] } } } },
  { kind: 'FlowSchema', path: 'flowcontrol.apiserver.k8s.io/v1/flowschemas', body: { spec: { priorityLevelConfiguration: { name: 'global-default' }, matchingPrecedence: 10_000 } }, status: { conditions: [{ type: 'Dangling', status: 'False' }] } },
  { kind: 'PriorityLevelConfiguration', path: 'flowcontrol.apiserver.k8s.io/v1/prioritylevelconfigurations', body: { spec: { type: 'Limited', limited: { limitResponse: { type: 'Reject' } } } }, status: { conditions: [{ type: 'Concurrency', status: 'True' }] } },
  {
    kind: 'ValidatingAdmissionPolicy', path: 'admissionregistration.k8s.io/v1/validatingadmissionpolicies',
    body: { spec: { matchConstraints: { resourceRules: [{ apiGroups: ['apps'], apiVersions: ['v1'], operations: ['CREATE'], resources: ['deployments'] }] }, validations: [{ expression: 'object.spec.replicas <= 100' }] } }, status: { observedGeneration: 1 },
  },
  { kind: 'ValidatingAdmissionPolicyBinding', path: 'admissionregistration.k8s.io/v1/validatingadmissionpolicybindings', body: { spec: { policyName: 'p', validationActions: ['Deny'] } } },
  { kind: 'APIService', path: 'apiregistration.k8s.io/v1/apiservices', body: { spec: { group: 'e2e.example.com', version: 'v1', groupPriorityMinimum: 1_000, versionPriority: 15, service: { namespace: 'shop', name: 'api' } } }, status: { conditions: [{ type: 'Available', status: 'False', reason: 'ServiceNotFound' }] } },
];

describe.each(KINDS)('a client of the kind $kind', ({ kind, path, body, status }) => {
  const apiVersion = path.startsWith('v1/') ? 'v1' : path.split('/').slice(0, 2).join('/');
  const url = `/${path.startsWith('v1/') ? 'api' : 'apis'}/${path}`;
  const name = kind === 'APIService' ? 'v1.e2e.example.com' : 'e2e-example';
  const made = { apiVersion, kind, metadata: { name, labels: { special: 'yes' } }, ...body };

  test('should support its API operations [Conformance]', () => {
    const api = new ARestApi();
    const before = api.get(url).body.metadata.resourceVersion as string;
    const watch = api.stream(`${url}?watch=true&resourceVersion=${before}&labelSelector=special%3Dyes`);
    const created = api.ask('POST', url, { body: made });
    expect(created).toMatchObject({ code: 201, body: made });
    expect(api.ask('POST', url, { body: made })).toMatchObject({ code: 409, body: { reason: 'AlreadyExists' } });
    expect(api.get(`${url}/${name}`).body).toEqual(created.body);
    expect(api.get(`${url}?labelSelector=special%3Dyes`).body).toMatchObject({ kind: `${kind}List`, items: [{ metadata: { name } }] });
    expect(api.patch(`${url}/${name}`, 'merge', { metadata: { annotations: { patched: 'true' } } })).toMatchObject({ code: 200, body: { metadata: { annotations: { patched: 'true' } } } });
    const current = api.get(`${url}/${name}`).body as { metadata: { annotations: Record<string, string> } };
    const updated = { ...current, metadata: { ...current.metadata, annotations: { ...current.metadata.annotations, updated: 'true' } } };
    expect(api.ask('PUT', `${url}/${name}`, { body: updated })).toMatchObject({ code: 200, body: { metadata: { annotations: { patched: 'true', updated: 'true' } } } });
    expect(api.ask('PUT', `${url}/${name}`, { body: updated }).code, 'an old version').toBe(409);
    expect(api.ask('DELETE', `${url}/${name}`).code).toBe(200);
    expect(api.get(`${url}/${name}`).code).toBe(404);
    expect(api.ask('POST', url, { body: made }).code).toBe(201);
    expect(api.ask('DELETE', `${url}?labelSelector=special%3Dyes`).code).toBe(200);
    expect(api.get(`${url}?labelSelector=special%3Dyes`).body.items).toEqual([]);
    expect(watch.told).toEqual([`ADDED ${name}`, `MODIFIED ${name}`, `MODIFIED ${name}`, `DELETED ${name}`, `ADDED ${name}`, `DELETED ${name}`]);
  });

  test.runIf(status !== undefined)('writes its status by a door of its own, with a word or two beside it', () => {
    const api = new ARestApi();
    expect(api.ask('POST', url, { body: made }).code).toBe(201);
    expect(api.patch(`${url}/${name}/status`, 'merge', { metadata: { annotations: { patchedstatus: 'true' } }, status })).toMatchObject({ code: 200, body: { metadata: { annotations: { patchedstatus: 'true' } }, status } });
    expect(api.patch(`${url}/${name}`, 'merge', { status: null }).body).toMatchObject({ status });
  });
});

describe('a request for a certificate', () => {
  const url = '/apis/certificates.k8s.io/v1/certificatesigningrequests';
  const request = { apiVersion: 'certificates.k8s.io/v1', kind: 'CertificateSigningRequest', metadata: { generateName: 'e2e-' }, spec: { request: btoa('-----BEGIN CERTIFICATE REQUEST-----\n-----END CERTIFICATE REQUEST-----\n'), signerName: 'example.com/e2e', usages: ['client auth'], username: 'mallory' } };

  test('should support CSR API operations [Conformance: Certificates API]', () => {
    const api = new ARestApi();
    const created = api.ask('POST', url, { body: request });
    expect(created).toMatchObject({ code: 201, body: { spec: { username: 'ana', groups: ['system:masters'] } } });
    const own = `${url}/${created.body.metadata.name as string}`;
    const approved = { type: 'Approved', status: 'True', reason: 'KubectlApprove', message: 'This CSR was approved by kubectl certificate approve.' };
    expect(api.patch(`${own}/approval`, 'merge', { metadata: { annotations: { patchedapproval: 'true' } }, status: { conditions: [approved], certificate: 'AAAA' } }).body).toMatchObject({ metadata: { annotations: { patchedapproval: 'true' } }, status: { conditions: [approved] } });
    expect(api.get(own).body.status.certificate).toBeUndefined();
    const certificate = btoa('-----BEGIN CERTIFICATE-----\n-----END CERTIFICATE-----\n');
    expect(api.patch(`${own}/status`, 'merge', { metadata: { annotations: { patchedstatus: 'true' } }, status: { certificate, conditions: [] } }).body).toMatchObject({ metadata: { annotations: { patchedstatus: 'true' } }, status: { certificate, conditions: [approved] } });
    expect(api.get(`${url}?fieldSelector=spec.signerName%3Dexample.com/e2e`).body.items).toHaveLength(1);
    expect(api.get(`${url}?fieldSelector=spec.signerName%3Dexample.com/other`).body.items).toHaveLength(0);
  });
});
