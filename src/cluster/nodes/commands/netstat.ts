import { optionsOf } from '../../programs/command.ts';
import type { Host } from '../host.ts';
import type { HostProgram } from './host-commands.ts';
import { ss } from './kernel-commands.ts';
import { say } from './say.ts';

/** `netstat -s`: what the kernel has counted; otherwise as `ss`. */
export const netstat: HostProgram = (host, call) => {
  const { flags } = optionsOf(call.args);
  if (!flags.has('s')) return ss(host, call);
  const upS = (host.world.clock.nowMs - host.bootedAtMs) / 1000;
  const segments = Math.round(upS * SEGMENTS_PER_S);
  const damaged = damagedShare(host);
  // What is damaged now has been so for a quarter of an hour, as far as anybody can tell.
  const bad = Math.round(damaged * SEGMENTS_PER_S * 900);
  return say(call, `Ip:\n    Forwarding: 1\n    ${segments * 2} total packets received\n    ${segments * 2} incoming packets delivered\nTcp:\n    ${Math.round(upS / 9)} active connection openings\n    ${Math.round(upS / 8)} passive connection openings\n    ${host.connections} connections established\n    ${segments} segments received\n    ${segments} segments sent out\n    ${Math.round(segments / 40_000) + bad} segments retransmitted\n    ${bad} bad segments received\n    InCsumErrors: ${bad}\nTcpExt:\n    TCPSpuriousRtxHostQueues: 3\n    ${Math.round(segments / 90_000) + Math.round(bad / 3)} fast retransmits\n    TCPTimeouts: ${Math.round(segments / 80_000) + Math.round(bad / 2)}\n`);
};

const SEGMENTS_PER_S = 420;

/** The largest share of damaged packets on the ways to Services that have pods on this node. */
function damagedShare({ name, world }: Host): number {
  if (!world.conditions.moves('packet-corruption')) return 0;
  let most = 0;
  for (const { metadata, endpoints } of world.store.list('EndpointSlice', null)) {
    if (!endpoints.some(({ nodeName }) => nodeName === name)) continue;
    most = Math.max(most, world.conditions.share('packet-corruption', `${metadata.namespace ?? ''}/${metadata.labels?.['kubernetes.io/service-name'] ?? ''}`));
  }
  return most;
}
