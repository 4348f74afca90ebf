import type { FaultKind } from './fault.ts';

export const nodeNetworkSlow: FaultKind = {
  word: 'node-network-slow',
  group: 'network',
  summary: 'The network of a node is slow: somebody shaped its interface for a transfer and left it so.',
  target: 'node',
  settings: { latency: { type: 'duration', required: true, summary: 'What it adds to each call from or to its pods.' } },
  lore: {
    symptoms: ['Pods of one node are late for everybody; the same programs on other nodes are not.', 'The interface of the node has a queueing discipline that holds packets back.'],
    mitigations: ['Cordon the node and move its pods.'],
    fix: 'Take the discipline off the interface, or reboot the node.',
    example: {
      target: 'node/worker-2', settings: { latency: '600ms' },
      signs: ['http.p95 shop/storefront rises'],
      cure: ['kubectl debug node/worker-2 -it --image=busybox -- chroot /host tc qdisc del dev eth0 root'],
      tempting: 'kubectl -n shop rollout restart deploy/pricing',
    },
  },
  begin: (world, target, settings) => {
    const links = world.machines.host(target)?.links;
    if (links === undefined) return () => undefined;
    const before = links.shaping;
    const shaping = { rate: '20Mbit', burst: '32Kb', latencyMs: Number(settings['latency']) };
    links.shaping = shaping;
    return () => {
      if (links.shaping === shaping) links.shaping = before;
    };
  },
};
