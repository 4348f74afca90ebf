import { text } from './settings.ts';
import { templateFault } from './template-fault.ts';

export const antiAffinityDeadlock = templateFault({
  word: 'anti-affinity-deadlock',
  group: 'scheduling',
  summary: 'The pods of a workload may share a zone with no pod of its own application, the old ones included.',
  settings: { key: text('The label that must not be near.', 'team'), value: text('Its value; any where empty.', ''), topology: text('What counts as near: a label of nodes.', 'kubernetes.io/os') },
  lore: {
    symptoms: ['New pods are Pending: no node satisfies their anti-affinity rules.'],
    mitigations: ['Make the rule preferred instead of required.'],
    fix: 'Remove the rule, or let it look at pods that are really to be kept apart.',
    example: {
      target: 'deployment/pricing', settings: {},
      signs: ['pods shop/pricing Pending', 'event Warning FailedScheduling Pod'],
      cure: ['kubectl -n shop patch deploy pricing --type json -p \'[{"op":"remove","path":"/spec/template/spec/affinity"}]\''],
      tempting: 'kubectl -n shop rollout restart deploy/pricing',
    },
  },
  wrong: (spec, { key, value, topology }) => ({ ...spec, affinity: { ...spec.affinity, podAntiAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [{ labelSelector: { matchExpressions: [{ key: String(key), operator: value === '' ? 'Exists' : 'In', ...(value === '' ? {} : { values: [String(value)] }) }] }, topologyKey: String(topology) }] } } }),
});
