import { leverFault } from './lever-fault.ts';

export const nodeNetworkSlow = leverFault({
  word: 'node-network-slow',
  group: 'network',
  summary: 'The network of a node is slow.',
  target: 'node',
  settings: { latency: { type: 'duration', required: true, summary: 'What it adds to each call from or to its pods.' } },
  lever: 'node-latency',
  amount: ({ latency }) => Number(latency),
  lore: {
    symptoms: ['Pods of one node are late for everybody; the same programs on other nodes are not.'],
    mitigations: ['Cordon the node and move its pods.'],
    fix: 'Mend the network of the node.',
    example: {
      target: 'node/worker-2', settings: { latency: '600ms' },
      signs: ['http.p50 shop/pricing rises'],
      cure: [],
      tempting: 'kubectl -n shop rollout restart deploy/pricing',
      outside: true,
    },
  },
});
