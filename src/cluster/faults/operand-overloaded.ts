import { customMistake } from './custom-mistake.ts';
import { count } from './settings.ts';

export const operandOverloaded = customMistake({
  word: 'operand-overloaded',
  group: 'workloads',
  summary: 'What an operator keeps has many more replicas than the cluster has room for.',
  settings: { replicas: count('How many are asked for.', 100) },
  lore: {
    symptoms: ['Many pods of one StatefulSet, and a good part of them Pending; each has a volume of its own.', 'Whoever scales the StatefulSet finds it back a moment later: its owner says how many there are.'],
    mitigations: [],
    fix: 'Set the number in the custom object.',
    example: {
      target: 'postgrescluster/ledger', settings: { replicas: 200 },
      signs: ['pods books/ledger Pending', 'postgrescluster books/ledger'],
      cure: ['kubectl -n books patch postgrescluster ledger --type merge -p \'{"spec":{"replicas":2}}\''],
      tempting: 'kubectl -n books scale statefulset/ledger --replicas=2',
    },
  },
  wrong: (_spec, settings) => ({ replicas: Number(settings['replicas']) }),
});
