import { KUBELET_CONFIG } from '../nodes/kubelet-config.ts';
import type { FaultKind } from './fault.ts';
import { restarted, rewritten } from './node-file.ts';
import { text } from './settings.ts';

export const kubeletCrashed: FaultKind = {
  word: 'kubelet-crashed',
  group: 'nodes',
  summary: 'The kubelet of a node does not run any more; what it started runs on.',
  target: 'node',
  settings: { how: { ...text('Somebody stopped it, or it was given a configuration that it cannot read.', 'stopped'), oneOf: ['stopped', 'configuration'] } },
  lore: {
    symptoms: ['A node is NotReady; nobody gets logs or a shell of its pods: connection refused.', 'Its pods answer as ever until they are taken out of the endpoints; five minutes later others come up elsewhere, and the old ones stay Terminating.'],
    mitigations: ['Delete the node, or its pods by force, so that they come up elsewhere.'],
    fix: 'Start the kubelet again, with a configuration that it can read; or reboot the node.',
    example: {
      target: 'node/worker-1', settings: {},
      signs: ['node worker-1 Ready', 'event Warning NodeNotReady Pod'],
      cure: ['kubectl debug node/worker-2 -it --image=busybox -- chroot /host ssh worker-1 systemctl restart kubelet'],
      tempting: 'kubectl uncordon worker-1',
    },
  },
  begin: (world, target, settings) => {
    const host = world.machines.host(target);
    const unit = host?.units.all.get('kubelet');
    if (host === null || unit === undefined) return () => undefined;
    if (settings['how'] === 'configuration') {
      const back = rewritten(host, KUBELET_CONFIG, (config) => config.replace(/^maxPods: .*/m, 'maxPods: 11O'));
      restarted(host, 'kubelet');
      return () => {
        if (back()) restarted(host, 'kubelet');
      };
    }
    host.units.stop(unit);
    return () => {
      if (host.on) host.units.start(unit);
    };
  },
};
