import type { FaultKind } from './fault.ts';
import { err } from './mistakes.ts';
import { losePods, RESTART } from './restarts.ts';
import { AUTHOR, text } from './settings.ts';

export const limitRangeTooSmall: FaultKind = {
  word: 'limit-range-too-small',
  group: 'resources',
  summary: 'A LimitRange of a namespace forbids containers of the size that its programs need.',
  target: 'namespace',
  settings: { memory: text('The most that a container may have.', '64Mi'), restart: RESTART, ...AUTHOR },
  lore: {
    symptoms: ['Pods that go do not come back: the ReplicaSet is forbidden to create them, maximum memory usage per Container.'],
    mitigations: ['Lower the limits of the workload.'],
    fix: 'Raise or remove the LimitRange.',
    example: {
      target: 'namespace/shop', settings: { restart: 'pricing' },
      signs: ['event Warning FailedCreate ReplicaSet', 'limitrange shop/team-limits'],
      cure: ['kubectl -n shop delete limitrange team-limits'],
      tempting: 'kubectl -n shop rollout restart deploy/pricing',
    },
  },
  begin: (world, target, settings) => {
    const undo = err(world, [{ do: 'create', object: { apiVersion: 'v1', kind: 'LimitRange', metadata: { name: 'team-limits', namespace: target }, spec: { limits: [{ type: 'Container', max: { memory: String(settings['memory']) } }] } } }], settings, `namespace/${target}: manifests applied`);
    losePods(world, target, settings['restart']);
    return undo;
  },
};
