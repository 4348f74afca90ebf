import type { FaultKind } from './fault.ts';
import { err } from './mistakes.ts';
import { AUTHOR, text } from './settings.ts';

export const wrongSelector: FaultKind = {
  word: 'wrong-selector',
  group: 'services',
  summary: 'A Service selects pods that are not there.',
  target: 'service',
  settings: { label: text('The label that the selector asks for.', 'tier'), value: text('The value that it asks for.', 'backend'), ...AUTHOR },
  lore: {
    symptoms: ['Every call of the Service is refused at once, although its pods are ready.', 'The Service has no endpoints; its selector matches no pod.'],
    mitigations: ['Let its callers go to another Service of the same pods.'],
    fix: 'Set the selector to the labels that the pods carry.',
    example: {
      target: 'pricing', settings: {},
      signs: ['endpoints shop/pricing none', 'http.errors shop/pricing rises'],
      cure: ['kubectl -n shop patch service pricing -p \'{"spec":{"selector":{"app":"pricing","tier":null}}}\''],
      tempting: 'kubectl -n shop rollout restart deploy/pricing',
    },
  },
  begin: (world, target, settings) => {
    const [namespace = '', name = ''] = target.split('/');
    return err(world, [{ do: 'patch', ref: { kind: 'Service', namespace, name }, patch: { type: 'merge', body: { spec: { selector: { [String(settings['label'])]: String(settings['value']) } } } } }], settings, `service/${name}: manifests applied`);
  },
};
