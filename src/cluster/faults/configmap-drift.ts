import type { FaultKind } from './fault.ts';
import { err } from './mistakes.ts';
import { losePods, RESTART } from './restarts.ts';
import { AUTHOR } from './settings.ts';

export const configmapDrift: FaultKind = {
  word: 'configmap-drift',
  group: 'configuration',
  summary: 'A value in a ConfigMap is another than its manifest says.',
  target: 'configmap',
  settings: { key: { type: 'text', required: true, summary: 'The key.' }, value: { type: 'text', required: true, summary: 'What it says.' }, restart: RESTART, ...AUTHOR, who: { ...AUTHOR.who, fallback: 'mira' } },
  lore: {
    symptoms: ['A service behaves in another way since its pods were started anew; its image and its template are as they were.'],
    mitigations: ['Set the value in the template, past the ConfigMap.'],
    fix: 'Set the value right, and restart what reads it at its start.',
    example: {
      target: 'pricing', settings: { key: 'TARIFFS_TIMEOUT', value: '1ms', restart: 'pricing' },
      signs: ['configmap shop/pricing', 'call.errors shop/pricing→shop/tariffs rises'],
      cure: ['kubectl -n shop patch configmap pricing -p \'{"data":{"TARIFFS_TIMEOUT":"2s"}}\'', 'kubectl -n shop rollout restart deploy/pricing'],
      tempting: 'kubectl -n shop rollout restart deploy/pricing',
    },
  },
  begin: (world, target, settings) => {
    const [namespace = '', name = ''] = target.split('/');
    const undo = err(world, [{ do: 'patch', ref: { kind: 'ConfigMap', namespace, name }, patch: { type: 'merge', body: { data: { [String(settings['key'])]: String(settings['value']) } } } }], settings, `configmap/${name}: edited`);
    losePods(world, namespace, settings['restart']);
    return () => {
      undo();
      losePods(world, namespace, settings['restart']);
    };
  },
};
