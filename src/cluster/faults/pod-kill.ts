import type { FaultKind } from './fault.ts';
import { losePods } from './restarts.ts';
import { count } from './settings.ts';
import { workloadRef } from './template-fault.ts';

export const podKill: FaultKind = {
  word: 'pod-kill',
  group: 'workloads',
  summary: 'Pods of a workload are deleted, again and again.',
  target: 'workload',
  settings: { every: { type: 'duration', required: false, fallback: 60_000, summary: 'How often.' }, pods: count('How many each time; 0 for all.', 1) },
  lore: {
    symptoms: ['Pods of a workload are young, all of them, and were killed without a restart being counted.'],
    mitigations: ['More replicas, and a disruption budget.'],
    fix: 'Find who deletes them, and take their right to.',
    example: {
      target: 'deployment/pricing', settings: { every: '30s' },
      signs: ['event Normal Killing Pod', 'event Normal SuccessfulCreate ReplicaSet'],
      cure: [], outside: true,
      tempting: 'kubectl -n shop rollout restart deploy/pricing',
    },
  },
  begin: (world, target, settings) => {
    const ref = workloadRef(target);
    const strike = (): void => losePods(world, ref.namespace, ref.name, Number(settings['pods']));
    strike();
    return world.machines.every(Number(settings['every']), strike);
  },
};
