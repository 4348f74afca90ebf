import type { Call } from '../../shell/machine.ts';
import type { Steps } from '../../shell/process.ts';
import type { Host } from '../host.ts';
import { chronyc, timedatectl } from './clock-commands.ts';
import { conntrack, ip, ss, sysctl, tc } from './kernel-commands.ts';
import { df, dmesg, free, nproc, ps, top, uptime } from './look-commands.ts';
import { netstat } from './netstat.ts';
import { reboot, ssh } from './power-commands.ts';
import { crictl } from './runtime-commands.ts';
import { journalctl, systemctl } from './service-commands.ts';

/** What a command on a node does. */
export type HostProgram = (host: Host, call: Call) => Steps;

/** The commands of a node that are not those of every container. */
export const HOST_COMMANDS: Readonly<Record<string, HostProgram>> = {
  systemctl, journalctl, service: (host, call) => systemctl(host, { ...call, args: [call.args[1] ?? '', call.args[0] ?? ''] }),
  sysctl, conntrack, ip, ss, netstat, tc, dmesg, ps, top, free, uptime, nproc, df, crictl, chronyc, timedatectl, ssh,
  reboot, shutdown: reboot, poweroff: reboot,
};
