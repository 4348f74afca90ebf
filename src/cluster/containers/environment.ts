import type { Container, EnvVar } from 'kubernetes-types/core/v1';
import { compareTexts } from '../../time/text-order.ts';
import type { KindMap } from '../objects.ts';
import { quantityBytes } from '../quantity.ts';
import type { ObjectStore } from '../store.ts';
import { bytesOfText } from '../shell/streams.ts';

type Pod = KindMap['Pod'];

/** The environment that a container of a pod starts with, as the kubelet puts it together. Values are bytes. */
export function containerEnvironment(store: ObjectStore, pod: Pod, container: Container): Map<string, string> {
  const environment = new Map<string, string>();
  const namespace = pod.metadata.namespace ?? 'default';
  environment.set('PATH', '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin');
  environment.set('HOSTNAME', hostnameOf(pod));
  const services = serviceVariables(store, namespace, pod.spec?.enableServiceLinks !== false);
  for (const { configMapRef, secretRef, prefix = '' } of container.envFrom ?? []) {
    const data = configMapRef?.name !== undefined ? store.get('ConfigMap', namespace, configMapRef.name)?.data : secretRef?.name !== undefined ? decoded(store.get('Secret', namespace, secretRef.name)) : undefined;
    for (const [key, value] of Object.entries(data ?? {})) environment.set(prefix + key, configMapRef === undefined ? value : bytesOfText(value));
  }
  for (const variable of container.env ?? []) {
    const value = variable.valueFrom === undefined ? expandReferences(bytesOfText(variable.value ?? ''), (name) => environment.get(name) ?? services.get(name)) : referenced(store, pod, container, variable);
    if (value !== null) environment.set(variable.name, value);
  }
  for (const [name, value] of services) if (!environment.has(name)) environment.set(name, value);
  if (!environment.has('HOME')) environment.set('HOME', '/root');
  return environment;
}

export function hostnameOf(pod: Pod): string {
  return pod.spec?.hostNetwork === true ? (pod.spec.nodeName ?? '') : (pod.spec?.hostname ?? pod.metadata.name).slice(0, 63);
}

/** Replaces `$(NAME)` where there is such a name; `$$(NAME)` stands for itself. */
export function expandReferences(text: string, valueOf: (name: string) => string | undefined): string {
  return text.replace(/\$\$|\$\(([^()$]*)\)/g, (whole, name?: string) => (name === undefined ? '$' : (valueOf(name) ?? whole)));
}

/** The values of a Secret as bytes. */
export function decoded(secret: KindMap['Secret'] | undefined): Record<string, string> {
  return Object.fromEntries(Object.entries(secret?.data ?? {}).map(([key, value]) => [key, unbase64(value)]));
}

export function unbase64(value: string): string {
  try {
    return atob(value);
  } catch {
    return '';
  }
}

function referenced(store: ObjectStore, pod: Pod, container: Container, { valueFrom }: EnvVar): string | null {
  const namespace = pod.metadata.namespace ?? 'default';
  const { configMapKeyRef, secretKeyRef, fieldRef, resourceFieldRef } = valueFrom ?? {};
  if (configMapKeyRef !== undefined) {
    const value = store.get('ConfigMap', namespace, configMapKeyRef.name ?? '')?.data?.[configMapKeyRef.key];
    return value === undefined ? null : bytesOfText(value);
  }
  if (secretKeyRef !== undefined) return decoded(store.get('Secret', namespace, secretKeyRef.name ?? ''))[secretKeyRef.key] ?? null;
  if (fieldRef !== undefined) return bytesOfText(fieldValue(store, pod, fieldRef.fieldPath));
  if (resourceFieldRef !== undefined) return resourceValue(store, pod, resourceFieldRef.containerName ?? container.name, resourceFieldRef.resource, resourceFieldRef.divisor);
  return null;
}

/** What the downward API says of a field such as `metadata.labels['app']`. */
export function fieldValue(store: ObjectStore, pod: Pod, path: string): string {
  const key = /^metadata\.(labels|annotations)\['([^']*)'\]$/.exec(path);
  if (key !== null) return pod.metadata[key[1] as 'labels' | 'annotations']?.[key[2] as string] ?? '';
  const now = store.get('Pod', pod.metadata.namespace ?? '', pod.metadata.name) ?? pod;
  switch (path) {
    case 'metadata.name': return pod.metadata.name;
    case 'metadata.namespace': return pod.metadata.namespace ?? '';
    case 'metadata.uid': return pod.metadata.uid ?? '';
    case 'metadata.labels': return pairs(now.metadata.labels);
    case 'metadata.annotations': return pairs(now.metadata.annotations);
    case 'spec.nodeName': return pod.spec?.nodeName ?? '';
    case 'spec.serviceAccountName': return pod.spec?.serviceAccountName ?? 'default';
    case 'status.hostIP': case 'status.hostIPs': return now.status?.hostIP ?? pod.status?.hostIP ?? '';
    case 'status.podIP': case 'status.podIPs': return now.status?.podIP ?? pod.status?.podIP ?? '';
    default: return '';
  }
}

function pairs(record: Readonly<Record<string, string>> | undefined): string {
  return Object.entries(record ?? {}).sort(([one], [other]) => compareTexts(one, other)).map(([key, value]) => `${key}=${JSON.stringify(value)}`).join('\n');
}

/** What the downward API says of a resource such as `limits.cpu`; the node's own where there is no limit. */
export function resourceValue(store: ObjectStore, pod: Pod, containerName: string, resource: string, divisor: string | number | undefined): string {
  const [kind = '', name = ''] = resource.split(/\.(.*)/);
  const resources = [...(pod.spec?.containers ?? []), ...(pod.spec?.initContainers ?? [])].find((container) => container.name === containerName)?.resources;
  const allocatable = store.get('Node', '', pod.spec?.nodeName ?? '')?.status?.allocatable?.[name];
  const written = resources?.[kind as 'limits' | 'requests']?.[name] ?? (kind === 'limits' ? allocatable : '0') ?? '0';
  if (name === 'cpu') return String(Math.ceil(coresOf(written) / (coresOf(divisor ?? '1') || 1) - 1e-9));
  return String(Math.ceil(quantityBytes(written) / (quantityBytes(divisor === undefined || String(divisor) === '0' ? '1' : divisor) || 1)));
}

function coresOf(quantity: string | number): number {
  const text = String(quantity);
  return text.endsWith('m') ? Number(text.slice(0, -1)) / 1000 : Number(text);
}

/** `KUBERNETES_SERVICE_HOST` and, with service links, the like for each Service of the namespace. */
function serviceVariables(store: ObjectStore, namespace: string, links: boolean): Map<string, string> {
  const variables = new Map<string, string>();
  const kubernetes = store.get('Service', 'default', 'kubernetes');
  const services = [...(links ? store.list('Service', namespace).filter(({ metadata }) => metadata.name !== 'kubernetes') : []), ...(kubernetes === undefined ? [] : [kubernetes])];
  for (const { metadata, spec } of services) {
    const ip = spec?.clusterIP;
    const ports = spec?.ports ?? [];
    const [first] = ports;
    if (ip === undefined || ip === 'None' || ip === '' || first === undefined) continue;
    const name = metadata.name.toUpperCase().replaceAll(/[-.]/g, '_');
    variables.set(`${name}_SERVICE_HOST`, ip);
    variables.set(`${name}_SERVICE_PORT`, String(first.port));
    for (const port of ports) if (port.name !== undefined && port.name !== '') variables.set(`${name}_SERVICE_PORT_${port.name.toUpperCase().replaceAll('-', '_')}`, String(port.port));
    variables.set(`${name}_PORT`, `tcp://${ip}:${first.port}`);
    for (const port of ports) {
      const protocol = port.protocol ?? 'TCP';
      const prefix = `${name}_PORT_${port.port}_${protocol}`;
      variables.set(prefix, `${protocol.toLowerCase()}://${ip}:${port.port}`);
      variables.set(`${prefix}_PROTO`, protocol.toLowerCase());
      variables.set(`${prefix}_PORT`, String(port.port));
      variables.set(`${prefix}_ADDR`, ip);
    }
  }
  return variables;
}
