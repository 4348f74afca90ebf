import { templateFault } from './template-fault.ts';

export const volumeElsewhere = templateFault({
  word: 'volume-elsewhere',
  group: 'storage',
  summary: 'A workload must run in one zone, and its volume is in another.',
  settings: { zone: { type: 'text', required: true, summary: 'The zone in which it must run.' } },
  lore: {
    symptoms: ['New pods are Pending: volume node affinity conflict on one node, and no match of the node selector on the others.'],
    mitigations: [],
    fix: 'Let the workload run where its volume is.',
    example: {
      target: 'deployment/archive', settings: { zone: 'eu-1c' },
      signs: ['pods shop/archive Pending', 'event Warning FailedScheduling Pod'],
      cure: ['kubectl -n shop patch deploy archive --type json -p \'[{"op":"remove","path":"/spec/template/spec/nodeSelector"}]\''],
      tempting: 'kubectl -n shop rollout restart deploy/archive',
    },
  },
  wrong: (spec, { zone }) => ({ ...spec, nodeSelector: { ...spec.nodeSelector, 'topology.kubernetes.io/zone': String(zone) } }),
});
