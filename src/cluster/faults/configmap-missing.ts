import type { FaultKind } from './fault.ts';
import { err } from './mistakes.ts';
import { losePods, RESTART } from './restarts.ts';
import { AUTHOR } from './settings.ts';

export const configmapMissing: FaultKind = {
  word: 'configmap-missing',
  group: 'configuration',
  summary: 'A ConfigMap is gone that containers need to be created.',
  target: 'configmap',
  settings: { restart: RESTART, ...AUTHOR },
  lore: {
    symptoms: ['New pods stand in CreateContainerConfigError; events say that a configmap is not found.'],
    mitigations: [],
    fix: 'Create the ConfigMap again, from its manifest.',
    example: {
      target: 'pricing', settings: { restart: 'pricing' },
      signs: ['pods shop/pricing CreateContainerConfigError', 'configmap shop/pricing gone'],
      cure: ['kubectl apply -f manifests/configmap-pricing.yaml'],
      tempting: 'kubectl -n shop rollout restart deploy/pricing',
    },
  },
  begin: (world, target, settings) => {
    const [namespace = '', name = ''] = target.split('/');
    const undo = err(world, [{ do: 'delete', ref: { kind: 'ConfigMap', namespace, name } }], settings, `configmap/${name}: removed, no longer in the manifests`);
    losePods(world, namespace, settings['restart']);
    return undo;
  },
};
