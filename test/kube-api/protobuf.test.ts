import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { decodeProtobuf } from '../../src/kube-api/body/protobuf.ts';
import { ARestApi } from './a-rest-api.ts';
import { toProtobuf } from './protobuf-writer.ts';

const decoded = (object: { apiVersion: string; kind: string }, message: string): unknown => {
  const answer = decodeProtobuf(toProtobuf(object, message));
  if ('problem' in answer) throw new Error(answer.problem);
  return answer.value;
};

describe('an object in protobuf means what it means in JSON', () => {
  test('a Deployment: fields that stand in their parent, numbers or texts, quantities, zeros that are meant', () => {
    const deployment = {
      apiVersion: 'apps/v1', kind: 'Deployment',
      metadata: { name: 'web', labels: { app: 'web' }, creationTimestamp: '2026-02-10T03:10:00Z' },
      spec: {
        replicas: 0, selector: { matchLabels: { app: 'web' } },
        strategy: { type: 'RollingUpdate', rollingUpdate: { maxUnavailable: '25%', maxSurge: 1 } },
        template: {
          metadata: { labels: { app: 'web' } },
          spec: {
            containers: [{
              name: 'web', image: 'nginx', resources: { limits: { cpu: '500m' } }, ports: [{ containerPort: 80 }], env: [{ name: 'A', valueFrom: { configMapKeyRef: { name: 'settings', key: 'a' } } }],
              readinessProbe: { httpGet: { path: '/', port: 'http' }, initialDelaySeconds: 5 },
            }],
            volumes: [{ name: 'cache', emptyDir: {} }, { name: 'token', projected: { sources: [{ downwardAPI: { items: [{ path: 'namespace', fieldRef: { fieldPath: 'metadata.namespace' } }] } }], defaultMode: 420 } }],
          },
        },
      },
    };
    expect(decoded(deployment, 'api.apps.v1.Deployment')).toEqual(deployment);
  });

  test('a Secret: bytes', () => {
    const secret = { apiVersion: 'v1', kind: 'Secret', metadata: { name: 's' }, data: { p: 'cQ==' }, type: 'Opaque' };
    expect(decoded(secret, 'api.core.v1.Secret')).toEqual(secret);
  });

  test('whatever text and number there is', () => {
    const maps = fc.record({
      apiVersion: fc.constant('v1'), kind: fc.constant('Service'),
      metadata: fc.record({ name: fc.string({ minLength: 1 }), annotations: fc.dictionary(fc.string().filter((key) => key !== '__proto__'), fc.string(), { minKeys: 1 }) }),
      spec: fc.record({ ports: fc.array(fc.record({ port: fc.integer(), targetPort: fc.oneof(fc.integer().filter((port) => port !== 0), fc.string({ minLength: 1 })) }), { minLength: 1 }), healthCheckNodePort: fc.integer().filter((port) => port !== 0) }),
    });
    fc.assert(fc.property(maps, (service) => { expect(decoded(service, 'api.core.v1.Service')).toEqual(service); }));
  });

  test('bytes that are none are refused, whatever they are', () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
      const answer = decodeProtobuf(new Uint8Array([0x6b, 0x38, 0x73, 0, ...bytes]));
      expect('problem' in answer ? typeof answer.problem : 'object').toMatch(/^(?:string|object)$/);
    }), { numRuns: 1_000 });
  });
});

test('a client may create and ask in protobuf and read the answer in JSON', () => {
  const api = new ARestApi();
  const type = 'application/vnd.kubernetes.protobuf';
  const map = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'm' }, data: { a: 'b' } };
  expect(api.ask('POST', '/api/v1/namespaces/shop/configmaps', { type, accept: 'application/vnd.kubernetes.protobuf,application/json', body: toProtobuf(map, 'api.core.v1.ConfigMap') })).toMatchObject({ code: 201, body: { data: { a: 'b' } } });
  const review = { apiVersion: 'authorization.k8s.io/v1', kind: 'SelfSubjectAccessReview', metadata: {}, spec: { resourceAttributes: { verb: 'get', resource: 'pods' } } };
  expect(api.ask('POST', '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews', { type, body: toProtobuf(review, 'api.authorization.v1.SelfSubjectAccessReview') })).toMatchObject({ code: 201, body: { spec: { resourceAttributes: { verb: 'get', resource: 'pods' } }, status: { allowed: true } } });
});
