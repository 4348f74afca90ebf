import type { FaultKind } from './fault.ts';
import { err } from './mistakes.ts';
import { AUTHOR } from './settings.ts';
import { workloadRef } from './template-fault.ts';

export const updateStrategyWrong: FaultKind = {
  word: 'update-strategy-wrong',
  group: 'workloads',
  summary: 'A workload is updated in a way that takes it down: all of it first, or nothing of it by itself.',
  target: 'workload',
  settings: { ...AUTHOR },
  lore: {
    symptoms: ['Each deploy is an outage, or changes nothing until somebody deletes pods. Between deploys nothing shows but the strategy.'],
    mitigations: [],
    fix: 'Set the strategy back.',
    example: {
      target: 'deployment/pricing', settings: {},
      signs: ['strategy shop/pricing'],
      cure: ['kubectl -n shop patch deploy pricing -p \'{"spec":{"strategy":{"type":"RollingUpdate","rollingUpdate":{"maxSurge":1,"maxUnavailable":0}}}}\''],
      tempting: 'kubectl -n shop rollout restart deploy/pricing',
    },
  },
  begin: (world, target, settings) => {
    const ref = workloadRef(target);
    const deployment = ref.kind === 'Deployment';
    const body = deployment ? { spec: { strategy: { type: 'Recreate', rollingUpdate: null } } } : { spec: { updateStrategy: { type: 'OnDelete', rollingUpdate: null } } };
    return err(world, [{ do: 'patch', ref, patch: { type: 'merge', body } }], settings, `${ref.kind.toLowerCase()}/${ref.name}: manifests applied`);
  },
};
