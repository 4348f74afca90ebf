import type { FaultKind } from './fault.ts';
import { err } from './mistakes.ts';
import { AUTHOR, count } from './settings.ts';
import { workloadRef } from './template-fault.ts';

export const replicasOverloaded: FaultKind = {
  word: 'replicas-overloaded',
  group: 'workloads',
  summary: 'A workload has many more replicas than the cluster has room for.',
  target: 'workload',
  settings: { replicas: count('How many it has.', 100), ...AUTHOR },
  lore: {
    symptoms: ['Many pods of one workload, and a good part of them Pending; others that start anew find no room either.'],
    mitigations: [],
    fix: 'Scale it back.',
    example: {
      target: 'deployment/tariffs', settings: { replicas: 150 },
      signs: ['pods shop/tariffs Pending', 'workload shop/tariffs replicas'],
      cure: ['kubectl -n shop scale deploy/tariffs --replicas=2'],
      tempting: 'kubectl -n shop rollout restart deploy/pricing',
    },
  },
  begin: (world, target, settings) => {
    const ref = workloadRef(target);
    return err(world, [{ do: 'patch', ref, patch: { type: 'merge', body: { spec: { replicas: Number(settings['replicas']) } } } }], settings, `${ref.kind.toLowerCase()}/${ref.name}: scaled to ${String(settings['replicas'])} for the campaign`);
  },
};
