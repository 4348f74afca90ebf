import type { FaultKind } from './fault.ts';
import { err } from './mistakes.ts';
import { AUTHOR, count } from './settings.ts';

export const servicePortChanged: FaultKind = {
  word: 'service-port-changed',
  group: 'services',
  summary: 'A Service is offered at another port than its callers use.',
  target: 'service',
  settings: { port: count('The port at which it is offered.', 7071), ...AUTHOR },
  lore: {
    symptoms: ['Callers that name the port run into their time-outs: nobody answers at that address and port.', 'The Service has its endpoints; its port is another than in its callers\' addresses.'],
    mitigations: ['Set the new port in the addresses of its callers.'],
    fix: 'Set the port of the Service back.',
    example: {
      target: 'tariffs', settings: {},
      signs: ['service shop/tariffs ports', 'call.errors shop/pricing→shop/tariffs rises'],
      cure: ['kubectl -n shop patch service tariffs --type json -p \'[{"op":"replace","path":"/spec/ports/0/port","value":7070}]\''],
      tempting: 'kubectl -n shop rollout restart deploy/pricing',
    },
  },
  begin: (world, target, settings) => {
    const [namespace = '', name = ''] = target.split('/');
    return err(world, [{ do: 'patch', ref: { kind: 'Service', namespace, name }, patch: { type: 'json', body: [{ op: 'replace', path: '/spec/ports/0/port', value: Number(settings['port']) }] } }], settings, `service/${name}: manifests applied`);
  },
};
