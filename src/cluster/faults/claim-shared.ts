import type { FaultKind } from './fault.ts';
import { err } from './mistakes.ts';
import { AUTHOR, count } from './settings.ts';
import { workloadRef } from './template-fault.ts';

export const claimShared: FaultKind = {
  word: 'claim-shared',
  group: 'storage',
  summary: 'Pods that must not be near each other share one volume that only one node can have.',
  target: 'workload',
  settings: { replicas: count('How many there are to be.', 3), ...AUTHOR },
  lore: {
    symptoms: ['One pod of a workload runs; the others are Pending: volume node affinity conflict, and anti-affinity rules.'],
    mitigations: [],
    fix: 'One replica, or a volume that many nodes can have.',
    example: {
      target: 'deployment/archive', settings: {},
      signs: ['pods shop/archive Pending', 'event Warning FailedScheduling Pod'],
      cure: ['kubectl -n shop patch deploy archive --type json -p \'[{"op":"remove","path":"/spec/template/spec/affinity"},{"op":"replace","path":"/spec/replicas","value":1}]\''],
      tempting: 'kubectl -n shop rollout restart deploy/archive',
    },
  },
  begin: (world, target, settings) => {
    const ref = workloadRef(target);
    const body = { spec: { replicas: Number(settings['replicas']), template: { spec: { affinity: { podAntiAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [{ labelSelector: { matchLabels: { app: ref.name } }, topologyKey: 'kubernetes.io/hostname' }] } } } } } };
    return err(world, [{ do: 'patch', ref, patch: { type: 'merge', body } }], settings, `deployment/${ref.name}: made highly available`);
  },
};
