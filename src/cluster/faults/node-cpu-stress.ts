import type { FaultKind } from './fault.ts';
import { jobOn } from './node-job.ts';

export const nodeCpuStress: FaultKind = {
  word: 'node-cpu-stress',
  group: 'nodes',
  summary: 'Something beside the pods takes the CPU of a node.',
  target: 'node',
  settings: { cores: { type: 'number', required: true, summary: 'Cores that it takes, as far as it gets them.' } },
  lore: {
    symptoms: ['All pods of one node are slow; the same programs on other nodes are not.', 'The load of the node is above its cores, and most of it is of a process that belongs to no pod.'],
    mitigations: ['Move pods off the node.'],
    fix: 'End the process that takes the CPU.',
    example: {
      target: 'node/worker-2', settings: { cores: 60 },
      signs: ['http.p95 shop/storefront rises'],
      cure: ['kubectl debug node/worker-2 -it --image=busybox -- chroot /host pkill xz'],
      tempting: 'kubectl -n shop rollout restart deploy/pricing',
    },
  },
  begin: (world, target, settings) => {
    const cores = Number(settings['cores']);
    return jobOn(world, target, { command: ['xz', '-9', `-T${Math.max(1, Math.ceil(cores))}`, '--keep', '/var/backups/images.tar'], user: 'root', cores, connections: 0 });
  },
};
