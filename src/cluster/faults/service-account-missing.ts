import { text } from './settings.ts';
import { templateFault } from './template-fault.ts';

export const serviceAccountMissing = templateFault({
  word: 'service-account-missing',
  group: 'policy',
  summary: 'A workload runs as a service account that there is not.',
  settings: { account: text('The account that it names.', 'pricing-v2') },
  lore: {
    symptoms: ['No new pods appear at all; the ReplicaSet cannot create them: the service account is not found.'],
    mitigations: ['Create a service account of that name.'],
    fix: 'Name the service account that the workload had.',
    example: {
      target: 'deployment/pricing', settings: {},
      signs: ['event Warning FailedCreate ReplicaSet', 'pods shop/pricing none'],
      cure: ['kubectl -n shop patch deploy pricing -p \'{"spec":{"template":{"spec":{"serviceAccountName":"default","serviceAccount":"default"}}}}\''],
      tempting: 'kubectl -n shop rollout restart deploy/pricing',
    },
  },
  wrong: (spec, { account }) => ({ ...spec, serviceAccountName: String(account), serviceAccount: String(account) }),
});
