import { beforeEach, describe, expect, it } from 'vitest';
import type { KubeObject } from '../../src/cluster/objects.ts';
import { aContainer, SmallCluster } from '../support/small-cluster.ts';

let cluster: SmallCluster;

beforeEach(() => {
  cluster = new SmallCluster();
});

function refusal(object: KubeObject): string {
  const result = cluster.plane.api.create(object as never);
  return result.ok ? 'created' : result.status.message;
}

function aPod(spec: object): KubeObject {
  return { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'p', namespace: 'shop' }, spec: { containers: [aContainer('registry.example/p:1.0')], ...spec } } as KubeObject;
}

function aClaim(storage: string): KubeObject {
  return { apiVersion: 'v1', kind: 'PersistentVolumeClaim', metadata: { name: 'data', namespace: 'shop' }, spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage } } } } as KubeObject;
}

function aRange(limits: readonly object[]): KubeObject {
  return { apiVersion: 'v1', kind: 'LimitRange', metadata: { name: 'limits', namespace: 'shop' }, spec: { limits } } as KubeObject;
}

/** In the words of the admission plugins of a 1.32 API server. */
describe('what admission looks up', () => {
  it('a RuntimeClass must be there, and brings what its pods cost', () => {
    expect(refusal(aPod({ runtimeClassName: 'gvisor' }))).toBe('pods "p" is forbidden: pod rejected: RuntimeClass "gvisor" not found');
    cluster.apply({ apiVersion: 'node.k8s.io/v1', kind: 'RuntimeClass', metadata: { name: 'gvisor' }, handler: 'runsc', overhead: { podFixed: { cpu: '50m' } }, scheduling: { nodeSelector: { sandboxed: 'yes' } } } as KubeObject);
    cluster.apply(aPod({ runtimeClassName: 'gvisor' }));
    expect(cluster.get('Pod', 'p').spec).toMatchObject({ overhead: { cpu: '50m' }, nodeSelector: { sandboxed: 'yes' } });
  });

  it('a priority is what its class says', () => {
    expect(refusal(aPod({ priority: 5 }))).toBe('pods "p" is forbidden: the integer value of priority (5) must not be provided in pod spec; priority admission controller computed 0 from the given PriorityClass name');
  });

  it('an Ingress without a class is given the default one', () => {
    cluster.apply({ apiVersion: 'networking.k8s.io/v1', kind: 'IngressClass', metadata: { name: 'edge', annotations: { 'ingressclass.kubernetes.io/is-default-class': 'true' } }, spec: { controller: 'example.com/edge' } } as KubeObject);
    cluster.apply({ apiVersion: 'networking.k8s.io/v1', kind: 'Ingress', metadata: { name: 'web', namespace: 'shop' }, spec: { defaultBackend: { service: { name: 'web', port: { number: 80 } } } } } as KubeObject);
    expect(cluster.get('Ingress', 'web').spec?.ingressClassName).toBe('edge');
  });

  it('a claim is held to the bounds of its namespace', () => {
    cluster.apply(aRange([{ type: 'PersistentVolumeClaim', min: { storage: '1Gi' }, max: { storage: '2Gi' } }]));
    expect(refusal(aClaim('500Mi'))).toBe('persistentvolumeclaims "data" is forbidden: minimum storage usage per PersistentVolumeClaim is 1Gi, but request is 500Mi');
    expect(refusal(aClaim('3Gi'))).toBe('persistentvolumeclaims "data" is forbidden: maximum storage usage per PersistentVolumeClaim is 2Gi, but request is 3Gi');
    expect(refusal(aClaim('1Gi'))).toBe('created');
  });

  it('bounds that contradict each other are refused', () => {
    expect(refusal(aRange([{ type: 'Container', min: { cpu: '2' }, max: { cpu: '1' } }]))).toContain('spec.limits[0].min[cpu]: Invalid value: "2": min value 2 is greater than max value 1');
  });

  it('a quota counts the pods whose affinity crosses namespaces', () => {
    cluster.apply({ apiVersion: 'v1', kind: 'ResourceQuota', metadata: { name: 'none', namespace: 'shop' }, spec: { hard: { pods: '0' }, scopeSelector: { matchExpressions: [{ scopeName: 'CrossNamespacePodAffinity', operator: 'Exists' }] } } } as KubeObject);
    const affinity = { podAntiAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [{ topologyKey: 'kubernetes.io/hostname', labelSelector: { matchLabels: { app: 'x' } }, namespaces: ['other'] }] } };
    expect(refusal(aPod({ affinity }))).toContain('exceeded quota: none, requested: pods=1, used: pods=0, limited: pods=0');
    expect(refusal(aPod({}))).toBe('created');
  });
});
