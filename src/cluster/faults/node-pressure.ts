import { KUBELET_CONFIG } from '../nodes/kubelet-config.ts';
import type { FaultKind } from './fault.ts';
import { restarted, rewritten } from './node-file.ts';
import { AUTHOR, text } from './settings.ts';

export const nodePressure: FaultKind = {
  word: 'node-pressure',
  group: 'nodes',
  summary: 'The kubelet of a node was told to want nearly all of its memory or disk free, and drives pods away.',
  target: 'node',
  settings: { resource: { ...text('What it holds to be short.', 'memory'), oneOf: ['memory', 'disk'] }, ...AUTHOR },
  lore: {
    symptoms: ['A node has the condition MemoryPressure or DiskPressure, and a taint of that name; pods leave it, though it has plenty.'],
    mitigations: ['Let pods tolerate the taint.'],
    fix: 'Set the eviction thresholds of the kubelet right, and restart it.',
    example: {
      target: 'node/worker-4', settings: {},
      signs: ['node worker-4 MemoryPressure', 'node worker-4'],
      cure: [`kubectl debug node/worker-4 -it --image=busybox -- chroot /host sh -c "sed -i 's/memory.available: .*/memory.available: 100Mi/' ${KUBELET_CONFIG}; systemctl restart kubelet"`],
      tempting: 'kubectl uncordon worker-4',
    },
  },
  begin: (world, target, settings) => {
    const host = world.machines.host(target);
    if (host === null) return () => undefined;
    const disk = settings['resource'] === 'disk';
    const back = rewritten(host, KUBELET_CONFIG, (config) => (disk ? config.replace(/(nodefs\.available): .*/, '$1: 95%') : config.replace(/(memory\.available): .*/, '$1: 97%')));
    restarted(host, 'kubelet');
    const said = String(settings['entry'] ?? '');
    if (said !== 'none') world.note(String(settings['who'] ?? 'pipeline'), said === '' ? `node/${target}: kubelet configuration applied` : said);
    return () => {
      if (back()) restarted(host, 'kubelet');
    };
  },
};
