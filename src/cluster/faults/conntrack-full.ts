import type { FaultKind } from './fault.ts';
import { jobOn } from './node-job.ts';
import { AUTHOR } from './settings.ts';

/** Entries of the usual table, and those that a calm node has in it. */
const TABLE = 131_072;
const CALM = 900;

export const conntrackFull: FaultKind = {
  word: 'conntrack-full',
  group: 'network',
  summary: 'The connection table of a node is full: new connections of its pods are dropped.',
  target: 'node',
  settings: { share: { type: 'number', required: true, summary: 'Part of the table that others want, above 1 as well.' }, ...AUTHOR },
  lore: {
    symptoms: ['A share of the calls from pods of one node times out; pods of the same workload on other nodes are well.', 'The kernel of that node says: nf_conntrack: table full, dropping packet. One process there holds most of the connections.'],
    mitigations: ['Move pods off the node.', 'Enlarge the table: sysctl -w net.netfilter.nf_conntrack_max=…'],
    fix: 'End what opens connections and does not close them.',
    example: {
      target: 'node/worker-2', settings: { share: 3 },
      signs: ['http.errors shop/storefront rises'],
      cure: ['kubectl debug node/worker-2 -it --image=busybox -- chroot /host pkill inventory-agent'],
      tempting: 'kubectl -n shop rollout restart deploy/pricing',
    },
  },
  begin: (world, target, settings) => {
    const connections = Math.max(0, Math.round(Number(settings['share']) * TABLE) - CALM);
    const end = jobOn(world, target, { command: ['/usr/local/bin/inventory-agent', '--discover', '10.0.0.0/8', '--interval', '5s'], user: 'root', cores: 0.05, connections });
    const said = String(settings['entry'] ?? '');
    if (said !== 'none') world.note(String(settings['who'] ?? 'pipeline'), said === '' ? `node/${target}: inventory-agent 2.4.0 installed` : said);
    return end;
  },
};
