import type { KindMap } from '../objects.ts';
import type { FaultKind } from './fault.ts';
import { err, type Mistake } from './mistakes.ts';
import { losePods, RESTART } from './restarts.ts';
import { AUTHOR, text } from './settings.ts';

/** Each is below what the API server grants a request; together they are above. */
const TIMEOUTS_S = { defaults: 12, images: 8, labels: 11, tracing: 9 } as const;

export const webhooksUnreachable: FaultKind = {
  word: 'webhooks-unreachable',
  group: 'policy',
  summary: 'Mutating webhooks that may fail are cut off by a NetworkPolicy: together they are waited for longer than a request may take.',
  target: 'service',
  settings: { policy: text('Of the NetworkPolicy.', 'default-deny'), path: text('The path at which its program is asked.', '/mutate'), restart: RESTART, ...AUTHOR },
  lore: {
    symptoms: ['Pods that go do not come back: request did not complete within requested timeout, and no webhook is named.', 'All mutating webhooks have the failure policy Ignore; their time-outs add up to more than half a minute.'],
    mitigations: ['Remove some of the webhooks, or give them short time-outs.'],
    fix: 'Let the NetworkPolicy admit the API server, which comes from the address of its node.',
    example: {
      target: 'policy-system/policy', settings: { restart: 'shop/pricing' },
      signs: ['event Warning FailedCreate ReplicaSet', 'networkpolicy policy-system/default-deny'],
      cure: ['kubectl -n policy-system delete networkpolicy default-deny'],
      tempting: 'kubectl -n shop rollout restart deploy/pricing',
    },
  },
  begin: (world, target, settings) => {
    const [namespace = '', name = ''] = target.split('/');
    const [home = '', workload = ''] = String(settings['restart']).split('/');
    const rules = [{ apiGroups: [''], apiVersions: ['v1'], operations: ['CREATE'], resources: ['pods'] }];
    const configurations = Object.entries(TIMEOUTS_S).map(([what, timeoutSeconds]): KindMap['MutatingWebhookConfiguration'] => ({
      apiVersion: 'admissionregistration.k8s.io/v1', kind: 'MutatingWebhookConfiguration', metadata: { name: `pod-${what}` },
      webhooks: [{
        name: `${what}.${namespace}.example.com`, admissionReviewVersions: ['v1'], sideEffects: 'None', failurePolicy: 'Ignore', timeoutSeconds,
        ...(home === '' ? {} : { namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': home } } }),
        rules,
        clientConfig: { caBundle: 'Y2VydGlmaWNhdGU=', service: { namespace, name, path: String(settings['path']) } },
      }],
    }));
    const policy: KindMap['NetworkPolicy'] = { apiVersion: 'networking.k8s.io/v1', kind: 'NetworkPolicy', metadata: { name: String(settings['policy']), namespace }, spec: { podSelector: {}, policyTypes: ['Ingress'] } };
    const undo = err(world, [...configurations, policy].map((object): Mistake => ({ do: 'create', object })), settings, `namespace/${namespace}: nothing is let in that is not asked for`);
    losePods(world, home, workload);
    return () => {
      undo();
      losePods(world, home, workload);
    };
  },
};
