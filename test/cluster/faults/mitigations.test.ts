import { expect, test } from 'vitest';
import { FAULTS } from '../../../src/cluster/faults/catalogue.ts';
import type { FaultKind } from '../../../src/cluster/faults/fault.ts';
import type { Night } from '../../support/a-drill.ts';
import { onNode } from '../../support/a-node-shell.ts';
import { aLabDay, exampleOf } from '../../support/fault-lab.ts';
import { sightOf, symptomsOf } from '../../support/symptoms.ts';

/** What helps while the cause is still there, as the page of a fault says: pods are moved away from where it is bad, or room is made. */

const DRAIN = ['worker-2'].flatMap((node) => [`kubectl cordon ${node}`, `kubectl drain ${node} --ignore-daemonsets --delete-emptydir-data --force`]);
const well = aLabDay().until('10m');

function suffering(word: string): Night {
  const day = aLabDay().until('10s');
  const { kind, target, settings } = exampleOf(FAULTS.get(word) as FaultKind);
  day.drill.cluster.beginFault(kind, target, settings);
  return day.until('3m');
}

function signsLeft(day: Night, word: string): string[] {
  const { signs } = (FAULTS.get(word) as FaultKind).lore.example;
  const symptoms = symptomsOf(sightOf(day.drill.cluster), sightOf(well.drill.cluster));
  return signs.filter((sign) => symptoms.includes(sign));
}

test.each(['node-network-slow', 'node-unreachable', 'node-cpu-stress', 'conntrack-full'])('%s: pods that leave the node are well', (word) => {
  const day = suffering(word);
  for (const line of DRAIN) day.types(line);
  day.until('10m');
  expect(signsLeft(day, word)).toEqual([]);
});

test.each([
  ['conntrack-full', 'sysctl -w net.netfilter.nf_conntrack_max=524288'],
  ['conntrack-full', 'reboot'],
  ['node-cpu-stress', 'reboot'],
  ['node-network-slow', 'reboot'],
  ['node-unreachable', 'ip route add 10.244.0.0/16 via 192.168.0.1 dev eth0'],
  ['node-unreachable', 'reboot'],
])('%s: on the node, %s', (word, line) => {
  const day = suffering(word);
  onNode(day.drill.cluster, 'worker-2', line);
  day.until('10m');
  expect(signsLeft(day, word)).toEqual([]);
});

test('kubelet-crashed: a node whose object is deleted comes back with the kubelet, and its pods are elsewhere meanwhile', () => {
  const day = suffering('kubelet-crashed');
  const { store } = day.drill.cluster.plane;
  day.drill.cluster.api.delete({ kind: 'Node', namespace: '', name: 'worker-1' });
  day.until('6m');
  expect(store.list('Pod', 'shop').filter(({ spec, status }) => spec?.nodeName === 'worker-1' && status?.phase === 'Running')).toEqual([]);
  onNode(day.drill.cluster, 'worker-2', 'ssh 192.168.0.10 systemctl start kubelet');
  day.until('8m');
  expect(store.get('Node', '', 'worker-1')?.status?.conditions?.find(({ type }) => type === 'Ready')?.status).toBe('True');
  expect(store.get('Node', '', 'worker-1')?.metadata.labels?.['topology.kubernetes.io/zone']).toBe('eu-1a');
});

test('kubelet-crashed by its configuration: starting it again does not help, mending the file does', () => {
  const day = aLabDay().until('10s');
  const { store } = day.drill.cluster.plane;
  const ready = (): string | undefined => store.get('Node', '', 'worker-1')?.status?.conditions?.find(({ type }) => type === 'Ready')?.status;
  day.drill.cluster.beginFault('kubelet-crashed', 'worker-1', { how: 'configuration' });
  onNode(day.drill.cluster, 'worker-2', 'ssh worker-1 systemctl restart kubelet');
  day.until('2m');
  expect(ready()).toBe('Unknown');
  const journal = onNode(day.drill.cluster, 'worker-2', 'ssh worker-1 journalctl -u kubelet -n 5');
  onNode(day.drill.cluster, 'worker-2', `ssh worker-1 "sed -i 's/^maxPods: .*/maxPods: 110/' /var/lib/kubelet/config.yaml"`);
  day.until('3m');
  expect(journal()).toContain('Go struct field KubeletConfiguration.maxPods of type int32');
  expect(ready()).toBe('True');
});

test('node-down: pods that are deleted by force come up elsewhere before anybody would evict them', () => {
  const day = suffering('node-down');
  const { store } = day.drill.cluster.plane;
  for (const { metadata } of store.list('Pod', 'shop').filter(({ spec }) => spec?.nodeName === 'worker-1')) day.drill.cluster.api.delete({ kind: 'Pod', namespace: 'shop', name: metadata.name }, { gracePeriodSeconds: 0 });
  day.until('5m');
  const deployments = store.list('Deployment', 'shop').filter(({ status, spec }) => (status?.readyReplicas ?? 0) < (spec?.replicas ?? 1));
  expect(deployments.map(({ metadata }) => metadata.name)).toEqual([]);
});

test('zone-partition: pods that leave the zone reach the others again', () => {
  const day = aLabDay().until('10s');
  day.drill.cluster.beginFault('zone-partition', 'eu-1c', { share: 1 });
  day.until('3m');
  const lost = (): string[] => symptomsOf(sightOf(day.drill.cluster), sightOf(well.drill.cluster)).filter((sign) => /^call\.errors .* rises$/.test(sign));
  expect(lost().length).toBeGreaterThan(3);
  for (const line of DRAIN) day.types(line.replaceAll('worker-2', 'worker-3'));
  day.until('10m');
  expect(lost()).toEqual([]);
});

test('ports-exhausted: more pods share the calls, a wider range gives more ports', () => {
  const scaled = suffering('ports-exhausted');
  expect(signsLeft(scaled, 'ports-exhausted')).not.toEqual([]);
  scaled.types('kubectl -n shop scale deploy/storefront --replicas=6');
  scaled.until('10m');
  // What fails now lacks no ports: more pods want more connections to the database than it has.
  expect(scaled.drill.cluster.traffic.conditions.share('work-errors', 'shop/storefront')).toBe(0);
  const widened = suffering('ports-exhausted');
  widened.types('kubectl -n shop patch deploy storefront -p \'{"spec":{"template":{"spec":{"securityContext":{"sysctls":[{"name":"net.ipv4.ip_local_port_range","value":"1024 65535"}]}}}}}\'');
  widened.until('10m');
  expect(signsLeft(widened, 'ports-exhausted')).toEqual([]);
});

test('dns-slow: more pods of the resolver answer in time', () => {
  const day = suffering('dns-slow');
  expect(signsLeft(day, 'dns-slow')).not.toEqual([]);
  day.types('kubectl -n kube-system scale deploy/coredns --replicas=6');
  day.until('10m');
  expect(signsLeft(day, 'dns-slow')).toEqual([]);
});
