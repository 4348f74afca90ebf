import type { FaultKind } from './fault.ts';
import { podsOf } from './restarts.ts';
import { workloadRef } from './template-fault.ts';

export const containerKill: FaultKind = {
  word: 'container-kill',
  group: 'workloads',
  summary: 'The containers of a workload are killed, again and again.',
  target: 'workload',
  settings: { every: { type: 'duration', required: false, fallback: 60_000, summary: 'How often.' } },
  lore: {
    symptoms: ['Containers restart with exit code 137 and no word in their logs; the kubelet waits longer each time before it starts them.'],
    mitigations: ['More replicas.'],
    fix: 'Find who kills them.',
    example: {
      target: 'deployment/pricing', settings: { every: '60s' },
      signs: ['pods shop/pricing restarts', 'event Warning BackOff Pod'],
      cure: ['kubectl -n shop rollout restart deploy/pricing'], outside: true,
      tempting: 'kubectl -n shop set env deploy/pricing LOG_LEVEL=debug',
    },
  },
  begin: (world, target, settings) => {
    const ref = workloadRef(target);
    const strike = (): void => {
      for (const pod of podsOf(world, ref.namespace, ref.name)) world.machines.killContainer({ kind: 'Pod', namespace: ref.namespace, name: pod.metadata.name }, pod.spec?.containers[0]?.name ?? '');
    };
    strike();
    return world.machines.every(Number(settings['every']), strike);
  },
};
