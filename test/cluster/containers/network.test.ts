import { expect, test } from 'vitest';
import { ContainerCluster } from '../../support/container-cluster.ts';

function aShop(): ContainerCluster {
  const cluster = new ContainerCluster();
  cluster.pod('web', { image: 'nginx:1.27.3', ports: [{ containerPort: 80 }], readinessProbe: { httpGet: { path: '/', port: 80 }, periodSeconds: 1 } });
  cluster.pod('tools', { image: 'nicolaka/netshoot', command: ['sleep', 'infinity'] });
  cluster.apply({ apiVersion: 'v1', kind: 'Service', metadata: { name: 'web', namespace: 'default' }, spec: { selector: { app: 'web' }, ports: [{ port: 80 }] } } as never);
  cluster.apply({ apiVersion: 'v1', kind: 'Service', metadata: { name: 'empty', namespace: 'default' }, spec: { selector: { app: 'nobody' }, ports: [{ port: 80 }] } } as never);
  cluster.wait('20s');
  return cluster;
}

test('a Service leads to the page of its pod, which logs who asked', () => {
  const cluster = aShop();
  expect(cluster.exec('tools', 'curl', '-s', 'http://web.default')).toMatchObject({ code: 0, out: expect.stringContaining('<h1>Welcome to nginx!</h1>') as string });
  expect(cluster.exec('tools', 'curl', '-s', '-o', '/dev/null', '-w', '%{http_code} %{size_download}', 'web/none').out).toBe('404 153');
  expect(cluster.logs('web').some((line) => line.includes('"GET /none HTTP/1.1" 404'))).toBe(true);
});

test('what cannot be reached is told apart, by words and exit code', () => {
  const cluster = aShop();
  expect(cluster.exec('tools', 'curl', 'http://wbe')).toMatchObject({ code: 6, err: 'curl: (6) Could not resolve host: wbe\n' });
  expect(cluster.exec('tools', 'curl', 'http://empty')).toMatchObject({ code: 7, err: 'curl: (7) Failed to connect to empty port 80 after 1 ms: Could not connect to server\n' });
  expect(cluster.exec('tools', 'curl', '-m', '2', 'http://web:8081')).toMatchObject({ code: 28, err: 'curl: (28) Connection timed out after 2000 milliseconds\n' });
  expect(cluster.exec('tools', 'curl', '-sf', 'http://web/none')).toMatchObject({ code: 22, err: '' });
  expect(cluster.exec('tools', 'wget', '-qO-', 'http://wbe')).toMatchObject({ code: 1, err: "wget: bad address 'wbe'\n" });
  expect(cluster.exec('tools', 'nc', '-zv', 'web', '80').err).toMatch(/^web \(10\.\d+\.\d+\.\d+:80\) open\n$/);
});

test('a party outside takes its time', () => {
  const cluster = aShop();
  const { out } = cluster.exec('tools', 'curl', '-s', '-o', '/dev/null', '-w', '%{http_code} %{time_total}', 'https://api.partner.example/v2');
  expect(out).toMatch(/^200 0\.1\d+$/);
});
