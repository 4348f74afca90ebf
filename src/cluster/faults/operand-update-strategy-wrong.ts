import { customMistake } from './custom-mistake.ts';
import { text } from './settings.ts';

export const operandUpdateStrategyWrong = customMistake({
  word: 'operand-update-strategy-wrong',
  group: 'workloads',
  summary: 'What an operator keeps is to be updated by a strategy that Kubernetes does not know: no further change arrives.',
  settings: { strategy: text('The strategy.', 'BlueGreen') },
  lore: {
    symptoms: ['The custom object says that it is not reconciled, and events and the log of the operator why: the StatefulSet is invalid.', 'What runs goes on; no change that is asked for later has an effect.'],
    mitigations: [],
    fix: 'Name a strategy that there is in the custom object.',
    example: {
      target: 'postgrescluster/ledger', settings: {},
      signs: ['event Warning ReconcileFailed PostgresCluster', 'log database-system/postgres-operator Reconciler error', 'postgrescluster books/ledger Reconciled'],
      cure: ['kubectl -n books patch postgrescluster ledger --type merge -p \'{"spec":{"updateStrategy":"RollingUpdate"}}\''],
      tempting: 'kubectl -n books rollout restart statefulset/ledger',
    },
  },
  wrong: (_spec, settings) => ({ updateStrategy: String(settings['strategy']) }),
});
