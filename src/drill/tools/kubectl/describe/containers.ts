import type { Container, ContainerState, ContainerStatus, EnvVar, Probe } from 'kubernetes-types/core/v1';
import { longInstant } from '../../../../cluster/printers/age.ts';
import { sortedEntries } from '../../../../cluster/printers/fields.ts';
import type { DescriptionWriter } from './writer.ts';

/** The Containers section of a pod, or of a pod template where there is no status and one more blank before each name. */
export function describeContainers(writer: DescriptionWriter, containers: readonly Container[], statuses: readonly ContainerStatus[] | null): void {
  writer.row(statuses === null ? 1 : 0, 'Containers:');
  for (const container of containers) {
    const status = statuses?.find(({ name }) => name === container.name);
    writer.row(1, `${statuses === null ? ' ' : ''}${container.name}:`);
    describeBasics(writer, container, status);
    if (status !== undefined) {
      describeState(writer, 'State', status.state);
      if (status.lastState?.terminated !== undefined) describeState(writer, 'Last State', status.lastState);
      writer.row(2, 'Ready:', status.ready ? 'True' : 'False');
      writer.row(2, 'Restart Count:', String(status.restartCount));
    }
    describeResources(writer, container);
    if (container.livenessProbe !== undefined) writer.row(2, 'Liveness:', describeProbe(container.livenessProbe));
    if (container.readinessProbe !== undefined) writer.row(2, 'Readiness:', describeProbe(container.readinessProbe));
    if (container.startupProbe !== undefined) writer.row(2, 'Startup:', describeProbe(container.startupProbe));
    describeEnvironment(writer, container);
    const mounts = container.volumeMounts ?? [];
    writer.row(2, 'Mounts:', ...(mounts.length === 0 ? ['<none>'] : []));
    for (const mount of mounts) writer.row(3, `${mount.mountPath} from ${mount.name} (${mount.readOnly === true ? 'ro' : 'rw'})`);
  }
}

function describeBasics(writer: DescriptionWriter, container: Container, status: ContainerStatus | undefined): void {
  if (status !== undefined) writer.row(2, 'Container ID:', status.containerID ?? '');
  writer.row(2, 'Image:', container.image ?? '');
  if (status !== undefined) writer.row(2, 'Image ID:', status.imageID);
  const ports = container.ports ?? [];
  writer.row(2, ports.length > 1 ? 'Ports:' : 'Port:', list(ports.map((port) => `${port.containerPort}/${port.protocol ?? 'TCP'}`)));
  writer.row(2, ports.length > 1 ? 'Host Ports:' : 'Host Port:', list(ports.map((port) => `${port.hostPort ?? 0}/${port.protocol ?? 'TCP'}`)));
  for (const [label, words] of [['Command:', container.command], ['Args:', container.args]] as const) {
    if (words === undefined || words.length === 0) continue;
    writer.row(2, label);
    for (const word of words) writer.row(3, word);
  }
}

function list(texts: readonly string[]): string {
  return texts.length === 0 ? '<none>' : texts.join(', ');
}

function describeState(writer: DescriptionWriter, label: string, state: ContainerState | undefined): void {
  if (state?.running !== undefined) {
    writer.row(2, `${label}:`, 'Running');
    writer.row(3, 'Started:', longInstant(state.running.startedAt));
  } else if (state?.waiting !== undefined) {
    writer.row(2, `${label}:`, 'Waiting');
    if (state.waiting.reason !== undefined) writer.row(3, 'Reason:', state.waiting.reason);
  } else if (state?.terminated !== undefined) {
    const { reason, message, exitCode, signal, startedAt, finishedAt } = state.terminated;
    writer.row(2, `${label}:`, 'Terminated');
    if (reason !== undefined) writer.row(3, 'Reason:', reason);
    if (message !== undefined && message !== '') writer.row(3, 'Message:', message);
    writer.row(3, 'Exit Code:', String(exitCode));
    if (signal !== undefined && signal > 0) writer.row(3, 'Signal:', String(signal));
    writer.row(3, 'Started:', longInstant(startedAt));
    writer.row(3, 'Finished:', longInstant(finishedAt));
  } else {
    writer.row(2, `${label}:`, 'Waiting');
  }
}

function describeResources(writer: DescriptionWriter, { resources }: Container): void {
  for (const [label, record] of [['Limits:', resources?.limits], ['Requests:', resources?.requests]] as const) {
    const entries = sortedEntries(record);
    if (entries.length > 0) writer.row(2, label);
    for (const [name, quantity] of entries) writer.row(3, `${name}:`, quantity);
  }
}

function describeProbe(probe: Probe): string {
  const numbers = `delay=${probe.initialDelaySeconds ?? 0}s timeout=${probe.timeoutSeconds ?? 1}s period=${probe.periodSeconds ?? 10}s #success=${probe.successThreshold ?? 1} #failure=${probe.failureThreshold ?? 3}`;
  if (probe.exec !== undefined) return `exec [${(probe.exec.command ?? []).join(' ')}] ${numbers}`;
  if (probe.httpGet !== undefined) {
    const { scheme = 'HTTP', host = '', port, path = '' } = probe.httpGet;
    return `http-get ${scheme.toLowerCase()}://${host}:${port}${path.startsWith('/') ? path : `/${path}`} ${numbers}`;
  }
  if (probe.tcpSocket !== undefined) return `tcp-socket ${probe.tcpSocket.host ?? ''}:${probe.tcpSocket.port} ${numbers}`;
  return `unknown ${numbers}`;
}

function describeEnvironment(writer: DescriptionWriter, container: Container): void {
  const from = container.envFrom ?? [];
  if (from.length > 0) writer.row(2, 'Environment Variables from:');
  for (const { configMapRef, secretRef } of from) {
    const kind = configMapRef === undefined ? 'Secret' : 'ConfigMap';
    writer.row(3, (configMapRef ?? secretRef)?.name ?? '', kind, `Optional: ${(configMapRef ?? secretRef)?.optional ?? false}`);
  }
  const variables = container.env ?? [];
  writer.row(2, 'Environment:', ...(variables.length === 0 ? ['<none>'] : []));
  for (const variable of variables) writer.row(3, `${variable.name}:`, ...describeVariable(variable));
}

function describeVariable({ value, valueFrom }: EnvVar): readonly string[] {
  if (valueFrom === undefined) return [value ?? ''];
  const { configMapKeyRef, secretKeyRef, fieldRef, resourceFieldRef } = valueFrom;
  if (fieldRef !== undefined) return [` (${fieldRef.apiVersion ?? 'v1'}:${fieldRef.fieldPath})`];
  if (resourceFieldRef !== undefined) return [` (${resourceFieldRef.resource})`];
  const reference = configMapKeyRef ?? secretKeyRef;
  const kind = configMapKeyRef === undefined ? 'in secret' : 'of config map';
  return [`<set to the key '${reference?.key ?? ''}' ${kind} '${reference?.name ?? ''}'>`, `Optional: ${reference?.optional ?? false}`];
}
