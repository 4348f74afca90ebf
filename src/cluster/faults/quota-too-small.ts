import type { FaultKind } from './fault.ts';
import { err } from './mistakes.ts';
import { losePods, RESTART } from './restarts.ts';
import { AUTHOR, text } from './settings.ts';

export const quotaTooSmall: FaultKind = {
  word: 'quota-too-small',
  group: 'resources',
  summary: 'A quota of a namespace leaves no room for its own pods.',
  target: 'namespace',
  settings: { resource: text('What it limits.', 'pods'), hard: text('How much there may be.', '8'), restart: RESTART, ...AUTHOR },
  lore: {
    symptoms: ['Pods that go do not come back: the ReplicaSet is forbidden to create them, exceeded quota.'],
    mitigations: ['Remove pods of the namespace that nobody needs.'],
    fix: 'Raise the quota to what the namespace needs.',
    example: {
      target: 'namespace/shop', settings: { restart: 'pricing' },
      signs: ['event Warning FailedCreate ReplicaSet', 'resourcequota shop/team-quota'],
      cure: ['kubectl -n shop delete resourcequota team-quota'],
      tempting: 'kubectl -n shop rollout restart deploy/pricing',
    },
  },
  begin: (world, target, settings) => {
    const undo = err(world, [{ do: 'create', object: { apiVersion: 'v1', kind: 'ResourceQuota', metadata: { name: 'team-quota', namespace: target }, spec: { hard: { [String(settings['resource'])]: String(settings['hard']) } } } }], settings, `namespace/${target}: manifests applied`);
    losePods(world, target, settings['restart']);
    return undo;
  },
};
