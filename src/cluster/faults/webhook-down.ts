import type { FaultKind } from './fault.ts';
import { err } from './mistakes.ts';
import { losePods, RESTART } from './restarts.ts';
import { AUTHOR } from './settings.ts';
import { workloadRef } from './template-fault.ts';

export const webhookDown: FaultKind = {
  word: 'webhook-down',
  group: 'policy',
  summary: 'The program behind an admission webhook is gone, and the webhook fails closed: nobody gets a pod.',
  target: 'workload',
  settings: { restart: RESTART, ...AUTHOR },
  lore: {
    symptoms: ['Pods that go do not come back: failed calling webhook, no endpoints available for its service.'],
    mitigations: ['Let the webhook fail open, or remove its configuration.'],
    fix: 'Bring the program behind the webhook back.',
    example: {
      target: 'policy-system/policy', settings: { restart: 'shop/pricing' },
      signs: ['event Warning FailedCreate ReplicaSet', 'workload policy-system/policy replicas'],
      cure: ['kubectl -n policy-system scale deploy/policy --replicas=1'],
      tempting: 'kubectl -n shop rollout restart deploy/pricing',
    },
  },
  begin: (world, target, settings) => {
    const ref = workloadRef(target);
    const undo = err(world, [{ do: 'patch', ref, patch: { type: 'merge', body: { spec: { replicas: 0 } } } }], settings, `deployment/${ref.name}: scaled down to save money`);
    losePods(world, ref.namespace, ref.name);
    const [namespace = '', workload = ''] = String(settings['restart']).split('/');
    losePods(world, namespace, workload);
    return undo;
  },
};
