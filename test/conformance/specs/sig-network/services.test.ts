import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { AGNHOST, AnE2eCluster, aPod, type Any } from '../an-e2e-cluster.ts';

let e2e: AnE2eCluster;
let namespace: string;
let services: string;
let pods: string;

beforeAll(() => {
  e2e = new AnE2eCluster();
});
beforeEach(() => {
  namespace = e2e.namespace('services');
  services = `/api/v1/namespaces/${namespace}/services`;
  pods = `/api/v1/namespaces/${namespace}/pods`;
});

function aService(name: string, spec: object, labels: object = {}): object {
  return { apiVersion: 'v1', kind: 'Service', metadata: { name, labels }, spec };
}

/** Address and port of each endpoint of a Service, as its Endpoints and its slices have them. */
function endpoints(name: string): string[] {
  const { subsets = [] } = e2e.get(`/api/v1/namespaces/${namespace}/endpoints/${name}`).body ?? {};
  return (subsets as Any[]).flatMap(({ addresses = [], ports = [] }) => (addresses as Any[]).flatMap(({ targetRef }) => (ports as Any[]).map(({ port }) => `${targetRef?.name}:${port}`))).toSorted();
}

describe('[sig-network] Services', () => {
  it('should provide secure master service [Conformance]', () => {
    expect(e2e.read('/api/v1/namespaces/default/services/kubernetes').spec.ports[0].port).toBe(443);
  });

  it('should find a service from listing all namespaces [Conformance]', () => {
    expect((e2e.read('/api/v1/services').items as Any[]).map(({ metadata }) => `${metadata.namespace}/${metadata.name}`)).toContain('default/kubernetes');
  });

  it('should serve a basic endpoint from pods [Conformance]', () => {
    e2e.create(services, aService('endpoint-test2', { selector: { name: 'endpoint-test2' }, ports: [{ port: 80, targetPort: 80 }] }));
    expect(endpoints('endpoint-test2')).toEqual([]);
    for (const name of ['pod1', 'pod2']) {
      e2e.create(pods, aPod(name, { labels: { name: 'endpoint-test2' }, container: { name: 'x', image: AGNHOST, args: ['netexec', '--http-port', '80'], ports: [{ containerPort: 80 }] } }));
      e2e.ready(namespace, name);
    }
    e2e.eventually(() => endpoints('endpoint-test2').join() === 'pod1:80,pod2:80', 'both endpoints');
    expect(e2e.get(`${services}/endpoint-test2:80/proxy/hostname`).text).toMatch(/^pod[12]$/);
    e2e.delete(`${pods}/pod1`);
    e2e.eventually(() => endpoints('endpoint-test2').join() === 'pod2:80', 'one endpoint');
    e2e.delete(`${pods}/pod2`);
    e2e.eventually(() => endpoints('endpoint-test2').length === 0, 'no endpoint');
  });

  it('should serve multiport endpoints from pods [Conformance]', () => {
    e2e.create(services, aService('multi-endpoint-test', { selector: { multi: 'x' }, ports: [{ name: 'portname1', port: 80, targetPort: 100 }, { name: 'portname2', port: 81, targetPort: 101 }] }));
    e2e.create(pods, aPod('pod1', { labels: { multi: 'x' }, container: { name: 'x', image: AGNHOST, args: ['netexec', '--http-port', '100'], ports: [{ containerPort: 100 }] } }));
    e2e.ready(namespace, 'pod1');
    e2e.eventually(() => endpoints('multi-endpoint-test').join() === 'pod1:100,pod1:101', 'its endpoints');
    e2e.delete(`${pods}/pod1`);
    e2e.eventually(() => endpoints('multi-endpoint-test').length === 0, 'no endpoint');
  });

  it('should be able to change the type from ExternalName to ClusterIP [Conformance]', () => {
    e2e.create(services, aService('externalname-service', { type: 'ExternalName', externalName: 'foo.example.com' }));
    const { spec } = e2e.change(`${services}/externalname-service`, (service) => { service.spec = { ...service.spec, type: 'ClusterIP', externalName: '', selector: { name: 'x' }, ports: [{ name: 'http', port: 80, protocol: 'TCP', targetPort: 9376 }] }; });
    expect([spec.type, spec.externalName]).toEqual(['ClusterIP', undefined]);
    expect(spec.clusterIP).toMatch(/^\d+\./);
  });

  it('should be able to change the type from ExternalName to NodePort [Conformance]', () => {
    e2e.create(services, aService('externalname-service', { type: 'ExternalName', externalName: 'foo.example.com' }));
    const { spec } = e2e.change(`${services}/externalname-service`, (service) => { service.spec = { ...service.spec, type: 'NodePort', externalName: '', ports: [{ name: 'http', port: 80, protocol: 'TCP', targetPort: 9376 }] }; });
    expect(spec.ports[0].nodePort).toBeGreaterThan(29_999);
  });

  it('should be able to change the type from ClusterIP to ExternalName [Conformance]', () => {
    e2e.create(services, aService('clusterip-service', { ports: [{ port: 80 }] }));
    const { spec } = e2e.change(`${services}/clusterip-service`, (service) => { service.spec = { ...service.spec, type: 'ExternalName', externalName: `x.${namespace}.svc.cluster.local` }; });
    expect([spec.clusterIP ?? '', spec.type]).toEqual(['', 'ExternalName']);
  });

  it('should be able to change the type from NodePort to ExternalName [Conformance]', () => {
    e2e.create(services, aService('nodeport-service', { type: 'NodePort', ports: [{ port: 80 }] }));
    const { spec } = e2e.change(`${services}/nodeport-service`, (service) => { service.spec = { ...service.spec, type: 'ExternalName', externalName: `x.${namespace}.svc.cluster.local`, ports: service.spec.ports }; });
    expect([spec.clusterIP ?? '', spec.ports?.[0]?.nodePort]).toEqual(['', undefined]);
  });

  it('should delete a collection of services [Conformance]', () => {
    for (const name of ['e2e-svc-a', 'e2e-svc-b', 'e2e-svc-c']) e2e.create(services, aService(name, { ports: [{ name: 'http', port: 8001, protocol: 'TCP', targetPort: 8002 }] }, name === 'e2e-svc-c' ? { test: 'other' } : { 'e2e-test-service': 'delete' }));
    e2e.delete(`${services}?labelSelector=e2e-test-service%3Ddelete`);
    expect((e2e.read(services).items as Any[]).map(({ metadata }) => metadata.name)).toEqual(['e2e-svc-c']);
  });

  it('should complete a service status lifecycle [Conformance]', () => {
    const watch = e2e.watch(`${services}?labelSelector=test-service-static%3Dtrue`);
    e2e.create(services, aService('test-service', { type: 'LoadBalancer', ports: [{ name: 'http', protocol: 'TCP', port: 80, targetPort: 80 }], loadBalancerClass: 'example.com/internal-vip' }, { 'test-service-static': 'true' }));
    const at = `${services}/test-service`;
    expect(e2e.read(`${at}/status`).status?.loadBalancer ?? {}).toEqual({});
    const patched = e2e.patch(`${at}/status`, 'merge', { metadata: { annotations: { patchedstatus: 'true' } }, status: { loadBalancer: { ingress: [{ ip: '203.0.113.1' }] } } });
    expect([patched.metadata.annotations.patchedstatus, patched.status.loadBalancer.ingress[0].ip]).toEqual(['true', '203.0.113.1']);
    e2e.change(`${at}/status`, ({ status }) => { status.conditions = [{ type: 'StatusUpdate', status: 'True', reason: 'E2E', message: 'Set from e2e test', lastTransitionTime: '2026-02-10T03:10:30Z' }]; });
    e2e.heard(watch, ({ object }) => object.status.conditions?.[0]?.type === 'StatusUpdate', 'the update');
    e2e.patch(at, 'strategic', { metadata: { labels: { 'test-service': 'patched' } } });
    e2e.delete(at);
    e2e.heard(watch, ({ type }) => type === 'DELETED', 'the deletion');
  });

  it('should test the lifecycle of an Endpoint [Conformance]', () => {
    const url = `/api/v1/namespaces/${namespace}/endpoints`;
    const watch = e2e.watch(`${url}?labelSelector=test-endpoint-static%3Dtrue`);
    e2e.create(url, { apiVersion: 'v1', kind: 'Endpoints', metadata: { name: 'testservice', labels: { 'test-endpoint-static': 'true' } }, subsets: [{ addresses: [{ ip: '10.0.0.24' }], ports: [{ name: 'http', port: 80, protocol: 'TCP' }] }] });
    e2e.change(`${url}/testservice`, ({ metadata }) => { metadata.labels['test-service'] = 'updated'; });
    e2e.patch(`${url}/testservice`, 'strategic', { metadata: { labels: { 'test-service': 'patched' } }, subsets: [{ addresses: [{ ip: '10.0.0.25' }], ports: [{ name: 'http-test', port: 8080, protocol: 'TCP' }] }] });
    expect(e2e.read(`${url}/testservice`).subsets[0]).toMatchObject({ addresses: [{ ip: '10.0.0.25' }], ports: [{ name: 'http-test', port: 8080 }] });
    e2e.delete(`${url}?labelSelector=test-endpoint-static%3Dtrue`);
    e2e.heard(watch, ({ type }) => type === 'DELETED', 'the deletion');
  });
});

describe('[sig-network] EndpointSlice', () => {
  const slices = (of: string, service: string): Any[] => e2e.read(`/apis/discovery.k8s.io/v1/namespaces/${of}/endpointslices?labelSelector=${encodeURIComponent(`kubernetes.io/service-name=${service}`)}`).items;

  it('should have Endpoints and EndpointSlices pointing to API Server [Conformance]', () => {
    expect(e2e.read('/api/v1/namespaces/default/endpoints/kubernetes').subsets).toHaveLength(1);
    expect(slices('default', 'kubernetes').length).toBeGreaterThan(0);
  });

  it('should create and delete Endpoints and EndpointSlices for a Service with a selector specified [Conformance]', () => {
    e2e.create(services, aService('example-empty-selector', { selector: { 'does-not-match-anything': 'endpoints-and-endpoint-slices-should-still-be-created' }, ports: [{ name: 'example', port: 80, protocol: 'TCP' }] }));
    e2e.eventually(() => e2e.get(`/api/v1/namespaces/${namespace}/endpoints/example-empty-selector`).code === 200 && slices(namespace, 'example-empty-selector').length === 1, 'both');
    e2e.delete(`${services}/example-empty-selector`);
    e2e.eventually(() => e2e.get(`/api/v1/namespaces/${namespace}/endpoints/example-empty-selector`).code === 404 && slices(namespace, 'example-empty-selector').length === 0, 'the end of both');
  });

  it('should create Endpoints and EndpointSlices for Pods matching a Service [Conformance]', () => {
    e2e.create(services, aService('example-int-port', { selector: { foo: 'bar' }, publishNotReadyAddresses: true, ports: [{ name: 'example', port: 80, targetPort: 3000, protocol: 'TCP' }] }));
    e2e.create(services, aService('example-named-port', { selector: { foo: 'bar' }, publishNotReadyAddresses: true, ports: [{ name: 'http', port: 80, targetPort: 'example-name', protocol: 'TCP' }] }));
    for (const [name, port] of [['pod1', 3000], ['pod2', 3001]] as const) e2e.create(pods, aPod(name, { labels: { foo: 'bar' }, container: { name: 'container1', image: 'registry.k8s.io/e2e-test-images/nginx:1.14-4', ports: [{ name: 'example-name', containerPort: port }] } }));
    e2e.eventually(() => endpoints('example-int-port').join() === 'pod1:3000,pod2:3000' && endpoints('example-named-port').join() === 'pod1:3000,pod2:3001', 'endpoints');
    e2e.eventually(() => slices(namespace, 'example-named-port').flatMap(({ endpoints: own }) => own as Any[]).length === 2, 'slices');
  });

  it('Mirroring should mirror a custom Endpoints resource through create update and delete [Conformance]', () => {
    e2e.create(services, aService('example-custom-endpoints', { ports: [{ name: 'example', port: 80, protocol: 'TCP' }] }));
    const url = `/api/v1/namespaces/${namespace}/endpoints`;
    e2e.create(url, { apiVersion: 'v1', kind: 'Endpoints', metadata: { name: 'example-custom-endpoints' }, subsets: [{ addresses: [{ ip: '10.1.2.3' }], ports: [{ name: 'example', port: 80 }] }] });
    e2e.eventually(() => slices(namespace, 'example-custom-endpoints')[0]?.endpoints?.[0]?.addresses?.[0] === '10.1.2.3', 'the mirror');
    e2e.patch(`${url}/example-custom-endpoints`, 'merge', { subsets: [{ addresses: [{ ip: '10.2.3.4' }], ports: [{ name: 'example', port: 8080 }] }] });
    e2e.eventually(() => slices(namespace, 'example-custom-endpoints')[0]?.endpoints?.[0]?.addresses?.[0] === '10.2.3.4', 'the update');
    e2e.delete(`${url}/example-custom-endpoints`);
    e2e.eventually(() => slices(namespace, 'example-custom-endpoints').length === 0, 'the end');
  });
});

describe('[sig-network] Proxy version v1', () => {
  it('should proxy through a service and a pod [Conformance]', () => {
    e2e.create(pods, aPod('proxy-service', { labels: { name: 'proxy' }, container: { name: 'x', image: AGNHOST, args: ['porter'], env: [{ name: 'SERVE_PORT_80', value: '<a href="/rewriteme">test</a>' }, { name: 'SERVE_PORT_160', value: 'foo' }, { name: 'SERVE_PORT_162', value: 'bar' }], ports: [{ name: 'dest1', containerPort: 160 }, { name: 'dest2', containerPort: 162 }], readinessProbe: { httpGet: { port: 80 }, initialDelaySeconds: 1, timeoutSeconds: 5, periodSeconds: 10 } } }));
    e2e.ready(namespace, 'proxy-service');
    e2e.create(services, aService('proxy-service', { selector: { name: 'proxy' }, ports: [{ name: 'portname1', port: 80, targetPort: 'dest1' }, { name: 'portname2', port: 81, targetPort: 162 }] }));
    e2e.eventually(() => endpoints('proxy-service').length === 2, 'endpoints');
    expect(e2e.get(`${services}/proxy-service:portname1/proxy/`).text).toBe('foo');
    expect(e2e.get(`${services}/proxy-service:81/proxy/`).text).toBe('bar');
    expect(e2e.get(`${services}/http:proxy-service:portname1/proxy/`).text).toBe('foo');
    expect(e2e.get(`${pods}/proxy-service:160/proxy/`).text).toBe('foo');
    expect(e2e.get(`${pods}/http:proxy-service:162/proxy/`).text).toBe('bar');
  });

  for (const title of ['A set of valid responses are returned for both pod and service ProxyWithPath [Conformance]', 'A set of valid responses are returned for both pod and service Proxy [Conformance]']) {
    it(title, () => {
      e2e.create(pods, aPod('agnhost', { labels: { app: 'e2e-proxy' }, container: { name: 'x', image: AGNHOST, args: ['porter', '--json-response'], env: [{ name: 'SERVE_PORT_80', value: '' }], ports: [{ containerPort: 80 }] } }));
      e2e.ready(namespace, 'agnhost');
      e2e.create(services, aService('e2e-proxy', { selector: { app: 'e2e-proxy' }, ports: [{ port: 80, targetPort: 80, protocol: 'TCP' }] }));
      e2e.eventually(() => endpoints('e2e-proxy').length === 1, 'an endpoint');
      for (const target of [`${pods}/agnhost`, `${services}/e2e-proxy`]) {
        const at = title.includes('WithPath') ? `${target}/proxy/some/path/with/` : `${target}/proxy`;
        for (const method of ['DELETE', 'OPTIONS', 'PATCH', 'POST', 'PUT', 'GET']) {
          const said = e2e.ask(method, `${at}?method=${method}`, { accept: '*/*', ...(method === 'GET' ? {} : { headers: { 'content-type': 'application/json' } }) });
          if (method === 'GET' && said.code === 301) continue;
          expect([method, said.code, said.body?.Method ?? said.body?.method]).toEqual([method, 200, method]);
        }
      }
    });
  }
});
