import type { Probe } from 'kubernetes-types/core/v1';
import { runAfter } from '../agenda-entry.ts';
import type { ProbeAnswer } from '../runtime.ts';
import { isIngressController } from '../signals/entrance.ts';
import { textFromBytes } from '../shell/streams.ts';
import type { Container } from './container.ts';
import { runCommand } from './hooks.ts';

/** Asks a probe of a container that runs; the answer may take its time. */
export function askProbe(container: Container, spec: Probe, answer: (answer: ProbeAnswer) => void): void {
  const timeoutMs = (spec.timeoutSeconds ?? 1) * 1000;
  if (spec.exec !== undefined) return askCommand(container, spec.exec.command ?? [], timeoutMs, answer);
  const port = portOf(container, spec.httpGet?.port ?? spec.tcpSocket?.port ?? spec.grpc?.port ?? 0);
  const { network, store, agenda } = container.surroundings;
  const pod = store.get('Pod', container.pod.metadata.namespace ?? '', container.pod.metadata.name) ?? container.pod;
  const host = spec.httpGet?.host ?? spec.tcpSocket?.host;
  const destination = host === undefined || host === '' ? network.toPod(pod, port) : network.connect(container, host, port);
  const address = `${host ?? pod.status?.podIP ?? ''}:${port}`;
  const { httpGet } = spec;
  const url = `${(httpGet?.scheme ?? 'HTTP').toLowerCase()}://${address}${httpGet?.path ?? '/'}`;
  if (destination.to !== 'listener') {
    const refused = `dial tcp ${address}: connect: connection refused`;
    const output = httpGet !== undefined ? `Get "${url}": ${refused}` : spec.grpc !== undefined ? `timeout: failed to connect service "${address}" within ${spec.timeoutSeconds ?? 1}s: context deadline exceeded` : refused;
    return answer({ ok: false, output, steady: false });
  }
  const steady = (host === undefined || host === '') && container.listeners.get(port)?.steady === true && !isIngressController(pod);
  if (httpGet === undefined) return answer({ ok: true, output: '', steady });
  const headers = Object.fromEntries([['host', address], ['user-agent', 'kube-probe/1.32'], ...(httpGet.httpHeaders ?? []).map(({ name, value }) => [name.toLowerCase(), value])]) as Record<string, string>;
  const { status, tookMs } = destination.ask({ method: 'GET', path: httpGet.path ?? '/', headers, body: new Uint8Array(0) });
  if (tookMs > timeoutMs) {
    runAfter(agenda, timeoutMs, () => answer({ ok: false, output: `Get "${url}": context deadline exceeded (Client.Timeout exceeded while awaiting headers)`, steady: false }));
  } else answer(status >= 200 && status < 400 ? { ok: true, output: '', steady } : { ok: false, output: `HTTP probe failed with statuscode: ${status}`, steady: false });
}

function askCommand(container: Container, command: readonly string[], timeoutMs: number, answer: (answer: ProbeAnswer) => void): void {
  let open = true;
  const once = (ok: boolean, output: string): void => {
    if (open) answer({ ok, output, steady: false });
    open = false;
  };
  const task = runCommand(container, command, (code, output) => once(code === 0, textFromBytes(output.slice(0, 10_240))));
  if (typeof task === 'string') return once(false, task);
  runAfter(container.surroundings.agenda, timeoutMs, () => {
    if (!open) return;
    once(false, `command timed out: "${command.join(' ')}" timed out after ${timeoutMs / 1000}s`);
    task.signal('KILL');
  });
}

function portOf(container: Container, port: number | string): number {
  if (typeof port === 'number') return port;
  return container.spec.ports?.find(({ name }) => name === port)?.containerPort ?? (Number(port) || 0);
}
