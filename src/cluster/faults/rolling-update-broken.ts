import type { FaultKind } from './fault.ts';
import { err } from './mistakes.ts';
import { AUTHOR } from './settings.ts';
import { templateOf, workloadRef } from './template-fault.ts';

export const rollingUpdateBroken: FaultKind = {
  word: 'rolling-update-broken',
  group: 'workloads',
  summary: 'A rolling update may take all pods at once, and brings a version that does not come up.',
  target: 'workload',
  settings: { ...AUTHOR },
  lore: {
    symptoms: ['A deploy took all pods of a service at once; the new ones are not ready, and none of the old ones is left.'],
    mitigations: ['Roll back.'],
    fix: 'Roll back, and let a rolling update keep pods that serve.',
    example: {
      target: 'deployment/pricing', settings: {},
      signs: ['pods shop/pricing Init:0/1', 'endpoints shop/pricing none'],
      cure: ['kubectl -n shop patch deploy pricing --type json -p \'[{"op":"remove","path":"/spec/template/spec/initContainers"}]\'', 'kubectl -n shop patch deploy pricing -p \'{"spec":{"strategy":{"rollingUpdate":{"maxSurge":1,"maxUnavailable":0}}}}\''],
      tempting: 'kubectl -n shop rollout restart deploy/pricing',
    },
  },
  begin: (world, target, settings) => {
    const ref = workloadRef(target);
    const spec = templateOf(world, ref);
    const container = spec?.containers[0];
    if (spec === undefined || container === undefined) return () => undefined;
    const body = { spec: { strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: 0, maxUnavailable: '100%' } }, template: { spec: { initContainers: [{ name: 'warm-up', image: 'busybox:1.36', command: ['sh', '-c', 'sleep 86400'] }] } } } };
    return err(world, [{ do: 'patch', ref, patch: { type: 'strategic', body } }], settings, `deployment/${ref.name}: manifests applied`);
  },
};
