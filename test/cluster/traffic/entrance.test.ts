import { describe, expect, test } from 'vitest';
import type { KubeObject } from '../../../src/cluster/objects.ts';
import type { ProgramSpec } from '../../../src/cluster/spec.ts';
import { PROXY_CODES } from '../../../src/cluster/traffic/answers.ts';
import { Monitoring } from '../../../src/prometheus/monitoring.ts';
import { node, program, workload } from '../../oracle/a-random-shop.ts';
import { aClusterOf, advance } from '../../oracle/compare.ts';

/** What users get through an ingress controller tells what is wrong behind it: 503, 502, 504, 499 and 500 are not the same. */

const MINUTE = 60_000;

function aShop(patienceMs = 90_000) {
  const front = workload('front', 2, 4).map((object) => {
    const spec = (object as unknown as { spec: { template?: { spec: { containers: { ports?: object[] }[] } }; ports?: object[] } }).spec;
    if (spec.template !== undefined) for (const container of spec.template.spec.containers) container.ports = [{ containerPort: 8080 }];
    else spec.ports = [{ port: 80, targetPort: 8080 }];
    return object;
  });
  const controller = {
    apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'ingress-nginx-controller', namespace: 'ingress-nginx' },
    spec: { replicas: 2, selector: { matchLabels: { 'app.kubernetes.io/name': 'ingress-nginx' } }, template: { metadata: { labels: { 'app.kubernetes.io/name': 'ingress-nginx', 'app.kubernetes.io/component': 'controller' } }, spec: { containers: [{ name: 'controller', image: 'registry.k8s.io/ingress-nginx/controller:v1.12.1' }] } } },
  };
  const ingress = { apiVersion: 'networking.k8s.io/v1', kind: 'Ingress', metadata: { name: 'web', namespace: 'default' }, spec: { ingressClassName: 'nginx', rules: [{ host: 'shop.test', http: { paths: [{ path: '/', pathType: 'Prefix', backend: { service: { name: 'front', port: { number: 80 } } } }] } }] } };
  const objects = [node(1), node(2), { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'ingress-nginx' } }, ...front, controller, ingress] as unknown as KubeObject[];
  const programs: Record<string, ProgramSpec> = { 'example/front': program('service', 2_048, { default: [{ do: 'cpu', ms: 5 }] }) };
  const { cluster, agenda } = aClusterOf({ name: 'door', objects, traffic: { load: [{ service: 'default/front', route: 'default', ratePerS: 40, noise: 0, patienceMs, retries: 0, ingress: { host: 'shop.test', path: '/' } }], programs, externals: {}, alerts: [] } });
  const monitoring = new Monitoring(cluster);
  const controllers = () => cluster.plane.store.list('Pod', 'ingress-nginx');
  return {
    cluster, monitoring, until: (ms: number) => advance(agenda, ms), pull: cluster.traffic.conditions.adjust.bind(cluster.traffic.conditions),
    /** The codes of the last window, with how many. */
    codes: () => Object.fromEntries((cluster.traffic.entrance?.windows.at(-1)?.streams[0]?.counts ?? []).flatMap((count, at) => (count > 0.5 ? [[PROXY_CODES[at] ?? 0, Math.round(count)]] : []))),
    log: () => cluster.podLogs('ingress-nginx', controllers()[0]?.metadata.name ?? '').slice(-12).map(({ text }) => text).join('\n'),
    patch: (kind: 'Deployment' | 'Service' | 'Ingress', name: string, body: Readonly<Record<string, unknown>>, namespace = 'default') => void cluster.api.patch({ kind, namespace, name }, { type: 'merge', body }),
  };
}

test('a good day is 200, with an access line for each sampled request, and counted under the names of the project', () => {
  const shop = aShop();
  shop.until(2 * MINUTE);
  expect(shop.codes()).toEqual({ 200: 600 });
  expect(shop.log()).toMatch(/^203\.0\.113\.\d+ - - \[01\/Jan\/1970:00:01:\d\d \+0000\] "GET \/ HTTP\/1\.1" 200 \d+ "-" "Mozilla[^"]+" \d+ 0\.\d{3} \[default-front-80\] \[\] 10\.[\d.]+:8080 \d+ 0\.\d{3} 200 [0-9a-f]{32}$/m);
  const target = [...shop.monitoring.targets().values()].find(({ labels }) => labels['job'] === 'ingress-nginx-controller-metrics');
  const samples = [...(target?.scrape()?.families ?? [])].find(({ name }) => name === 'nginx_ingress_controller_requests')?.samples ?? [];
  expect(samples[0]?.labels).toMatchObject({ host: 'shop.test', ingress: 'web', namespace: 'default', service: 'front', status: '200' });
});

describe('behind the controller', () => {
  test('nobody at all is a 503 at once', () => {
    const shop = aShop();
    shop.until(MINUTE);
    shop.patch('Deployment', 'front', { spec: { replicas: 0 } });
    shop.until(2 * MINUTE);
    expect(shop.codes()).toEqual({ 503: 600 });
    expect(shop.log()).toMatch(/" 503 190 .* 0\.000 \[default-front-80\] \[\] - - - - /);
  });

  test('a port on which nobody listens is a 502, refused', () => {
    const shop = aShop();
    shop.until(MINUTE);
    shop.patch('Service', 'front', { spec: { ports: [{ port: 80, targetPort: 9999 }] } });
    shop.until(2 * MINUTE);
    expect(shop.codes()).toEqual({ 502: 600 });
    expect(shop.log()).toMatch(/connect\(\) failed \(111: Connection refused\) while connecting to upstream, client: .*, server: shop\.test, request: "GET \/ HTTP\/1\.1", upstream: "http:\/\/10\./);
  });

  test('pods that a policy shuts off are a 504, once the connection was waited for', () => {
    const shop = aShop();
    shop.until(MINUTE);
    shop.cluster.api.create({ apiVersion: 'networking.k8s.io/v1', kind: 'NetworkPolicy', metadata: { name: 'shut', namespace: 'default' }, spec: { podSelector: { matchLabels: { app: 'front' } }, policyTypes: ['Ingress'] } });
    shop.until(2 * MINUTE);
    expect(shop.codes()).toEqual({ 504: 600 });
    expect(shop.log()).toContain('upstream timed out (110: Operation timed out) while connecting to upstream');
  });

  test('a program that takes more than a minute is a 504 for who waits that long, a 499 for who does not', () => {
    for (const [patienceMs, code] of [[90_000, 504], [20_000, 499]] as const) {
      const shop = aShop(patienceMs);
      shop.until(MINUTE);
      shop.pull('work-latency', 'default/front', 70_000);
      shop.until(6 * MINUTE);
      expect(shop.codes()[code]).toBeGreaterThan(100);
    }
  });

  test('a program that fails is a 500, and the controller has no word about it', () => {
    const shop = aShop();
    shop.until(MINUTE);
    shop.pull('work-errors', 'default/front', 0.5);
    shop.until(2 * MINUTE);
    expect(shop.codes()).toEqual({ 200: 300, 500: 300 });
    expect(shop.log()).not.toContain('[error]');
  });

  test('pods that are killed cut off what they were answering: a few 502s', () => {
    const shop = aShop();
    shop.pull('work-latency', 'default/front', 800);
    shop.until(MINUTE + 5_000);
    for (const { metadata } of shop.cluster.plane.store.list('Pod', 'default')) shop.cluster.plane.kubelet.killContainer({ kind: 'Pod', namespace: 'default', name: metadata.name }, 'front', 'Error', 137);
    shop.until(MINUTE + 16_000);
    expect(shop.codes()[502]).toBeGreaterThan(5);
  });

  test('a host that no rule knows is a 404', () => {
    const shop = aShop();
    shop.until(MINUTE);
    shop.patch('Ingress', 'web', { spec: { rules: [{ host: 'other.test', http: { paths: [{ path: '/', pathType: 'Prefix', backend: { service: { name: 'front', port: { number: 80 } } } }] } }] } });
    shop.until(2 * MINUTE);
    expect(shop.codes()).toEqual({ 404: 600 });
  });
});

test('curl at the controller gets the page that says which', () => {
  const shop = aShop();
  shop.cluster.api.create({ apiVersion: 'v1', kind: 'Pod', metadata: { name: 'box', namespace: 'default' }, spec: { containers: [{ name: 'app', image: 'curlimages/curl:8.11.1', command: ['sleep', '9999'] }] } });
  shop.until(MINUTE);
  const [controller] = shop.cluster.plane.store.list('Pod', 'ingress-nginx');
  const curl = (host: string): string => {
    let out = '';
    const decoder = new TextDecoder();
    const started = shop.cluster.processes.exec({ namespace: 'default', pod: 'box', container: 'app' }, ['curl', '-s', '-o', '/dev/null', '-w', '%{http_code}', '-H', `Host: ${host}`, `http://${controller?.status?.podIP ?? ''}/`], { stdin: false, tty: false }, {
      stdout: (bytes: Uint8Array) => void (out += decoder.decode(bytes)), stderr: () => undefined, exited: () => undefined,
    });
    expect(started.ok).toBe(true);
    shop.until(shop.cluster.plane.clock.nowMs + 7_000);
    return out;
  };
  expect(curl('shop.test')).toBe('200');
  expect(curl('nobody.test')).toBe('404');
  shop.patch('Service', 'front', { spec: { ports: [{ port: 80, targetPort: 9999 }] } });
  shop.until(2 * MINUTE);
  expect(curl('shop.test')).toBe('502');
  shop.patch('Deployment', 'front', { spec: { replicas: 0 } });
  shop.until(4 * MINUTE);
  expect(curl('shop.test')).toBe('503');
});

test('with no controller at the door nobody gets in, and nothing is counted or logged', () => {
  const shop = aShop();
  shop.until(MINUTE);
  shop.patch('Deployment', 'ingress-nginx-controller', { spec: { replicas: 0 } }, 'ingress-nginx');
  shop.until(2 * MINUTE);
  expect(shop.codes()).toEqual({});
  shop.cluster.traffic.takeLevel('default/front');
  shop.until(3 * MINUTE);
  const { total, bad } = shop.cluster.traffic.takeLevel('default/front');
  expect(bad / total).toBe(1);
  shop.patch('Deployment', 'ingress-nginx-controller', { spec: { replicas: 2 } }, 'ingress-nginx');
  shop.until(5 * MINUTE);
  expect(shop.codes()).toEqual({ 200: 600 });
});
