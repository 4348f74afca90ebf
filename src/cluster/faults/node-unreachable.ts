import { leverFault } from './lever-fault.ts';

export const nodeUnreachable = leverFault({
  word: 'node-unreachable',
  group: 'network',
  summary: 'The pods of a node reach nobody outside of it, and nobody reaches them: its routes are gone.',
  target: 'node',
  settings: { share: { type: 'share', required: false, fallback: 1, summary: 'Share of the calls that get lost.' } },
  lever: 'node-loss',
  amount: ({ share }) => Number(share),
  lore: {
    symptoms: ['Calls from and to the pods of one node time out; the node is Ready.'],
    mitigations: ['Cordon the node and move its pods.'],
    fix: 'Mend the routes of the node.',
    example: {
      target: 'node/worker-2', settings: {},
      signs: ['http.errors shop/pricing rises'],
      cure: [],
      tempting: 'kubectl -n shop rollout restart deploy/pricing',
      outside: true,
    },
  },
});
