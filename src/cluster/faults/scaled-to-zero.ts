import type { FaultKind } from './fault.ts';
import { err } from './mistakes.ts';
import { AUTHOR, count } from './settings.ts';
import { workloadRef } from './template-fault.ts';

export const scaledToZero: FaultKind = {
  word: 'scaled-to-zero',
  group: 'workloads',
  summary: 'A workload has no replicas.',
  target: 'workload',
  settings: { replicas: count('How many are left.', 0), ...AUTHOR },
  lore: {
    symptoms: ['Every call of the Service is refused, and there are no pods behind it.', 'The workload says 0/0: nothing is broken, nothing is wanted.'],
    mitigations: [],
    fix: 'Scale the workload to what it was.',
    example: {
      target: 'deployment/tariffs', settings: {},
      signs: ['workload shop/tariffs replicas', 'call.errors shop/pricing→shop/tariffs rises'],
      cure: ['kubectl -n shop scale deploy/tariffs --replicas=2'],
      tempting: 'kubectl -n shop rollout restart deploy/tariffs',
    },
  },
  begin: (world, target, settings) => {
    const ref = workloadRef(target);
    return err(world, [{ do: 'patch', ref, patch: { type: 'merge', body: { spec: { replicas: Number(settings['replicas']) } } } }], settings, `${target.split('/')[0] ?? ''}/${ref.name}: scaled to ${String(settings['replicas'])} for the night`);
  },
};
