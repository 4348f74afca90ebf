import { customMistake } from './custom-mistake.ts';

export const operandMisplaced = customMistake({
  word: 'operand-misplaced',
  group: 'scheduling',
  summary: 'What an operator keeps may only run on nodes of a kind that there is not.',
  lore: {
    symptoms: ['The last pod of a StatefulSet was replaced and is Pending: no node matches its affinity, and its tolerations help nothing. The others go on as they were.', 'Whoever edits the StatefulSet finds it back a moment later.'],
    mitigations: ['Label a node as the affinity asks.'],
    fix: 'Take the affinity out of the custom object.',
    example: {
      target: 'postgrescluster/ledger', settings: {},
      signs: ['pods books/ledger Pending', 'placement books/ledger', 'postgrescluster books/ledger Ready'],
      cure: ['kubectl -n books patch postgrescluster ledger --type merge -p \'{"spec":{"affinity":null,"tolerations":null}}\''],
      tempting: 'kubectl -n books patch statefulset ledger --type merge -p \'{"spec":{"template":{"spec":{"affinity":null,"tolerations":null}}}}\'',
    },
  },
  wrong: () => ({
    affinity: { nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: [{ matchExpressions: [{ key: 'storage-tier', operator: 'In', values: ['nvme'] }] }] } } },
    tolerations: [{ key: 'dedicated', operator: 'Equal', value: 'databases', effect: 'NoSchedule' }],
  }),
});
