import { expect, test } from 'vitest';
import type { KindMap } from '../../../src/cluster/objects.ts';
import { aLabDay } from '../../support/fault-lab.ts';
import type { Night } from '../../support/a-drill.ts';

function youngest({ drill }: Night): string[] {
  return drill.cluster.plane.store.list('Pod', 'shop').filter(({ metadata }) => metadata.labels?.['app'] === 'pricing').map(({ metadata }) => metadata.creationTimestamp ?? '').toSorted();
}

function jobLog({ drill }: Night): string {
  const pods = drill.cluster.plane.store.list('Pod', 'shop').filter(({ metadata }) => metadata.name.startsWith('node-rebalancer'));
  return pods.flatMap(({ metadata }) => drill.cluster.podLogs('shop', metadata.name)).map(({ text }) => text).join('\n');
}

test('a job deletes pods through the API, and says so; without its binding it is told that it may not', () => {
  const day = aLabDay().until('10s');
  const end = day.drill.cluster.beginFault('pod-kill', 'deployment/shop/pricing', { every: 60_000, pods: 1 });
  day.until('5m');
  expect(jobLog(day)).toMatch(/pod "pricing-\S+" deleted/);
  day.types('kubectl -n shop delete rolebinding node-rebalancer');
  day.until('6m');
  const before = youngest(day);
  day.until('12m');
  expect(youngest(day)).toEqual(before);
  expect(jobLog(day)).toContain('Error from server (Forbidden): pods is forbidden: User "system:serviceaccount:shop:node-rebalancer" cannot list resource "pods" in API group "" in the namespace "shop"');
  end();
});

test('a script in a container asks the API as its account', () => {
  const day = aLabDay().until('10s');
  const { api } = day.drill.cluster;
  const script = 'kubectl get pods -l app=tariffs --no-headers | wc -l; kubectl get pods -l "app in (tariffs, nobody),!old" --no-headers | wc -l; kubectl get pods -l "app in tariffs"; kubectl scale deploy/tariffs --replicas=3; kubectl get nodes';
  const pod = { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'asks', namespace: 'shop' }, spec: { restartPolicy: 'Never', containers: [{ name: 'main', image: 'bitnami/kubectl:1.32.3', command: ['sh', '-c', script] }] } } as KindMap['Pod'];
  api.create({ apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'RoleBinding', metadata: { name: 'edits', namespace: 'shop' }, roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'edit' }, subjects: [{ kind: 'ServiceAccount', name: 'default', namespace: 'shop' }] });
  expect(api.create(pod).ok).toBe(true);
  day.until('1m');
  expect(day.drill.cluster.podLogs('shop', 'asks').map(({ text }) => text)).toEqual([
    '2', '2', "error: unable to parse requirement: found 'tariffs' expected: '('", 'deployment.apps/tariffs scaled', 'Error from server (Forbidden): nodes is forbidden: User "system:serviceaccount:shop:default" cannot list resource "nodes" in API group "" at the cluster scope',
  ]);
  expect(day.drill.cluster.plane.store.get('Deployment', 'shop', 'tariffs')?.spec?.replicas).toBe(3);
});
