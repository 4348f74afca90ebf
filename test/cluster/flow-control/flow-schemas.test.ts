import { expect, test } from 'vitest';
import type { KindMap } from '../../../src/cluster/objects.ts';
import { ContainerCluster } from '../../support/container-cluster.ts';

const BATCH: KindMap['FlowSchema'] = { apiVersion: 'flowcontrol.apiserver.k8s.io/v1', kind: 'FlowSchema', metadata: { name: 'batch' }, spec: { priorityLevelConfiguration: { name: 'batch-low' }, matchingPrecedence: 700 } };
const LEVEL: KindMap['PriorityLevelConfiguration'] = { apiVersion: 'flowcontrol.apiserver.k8s.io/v1', kind: 'PriorityLevelConfiguration', metadata: { name: 'batch-low' }, spec: { type: 'Limited', limited: { nominalConcurrencyShares: 5, limitResponse: { type: 'Reject' } } } };

type Condition = NonNullable<NonNullable<KindMap['FlowSchema']['status']>['conditions']>[number];

test('a flow schema that somebody wrote before its level says that this is missing, until it is there, and again once it is gone', () => {
  const world = new ContainerCluster();
  const { api, plane: { store } } = world.cluster;
  const dangling = (name: string): Condition | undefined => store.get('FlowSchema', '', name)?.status?.conditions?.find(({ type }) => type === 'Dangling');
  expect(dangling('catch-all')?.status).toBe('False');
  expect(api.create(BATCH).ok).toBe(true);
  world.wait('1s');
  expect(dangling('batch')).toMatchObject({ status: 'True', reason: 'NotFound', message: 'This FlowSchema references the PriorityLevelConfiguration object named "batch-low" but there is no such object' });
  const since = dangling('batch')?.lastTransitionTime;

  world.wait('1m');
  expect(api.create(LEVEL).ok).toBe(true);
  world.wait('1s');
  expect(dangling('batch')).toMatchObject({ status: 'False', reason: 'Found' });
  expect(dangling('batch')?.lastTransitionTime).not.toBe(since);

  expect(api.delete({ kind: 'PriorityLevelConfiguration', namespace: '', name: 'batch-low' }).ok).toBe(true);
  world.wait('1s');
  expect(dangling('batch')?.status).toBe('True');
});
