import { digest } from '../../time/dice.ts';
import type { FaultKind } from './fault.ts';
import { startedOf, whileSo } from './lasting.ts';
import { err } from './mistakes.ts';
import { AUTHOR } from './settings.ts';

export const secretRotated: FaultKind = {
  word: 'secret-rotated',
  group: 'configuration',
  summary: 'A credential was rotated; programs go on showing the old one, which they read at their start.',
  target: 'secret',
  settings: { key: { type: 'text', required: true, summary: 'The key of the credential.' }, client: { type: 'text', names: 'workload', required: true, summary: 'The workload that shows it.' }, server: { type: 'text', names: 'service', required: true, summary: 'The Service that it is shown to.' }, ...AUTHOR },
  lore: {
    symptoms: ['A service is refused by another from one moment on: 401, though nobody deployed anything.', 'Pods that were started after that moment are well.'],
    mitigations: [],
    fix: 'Restart what reads the credential at its start.',
    example: {
      target: 'pricing-credentials', settings: { key: 'TARIFFS_TOKEN', client: 'pricing', server: 'tariffs' },
      signs: ['call.errors shop/pricing→shop/tariffs rises'],
      cure: ['kubectl -n shop rollout restart deploy/pricing'],
      tempting: 'kubectl -n shop rollout restart deploy/tariffs',
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
    const before = startedOf(world, namespace, String(settings['client']));
    const undo = err(world, [{ do: 'patch', ref: { kind: 'Secret', namespace, name }, patch: { type: 'merge', body: { data: { [key]: btoa(newPassword(`${target}/${key}/${world.unixMs()}`)) } } } }], settings, `secret/${name}: rotated as scheduled`);
    const right = valueOf();
    const back = whileSo(world, () => valueOf() !== right || startedOf(world, namespace, String(settings['client'])).some((uid) => before.includes(uid)), () => world.conditions.adjust('way-denied', way, 1, 'unexpected status 401: token has been revoked'));
    return () => {
      undo();
      back();
    };
  },
};

/** 24 letters and digits, as a manager of secrets makes them: always the same ones for a name. */
function newPassword(name: string): string {
  const hex = digest(name) + digest(`${name}/2`) + digest(`${name}/3`);
  return Array.from({ length: 24 }, (_, nth) => LETTERS[Number.parseInt(hex.slice(nth * 2, nth * 2 + 2), 16) % LETTERS.length] ?? '').join('');
}

const LETTERS = 'ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnpqrstuvwxyz23456789';
