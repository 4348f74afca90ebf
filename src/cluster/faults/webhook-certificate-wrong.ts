import type { FaultKind } from './fault.ts';
import { err } from './mistakes.ts';
import { losePods, RESTART } from './restarts.ts';
import { AUTHOR } from './settings.ts';

export const webhookCertificateWrong: FaultKind = {
  word: 'webhook-certificate-wrong',
  group: 'policy',
  summary: 'The API server does not trust the certificate of an admission webhook any more.',
  target: 'cluster',
  settings: { configuration: { type: 'text', required: true, summary: 'The ValidatingWebhookConfiguration.' }, restart: RESTART, ...AUTHOR },
  lore: {
    symptoms: ['Pods that go do not come back: failed calling webhook, x509: certificate signed by unknown authority.'],
    mitigations: ['Let the webhook fail open, or remove its configuration.'],
    fix: 'Put the authority of the certificate into the caBundle of the webhook.',
    example: {
      target: 'cluster', settings: { configuration: 'pod-policy', restart: 'shop/pricing' },
      signs: ['event Warning FailedCreate ReplicaSet', 'validatingwebhookconfiguration pod-policy'],
      cure: ['kubectl patch validatingwebhookconfiguration pod-policy --type json -p \'[{"op":"add","path":"/webhooks/0/clientConfig/caBundle","value":"Y2VydGlmaWNhdGU="}]\''],
      tempting: 'kubectl -n shop rollout restart deploy/pricing',
    },
  },
  begin: (world, _target, settings) => {
    const ref = { kind: 'ValidatingWebhookConfiguration', namespace: '', name: String(settings['configuration']) } as const;
    const undo = err(world, [{ do: 'patch', ref, patch: { type: 'json', body: [{ op: 'remove', path: '/webhooks/0/clientConfig/caBundle' }] } }], settings, `validatingwebhookconfiguration/${ref.name}: certificates renewed`);
    const [namespace = '', workload = ''] = String(settings['restart']).split('/');
    losePods(world, namespace, workload);
    return undo;
  },
};
