import type { FaultKind } from './fault.ts';
import { shownBy, whileSo } from './lasting.ts';
import { err } from './mistakes.ts';
import { losePods } from './restarts.ts';
import { AUTHOR } from './settings.ts';

export const secretCorrupted: FaultKind = {
  word: 'secret-corrupted',
  group: 'configuration',
  summary: 'A credential in a Secret is garbled: whoever it is shown to refuses it.',
  target: 'secret',
  settings: { key: { type: 'text', required: true, summary: 'The key of the credential.' }, client: { type: 'text', names: 'workload', required: true, summary: 'The workload that shows it.' }, server: { type: 'text', names: 'service', required: true, summary: 'The Service that it is shown to.' }, ...AUTHOR },
  lore: {
    symptoms: ['A service is refused by another since its pods were started anew: 403, permission denied.', 'The Secret was written at about that time.'],
    mitigations: ['Use another credential, where there is one.'],
    fix: 'Put the right credential into the Secret and restart what reads it at its start.',
    example: {
      target: 'pricing-credentials', settings: { key: 'TARIFFS_TOKEN', client: 'pricing', server: 'tariffs' },
      signs: ['secret shop/pricing-credentials', 'call.errors shop/pricing→shop/tariffs rises'],
      cure: ['kubectl -n shop patch secret pricing-credentials -p \'{"data":{"TARIFFS_TOKEN":"dDByaWZmcw=="}}\'', 'kubectl -n shop rollout restart deploy/pricing'],
      tempting: 'kubectl -n shop rollout restart deploy/pricing',
    },
  },
  begin: (world, target, settings) => {
    const [namespace = '', name = ''] = target.split('/');
    const way = `${namespace}/${String(settings['client'])}→${namespace}/${String(settings['server'])}`;
    const key = String(settings['key']);
    const valueOf = (): string | undefined => {
      const found = world.api.get('Secret', namespace, name);
      return found.ok ? found.object.data?.[key] : undefined;
    };
    const right = valueOf();
    const undo = err(world, [{ do: 'patch', ref: { kind: 'Secret', namespace, name }, patch: { type: 'merge', body: { data: { [key]: 'Z2FyYmxlZA==' } } } }], settings, `secret/${name}: synced from the vault`);
    losePods(world, namespace, settings['client']);
    const back = whileSo(world, () => shownBy(world, namespace, String(settings['client']), () => valueOf() !== right), () => world.conditions.adjust('way-denied', way, 1, 'unexpected status 401: invalid token'));
    return () => {
      undo();
      losePods(world, namespace, settings['client']);
      back();
    };
  },
};
