import type { FaultKind } from './fault.ts';

export const externalErrors: FaultKind = {
  word: 'external-errors',
  summary: 'A party outside of the cluster answers with errors.',
  target: 'external',
  settings: { share: { type: 'share', required: true, summary: 'Share of its answers that are errors.' } },
  begin: (world, target, settings) => world.conditions.adjust('external-errors', target.slice('external/'.length), Number(settings['share'])),
};
