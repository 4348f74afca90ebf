import { formatDate } from '../../programs/dates.ts';
import { optionsOf } from '../../programs/command.ts';
import { sleep } from '../../shell/process.ts';
import type { Host } from '../host.ts';
import type { HostProgram } from './host-commands.ts';
import { complain, say } from './say.ts';

/** `chronyc tracking|sources|makestep|waitsync|burst`. */
export const chronyc: HostProgram = function* (host, call) {
  const [verb = ''] = optionsOf(call.args).rest;
  if (!host.runs('chrony')) return yield* complain(call, '506 Cannot talk to daemon');
  if (verb === 'makestep') {
    yield* sleep(call.task, 200);
    host.clockMs = 0;
    return yield* say(call, '200 OK\n');
  }
  if (verb === 'sources') return yield* say(call, `MS Name/IP address         Stratum Poll Reach LastRx Last sample\n===============================================================================\n^* time.network.example          2   6   377    23  ${sample(host)}\n`);
  if (verb === 'tracking') return yield* say(call, tracking(host));
  if (verb === 'burst' || verb === 'waitsync' || verb === 'online') return yield* say(call, '200 OK\n');
  return yield* complain(call, 'Unrecognized command');
};

function sample(host: Host): string {
  const ms = -host.clockMs;
  const text = Math.abs(ms) >= 1000 ? `${(ms / 1000).toFixed(0)}s` : ms === 0 ? '+41us' : `${ms}ms`;
  return `${text.startsWith('-') || text.startsWith('+') ? '' : '+'}${text}[${text}] +/-   12ms`;
}

function tracking(host: Host): string {
  const off = host.clockMs / 1000;
  const slow = off <= 0 ? 'slow' : 'fast';
  const seconds = Math.max(0.000_041, Math.abs(off)).toFixed(9);
  return `Reference ID    : C0A80001 (time.network.example)\nStratum         : 3\nRef time (UTC)  : ${formatDate('%a %b %d %T %Y', host.unixMs() - host.clockMs)}\nSystem time     : ${seconds} seconds ${slow} of NTP time\nLast offset     : ${off > 0 ? '+' : '-'}${seconds} seconds\nRMS offset      : ${seconds} seconds\nFrequency       : 11.203 ppm slow\nResidual freq   : +0.001 ppm\nSkew            : 0.041 ppm\nRoot delay      : 0.021340210 seconds\nRoot dispersion : 0.001203941 seconds\nUpdate interval : 64.4 seconds\nLeap status     : Normal\n`;
}

/** `timedatectl [status|set-ntp true]`. */
export const timedatectl: HostProgram = function* (host, call) {
  const [verb, value] = optionsOf(call.args).rest;
  const unit = host.units.find('chrony');
  if (verb === 'set-ntp' && unit !== undefined) {
    if (value === 'true' || value === '1' || value === 'yes') host.units.start(unit);
    else host.units.stop(unit);
    return 0;
  }
  const now = host.unixMs();
  return yield* say(call, `               Local time: ${formatDate('%a %F %T UTC', now)}\n           Universal time: ${formatDate('%a %F %T UTC', now)}\n                 RTC time: ${formatDate('%a %F %T', now - host.clockMs)}\n                Time zone: Etc/UTC (UTC, +0000)\nSystem clock synchronized: ${host.runs('chrony') && host.clockMs === 0 ? 'yes' : 'no'}\n              NTP service: ${host.runs('chrony') ? 'active' : 'inactive'}\n          RTC in local TZ: no\n`);
};
