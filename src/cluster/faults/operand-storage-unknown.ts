import { customMistake } from './custom-mistake.ts';
import { text } from './settings.ts';

export const operandStorageUnknown = customMistake({
  word: 'operand-storage-unknown',
  group: 'storage',
  summary: 'What an operator keeps is to grow onto volumes of a storage class that there is not.',
  settings: { class: text('The storage class.', 'ultra-fast') },
  lore: {
    symptoms: ['The newest pod of a StatefulSet is Pending, and so is its claim: its storageclass is not found. The older ones go on.', 'The claim template of the StatefulSet cannot be changed by hand; its operator makes the set anew around its pods.'],
    mitigations: ['Ask for fewer replicas again.'],
    fix: 'Name a class that there is in the custom object; claims that were made meanwhile have to be deleted with their pods.',
    example: {
      target: 'postgrescluster/ledger', settings: {},
      signs: ['persistentvolumeclaim books/data-ledger-2 phase', 'pods books/ledger Pending', 'postgrescluster books/ledger Ready'],
      cure: ['kubectl -n books patch postgrescluster ledger --type merge -p \'{"spec":{"replicas":2,"storage":{"storageClassName":"standard"}}}\''],
      tempting: 'kubectl -n books delete pod ledger-2',
    },
  },
  wrong: (spec, settings) => ({ replicas: Number(spec['replicas'] ?? 1) + 1, storage: { storageClassName: String(settings['class']) } }),
});
