import type { Kind, KindMap } from '../objects.ts';
import { age } from './age.ts';
import { joinLabels, selectorText } from './fields.ts';
import { FURTHER_TABLES } from './further-tables.ts';
import type { KindTable } from './kind-table.ts';
import { createdAt, PLATFORM_TABLES } from './platform-tables.ts';
import { podStatus, readyContainers, restarts } from './pod-state.ts';

/** By kind; the column sets are those of Kubernetes' own printers (pkg/printers/internalversion). */
const TABLES = {
  Namespace: {
    columns: ['NAME', 'STATUS', 'AGE'],
    wide: [],
    row: (ns, now) => [ns.metadata.name, ns.status?.phase ?? 'Active', age(ns.metadata.creationTimestamp, now)],
  },
  Node: {
    columns: ['NAME', 'STATUS', 'ROLES', 'AGE', 'VERSION'],
    wide: ['INTERNAL-IP', 'EXTERNAL-IP', 'OS-IMAGE', 'KERNEL-VERSION', 'CONTAINER-RUNTIME'],
    row: nodeRow,
  },
  Pod: {
    columns: ['NAME', 'READY', 'STATUS', 'RESTARTS', 'AGE'],
    wide: ['IP', 'NODE', 'NOMINATED NODE', 'READINESS GATES'],
    row: (pod, now) => [
      pod.metadata.name, readyContainers(pod), podStatus(pod), restarts(pod, now), age(pod.metadata.creationTimestamp, now),
      pod.status?.podIP ?? '<none>', pod.spec?.nodeName ?? '<none>', pod.status?.nominatedNodeName ?? '<none>', readinessGates(pod),
    ],
  },
  Service: {
    columns: ['NAME', 'TYPE', 'CLUSTER-IP', 'EXTERNAL-IP', 'PORT(S)', 'AGE'],
    wide: ['SELECTOR'],
    row: (service, now) => [
      service.metadata.name, service.spec?.type ?? 'ClusterIP', service.spec?.clusterIP ?? '<none>', externalIp(service),
      servicePorts(service), age(service.metadata.creationTimestamp, now), joinLabels(service.spec?.selector),
    ],
  },
  ConfigMap: {
    columns: ['NAME', 'DATA', 'AGE'],
    wide: [],
    row: (map, now) => [
      map.metadata.name, String(Object.keys(map.data ?? {}).length + Object.keys(map.binaryData ?? {}).length), age(map.metadata.creationTimestamp, now),
    ],
  },
  Event: {
    columns: ['LAST SEEN', 'TYPE', 'REASON', 'OBJECT', 'MESSAGE'],
    wide: ['SUBOBJECT', 'SOURCE', 'FIRST SEEN', 'COUNT', 'NAME'],
    wideOrder: ['LAST SEEN', 'TYPE', 'REASON', 'OBJECT', 'SUBOBJECT', 'SOURCE', 'MESSAGE', 'FIRST SEEN', 'COUNT', 'NAME'],
    row: (event, now) => [
      age(lastSeen(event), now), event.type ?? 'Normal', event.reason ?? '', eventObject(event), (event.message ?? '').trim(),
      event.involvedObject.fieldPath ?? '', sourceOf(event), age(event.firstTimestamp ?? lastSeen(event), now), String(event.count ?? 1), event.metadata.name,
    ],
  },
  Deployment: {
    columns: ['NAME', 'READY', 'UP-TO-DATE', 'AVAILABLE', 'AGE'],
    wide: ['CONTAINERS', 'IMAGES', 'SELECTOR'],
    row: (deployment, now) => [
      deployment.metadata.name, `${deployment.status?.readyReplicas ?? 0}/${deployment.spec?.replicas ?? 1}`, String(deployment.status?.updatedReplicas ?? 0),
      String(deployment.status?.availableReplicas ?? 0), age(deployment.metadata.creationTimestamp, now), ...containers(deployment), selectorText(deployment.spec?.selector),
    ],
  },
  ReplicaSet: {
    columns: ['NAME', 'DESIRED', 'CURRENT', 'READY', 'AGE'],
    wide: ['CONTAINERS', 'IMAGES', 'SELECTOR'],
    types: { DESIRED: 'integer', CURRENT: 'integer', READY: 'integer' },
    row: (set, now) => [
      set.metadata.name, String(set.spec?.replicas ?? 1), String(set.status?.replicas ?? 0), String(set.status?.readyReplicas ?? 0),
      age(set.metadata.creationTimestamp, now), ...containers(set), selectorText(set.spec?.selector),
    ],
  },
  StatefulSet: {
    columns: ['NAME', 'READY', 'AGE'],
    wide: ['CONTAINERS', 'IMAGES'],
    row: (set, now) => [
      set.metadata.name, `${set.status?.readyReplicas ?? 0}/${set.spec?.replicas ?? 1}`, age(set.metadata.creationTimestamp, now), ...containers(set),
    ],
  },
  EndpointSlice: {
    columns: ['NAME', 'ADDRESSTYPE', 'PORTS', 'ENDPOINTS', 'AGE'],
    wide: [],
    row: (slice, now) => [
      slice.metadata.name, slice.addressType ?? 'IPv4', atMostThree((slice.ports ?? []).map(({ port }) => String(port ?? '*')), '<unset>'),
      atMostThree((slice.endpoints ?? []).flatMap(({ addresses }) => addresses), '<unset>'), age(slice.metadata.creationTimestamp, now),
    ],
  },
} satisfies { readonly [K in Kind]?: KindTable<K> };

/** The table of a kind; kinds that have no columns of their own show name and time of creation. */
export function tableOf<K extends Kind>(kind: K): KindTable<K> {
  return (ALL_TABLES[kind] as KindTable<K> | undefined) ?? PLAIN;
}

const ALL_TABLES: { readonly [One in Kind]?: unknown } = { ...PLATFORM_TABLES, ...FURTHER_TABLES, ...TABLES };
const PLAIN: KindTable<Kind> = createdAt();

function nodeRow(node: KindMap['Node'], now: number): readonly string[] {
  const address = (type: string): string => node.status?.addresses?.find((one) => one.type === type)?.address ?? '<none>';
  const info = node.status?.nodeInfo;
  return [
    node.metadata.name, nodeStatus(node), nodeRoles(node), age(node.metadata.creationTimestamp, now), info?.kubeletVersion ?? '<unknown>',
    address('InternalIP'), address('ExternalIP'), info?.osImage ?? '<unknown>', info?.kernelVersion ?? '<unknown>', info?.containerRuntimeVersion ?? '<unknown>',
  ];
}

function nodeStatus(node: KindMap['Node']): string {
  const ready = node.status?.conditions?.find((condition) => condition.type === 'Ready');
  const status = ready === undefined ? 'Unknown' : ready.status === 'True' ? 'Ready' : 'NotReady';
  return node.spec?.unschedulable === true ? `${status},SchedulingDisabled` : status;
}

export function nodeRoles(node: KindMap['Node']): string {
  const prefix = 'node-role.kubernetes.io/';
  const roles = Object.keys(node.metadata.labels ?? {}).filter((key) => key.startsWith(prefix)).map((key) => key.slice(prefix.length));
  return roles.length === 0 ? '<none>' : roles.join(',');
}

function readinessGates({ spec, status }: KindMap['Pod']): string {
  const gates = spec?.readinessGates ?? [];
  if (gates.length === 0) return '<none>';
  return `${gates.filter(({ conditionType }) => status?.conditions?.some(({ type, status: met }) => type === conditionType && met === 'True') === true).length}/${gates.length}`;
}

/** `kubelet, node-1`: who told of an event. */
function sourceOf({ source, reportingComponent, reportingInstance }: KindMap['Event']): string {
  const component = source?.component ?? reportingComponent ?? '';
  const host = source?.host ?? reportingInstance ?? '';
  return host === '' ? component : `${component}, ${host}`;
}

function externalIp(service: KindMap['Service']): string {
  if (service.spec?.type === 'ExternalName') return service.spec.externalName ?? '<none>';
  const ips = [...(service.status?.loadBalancer?.ingress ?? []).map((one) => one.ip ?? one.hostname ?? ''), ...(service.spec?.externalIPs ?? [])];
  if (ips.length > 0) return ips.join(',');
  return service.spec?.type === 'LoadBalancer' ? '<pending>' : '<none>';
}

function servicePorts(service: KindMap['Service']): string {
  const ports = (service.spec?.ports ?? []).map(({ port, nodePort, protocol }) => `${port}${(nodePort ?? 0) > 0 ? `:${nodePort}` : ''}/${protocol ?? 'TCP'}`);
  return ports.length === 0 ? '<none>' : ports.join(',');
}

function containers(workload: KindMap['Deployment' | 'ReplicaSet' | 'StatefulSet']): readonly [string, string] {
  const specs = workload.spec?.template?.spec?.containers ?? [];
  return [specs.map(({ name }) => name).join(','), specs.map(({ image }) => image ?? '').join(',')];
}

function atMostThree(texts: readonly string[], none: string): string {
  if (texts.length === 0) return none;
  const shown = texts.slice(0, 3).join(',');
  return texts.length > 3 ? `${shown} + ${texts.length - 3} more...` : shown;
}

/** When an event was last seen, as it says itself. */
export function lastSeen(event: KindMap['Event']): string | undefined {
  return event.series?.lastObservedTime ?? event.lastTimestamp ?? event.eventTime ?? event.firstTimestamp ?? event.metadata.creationTimestamp;
}

/** `pod/checkout-7d9f-abcde`: what an event is about. */
export function eventObject(event: KindMap['Event']): string {
  return `${(event.involvedObject.kind ?? '').toLowerCase()}/${event.involvedObject.name ?? ''}`;
}
