import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { RESOURCES, type Kind, type KindMap } from '../../src/cluster/objects.ts';
import { controllerOf } from '../../src/cluster/pods.ts';
import { aContainer, aDeployment, SmallCluster } from '../support/small-cluster.ts';

type Write =
  | { readonly do: 'daemon' | 'remove-daemon' }
  | { readonly do: 'job'; readonly name: string; readonly completions: number; readonly tag: string }
  | { readonly do: 'cron'; readonly policy: string }
  | { readonly do: 'quota'; readonly pods: number }
  | { readonly do: 'taint'; readonly node: string; readonly effect: string | null }
  | { readonly do: 'power'; readonly node: string; readonly on: boolean }
  | { readonly do: 'scale'; readonly replicas: number };

const node = fc.constantFrom('node-1', 'node-2', 'node-3');
const write: fc.Arbitrary<Write> = fc.oneof(
  fc.record({ do: fc.constantFrom('daemon', 'remove-daemon') }),
  fc.record({ do: fc.constant('job'), name: fc.constantFrom('a', 'b', 'c'), completions: fc.integer({ min: 1, max: 4 }), tag: fc.constantFrom('job', 'crash') }),
  fc.record({ do: fc.constant('cron'), policy: fc.constantFrom('Allow', 'Forbid', 'Replace') }),
  fc.record({ do: fc.constant('quota'), pods: fc.integer({ min: 2, max: 12 }) }),
  fc.record({ do: fc.constant('taint'), node, effect: fc.constantFrom('NoSchedule', 'NoExecute', null) }),
  fc.record({ do: fc.constant('power'), node, on: fc.boolean() }),
  fc.record({ do: fc.constant('scale'), replicas: fc.nat(6) }),
);
const story = fc.array(fc.tuple(write, fc.integer({ min: 0, max: 60_000 })), { maxLength: 15 });

function perform(cluster: SmallCluster, step: Write): void {
  const { api, kubelet } = cluster.plane;
  const template = (image: string, restartPolicy: string): NonNullable<KindMap['Job']['spec']>['template'] => ({ metadata: { labels: { app: 'x' } }, spec: { restartPolicy, containers: [aContainer(image)] } });
  switch (step.do) {
    case 'daemon':
      api.create<'DaemonSet'>({ apiVersion: 'apps/v1', kind: 'DaemonSet', metadata: { name: 'agent', namespace: 'shop' }, spec: { selector: { matchLabels: { app: 'x' } }, template: template('registry.example/agent:1.0', 'Always') } });
      return;
    case 'remove-daemon':
      api.delete({ kind: 'DaemonSet', namespace: 'shop', name: 'agent' });
      return;
    case 'job':
      api.create<'Job'>({ apiVersion: 'batch/v1', kind: 'Job', metadata: { name: step.name, namespace: 'shop' }, spec: { completions: step.completions, parallelism: 2, backoffLimit: 2, template: template(`registry.example/x:${step.tag}`, 'Never') } });
      return;
    case 'cron':
      api.create<'CronJob'>({ apiVersion: 'batch/v1', kind: 'CronJob', metadata: { name: 'tick', namespace: 'shop' }, spec: { schedule: '*/10 * * * *', concurrencyPolicy: step.policy, jobTemplate: { spec: { template: template('registry.example/x:job', 'OnFailure') } } } });
      return;
    case 'quota':
      api.create<'ResourceQuota'>({ apiVersion: 'v1', kind: 'ResourceQuota', metadata: { name: 'team', namespace: 'shop' }, spec: { hard: { pods: String(step.pods) } } });
      return;
    case 'taint':
      api.patch({ kind: 'Node', namespace: '', name: step.node }, { type: 'merge', body: { spec: { taints: step.effect === null ? null : [{ key: 'repair', effect: step.effect }] } } });
      return;
    case 'power':
      if (step.on) kubelet.recoverNode(step.node);
      else kubelet.failNode(step.node);
      return;
    case 'scale':
      if (!api.create(aDeployment('web', { replicas: step.replicas })).ok) cluster.scale('web', step.replicas);
  }
}

function play(steps: readonly (readonly [Write, number])[], seed = 7, watch?: (cluster: SmallCluster) => void): SmallCluster {
  const cluster = new SmallCluster({ seed });
  watch?.(cluster);
  for (const [step, pauseMs] of steps) {
    perform(cluster, step);
    cluster.runUntil(cluster.agenda.nowMs + pauseMs);
  }
  return cluster;
}

describe('whatever happens to nodes, quotas, Jobs and DaemonSets', () => {
  test('no quota is ever exceeded by a pod that is let in', () => {
    fc.assert(
      fc.property(story, (steps) => {
        const check = (cluster: SmallCluster): void => {
          const { store } = cluster.plane;
          store.watchKind('Pod', (type) => {
            const quota = store.get('ResourceQuota', 'shop', 'team');
            if (type !== 'ADDED' || quota === undefined) return;
            const counted = cluster.pods().filter(({ status }) => status?.phase !== 'Succeeded' && status?.phase !== 'Failed');
            expect(counted.length).toBeLessThanOrEqual(Number(quota.spec?.hard?.['pods']));
          });
        };
        play(steps, 7, check).wait('10m');
      }),
      { numRuns: 30 },
    );
  });

  test('once all is well again, Jobs have ended, each node has its one daemon, and nothing outlives its owner', () => {
    fc.assert(
      fc.property(story, (steps) => {
        const cluster = play(steps);
        const { store, api, kubelet } = cluster.plane;
        for (const name of ['node-1', 'node-2', 'node-3']) {
          kubelet.recoverNode(name);
          api.patch({ kind: 'Node', namespace: '', name }, { type: 'merge', body: { spec: { taints: null } } });
        }
        api.delete({ kind: 'ResourceQuota', namespace: 'shop', name: 'team' });
        api.delete({ kind: 'CronJob', namespace: 'shop', name: 'tick' });
        cluster.wait('1h');
        for (const job of store.list('Job', 'shop')) {
          const ends = (job.status?.conditions ?? []).filter(({ type }) => type === 'Complete' || type === 'Failed');
          expect(ends).toHaveLength(1);
          if (ends[0]?.type === 'Complete') expect(job.status?.succeeded).toBe(job.spec?.completions);
          expect(job.status?.active).toBeUndefined();
        }
        const daemons = cluster.pods().filter((pod) => controllerOf(pod)?.kind === 'DaemonSet').map(({ spec }) => spec?.nodeName ?? '').sort((left, right) => (left < right ? -1 : 1));
        expect(daemons).toEqual(store.get('DaemonSet', 'shop', 'agent') === undefined ? [] : ['node-1', 'node-2', 'node-3']);
        for (const kind of ['Pod', 'Job', 'ControllerRevision'] as const) {
          for (const object of store.list(kind, 'shop')) for (const owner of object.metadata.ownerReferences ?? []) expect(store.byUid(owner.uid)).toBeDefined();
        }
      }),
      { numRuns: 30 },
    );
  });

  test('the same seed gives the same objects', () => {
    const everything = (cluster: SmallCluster): string => JSON.stringify((Object.keys(RESOURCES) as Kind[]).map((kind) => cluster.plane.store.list(kind, null)));
    fc.assert(fc.property(story, fc.nat(100), (steps, seed) => { expect(everything(play(steps, seed))).toBe(everything(play(steps, seed))); }), { numRuns: 15 });
  });
});
