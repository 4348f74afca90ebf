import { resolvePath } from '../shell/file-system.ts';
import type { Call, Machine, Program } from '../shell/machine.ts';
import { Shell } from '../shell/shell.ts';
import type { Steps } from '../shell/process.ts';
import { interactive } from '../shell/interactive.ts';

/** Commands that lead out of a container, onto the node that it runs on, where it was let. */
export const ROOT_COMMANDS: Readonly<Record<string, Program>> = {
  chroot: function* (call) {
    const [root = '', ...command] = call.args.filter((argument, nth) => nth > 0 || !argument.startsWith('--'));
    const machine = call.machine.outer(resolvePath(call.cwd, root));
    if (machine !== null) return yield* runOn(machine, call, command);
    const there = call.machine.files.find(resolvePath(call.cwd, root)) !== undefined;
    const [command0 = '/bin/sh'] = command;
    call.io.stderr.write(there ? `chroot: can't execute '${command0}': No such file or directory\n` : `chroot: can't change root directory to '${root}': No such file or directory\n`);
    return there ? 127 : 1;
  },
  nsenter: function* (call) {
    const args = [...call.args];
    while (args[0]?.startsWith('-') === true && args[0] !== '--') args.splice(0, /^(?:-t|--target)$/.test(args[0]) ? 2 : 1);
    const machine = call.machine.outer(null);
    if (machine !== null) return yield* runOn(machine, call, args[0] === '--' ? args.slice(1) : args);
    call.io.stderr.write("nsenter: can't open '/proc/1/ns/mnt': Permission denied\n");
    return 1;
  },
};

function* runOn(machine: Machine, call: Call, [name, ...args]: readonly string[]): Steps {
  const shell = new Shell(machine, call.task, call.env, '/');
  shell.name = 'bash';
  shell.dialect = 'bash';
  const bare = name?.replace(/^.*\//, '');
  if (name === undefined || ((bare === 'sh' || bare === 'bash') && args.length === 0)) return yield* interactive(shell, call.io, call.env.has('TERM'));
  return yield* shell.external(name, args, [], call.io);
}
