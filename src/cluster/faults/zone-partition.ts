import type { FaultKind } from './fault.ts';
import { leverFault } from './lever-fault.ts';

const zones = leverFault({
  word: 'zone-partition',
  group: 'network',
  summary: 'A zone is cut off from the others: calls within it are well.',
  target: 'zone',
  settings: { share: { type: 'share', required: false, fallback: 1, summary: 'Share of the calls that get lost on the way in or out.' } },
  lever: 'zone-loss',
  amount: ({ share }) => Number(share),
  lore: {
    symptoms: ['Calls that cross the border of a zone time out; its nodes are Ready.'],
    mitigations: ['Let users into the other zones alone.'],
    fix: 'Mend the network between the zones.',
    example: {
      target: 'zone/eu-1a', settings: {},
      signs: ['call.errors shop/storefront→shop/catalog rises'],
      cure: [],
      tempting: 'kubectl -n shop rollout restart deploy/pricing',
      outside: true,
    },
  },
});

/** A region is cut off as a zone is, by the network between the regions. */
export const zonePartition: FaultKind = {
  ...zones,
  begin: (world, target, settings) => (target.startsWith('region/') ? world.conditions.adjust('region-loss', target.slice('region/'.length), Number(settings['share'])) : zones.begin(world, target, settings)),
};
