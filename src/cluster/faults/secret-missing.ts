import type { FaultKind } from './fault.ts';
import { err } from './mistakes.ts';
import { losePods, RESTART } from './restarts.ts';
import { AUTHOR } from './settings.ts';

export const secretMissing: FaultKind = {
  word: 'secret-missing',
  group: 'configuration',
  summary: 'A Secret is gone that containers need to be created.',
  target: 'secret',
  settings: { restart: RESTART, ...AUTHOR },
  lore: {
    symptoms: ['New pods stand in CreateContainerConfigError; events say that a secret is not found.'],
    mitigations: [],
    fix: 'Create the Secret again, from the vault.',
    example: {
      target: 'pricing-credentials', settings: { restart: 'pricing' },
      signs: ['pods shop/pricing CreateContainerConfigError', 'secret shop/pricing-credentials gone'],
      cure: ['kubectl apply -f manifests/secret-pricing-credentials.yaml'],
      tempting: 'kubectl -n shop rollout restart deploy/pricing',
    },
  },
  begin: (world, target, settings) => {
    const [namespace = '', name = ''] = target.split('/');
    const undo = err(world, [{ do: 'delete', ref: { kind: 'Secret', namespace, name } }], settings, `secret/${name}: removed, no longer in the vault`);
    losePods(world, namespace, settings['restart']);
    return undo;
  },
};
