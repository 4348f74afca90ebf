import { describe, expect, test } from 'vitest';
import type { KindMap } from '../../src/cluster/objects.ts';
import { accepted, aContainer, aDeployment, SmallCluster } from '../support/small-cluster.ts';

type Spec = NonNullable<KindMap['Service']['spec']>;
const PORTS = [{ name: 'http', port: 80, targetPort: 8080 }];

function aService(name: string, spec: Spec = {}): KindMap['Service'] {
  return { apiVersion: 'v1', kind: 'Service', metadata: { name, namespace: 'shop' }, spec: { ports: PORTS, ...spec } };
}

function aPod(name: string, containerPort: number, labels: Record<string, string>): KindMap['Pod'] {
  return { apiVersion: 'v1', kind: 'Pod', metadata: { name, namespace: 'shop', labels }, spec: { containers: [{ ...aContainer('registry.example/web:1.0', '10m', false), ports: [{ name: 'example-name', containerPort }] }] } };
}

function change(cluster: SmallCluster, name: string, spec: Record<string, unknown>): Spec {
  return accepted(cluster.plane.api.patch({ kind: 'Service', namespace: 'shop', name }, { type: 'merge', body: { spec } })).spec ?? {};
}

function refusal(cluster: SmallCluster, service: KindMap['Service']): string {
  const result = cluster.plane.api.create(service);
  return result.ok ? 'taken' : result.status.message.replace(/^.*? is invalid: /, '');
}

function byText(left: string, right: string): number {
  return left < right ? -1 : 1;
}

function slices(cluster: SmallCluster, service: string): KindMap['EndpointSlice'][] {
  return cluster.plane.store.list('EndpointSlice', 'shop').filter(({ metadata }) => metadata.labels?.['kubernetes.io/service-name'] === service);
}

// After test/e2e/network/service.go of Kubernetes.
describe('[sig-network] Services', () => {
  test('should be able to change the type from ExternalName to ClusterIP, to NodePort and back', () => {
    const cluster = new SmallCluster();
    cluster.apply(aService('api', { type: 'ExternalName', externalName: 'example.com' }));
    expect(cluster.get('Service', 'api').spec).not.toHaveProperty('clusterIP');
    const inside = change(cluster, 'api', { type: 'ClusterIP', externalName: '' });
    expect(inside).toMatchObject({ type: 'ClusterIP', clusterIP: expect.stringMatching(/^10\./) as string });
    expect(inside).not.toHaveProperty('externalName');
    const open = change(cluster, 'api', { type: 'NodePort' });
    expect(open).toMatchObject({ clusterIP: inside.clusterIP, externalTrafficPolicy: 'Cluster' });
    expect(open.ports?.[0]?.nodePort).toBeGreaterThanOrEqual(30_000);
    const closed = change(cluster, 'api', { type: 'ClusterIP' });
    expect(closed.ports).toEqual([{ ...PORTS[0], protocol: 'TCP' }]);
    const outside = change(cluster, 'api', { type: 'ExternalName', externalName: 'example.com' });
    expect(outside).not.toHaveProperty('clusterIP');
    expect(outside).not.toHaveProperty('ipFamilies');
  });

  test('keeps its address for a client that does not give it, and gives it to nobody else', () => {
    const cluster = new SmallCluster();
    cluster.apply(aService('api'));
    const { clusterIP = '' } = cluster.get('Service', 'api').spec ?? {};
    accepted(cluster.plane.api.update(aService('api', { sessionAffinity: 'ClientIP' })));
    expect(cluster.get('Service', 'api').spec).toMatchObject({ clusterIP, clusterIPs: [clusterIP], sessionAffinity: 'ClientIP' });
    expect(refusal(cluster, aService('other', { clusterIP }))).toBe(`spec.clusterIPs: Invalid value: ["${clusterIP}"]: failed to allocate IP ${clusterIP}: provided IP is already allocated`);
    expect(refusal(cluster, aService('other', { clusterIP: '192.0.2.1' }))).toBe('spec.clusterIPs: Invalid value: ["192.0.2.1"]: failed to allocate IP 192.0.2.1: the provided IP (192.0.2.1) is not in the valid range. The range of valid IPs is 10.96.0.0/12');
  });

  test('should prevent NodePort collisions, and check their range', () => {
    const cluster = new SmallCluster();
    const onPort = (name: string, nodePort: number): KindMap['Service'] => aService(name, { type: 'NodePort', ports: [{ port: 80, nodePort }] });
    cluster.apply(onPort('first', 30_080));
    expect(refusal(cluster, onPort('second', 30_080))).toBe('spec.ports[0].nodePort: Invalid value: 30080: provided port is already allocated');
    expect(refusal(cluster, onPort('second', 80))).toBe('spec.ports[0].nodePort: Invalid value: 80: provided port is not in the valid range. The range of valid ports is 30000-32767');
    cluster.delete('Service', 'first');
    cluster.apply(onPort('second', 30_080));
    expect(refusal(cluster, { ...onPort('third', 30_081), spec: { type: 'ClusterIP', ports: [{ port: 80, nodePort: 30_081 }] } })).toBe("spec.ports[0].nodePort: Forbidden: may not be used when `type` is 'ClusterIP'");
  });

  test('of type LoadBalancer gets an address after a while, and gives it back when it goes', () => {
    const cluster = new SmallCluster();
    cluster.apply(aService('shop', { type: 'LoadBalancer' }));
    cluster.wait('5s');
    expect(cluster.get('Service', 'shop').status?.loadBalancer?.ingress).toBeUndefined();
    cluster.wait('1m');
    expect(cluster.get('Service', 'shop').status?.loadBalancer?.ingress).toEqual([{ ip: expect.stringMatching(/^203\.0\.113\./) as string, ipMode: 'VIP' }]);
    cluster.delete('Service', 'shop');
    cluster.wait('1s');
    expect(cluster.plane.store.get('Service', 'shop', 'shop')).toBeUndefined();
    expect(cluster.events('shop')).toEqual(['EnsuringLoadBalancer: Ensuring load balancer', 'EnsuredLoadBalancer: Ensured load balancer', 'DeletingLoadBalancer: Deleting load balancer', 'DeletedLoadBalancer: Deleted load balancer']);
  });
});

// After test/e2e/network/endpointslice.go and endpointslicemirroring.go of Kubernetes.
describe('[sig-network] EndpointSlice', () => {
  test('should create Endpoints and EndpointSlices for Pods matching a Service', () => {
    const cluster = new SmallCluster();
    cluster.apply(aPod('pod1', 3000, { foo: 'bar' }), aPod('pod2', 3001, { foo: 'bar' }));
    cluster.apply(aService('both', { selector: { foo: 'bar' }, ports: [{ name: 'named', port: 8080, targetPort: 'example-name' }] }));
    cluster.wait('30s');
    expect(slices(cluster, 'both').map(({ ports, endpoints }) => `${ports?.[0]?.port} ${endpoints.map(({ targetRef }) => targetRef?.name).join()}`).sort(byText)).toEqual(['3000 pod1', '3001 pod2']);
    expect(cluster.get('Endpoints', 'both').subsets?.map(({ ports, addresses }) => `${ports?.[0]?.port} ${addresses?.length}`).sort(byText)).toEqual(['3000 1', '3001 1']);
  });

  test('should create and delete Endpoints and EndpointSlices for a Service with a selector specified', () => {
    const cluster = new SmallCluster();
    cluster.apply(aService('empty', { selector: { 'does-not-match-anything': 'endpoints-and-endpoint-slices-should-still-be-created' } }));
    cluster.wait('1s');
    expect(cluster.get('Endpoints', 'empty').subsets).toBeUndefined();
    expect(slices(cluster, 'empty').map(({ endpoints }) => endpoints)).toEqual([[]]);
    cluster.delete('Service', 'empty');
    cluster.wait('1s');
    expect([slices(cluster, 'empty'), cluster.plane.store.get('Endpoints', 'shop', 'empty')]).toEqual([[], undefined]);
  });

  test('splits a hundred to a slice', () => {
    const cluster = new SmallCluster({ nodes: 5, cpu: '64' });
    cluster.apply(aService('web', { selector: { app: 'web' } }), aDeployment('web', { replicas: 230, cpu: '10m' }));
    cluster.wait('2m');
    expect(slices(cluster, 'web').map(({ endpoints }) => endpoints.length).sort((left, right) => right - left)).toEqual([100, 100, 30]);
  });

  test('should mirror a custom Endpoints resource through create update and delete', () => {
    const cluster = new SmallCluster();
    const custom = (ip: string, port: number): KindMap['Endpoints'] => ({ apiVersion: 'v1', kind: 'Endpoints', metadata: { name: 'custom', namespace: 'shop' }, subsets: [{ addresses: [{ ip }], ports: [{ name: 'example', port, protocol: 'TCP' }] }] });
    cluster.apply(aService('custom'), custom('10.1.2.3', 80));
    cluster.wait('1s');
    const seen = (): unknown[] => slices(cluster, 'custom').map(({ ports, endpoints }) => [ports, endpoints]);
    expect(seen()).toEqual([[[{ name: 'example', port: 80, protocol: 'TCP' }], [{ addresses: ['10.1.2.3'], conditions: { ready: true } }]]]);
    accepted(cluster.plane.api.update(custom('10.2.3.4', 81)));
    cluster.wait('1s');
    expect(seen()).toEqual([[[{ name: 'example', port: 81, protocol: 'TCP' }], [{ addresses: ['10.2.3.4'], conditions: { ready: true } }]]]);
    cluster.delete('Endpoints', 'custom');
    cluster.wait('1s');
    expect(seen()).toEqual([]);
  });
});
