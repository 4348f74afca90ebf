import type { Night } from '../support/a-drill.ts';
import { onNode } from '../support/a-node-shell.ts';

/** What somebody with a shell on a node asks it first. */
const ASKED = ['ip route', 'systemctl list-units', 'df -h /', 'tc qdisc show', 'sysctl net.netfilter.nf_conntrack_max', 'chronyc tracking'];

/** What the shells of a cluster's nodes print, as `worker-1: ip route: default via …`, but for what differs from one second to the next. Lets 20 s pass. */
export function nodeShells(day: Night): ReadonlySet<string> {
  const { cluster } = day.drill;
  const nodes = cluster.plane.store.list('Node', null);
  // A node that gives nobody a shell may answer its neighbour.
  const neighbour = (nth: number): string => `ssh ${nodes[(nth + 1) % nodes.length]?.metadata.name ?? ''} systemctl is-active kubelet`;
  const asked = nodes.map(({ metadata: { name } }, nth) => ({ name, read: onNode(cluster, name, [...ASKED, neighbour(nth)].map((command) => `echo '$ ${command}'; ${command}`).join('; ')) }));
  day.wait('20s');
  const found = new Set<string>();
  for (const { name, read } of asked) {
    let command = '';
    for (const line of read().split('\n')) {
      if (line.startsWith('$ ')) command = line.slice(2);
      else if (line.trim() !== '' && !line.startsWith('Ref time')) found.add(`${name}: ${command}: ${line.trim().replaceAll(/(?<![\d.])\d+\.\d{4,}(?![\d.])/g, '#').replaceAll(/ {2,}/g, '  ')}`);
    }
  }
  return found;
}

/** Lines that came and went, as `+ worker-1: …` and `- worker-1: …`; what a node that does not answer lacks is only that. */
export function shellsApart(sick: ReadonlySet<string>, calm: ReadonlySet<string>): string[] {
  const silent = new Set([...calm].map(nodeOf).filter((name) => ![...sick].some((line) => nodeOf(line) === name)));
  return [
    ...[...silent].map((name) => `- ${name}: no shell can be had`),
    ...[...calm].filter((line) => !sick.has(line) && !silent.has(nodeOf(line))).map((line) => `- ${line}`),
    ...[...sick].filter((line) => !calm.has(line)).map((line) => `+ ${line}`),
  ];
}

function nodeOf(line: string): string {
  return line.slice(0, line.indexOf(':'));
}
