import type { FaultKind } from './fault.ts';

export const networkBandwidth: FaultKind = {
  word: 'network-bandwidth',
  group: 'network',
  summary: 'The way to a Service carries less than is sent: answers queue, and what finds no room is lost.',
  target: 'service',
  settings: {
    kibPerS: { type: 'number', required: true, summary: 'KiB a second that it carries.' },
    answer: { type: 'number', required: false, fallback: 16, summary: 'KiB of an answer, in the mean.' },
  },
  lore: {
    symptoms: ['Calls of one Service are slow and get lost while many are made, and are well while few are; its own pods are idle and quick.'],
    mitigations: ['Call it less: caches, fewer calls for each page.'],
    fix: 'Mend the way: whoever runs the network has to.',
    example: {
      target: 'catalog', settings: { kibPerS: 400 },
      signs: ['call.ms shop/storefront→shop/catalog rises'],
      cure: [],
      tempting: 'kubectl -n shop rollout restart deploy/catalog',
      outside: true,
    },
  },
  begin: (world, target, settings) => {
    const back = [world.conditions.adjust('bandwidth', target, Number(settings['kibPerS'])), world.conditions.adjust('answer-size', target, Number(settings['answer']))];
    return () => {
      for (const lift of back) lift();
    };
  },
};
