import type { FaultKind } from './fault.ts';
import { err } from './mistakes.ts';
import { AUTHOR, text } from './settings.ts';

export const nodeTainted: FaultKind = {
  word: 'node-tainted',
  group: 'nodes',
  summary: 'A node has a taint that no pod tolerates.',
  target: 'node',
  settings: { key: text('Of the taint.', 'dedicated'), value: text('Of the taint.', 'gpu'), effect: { ...text('Of the taint.', 'NoExecute'), oneOf: ['NoSchedule', 'NoExecute', 'PreferNoSchedule'] }, ...AUTHOR },
  lore: {
    symptoms: ['Pods are Pending: nodes have an untolerated taint.', 'With NoExecute, all pods leave a node at once.'],
    mitigations: ['Give the pods a toleration.'],
    fix: 'Remove the taint.',
    example: {
      target: 'node/worker-2', settings: {},
      signs: ['node worker-2', 'event Normal TaintManagerEviction Pod'],
      cure: ['kubectl patch node worker-2 -p \'{"spec":{"taints":null}}\''],
      tempting: 'kubectl -n shop rollout restart deploy/pricing',
    },
  },
  begin: (world, target, settings) => {
    const found = world.api.get('Node', '', target);
    const taints = [...(found.ok ? (found.object.spec?.taints ?? []) : []), { key: String(settings['key']), value: String(settings['value']), effect: String(settings['effect']) }];
    return err(world, [{ do: 'patch', ref: { kind: 'Node', namespace: '', name: target }, patch: { type: 'merge', body: { spec: { taints } } } }], settings, `node/${target}: labels and taints applied`);
  },
};
