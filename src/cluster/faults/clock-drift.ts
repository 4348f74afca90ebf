import { workloadOf } from '../traffic/layout.ts';
import type { FaultKind, FaultWorld } from './fault.ts';

export const clockDrift: FaultKind = {
  word: 'clock-drift',
  group: 'nodes',
  summary: 'The clock of a node is wrong: what its pods sign is not valid yet, or not any more.',
  target: 'node',
  settings: { share: { type: 'share', required: false, fallback: 0.8, summary: 'Share of the requests of its pods that fail for it.' } },
  lore: {
    symptoms: ['Several services answer a share of their requests with errors; all of these have pods on one node, and it is those pods that fail.'],
    mitigations: ['Cordon the node and move its pods.'],
    fix: 'Set the clock of the node right.',
    example: {
      target: 'node/worker-2', settings: {},
      signs: ['http.errors shop/storefront rises'],
      cure: [],
      tempting: 'kubectl -n shop rollout restart deploy/pricing',
      outside: true,
    },
  },
  begin: (world, target, settings) => {
    let lifts: (() => void)[] = [];
    const lift = (): void => {
      for (const back of lifts) back();
      lifts = [];
    };
    const look = (): void => {
      lift();
      for (const [workload, share] of sharesOn(world, target)) lifts.push(world.conditions.adjust('work-errors', workload, share * Number(settings['share']), '401 token is not valid yet: nbf is in the future'));
    };
    look();
    const stop = world.machines.every(15_000, look);
    return () => {
      stop();
      lift();
    };
  },
};

/** Which share of its pods each workload has on a node. */
function sharesOn(world: FaultWorld, node: string): Map<string, number> {
  const counts = new Map<string, { here: number; all: number }>();
  for (const pod of world.api.list('Pod', null)) {
    const key = `${pod.metadata.namespace ?? ''}/${workloadOf(pod)}`;
    const count = counts.get(key) ?? { here: 0, all: 0 };
    counts.set(key, { here: count.here + (pod.spec?.nodeName === node ? 1 : 0), all: count.all + 1 });
  }
  return new Map([...counts].flatMap(([key, { here, all }]) => (here > 0 ? [[key, here / all] as const] : [])));
}
