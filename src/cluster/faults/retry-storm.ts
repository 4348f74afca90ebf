import type { FaultKind } from './fault.ts';
import { text } from './settings.ts';

export const retryStorm: FaultKind = {
  word: 'retry-storm',
  group: 'load',
  summary: 'Users send more for a while, and those who call retry: what they retry keeps them retrying.',
  target: 'service',
  settings: { load: { type: 'factor', required: false, fallback: 2, summary: 'How many times the usual rate users send.' }, capacity: { type: 'factor', required: false, fallback: 1, summary: 'Which part of its CPU a workload keeps.' }, workload: text('That workload; the one of the name of the Service where left out.', '') },
  lore: {
    symptoms: ['Far more requests come than users send: the rest are retries. The load falls, and the service stays where it is.'],
    mitigations: ['Let fewer users in until it is calm.', 'Fewer retries.'],
    fix: 'Budgets and back-off for retries, and room for the load.',
    example: {
      target: 'pricing', settings: { load: 6, capacity: 0.05 },
      signs: ['http.rate shop/pricing rises', 'http.errors shop/pricing rises'],
      cure: [],
      tempting: 'kubectl -n shop rollout restart deploy/pricing',
      outside: true,
    },
  },
  begin: (world, target, settings) => {
    const [load, capacity] = [Number(settings['load']), Number(settings['capacity'])];
    const back = [world.conditions.adjust('load', target, load), ...(capacity === 1 ? [] : [world.conditions.adjust('cpu-limit', String(settings['workload']) === '' ? target : `${target.split('/')[0] ?? ''}/${String(settings['workload'])}`, capacity)])];
    return () => {
      for (const lift of back) lift();
    };
  },
};
