import { text } from './settings.ts';
import { templateFault } from './template-fault.ts';

export const assignedToUnknownNode = templateFault({
  word: 'assigned-to-unknown-node',
  group: 'scheduling',
  summary: 'A workload assigns its pods to a node that there is not, past the scheduler.',
  settings: { node: text('The node that is named.', 'worker-97') },
  lore: {
    symptoms: ['New pods are Pending, with a node that nobody has heard of, and without an event: no scheduler looks at them.'],
    mitigations: [],
    fix: 'Remove the nodeName.',
    example: {
      target: 'deployment/pricing', settings: {},
      signs: ['pods shop/pricing Pending'],
      cure: ['kubectl -n shop patch deploy pricing --type json -p \'[{"op":"remove","path":"/spec/template/spec/nodeName"}]\''],
      tempting: 'kubectl -n shop rollout restart deploy/pricing',
    },
  },
  wrong: (spec, { node }) => ({ ...spec, nodeName: String(node) }),
});
