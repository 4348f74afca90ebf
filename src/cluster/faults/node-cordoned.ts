import type { FaultKind } from './fault.ts';
import { err } from './mistakes.ts';
import { leaveNode } from './restarts.ts';
import { AUTHOR } from './settings.ts';

export const nodeCordoned: FaultKind = {
  word: 'node-cordoned',
  group: 'nodes',
  summary: 'A node takes no new pods: somebody cordoned it and forgot.',
  target: 'node',
  settings: { evict: { type: 'switch', required: false, fallback: true, summary: 'The pods on it are evicted.' }, ...AUTHOR },
  lore: {
    symptoms: ['A node is SchedulingDisabled; what ran there is elsewhere, or Pending where there is no room.'],
    mitigations: ['Remove pods that nobody needs, to make room.'],
    fix: 'Uncordon the node.',
    example: {
      target: 'node/worker-1', settings: {},
      signs: ['node worker-1'],
      cure: ['kubectl uncordon worker-1'],
      tempting: 'kubectl -n shop rollout restart deploy/pricing',
    },
  },
  begin: (world, target, settings) => {
    const undo = err(world, [{ do: 'patch', ref: { kind: 'Node', namespace: '', name: target }, patch: { type: 'merge', body: { spec: { unschedulable: true } } } }], settings, `node/${target}: maintenance begins`);
    if (settings['evict'] === true) leaveNode(world, target);
    return undo;
  },
};
