import { expect, test } from 'vitest';
import { rulesOf } from '../../src/commands/cluster-rules.ts';
import { RestApi } from '../../src/kube-api/rest-api.ts';
import { servedBy } from '../../src/kube-api/served-cluster.ts';
import { answerHttp } from '../../src/prometheus/http/http-api.ts';
import { AMeasuredShop } from '../prometheus/a-measured-shop.ts';
import { onNode } from '../support/a-node-shell.ts';
import { everythingSeen, outOfPlace } from '../support/everything-seen.ts';

/** What people type who wonder where they are. */
const IN_A_POD = ['env', 'ps aux', 'mount', 'hostname', 'cat /etc/hosts', 'cat /etc/resolv.conf', 'cat /etc/os-release', 'cat /proc/1/cmdline', 'ls -la /', 'ls -la /var/run/secrets/kubernetes.io/serviceaccount', 'curl -sv http://cart/', 'curl -sv http://nothing/', 'nslookup cart', 'id', 'uname -a', 'df -h'];
const IN_THE_DATABASE = ['psql -c "\\l"', 'psql -c "\\dt"', 'psql -c "select version()"', 'psql -c "select * from pg_stat_activity"', 'psql -c "show all"'];
const ON_A_NODE = ['ps aux', 'journalctl -n 200', 'systemctl list-units', 'dmesg', 'cat /etc/os-release', 'uname -a', 'ls -la /', 'ls -la /etc', 'ip addr', 'crictl ps', 'cat /var/lib/kubelet/config.yaml'];
const PATHS = ['/version', '/api', '/apis', '/api/v1', '/apis/apps/v1', '/healthz?verbose', '/readyz?verbose', '/api/v1/namespaces/shop/pods', '/api/v1/nodes', '/apis/apps/v1/namespaces/shop/deployments/cart', '/api/v1/namespaces/shop/pods/none', '/apis/none/v1', '/api/v1/nodes/worker-1/proxy/metrics', '/metrics', '/logs', '/configz'];
const FAULTS = [['program-errors', 'shop/catalog', { share: 0.3 }], ['external-latency', 'external/address-check', { latency: 30_000 }], ['wrong-image', 'deployment/shop/search', {}], ['node-unreachable', 'worker-2', {}], ['clock-drift', 'worker-3', { ahead: 600_000 }]] as const;

test('nothing that can be seen of a world names who made it, or what is wrong with it', async () => {
  const shop = await AMeasuredShop.open(rulesOf('scenarios/clusters/webshop').groups);
  const { cluster, monitoring } = shop;
  for (const [word, target, settings] of FAULTS) cluster.beginFault(word, target, settings);
  shop.wait('6m');
  const seen: (readonly [string, string])[] = [];
  const podOf = (workload: string): string => cluster.plane.store.list('Pod', 'shop').find(({ metadata, status }) => metadata.name.startsWith(workload) && status?.phase === 'Running')?.metadata.name ?? '';
  for (const [pod, commands] of [[podOf('storefront'), IN_A_POD], ['postgres-0', IN_THE_DATABASE], [podOf('redis'), ['redis-cli info', 'redis-cli config get "*"']]] as const) {
    for (const command of commands) {
      const container = cluster.plane.store.get('Pod', 'shop', pod)?.spec?.containers[0]?.name ?? '';
      const keep = (bytes: Uint8Array): void => void seen.push([`${pod}: ${command}`, new TextDecoder().decode(bytes)]);
      const started = cluster.processes.exec({ namespace: 'shop', pod, container }, ['sh', '-c', command], { stdin: false, tty: false }, { stdout: keep, stderr: keep, exited: () => undefined });
      if (!started.ok) seen.push([command, started.message]);
    }
  }
  const nodes = ON_A_NODE.map((command) => [command, onNode(cluster, 'worker-1', command)] as const);
  shop.wait('40s');
  for (const [command, read] of nodes) seen.push([`worker-1: ${command}`, read()]);
  const api = new RestApi({ ...servedBy(cluster), metricPages: () => monitoring.pages });
  for (const path of PATHS) {
    const { pathname, searchParams } = new URL(path, 'https://cluster');
    const answer = api.answer({ method: 'GET', path: pathname, query: searchParams, headers: { accept: 'application/json' }, body: new Uint8Array(), user: { name: 'ana', groups: ['system:masters'] } });
    seen.push([path, JSON.stringify(answer, (_, value: unknown) => (value instanceof Uint8Array ? new TextDecoder().decode(value) : value))]);
  }
  for (const path of ['/api/v1/rules', '/api/v1/alerts', '/api/v1/targets', '/api/v1/status/config', '/api/v1/status/flags', '/api/v1/status/buildinfo', '/api/v1/status/runtimeinfo', '/api/v1/metadata', '/api/v1/label/__name__/values', '/version', '/none']) {
    seen.push([path, JSON.stringify(answerHttp(monitoring, { method: 'GET', path, parameters: new Map(), accept: '', host: '127.0.0.1:9090' }))]);
  }
  for (const target of monitoring.targets().keys()) seen.push([`page of ${target}`, shop.answer('/metrics', { target }).body]);
  expect(seen.filter(([, text]) => text !== '').length).toBeGreaterThan(70);
  expect(outOfPlace([...everythingSeen(cluster), ...seen])).toEqual([]);
});
