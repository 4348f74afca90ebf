import type { LifecycleHandler } from 'kubernetes-types/core/v1';
import { runAfter } from '../agenda-entry.ts';
import { resolvePath } from '../shell/file-system.ts';
import { findCommand } from '../shell/machine.ts';
import type { Process } from '../shell/process.ts';
import { Shell } from '../shell/shell.ts';
import { bytesOfText, Capture, WholeInput } from '../shell/streams.ts';
import type { Container } from './container.ts';
import { callOf } from './entry-point.ts';

/** Runs a lifecycle hook in a container; `done` gets what went wrong, or null. False where the handler asks for nothing. */
export function runHandler(container: Container, handler: LifecycleHandler, done: (problem: string | null) => void): boolean {
  const { exec, httpGet } = handler;
  const seconds = (handler as { sleep?: { seconds: number } }).sleep?.seconds;
  const { agenda, network, store } = container.surroundings;
  if (seconds !== undefined) {
    runAfter(agenda, seconds * 1000, () => done(null));
    return true;
  }
  if (exec !== undefined) {
    const command = exec.command ?? [];
    const task = runCommand(container, command, (code, output) => done(code === 0 ? null : `command '${command.join(' ')}' exited with ${code}: ${output}`));
    if (typeof task === 'string') runAfter(agenda, 1, () => done(task));
    return true;
  }
  if (httpGet === undefined) return false;
  const pod = store.get('Pod', container.pod.metadata.namespace ?? '', container.pod.metadata.name) ?? container.pod;
  const port = typeof httpGet.port === 'number' ? httpGet.port : (container.spec.ports?.find(({ name }) => name === httpGet.port)?.containerPort ?? 80);
  const destination = httpGet.host === undefined || httpGet.host === '' ? network.toPod(pod, port) : network.connect(container, httpGet.host, port);
  if (destination.to !== 'listener') {
    runAfter(agenda, 1, () => done(`Get "http://${httpGet.host ?? pod.status?.podIP ?? ''}:${port}${httpGet.path ?? '/'}": dial tcp: connect: connection refused`));
    return true;
  }
  const headers = Object.fromEntries((httpGet.httpHeaders ?? []).map(({ name, value }) => [name.toLowerCase(), value]));
  const { tookMs } = destination.ask({ method: 'GET', path: httpGet.path ?? '/', headers, body: new Uint8Array(0) });
  runAfter(agenda, Math.max(1, Math.round(tookMs)), () => done(null));
  return true;
}

/** Starts a command with nothing to read; `ended` gets its code and all that it wrote. A text is why it cannot be started. */
export function runCommand(container: Container, command: readonly string[], ended: (code: number, output: string) => void): Process | string {
  const words = command.map(bytesOfText);
  const [name = ''] = words;
  const found = findCommand(container, name, resolvePath(container.workingDir, name));
  if ('missing' in found) return `OCI runtime exec failed: exec failed: unable to start container process: exec: "${name}": ${name.includes('/') ? `stat ${name}: no such file or directory` : 'executable file not found in $PATH'}: unknown`;
  const capture = new Capture();
  const io = { stdin: new WholeInput(''), stdout: capture, stderr: capture };
  return container.table.start(command, 0, (task) => {
    if ('program' in found) return found.program(callOf(container, task, words, io));
    return new Shell(container, task, container.environment, container.workingDir).main(found.script, io);
  }, (code) => ended(code, capture.bytes));
}
