import { customMistake } from './custom-mistake.ts';

export const operandSecurityContextWrong = customMistake({
  word: 'operand-security-context-wrong',
  group: 'configuration',
  summary: 'What an operator keeps is to run as root and as anybody but root.',
  lore: {
    symptoms: ['The last pod of a StatefulSet was replaced and does not start: CreateContainerConfigError, its user breaks the non-root policy.', 'Whoever edits the StatefulSet finds it back a moment later.'],
    mitigations: [],
    fix: 'Mend the security context in the custom object.',
    example: {
      target: 'postgrescluster/ledger', settings: {},
      signs: ['pods books/ledger CreateContainerConfigError', 'postgrescluster books/ledger Ready'],
      cure: ['kubectl -n books patch postgrescluster ledger --type merge -p \'{"spec":{"securityContext":null}}\''],
      tempting: 'kubectl -n books patch statefulset ledger --type merge -p \'{"spec":{"template":{"spec":{"securityContext":null}}}}\'',
    },
  },
  wrong: () => ({ securityContext: { runAsNonRoot: true, runAsUser: 0 } }),
});
