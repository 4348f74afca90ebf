import type { FaultKind } from './fault.ts';
import { err } from './mistakes.ts';
import { AUTHOR, count } from './settings.ts';

export const wrongTargetPort: FaultKind = {
  word: 'wrong-target-port',
  group: 'services',
  summary: 'A Service sends to a port on which its pods do not listen.',
  target: 'service',
  settings: { port: count('The port that it sends to.', 8081), ...AUTHOR },
  lore: {
    symptoms: ['Every call of the Service is refused at once, although it has endpoints and its pods are ready.', 'The endpoints name another port than the containers do.'],
    mitigations: ['Let the containers listen on that port, too.'],
    fix: 'Set targetPort to the port of the containers.',
    example: {
      target: 'pricing', settings: {},
      signs: ['endpoints shop/pricing ports', 'http.errors shop/pricing rises'],
      cure: ['kubectl -n shop patch service pricing --type json -p \'[{"op":"replace","path":"/spec/ports/0/targetPort","value":8080}]\''],
      tempting: 'kubectl -n shop rollout restart deploy/pricing',
    },
  },
  begin: (world, target, settings) => {
    const [namespace = '', name = ''] = target.split('/');
    const port = Number(settings['port']);
    return err(world, [{ do: 'patch', ref: { kind: 'Service', namespace, name }, patch: { type: 'json', body: [{ op: 'replace', path: '/spec/ports/0/targetPort', value: port }] } }], settings, `service/${name}: manifests applied`);
  },
};
