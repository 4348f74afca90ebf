import type { FaultKind } from './fault.ts';

export const nodeUnreachable: FaultKind = {
  word: 'node-unreachable',
  group: 'network',
  summary: 'The pods of a node reach nobody outside of it, and nobody reaches them: an upgrade took its routes away.',
  target: 'node',
  settings: { share: { type: 'share', required: false, fallback: 1, summary: 'Share of the routes that are gone, at least one.' } },
  lore: {
    symptoms: ['Calls from and to the pods of one node time out, those within its zone as well; the node is Ready, and pods on it reach each other.', 'The table of routes of the node lacks the networks of the other nodes.'],
    mitigations: ['Cordon the node and move its pods.'],
    fix: 'Let whatever keeps the routes of the node set them again: restart it, or reboot the node.',
    example: {
      target: 'node/worker-2', settings: {},
      signs: ['http.errors shop/pricing rises'],
      cure: ['kubectl debug node/worker-2 -it --image=busybox -- chroot /host systemctl restart flanneld'],
      tempting: 'kubectl -n shop rollout restart deploy/pricing',
    },
  },
  begin: (world, target, settings) => {
    const host = world.machines.host(target);
    if (host === null) return () => undefined;
    const { links } = host;
    host.say('systemd', 'systemd-networkd', 1, 'Reexecuting requested from client PID 8127 (unattended-upgr).');
    host.say('systemd-networkd', 'systemd-networkd', host.units.all.get('systemd-networkd')?.task?.pid ?? 0, 'eth0: Configuring with /etc/systemd/network/10-eth0.network; foreign routes removed.');
    const gone = links.routes.slice(0, Math.max(1, Math.round(links.routes.length * Number(settings['share'])))).map(({ network }) => network);
    for (const network of gone) links.unroute(network);
    return () => {
      for (const network of gone) links.route(network);
    };
  },
};
