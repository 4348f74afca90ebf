import { expect, test } from 'vitest';
import type { Attributes } from '../../../src/cluster/authorization/attributes.ts';
import type { KindMap } from '../../../src/cluster/objects.ts';
import { aLabDay } from '../../support/fault-lab.ts';
import type { Night } from '../../support/a-drill.ts';

const EVERYTHING = [{ apiGroups: ['*'], resources: ['*'], verbs: ['*'], namespaces: ['*'], clusterScope: true }];
const listPods: Attributes = { of: 'resource', verb: 'list', group: '', version: 'v1', resource: 'pods', subresource: '', namespace: 'shop', name: '' };
const ana = { name: 'ana', groups: ['system:authenticated'] };

function aBusyDay(): Night {
  const day = aLabDay().until('10s');
  day.drill.cluster.beginFault('api-surge', 'cluster', {});
  return day.until('2m');
}

/** What fifty requests of somebody meet. */
function met({ drill }: Night, user = ana): { slowestMs: number; rejected: number } {
  const verdicts = Array.from({ length: 50 }, () => drill.cluster.plane.flow.judge(user, listPods));
  return { slowestMs: Math.max(...verdicts.map(({ delayMs }) => delayMs)), rejected: verdicts.filter(({ rejected }) => rejected !== null).length };
}

function schema(name: string, level: string, precedence: number, subjects: NonNullable<NonNullable<KindMap['FlowSchema']['spec']>['rules']>[number]['subjects']): KindMap['FlowSchema'] {
  return { apiVersion: 'flowcontrol.apiserver.k8s.io/v1', kind: 'FlowSchema', metadata: { name }, spec: { priorityLevelConfiguration: { name: level }, matchingPrecedence: precedence, rules: [{ subjects, resourceRules: EVERYTHING }] } };
}

test('nobody waits where nobody surges', () => {
  expect(met(aLabDay().until('10s'))).toEqual({ slowestMs: 0, rejected: 0 });
});

test('a program that never rests fills its own level and makes the server slow for others, whom it does not turn away', () => {
  const day = aBusyDay();
  const [surge] = day.drill.cluster.plane.flow.flows;
  expect(surge?.of.level.metadata.name).toBe('workload-low');
  expect(surge?.executing).toBeGreaterThan(300);
  expect(surge?.waiting).toBe(300);
  expect(surge?.rejectedPerS).toBeGreaterThan(10);
  const { slowestMs, rejected } = met(day);
  expect(slowestMs).toBeGreaterThan(800);
  expect(rejected).toBe(0);
});

test('who is put into one flow with it waits and is turned away as it is', () => {
  const day = aBusyDay();
  expect(day.drill.cluster.api.create(schema('everybody', 'workload-low', 300, [{ kind: 'Group', group: { name: 'system:authenticated' } }])).ok).toBe(true);
  day.until('130s');
  expect(met(day).rejected).toBeGreaterThan(5);
});

test('few seats of its own for the program, and the others have the server for themselves', () => {
  const day = aBusyDay();
  const few = { apiVersion: 'flowcontrol.apiserver.k8s.io/v1', kind: 'PriorityLevelConfiguration', metadata: { name: 'few' }, spec: { type: 'Limited', limited: { nominalConcurrencyShares: 1, lendablePercent: 0, borrowingLimitPercent: 0, limitResponse: { type: 'Reject' } } } } as KindMap['PriorityLevelConfiguration'];
  expect(day.drill.cluster.api.create(few).ok).toBe(true);
  expect(day.drill.cluster.api.create(schema('inventory', 'few', 500, [{ kind: 'ServiceAccount', serviceAccount: { namespace: 'default', name: 'inventory-exporter' } }])).ok).toBe(true);
  day.until('3m');
  expect(met(day).slowestMs).toBeLessThan(50);
});

test('a script that rests between its requests is no surge any more', () => {
  const day = aBusyDay();
  const { api } = day.drill.cluster;
  const ref = { kind: 'ConfigMap', namespace: 'default', name: 'inventory-exporter-script' } as const;
  const script = (api.get('ConfigMap', 'default', ref.name) as { object: KindMap['ConfigMap'] }).object.data?.['exporter.py'] ?? '';
  api.patch(ref, { type: 'merge', body: { data: { 'exporter.py': script.replace('export(nth', 'time.sleep(60)\n        export(nth') } } });
  day.types('kubectl -n default rollout restart deploy/inventory-exporter');
  day.until('5m');
  expect(met(day).slowestMs).toBeLessThan(30);
  expect(day.drill.cluster.workloadLogs('default/inventory-exporter').at(-1)?.text).toMatch(/^INFO listed pods \d+ times/);
});
