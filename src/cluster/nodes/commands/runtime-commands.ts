import { digest } from '../../../time/dice.ts';
import type { KindMap } from '../../objects.ts';
import { optionsOf } from '../../programs/command.ts';
import type { Host } from '../host.ts';
import { writeQuota } from '../quotas.ts';
import type { HostProgram } from './host-commands.ts';
import { say } from './say.ts';

interface Running {
  readonly id: string;
  readonly name: string;
  readonly pod: KindMap['Pod'];
}

/** `crictl ps [-q] [--name PATTERN]`, `crictl pods`, `crictl stop ID…`, `crictl update --cpu-quota N ID…`: what the container runtime knows and does, whether a kubelet is there or not. */
export const crictl: HostProgram = (host, call) => {
  if (!host.runs('containerd')) return say(call, 'FATA[0000] validate service connection: CRI v1 runtime API is not implemented for endpoint "unix:///run/containerd/containerd.sock": rpc error: code = Unavailable desc = connection error\n', 1);
  const [verb = 'ps', ...args] = call.args;
  const running = runningOn(host);
  if (verb === 'stop' || verb === 'rm') return stop(host, call, args, running);
  if (verb === 'update') return update(host, call, args, running);
  const { flags, pattern } = listOptions(args);
  const shown = running.filter(({ name }) => pattern === null || pattern.test(name));
  if (flags.has('q') || flags.has('quiet')) return say(call, shown.map(({ id }) => `${id}\n`).join(''));
  return say(call, `CONTAINER           STATE    NAME                 POD ID          POD\n${shown.map(({ id, name, pod }) => `${id.padEnd(19)} Running  ${name.padEnd(20)} ${digest(pod.metadata.uid ?? '').slice(0, 13).padEnd(15)} ${pod.metadata.name}\n`).join('')}`);
};

function runningOn(host: Host): Running[] {
  return Array.from(host.world.store.podsOnNode(host.name)).flatMap((pod) =>
    (pod.status?.containerStatuses ?? []).flatMap(({ name, state }, nth) => (state?.running === undefined ? [] : [{ id: digest(`${pod.metadata.uid ?? ''}/container${nth === 0 ? '' : `/${name}`}`).slice(0, 13), name, pod }])),
  );
}

function stop(host: Host, call: Parameters<HostProgram>[1], args: readonly string[], running: readonly Running[]): ReturnType<HostProgram> {
  const { rest, values, flags } = optionsOf(args, 't');
  const told = flags.has('timeout') ? rest.slice(1) : rest;
  const graceS = Number(values.get('t') ?? (flags.has('timeout') ? rest[0] : '10'));
  let said = '';
  for (const id of told) {
    const found = running.find((one) => one.id === id);
    if (found === undefined) return say(call, `${said}E0000 00:00:00.000000       1 remote_runtime.go:366] "StopContainer from runtime service failed" err="rpc error: code = NotFound desc = an error occurred when try to find container \\"${id}\\": not found" containerID="${id}"\n`, 1);
    const { name, namespace = '' } = found.pod.metadata;
    // Without a time to end by itself it is killed.
    host.world.kubelet.killContainer({ kind: 'Pod', namespace, name }, found.name, 'Error', graceS > 0 ? 143 : 137);
    said += `${id}\n`;
  }
  return say(call, said);
}

/** Only what the kernel's groups hold of CPU: the rest is taken and does nothing. */
function update(host: Host, call: Parameters<HostProgram>[1], args: readonly string[], running: readonly Running[]): ReturnType<HostProgram> {
  const given = new Map<string, string>();
  const ids: string[] = [];
  for (let nth = 0; nth < args.length; nth++) {
    const [name = '', value] = (args[nth] ?? '').split('=');
    if (name.startsWith('--')) given.set(name, value ?? args[++nth] ?? '');
    else ids.push(name);
  }
  for (const id of ids) {
    const found = running.find((one) => one.id === id);
    if (found === undefined) return say(call, `E0000 00:00:00.000000       1 remote_runtime.go:640] "UpdateContainerResources from runtime service failed" err="rpc error: code = NotFound desc = failed to find container: not found" containerID="${id}"\n`, 1);
    const quota = given.get('--cpu-quota');
    if (quota !== undefined && found.name === found.pod.spec?.containers[0]?.name) writeQuota(host, found.pod, Number(quota) || 0, Number(given.get('--cpu-period')) || 100_000);
  }
  return say(call, ids.map((id) => `${id}\n`).join(''));
}

function listOptions(args: readonly string[]): { readonly flags: ReadonlySet<string>; readonly pattern: RegExp | null } {
  const at = args.findIndex((argument) => argument === '--name' || argument.startsWith('--name='));
  const name = at === -1 ? null : (args[at]?.split('=')[1] ?? args[at + 1] ?? '');
  const { flags } = optionsOf(args, '');
  return { flags, pattern: name === null ? null : patternOf(name) };
}

/** A name, or the beginning and end of one, as people write it: `^pricing$`. */
function patternOf(text: string): RegExp {
  const bare = text.replace(/[^A-Za-z0-9-]/g, '');
  return new RegExp(`${text.startsWith('^') ? '^' : ''}${bare}${text.endsWith('$') ? '$' : ''}`);
}
