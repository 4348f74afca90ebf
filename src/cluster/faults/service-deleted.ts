import type { FaultKind } from './fault.ts';
import { err } from './mistakes.ts';
import { AUTHOR } from './settings.ts';

export const serviceDeleted: FaultKind = {
  word: 'service-deleted',
  group: 'services',
  summary: 'A Service is gone: its name does not resolve any more.',
  target: 'service',
  settings: { ...AUTHOR },
  lore: {
    symptoms: ['Callers say that there is no such host.', 'The pods are ready and idle; no Service of that name is there.'],
    mitigations: ['Let its callers go to another Service of the same pods.'],
    fix: 'Create the Service again, from its manifest.',
    example: {
      target: 'pricing', settings: {},
      signs: ['service shop/pricing gone', 'http.errors shop/pricing rises'],
      cure: ['kubectl -n shop expose deployment pricing --port 80 --target-port 8080'],
      tempting: 'kubectl -n shop rollout restart deploy/pricing',
    },
  },
  begin: (world, target, settings) => {
    const [namespace = '', name = ''] = target.split('/');
    return err(world, [{ do: 'delete', ref: { kind: 'Service', namespace, name } }], settings, `service/${name}: removed, no longer in the manifests`);
  },
};
