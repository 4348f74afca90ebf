import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { RESOURCES, type Kind } from '../../src/cluster/objects.ts';
import { controllerOf } from '../../src/cluster/pods.ts';
import { aDeployment, aService, SmallCluster } from '../support/small-cluster.ts';

type Write =
  | { readonly do: 'create' | 'delete' | 'orphan' | 'foreground'; readonly name: string }
  | { readonly do: 'scale'; readonly name: string; readonly replicas: number }
  | { readonly do: 'image'; readonly name: string; readonly tag: string }
  | { readonly do: 'kill'; readonly nth: number }
  | { readonly do: 'cordon'; readonly node: string; readonly on: boolean };

const name = fc.constantFrom('web', 'api', 'cart');
const write: fc.Arbitrary<Write> = fc.oneof(
  fc.record({ do: fc.constantFrom('create', 'delete', 'orphan', 'foreground'), name }),
  fc.record({ do: fc.constant('scale'), name, replicas: fc.nat(9) }),
  fc.record({ do: fc.constant('image'), name, tag: fc.constantFrom('1.0', '2.0', 'crash', 'absent') }),
  fc.record({ do: fc.constant('kill'), nth: fc.nat(20) }),
  fc.record({ do: fc.constant('cordon'), node: fc.constantFrom('node-1', 'node-2'), on: fc.boolean() }),
);
const story = fc.array(fc.tuple(write, fc.integer({ min: 0, max: 20_000 })), { maxLength: 25 });

function perform(cluster: SmallCluster, step: Write): void {
  const { api } = cluster.plane;
  switch (step.do) {
    case 'create':
      api.create(aDeployment(step.name));
      api.create(aService(step.name));
      return;
    case 'delete':
    case 'orphan':
    case 'foreground':
      api.delete({ kind: 'Deployment', namespace: 'shop', name: step.name }, { propagation: step.do === 'delete' ? 'Background' : step.do === 'orphan' ? 'Orphan' : 'Foreground' });
      return;
    case 'scale':
      api.patch({ kind: 'Deployment', namespace: 'shop', name: step.name }, { type: 'merge', body: { spec: { replicas: step.replicas } } });
      return;
    case 'image': {
      const body = { spec: { template: { spec: { containers: [{ name: 'app', image: `registry.example/${step.name}:${step.tag}` }] } } } };
      api.patch({ kind: 'Deployment', namespace: 'shop', name: step.name }, { type: 'strategic', body });
      return;
    }
    case 'kill': {
      const pod = cluster.pods()[step.nth];
      if (pod !== undefined) cluster.plane.kubelet.killContainer({ kind: 'Pod', namespace: 'shop', name: pod.metadata.name }, 'app', 'Error', 1);
      return;
    }
    case 'cordon':
      api.patch({ kind: 'Node', namespace: '', name: step.node }, { type: 'merge', body: { spec: { unschedulable: step.on } } });
  }
}

function play(steps: readonly (readonly [Write, number])[], seed = 7): SmallCluster {
  const cluster = new SmallCluster({ seed });
  for (const tag of ['web', 'api', 'cart']) cluster.runtime.missing.add(`registry.example/${tag}:absent`);
  for (const [step, pauseMs] of steps) {
    perform(cluster, step);
    cluster.runUntil(cluster.agenda.nowMs + pauseMs);
  }
  return cluster;
}

function everything(cluster: SmallCluster): string {
  return JSON.stringify((Object.keys(RESOURCES) as Kind[]).map((kind) => cluster.plane.store.list(kind, null)));
}

describe('whatever is written to the API', () => {
  test('resource versions only ever rise, and uids and names stay together', () => {
    fc.assert(
      fc.property(story, (steps) => {
        const cluster = new SmallCluster();
        let last = cluster.plane.store.resourceVersion;
        const uids = new Map<string, string>();
        cluster.plane.store.watch((_type, object) => {
          const version = Number(object.metadata.resourceVersion);
          expect(version).toBeGreaterThan(last);
          last = version;
          const uid = object.metadata.uid ?? '';
          expect(uids.get(uid) ?? object.metadata.name).toBe(object.metadata.name);
          uids.set(uid, object.metadata.name);
        });
        for (const [step, pauseMs] of steps) {
          perform(cluster, step);
          cluster.runUntil(cluster.agenda.nowMs + pauseMs);
        }
      }),
      { numRuns: 40 },
    );
  });

  test('once settled, every Deployment has its replicas, no pod outlives its owner, and endpoints are the ready pods', () => {
    fc.assert(
      fc.property(story, (steps) => {
        const cluster = play(steps);
        cluster.wait('20m');
        const { store } = cluster.plane;
        for (const deployment of store.list('Deployment', 'shop')) {
          const active = cluster.sets(deployment.metadata.name).flatMap((set) => Array.from(store.ownedBy(set.metadata.uid ?? '')));
          const wanted = deployment.spec?.replicas ?? 0;
          const surge = Math.ceil(wanted / 4);
          const rolledOut = deployment.status?.updatedReplicas === wanted && deployment.status.availableReplicas === wanted;
          expect(active.length).toBeLessThanOrEqual(wanted + surge);
          expect(active.length).toBeGreaterThanOrEqual(rolledOut ? wanted : wanted - Math.floor(wanted / 4));
          if (rolledOut) expect(active).toHaveLength(wanted);
        }
        for (const pod of store.list('Pod', 'shop')) {
          const owner = controllerOf(pod);
          if (owner !== undefined) expect(store.byUid(owner.uid)).toBeDefined();
          expect(pod.metadata.deletionTimestamp).toBeUndefined();
        }
        for (const service of store.list('Service', 'shop')) {
          const slices = store.list('EndpointSlice', 'shop').filter(({ metadata }) => metadata.ownerReferences?.[0]?.uid === service.metadata.uid);
          const ready = slices.flatMap(({ endpoints }) => endpoints).filter(({ conditions }) => conditions?.ready === true);
          expect(new Set(ready.map(({ targetRef }) => targetRef?.name))).toEqual(new Set(cluster.readyPods(service.metadata.name).map(({ metadata }) => metadata.name)));
          expect(ready).toHaveLength(cluster.readyPods(service.metadata.name).length);
        }
      }),
      { numRuns: 40 },
    );
  });

  test('the same seed and the same writes give the same objects, byte for byte; another seed other names', () => {
    fc.assert(
      fc.property(story, fc.nat(1000), (steps, seed) => {
        expect(everything(play(steps, seed))).toBe(everything(play(steps, seed)));
      }),
      { numRuns: 15 },
    );
    const steps = [[{ do: 'create', name: 'web' }, 20_000]] as const;
    expect(everything(play(steps, 1))).not.toBe(everything(play(steps, 2)));
  });
});
