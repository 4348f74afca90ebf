import type { FaultKind } from './fault.ts';
import { err } from './mistakes.ts';
import { losePods, RESTART } from './restarts.ts';
import { AUTHOR } from './settings.ts';
import { templateOf, workloadRef } from './template-fault.ts';

export const webhookSlow: FaultKind = {
  word: 'webhook-slow',
  group: 'policy',
  summary: 'The program behind an admission webhook answers later than the API server waits: nobody gets a pod.',
  target: 'workload',
  settings: { latency: { type: 'duration', required: false, fallback: 12_000, summary: 'How long it takes.' }, restart: RESTART, ...AUTHOR },
  lore: {
    symptoms: ['Pods that go do not come back: failed calling webhook, context deadline exceeded.'],
    mitigations: ['Let the webhook fail open, or remove its configuration.'],
    fix: 'Let the webhook answer in time.',
    example: {
      target: 'policy-system/policy', settings: { restart: 'shop/pricing' },
      signs: ['event Warning FailedCreate ReplicaSet', 'template policy-system/policy'],
      cure: ['kubectl -n policy-system patch deploy policy --type json -p \'[{"op":"remove","path":"/spec/template/spec/containers/0/env"}]\''],
      tempting: 'kubectl -n shop rollout restart deploy/pricing',
    },
  },
  begin: (world, target, settings) => {
    const ref = workloadRef(target);
    const container = templateOf(world, ref)?.containers[0];
    const latency = `${String(Math.round(Number(settings['latency']) / 1000))}s`;
    const undo = err(world, [{ do: 'patch', ref, patch: { type: 'strategic', body: { spec: { template: { spec: { containers: [{ name: container?.name, env: [{ name: 'LATENCY', value: latency }] }] } } } } } }], settings, `deployment/${ref.name}: remote policy store enabled`);
    const [namespace = '', workload = ''] = String(settings['restart']).split('/');
    if (workload === '') return undo;
    // Its new pods have to be there first.
    const stop = world.machines.every(60_000, () => {
      stop();
      losePods(world, namespace, workload);
    });
    return () => {
      stop();
      undo();
    };
  },
};
