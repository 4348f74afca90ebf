import type { FaultKind } from './fault.ts';
import { err } from './mistakes.ts';
import { losePods, RESTART } from './restarts.ts';
import { AUTHOR } from './settings.ts';

export const webhookShrinksLimits: FaultKind = {
  word: 'webhook-shrinks-limits',
  group: 'policy',
  summary: 'A mutating webhook gives new pods limits that are much too small.',
  target: 'service',
  settings: { path: { type: 'text', required: true, summary: 'The path at which its program changes pods.' }, restart: RESTART, ...AUTHOR },
  lore: {
    symptoms: ['Pods have other limits than their template; a service that was started anew is slow at its usual load.'],
    mitigations: ['Scale it out.'],
    fix: 'Remove the webhook, or mend its rule, and start the pods anew.',
    example: {
      target: 'policy-system/policy', settings: { path: '/limits', restart: 'shop/pricing' },
      signs: ['mutatingwebhookconfiguration default-limits', 'cpu.share shop/pricing rises'],
      cure: ['kubectl delete mutatingwebhookconfiguration default-limits', 'kubectl -n shop rollout restart deploy/pricing'],
      tempting: 'kubectl -n shop rollout restart deploy/pricing',
    },
  },
  begin: (world, target, settings) => {
    const [namespace = '', name = ''] = target.split('/');
    const webhook = { name: 'limits.policy.webshop.example', admissionReviewVersions: ['v1'], sideEffects: 'None', failurePolicy: 'Ignore', rules: [{ apiGroups: [''], apiVersions: ['v1'], operations: ['CREATE'], resources: ['pods'] }], clientConfig: { caBundle: 'Y2VydGlmaWNhdGU=', service: { namespace, name, path: String(settings['path']) } } };
    const undo = err(world, [{ do: 'create', object: { apiVersion: 'admissionregistration.k8s.io/v1', kind: 'MutatingWebhookConfiguration', metadata: { name: 'default-limits' }, webhooks: [webhook] } }], settings, 'mutatingwebhookconfiguration/default-limits: cost controls switched on');
    const [home = '', workload = ''] = String(settings['restart']).split('/');
    losePods(world, home, workload);
    return () => {
      undo();
      losePods(world, home, workload);
    };
  },
};
