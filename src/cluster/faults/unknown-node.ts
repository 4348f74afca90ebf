import { text } from './settings.ts';
import { templateFault } from './template-fault.ts';

export const unknownNode = templateFault({
  word: 'unknown-node',
  group: 'scheduling',
  summary: 'A workload insists on a node that there is not.',
  settings: { node: text('The host name that is asked for.', 'worker-97') },
  lore: {
    symptoms: ['New pods are Pending: no node matches their node selector.'],
    mitigations: ['Give a node the label that is asked for.'],
    fix: 'Remove the node selector.',
    example: {
      target: 'deployment/pricing', settings: {},
      signs: ['pods shop/pricing Pending', 'event Warning FailedScheduling Pod'],
      cure: ['kubectl -n shop patch deploy pricing --type json -p \'[{"op":"remove","path":"/spec/template/spec/nodeSelector"}]\''],
      tempting: 'kubectl -n shop rollout restart deploy/pricing',
    },
  },
  wrong: (spec, { node }) => ({ ...spec, nodeSelector: { ...spec.nodeSelector, 'kubernetes.io/hostname': String(node) } }),
});
