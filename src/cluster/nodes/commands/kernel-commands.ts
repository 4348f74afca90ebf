import { optionsOf } from '../../programs/command.ts';
import type { Call } from '../../shell/machine.ts';
import type { Steps } from '../../shell/process.ts';
import type { Host } from '../host.ts';
import type { HostProgram } from './host-commands.ts';
import { complain, say } from './say.ts';

/** `sysctl NAME`, `sysctl -w NAME=VALUE`, `-a`, `-p [FILE]`, `--system`, `-n`. */
export const sysctl: HostProgram = function* (host, call) {
  const { flags, rest } = optionsOf(call.args, 'e');
  if (flags.has('system')) return yield* say(call, host.applySysctls().map((line) => `${line}\n`).join(''));
  if (flags.has('p') || flags.has('load')) return yield* say(call, host.applySysctls([rest[0] ?? '/etc/sysctl.conf']).map((line) => `${line}\n`).join(''));
  const asked = flags.has('a') || flags.has('A') ? host.sysctls.names : rest;
  let code = 0;
  for (const one of asked) {
    const [written = '', value] = one.split(/=(.*)/s);
    const name = written.trim().replaceAll('/', '.');
    const trouble = value === undefined ? null : host.sysctls.set(name, value.replaceAll(/^["']|["']$/g, ''));
    const now = host.sysctls.get(name);
    if (now === undefined) code = yield* complain(call, `sysctl: cannot stat /proc/sys/${name.replaceAll('.', '/')}: No such file or directory`);
    else if (trouble !== null) code = yield* complain(call, `sysctl: setting key "${name}": ${trouble}`);
    else yield* say(call, flags.has('n') ? `${now}\n` : `${name} = ${now}\n`);
  }
  return code;
};

/** Share of new connections that find no room in the table. */
function dropped(host: Host): number {
  const table = host.sysctls.number('net.netfilter.nf_conntrack_max');
  return host.wantedConnections > table ? 1 - table / host.wantedConnections : 0;
}

/** `conntrack -S|-C|-L`. */
export const conntrack: HostProgram = function* (host, call) {
  const { flags } = optionsOf(call.args, 'psdf');
  if (flags.has('C')) return yield* say(call, `${host.connections}\n`);
  if (flags.has('S')) {
    const drops = Math.round(dropped(host) * 40_000);
    return yield* say(call, Array.from({ length: host.cores }, (_, cpu) => `cpu=${cpu}   \tfound=${312 + cpu * 17} invalid=${4 + cpu} insert=0 insert_failed=${Math.round(drops / 9)} drop=${drops} early_drop=${Math.round(drops / 30)} error=0 search_restart=${18 + cpu}\n`).join(''));
  }
  if (flags.has('F')) return yield* complain(call, 'conntrack v1.4.7 (conntrack-tools): connection tracking table has been emptied.', 0);
  if (!flags.has('L')) return yield* complain(call, 'conntrack v1.4.7 (conntrack-tools): you need to supply parameters\nTry `conntrack -h\' for more information.', 2);
  const lines = sockets(host).slice(0, 40).map(({ from, to }) => `tcp      6 431${String(from).slice(-3)} ESTABLISHED src=${host.podIp} dst=${to.split(':')[0] ?? ''} sport=${from} dport=${to.split(':')[1] ?? ''} src=${to.split(':')[0] ?? ''} dst=${host.podIp} sport=${to.split(':')[1] ?? ''} dport=${from} [ASSURED] mark=0 use=1\n`);
  yield* say(call, lines.join(''));
  return yield* complain(call, `conntrack v1.4.7 (conntrack-tools): ${host.connections} flow entries have been shown.`, 0);
};

interface Socket {
  readonly from: number;
  readonly to: string;
  readonly by: string;
}

/** A sample of the connections of what runs on the node beside its pods: the first of each. */
function sockets(host: Host): Socket[] {
  const found: Socket[] = [];
  for (const { task, connections, command } of host.jobs.values()) {
    const name = (command.find((word) => /^(?:\/|[a-z])/.test(word)) ?? '').replace(/.*\//, '');
    for (let nth = 0; nth < Math.min(connections, 200); nth++) found.push({ from: 32_768 + ((nth * 7) % 28_232), to: `10.${20 + (nth % 30)}.${(nth * 13) % 250}.${1 + ((nth * 5) % 250)}:443`, by: `users:(("${name}",pid=${task.pid},fd=${nth + 7}))` });
  }
  return found;
}

/** `ss -s`, `ss -tnp`, `ss -tlnp`. */
export const ss: HostProgram = function* (host, call) {
  const { flags } = optionsOf(call.args, 'A');
  if (flags.has('s')) {
    let open = 60;
    for (const { connections } of host.jobs.values()) open += connections;
    return yield* say(call, `Total: ${open + 140}\nTCP:   ${open + 30} (estab ${open}, closed 12, orphaned 0, timewait 12)\n\nTransport Total     IP        IPv6\nRAW       0         0         0\nUDP       8         6         2\nTCP       ${String(open + 18).padEnd(9)} ${String(open + 9).padEnd(9)} 9\nINET      ${String(open + 26).padEnd(9)} ${String(open + 15).padEnd(9)} 11\nFRAG      0         0         0\n`);
  }
  const head = `State    Recv-Q Send-Q ${'Local Address:Port'.padStart(24)} ${'Peer Address:Port'.padStart(24)}${flags.has('p') ? ' Process' : ''}\n`;
  if (flags.has('l')) {
    const listening = host.ports.filter((port) => (port !== 10_250 && port !== 10_248) || host.runs('kubelet'));
    return yield* say(call, head + listening.map((port) => `LISTEN   0      4096   ${`0.0.0.0:${port}`.padStart(24)} ${'0.0.0.0:*'.padStart(24)}\n`).join(''));
  }
  return yield* say(call, head + sockets(host).map(({ from, to, by }) => `ESTAB    0      0      ${`${host.podIp}:${from}`.padStart(24)} ${to.padStart(24)}${flags.has('p') ? ` ${by}` : ''}\n`).join(''));
};

/** `ip addr|link|route|-s link`, `ip route add|replace|del NETWORK via …`, `ip link set eth0 up|down`. */
export const ip: HostProgram = function* (host, call) {
  const words = call.args.filter((word) => !word.startsWith('-'));
  const [object = '', verb = 'show', ...rest] = words;
  if (/^r(?:o|ou|out|oute)?$/.test(object)) return yield* route(host, call, verb, rest);
  if (/^l(?:i|in|ink)?$/.test(object) && verb === 'set') {
    const name = rest.find((word) => word.startsWith('eth')) ?? '';
    if (name !== 'eth0') return yield* complain(call, `Cannot find device "${rest[0] ?? ''}"`);
    if (rest.includes('up') || rest.includes('down')) host.links.up = !rest.includes('down');
    return 0;
  }
  const state = host.links.up ? 'UP' : 'DOWN';
  const qdisc = host.links.shaping === null ? 'mq' : 'tbf';
  const address = object.startsWith('a');
  const line = (nth: number, name: string, flags: string, mtu: number, disc: string, inet: string): string => `${nth}: ${name}: <${flags}> mtu ${mtu} qdisc ${disc} state ${name === 'lo' ? 'UNKNOWN' : state} mode DEFAULT group default qlen 1000\n${address ? `    inet ${inet}\n` : ''}`;
  return yield* say(call, line(1, 'lo', 'LOOPBACK,UP,LOWER_UP', 65_536, 'noqueue', '127.0.0.1/8 scope host lo') + line(2, 'eth0', `BROADCAST,MULTICAST${host.links.up ? ',UP,LOWER_UP' : ''}`, 1500, qdisc, `${host.podIp}/24 brd ${host.podIp.replace(/\d+$/, '255')} scope global dynamic eth0`) + line(3, 'cni0', 'BROADCAST,MULTICAST,UP,LOWER_UP', 1500, 'noqueue', `${host.links.own.replace(/0\/24$/, '1/24')} scope global cni0`));
};

function* route(host: Host, call: Call, verb: string, rest: readonly string[]): Steps {
  const { links } = host;
  const [network = ''] = rest;
  if (verb === 'add' || verb === 'replace' || verb === 'append') {
    if (!rest.includes('via') && !rest.includes('dev')) return yield* complain(call, 'RTNETLINK answers: No such device', 2);
    return links.route(network) || verb === 'replace' ? 0 : yield* complain(call, 'RTNETLINK answers: File exists', 2);
  }
  if (verb.startsWith('del')) return links.unroute(network) ? 0 : yield* complain(call, 'RTNETLINK answers: No such process', 2);
  if (verb.startsWith('fl')) {
    for (const one of links.routes) links.unroute(one.network);
    return 0;
  }
  const gateway = host.podIp.replace(/\d+$/, '1');
  const near = host.podIp.replace(/\d+$/, '0/24');
  return yield* say(call, `default via ${gateway} dev eth0 proto dhcp src ${host.podIp} metric 1024\n${links.own} dev cni0 proto kernel scope link src ${links.own.replace(/0\/24$/, '1')}\n${links.routes.map(({ network: to, via }) => `${to} via ${via} dev eth0\n`).join('')}${near} dev eth0 proto kernel scope link src ${host.podIp}\n`);
}

/** `tc qdisc show|add|replace|del dev eth0 root …`: of what can be put onto an interface, a rate. */
export const tc: HostProgram = function* (host, call) {
  const words = call.args.filter((word) => !word.startsWith('-'));
  const [object = '', verb = 'show'] = words;
  if (!'qdisc'.startsWith(object) || object === '') return yield* complain(call, `Object "${object}" is unknown, try "tc help".`);
  const value = (name: string): string | undefined => (words.includes(name) ? words[words.indexOf(name) + 1] : undefined);
  if (verb === 'del' || verb === 'delete') {
    if (host.links.shaping === null) return yield* complain(call, 'Error: Cannot delete qdisc with handle of zero.', 2);
    host.links.shaping = null;
    return 0;
  }
  if (verb === 'add' || verb === 'replace' || verb === 'change') {
    const latencyMs = /^(\d+(?:\.\d+)?)ms$/.exec(value('latency') ?? value('lat') ?? '')?.[1];
    if (!words.includes('tbf') || latencyMs === undefined) return yield* complain(call, 'Error: Specified qdisc kind is unknown.', 2);
    host.links.shaping = { rate: value('rate') ?? '10Mbit', burst: value('burst') ?? '32Kb', latencyMs: Number(latencyMs) };
    return 0;
  }
  const { shaping } = host.links;
  const own = shaping === null ? 'qdisc mq 0: dev eth0 root\nqdisc fq_codel 0: dev eth0 parent :1 limit 10240p flows 1024 quantum 1514 target 5ms interval 100ms memory_limit 32Mb ecn drop_batch 64\n' : `qdisc tbf 8001: dev eth0 root refcnt 5 rate ${shaping.rate} burst ${shaping.burst} lat ${shaping.latencyMs}ms\n${call.args.includes('-s') ? ' Sent 8123904123 bytes 9012331 pkt (dropped 1204, overlimits 8123311 requeues 0)\n backlog 1512380b 998p requeues 0\n' : ''}`;
  const device = value('dev');
  const beside = (name: string): string => (device === undefined || device === name ? `qdisc noqueue 0: dev ${name} root refcnt 2\n` : '');
  return yield* say(call, beside('lo') + (device === undefined || device === 'eth0' ? own : '') + beside('cni0'));
};
