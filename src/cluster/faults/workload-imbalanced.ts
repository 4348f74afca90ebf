import { templateFault } from './template-fault.ts';

export const workloadImbalanced = templateFault({
  word: 'workload-imbalanced',
  group: 'scheduling',
  summary: 'All pods of a workload must run on one node.',
  settings: { node: { type: 'text', required: true, summary: 'The node.' } },
  lore: {
    symptoms: ['One node is busy and the others idle; the pods of a workload are all on that node, and go with it when it goes.'],
    mitigations: [],
    fix: 'Spread the workload again.',
    example: {
      target: 'deployment/pricing', settings: { node: 'worker-3' },
      signs: ['placement shop/pricing'],
      cure: ['kubectl -n shop patch deploy pricing --type json -p \'[{"op":"remove","path":"/spec/template/spec/nodeSelector"}]\''],
      tempting: 'kubectl -n shop rollout restart deploy/pricing',
    },
  },
  wrong: (spec, { node }) => ({ ...spec, nodeSelector: { ...spec.nodeSelector, 'kubernetes.io/hostname': String(node) } }),
});
