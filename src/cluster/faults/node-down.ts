import type { FaultKind } from './fault.ts';

export const nodeDown: FaultKind = {
  word: 'node-down',
  group: 'nodes',
  summary: 'A node is gone: its kubelet is silent, and nothing on it runs.',
  target: 'node',
  settings: { back: { type: 'duration', required: false, fallback: 0, summary: 'It comes back by itself after so long, as after a reboot.' } },
  lore: {
    symptoms: ['A node is NotReady; calls to pods on it fail until they are taken out of the endpoints, and five minutes later its pods come up elsewhere.'],
    mitigations: ['Delete the pods of the node by force, so that they come up elsewhere.'],
    fix: 'Bring the node back, or remove it from the cluster.',
    example: {
      target: 'node/worker-1', settings: {},
      signs: ['node worker-1 Ready', 'event Warning NodeNotReady Pod'],
      cure: [], outside: true,
      tempting: 'kubectl uncordon worker-1',
    },
  },
  begin: (world, target, settings) => {
    if (!world.machines.failNode(target)) return () => undefined;
    const back = (): void => void world.machines.recoverNode(target);
    const after = Number(settings['back']);
    const stop = after > 0 ? world.machines.every(after, () => {
      stop();
      back();
    }) : (): void => undefined;
    return () => {
      stop();
      back();
    };
  },
};
