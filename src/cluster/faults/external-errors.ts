import type { FaultKind } from './fault.ts';

export const externalErrors: FaultKind = {
  word: 'external-errors',
  group: 'dependencies',
  summary: 'A party outside of the cluster answers with errors.',
  target: 'external',
  settings: { share: { type: 'share', required: true, summary: 'Share of its answers that are errors.' } },
  lore: {
    symptoms: ['Calls of one party outside fail, wherever they come from.', 'Whoever needs its answer answers with errors in turn.'],
    mitigations: ['Switch off what needs the party, where there is a flag for it.', 'Retry less, so that the party can recover.'],
    fix: 'The party has to mend it: write to its support.',
    example: { target: 'external/card-network', settings: { share: 0.9 }, signs: ['call.errors shop/payments→external/card-network rises'], cure: [], outside: true, tempting: 'kubectl -n shop rollout restart deploy/payments' },
  },
  begin: (world, target, settings) => world.conditions.adjust('external-errors', target.slice('external/'.length), Number(settings['share'])),
};
