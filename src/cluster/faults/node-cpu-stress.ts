import { leverFault } from './lever-fault.ts';

export const nodeCpuStress = leverFault({
  word: 'node-cpu-stress',
  group: 'nodes',
  summary: 'Something beside the pods takes the CPU of a node.',
  target: 'node',
  settings: { cores: { type: 'number', required: true, summary: 'Cores that it takes.' } },
  lever: 'node-cpu',
  amount: ({ cores }) => Number(cores),
  lore: {
    symptoms: ['All pods of one node are slow; the same programs on other nodes are not.'],
    mitigations: ['Move pods off the node.'],
    fix: 'End what takes the CPU.',
    example: {
      target: 'node/worker-2', settings: { cores: 60 },
      signs: ['http.p95 shop/storefront rises'],
      cure: [],
      tempting: 'kubectl -n shop rollout restart deploy/pricing',
      outside: true,
    },
  },
});
