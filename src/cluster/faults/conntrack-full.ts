import { leverFault } from './lever-fault.ts';

export const conntrackFull = leverFault({
  word: 'conntrack-full',
  group: 'network',
  summary: 'The connection table of a node is full: new connections of its pods are dropped.',
  target: 'node',
  settings: { share: { type: 'number', required: true, summary: 'Part of the table that others take, above 1 as well.' } },
  lever: 'conntrack',
  amount: ({ share }) => Number(share),
  lore: {
    symptoms: ['A share of the calls from pods of one node times out; pods of the same workload on other nodes are well.'],
    mitigations: ['Move pods off the node.'],
    fix: 'Close idle connections, or enlarge the table.',
    example: {
      target: 'node/worker-2', settings: { share: 3 },
      signs: ['http.errors shop/storefront rises'],
      cure: [],
      tempting: 'kubectl -n shop rollout restart deploy/pricing',
      outside: true,
    },
  },
});
