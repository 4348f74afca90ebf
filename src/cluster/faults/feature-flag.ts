import type { Lever } from '../traffic/conditions.ts';
import type { FaultKind } from './fault.ts';
import { whileSo } from './lasting.ts';
import { err } from './mistakes.ts';
import { AUTHOR, text } from './settings.ts';

export const featureFlag: FaultKind = {
  word: 'feature-flag',
  group: 'programs',
  summary: 'Somebody switched a feature on whose code is bad: it lasts as long as the flag is on.',
  target: 'configmap',
  settings: { flag: { type: 'text', required: true, summary: 'The key of the ConfigMap.' }, workload: { type: 'text', names: 'workload', required: true, summary: 'The workload with the bad code.' }, effect: { ...text('What the code does: fail a share of requests, take a factor of CPU, take ms longer, collect garbage for a share of the time, lose MiB a minute.', 'errors'), oneOf: ['errors', 'cpu', 'latency', 'collections', 'leak'] }, amount: { type: 'number', required: true, summary: 'How much of it.' }, ...AUTHOR },
  lore: {
    symptoms: ['One service fails or is slow since somebody switched a flag.'],
    mitigations: ['Switch the flag off.'],
    fix: 'Switch the flag off until the code is mended.',
    example: {
      target: 'shop-flags', settings: { flag: 'DYNAMIC_PRICES', workload: 'pricing', effect: 'errors', amount: 0.5 },
      signs: ['http.errors shop/pricing rises'],
      cure: ['kubectl -n shop patch configmap shop-flags -p \'{"data":{"DYNAMIC_PRICES":"off"}}\''],
      tempting: 'kubectl -n shop rollout restart deploy/pricing',
    },
  },
  begin: (world, target, settings) => {
    const [namespace = '', name = ''] = target.split('/');
    const flag = String(settings['flag']);
    const isOn = (): boolean => {
      const found = world.api.get('ConfigMap', namespace, name);
      return found.ok && found.object.data?.[flag] === 'on';
    };
    const undo = err(world, [{ do: 'patch', ref: { kind: 'ConfigMap', namespace, name }, patch: { type: 'merge', body: { data: { [flag]: 'on' } } } }], settings, `configmap/${name}: ${flag} on`);
    const back = whileSo(world, isOn, () => world.conditions.adjust(LEVERS[String(settings['effect'])] ?? 'work-errors', `${namespace}/${String(settings['workload'])}`, Number(settings['amount']), `500 unhandled error: feature ${flag.toLowerCase()}: unexpected nil`));
    return () => {
      undo();
      back();
    };
  },
};

const LEVERS: Readonly<Record<string, Lever>> = { errors: 'work-errors', cpu: 'cpu-factor', latency: 'work-latency', collections: 'pauses', leak: 'heap-growth' };
