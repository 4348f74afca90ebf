import type { FaultKind } from './fault.ts';
import { err } from './mistakes.ts';
import { AUTHOR, text } from './settings.ts';

export const ingressMisrouted: FaultKind = {
  word: 'ingress-misrouted',
  group: 'services',
  summary: 'An Ingress sends users to another Service than it should, or to none.',
  target: 'ingress',
  settings: { to: text('The Service that it sends to.', 'pricing-v1'), ...AUTHOR },
  lore: {
    symptoms: ['Users of one address get errors; whoever calls the Service inside of the cluster is well, and fewer requests come to it.'],
    mitigations: [],
    fix: 'Let the Ingress send to the right Service.',
    example: {
      target: 'prices', settings: {},
      signs: ['ingress shop/prices', 'http.rate shop/pricing falls'],
      cure: ['kubectl -n shop patch ingress prices --type json -p \'[{"op":"replace","path":"/spec/rules/0/http/paths/0/backend/service/name","value":"pricing"}]\''],
      tempting: 'kubectl -n shop rollout restart deploy/pricing',
    },
  },
  begin: (world, target, settings) => {
    const [namespace = '', name = ''] = target.split('/');
    return err(world, [{ do: 'patch', ref: { kind: 'Ingress', namespace, name }, patch: { type: 'json', body: [{ op: 'replace', path: '/spec/rules/0/http/paths/0/backend/service/name', value: String(settings['to']) }] } }], settings, `ingress/${name}: manifests applied`);
  },
};
