import { Shell } from '../../shell/shell.ts';
import { interactive } from '../../shell/interactive.ts';
import { sleep } from '../../shell/process.ts';
import type { HostProgram } from './host-commands.ts';
import { complain } from './say.ts';

/** The machine goes down with all that is on it, this process too, and comes up again; `poweroff` does the same: whoever runs it watches over it. */
export const reboot: HostProgram = function* (host, call) {
  yield* sleep(call.task, 500);
  host.world.reboot(host.name);
  yield* sleep(call.task, 60_000);
  return 0;
};

/** `ssh [USER@]NODE [COMMAND]`: from one node onto another, as those who run them may. */
export const ssh: HostProgram = function* (host, call) {
  const args = [...call.args];
  while (args[0]?.startsWith('-') === true) args.splice(0, /^-[ioplFJ]$/.test(args[0]) ? 2 : 1);
  const [target = '', ...words] = args;
  const name = target.replace(/^.*@/, '');
  if (name === '') return yield* complain(call, 'usage: ssh [-46AaCfGgKkMNnqsTtVvXxYy] destination [command [argument ...]]', 255);
  const node = host.world.store.get('Node', '', name)?.metadata.name ?? host.world.store.list('Node', null).find(({ status }) => status?.addresses?.some(({ address }) => address === name) === true)?.metadata.name;
  const other = host.world.host(node ?? name);
  if (other === null) return yield* complain(call, `ssh: Could not resolve hostname ${name}: Name or service not known`, 255);
  yield* sleep(call.task, 150 + other.links.delayMs);
  if (!other.on || !other.links.up) {
    yield* sleep(call.task, 3_000);
    return yield* complain(call, `ssh: connect to host ${name} port 22: No route to host`, 255);
  }
  if (!other.runs('ssh')) return yield* complain(call, `ssh: connect to host ${name} port 22: Connection refused`, 255);
  const shell = new Shell(other, call.task, new Map([['HOME', '/root'], ['USER', 'root'], ['HOSTNAME', other.name], ['PATH', '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'], ...(call.env.has('TERM') ? [['TERM', 'xterm'] as const] : [])]), '/root');
  shell.name = 'bash';
  shell.dialect = 'bash';
  if (words.length === 0) return yield* interactive(shell, call.io, call.env.has('TERM'));
  return yield* shell.main(words.join(' '), call.io);
};
