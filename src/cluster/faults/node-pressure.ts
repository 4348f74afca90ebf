import type { FaultKind } from './fault.ts';
import { leaveNode } from './restarts.ts';
import { text } from './settings.ts';

export const nodePressure: FaultKind = {
  word: 'node-pressure',
  group: 'nodes',
  summary: 'The kubelet of a node holds it to be short of memory or disk, and drives pods away.',
  target: 'node',
  settings: { resource: { ...text('What it holds to be short.', 'memory'), oneOf: ['memory', 'disk'] } },
  lore: {
    symptoms: ['A node has the condition MemoryPressure or DiskPressure, and a taint of that name; pods leave it, though it has plenty.'],
    mitigations: ['Let pods tolerate the taint.'],
    fix: 'Set the eviction thresholds of the kubelet right.',
    example: {
      target: 'node/worker-4', settings: {},
      signs: ['node worker-4 MemoryPressure', 'node worker-4'],
      cure: [], outside: true,
      tempting: 'kubectl uncordon worker-4',
    },
  },
  begin: (world, target, settings) => {
    const type = String(settings['resource']) === 'disk' ? 'DiskPressure' : 'MemoryPressure';
    const set = (status: 'True' | 'False'): void => {
      const found = world.api.get('Node', '', target);
      if (!found.ok) return;
      const [reason, message] = status === 'True' ? TEXTS[type].short : TEXTS[type].well;
      const conditions = (found.object.status?.conditions ?? []).map((condition) => (condition.type === type ? { ...condition, status, reason, message } : condition));
      world.restore({ ...found.object, status: { ...found.object.status, conditions } });
    };
    set('True');
    leaveNode(world, target);
    return () => set('False');
  },
};

const TEXTS = {
  MemoryPressure: { short: ['KubeletHasInsufficientMemory', 'kubelet has insufficient memory available'], well: ['KubeletHasSufficientMemory', 'kubelet has sufficient memory available'] },
  DiskPressure: { short: ['KubeletHasDiskPressure', 'kubelet has disk pressure'], well: ['KubeletHasNoDiskPressure', 'kubelet has no disk pressure'] },
} as const;
