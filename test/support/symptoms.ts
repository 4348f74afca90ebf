import type { PodSpec } from 'kubernetes-types/core/v1';
import type { Cluster } from '../../src/cluster/cluster.ts';
import { shownKind } from '../../src/cluster/custom-kind.ts';
import { podStatus } from '../../src/cluster/printers/pod-state.ts';
import { isReady } from '../../src/cluster/pods.ts';
import { sorted } from './residue.ts';
import type { Metric } from '../../src/cluster/signals/metrics.ts';
import { workloadOf } from '../../src/cluster/traffic/layout.ts';

/** What somebody who looks at a cluster can see, each by a name, and where it is a number, the number. */
export type Sight = ReadonlyMap<string, number | string>;

const METRICS: readonly Metric[] = ['http.rate', 'http.errors', 'http.p50', 'http.p95', 'threads.busy', 'queue.length', 'cpu.share', 'pods.ready', 'pool.used', 'pool.wait', 'db.connections', 'db.busy', 'db.wait', 'db.cpu', 'call.rate', 'call.ms', 'call.errors', 'cache.hit', 'topic.lag'];
/** Differences below this are noise. */
const FLOOR: Readonly<Record<string, number>> = { 'http.rate': 2, 'http.errors': 0.02, 'http.p50': 60, 'http.p95': 150, 'threads.busy': 0.1, 'queue.length': 1, 'cpu.share': 0.1, 'pods.ready': 0.5, 'pool.used': 1, 'pool.wait': 20, 'db.connections': 3, 'db.busy': 2, 'db.wait': 20, 'db.cpu': 0.1, 'call.rate': 1, 'call.ms': 60, 'call.errors': 0.05, 'cache.hit': 0.1, 'topic.lag': 100 };

/** All that shows now. */
export function sightOf(cluster: Cluster, sinceSeq = 0): Sight {
  const seen = new Map<string, number | string>();
  for (const metric of METRICS) {
    for (const subject of cluster.metrics.subjects(metric)) {
      const values = cluster.metrics.recent(metric, subject, 2).filter((value) => value !== null);
      if (values.length > 0) seen.set(`${metric} ${subject}`, values.reduce((sum, value) => sum + value, 0) / values.length);
    }
  }
  lookAtObjects(cluster, seen, sinceSeq);
  for (const { name } of cluster.alerts.firing) seen.set(`alert ${name}`, 'firing');
  return seen;
}

function lookAtObjects(cluster: Cluster, seen: Map<string, number | string>, sinceSeq: number): void {
  const { store } = cluster.plane;
  for (const event of store.list('Event', null)) {
    if (Number(event.metadata.resourceVersion) > sinceSeq) seen.set(`event ${event.type ?? ''} ${event.reason ?? ''} ${event.involvedObject.kind ?? ''}`, 'seen');
  }
  for (const pod of store.list('Pod', null)) {
    const of = `pods ${pod.metadata.namespace ?? ''}/${workloadOf(pod)}`;
    seen.set(`${of} ${podStatus(pod)}`, 'seen');
    if (podStatus(pod) === 'Running' && !isReady(pod)) seen.set(`${of} unready`, 'seen');
    const restarts = pod.status?.containerStatuses?.reduce((sum, { restartCount }) => sum + restartCount, 0) ?? 0;
    if (restarts > 0) seen.set(`${of} restarts`, 'seen');
    seen.set(`qos ${of.slice(5)} ${pod.status?.qosClass ?? ''}`, 'seen');
    seen.set(`node-of ${of.slice(5)} ${pod.spec?.nodeName ?? 'none'}`, 'seen');
  }
  for (const kind of ['Deployment', 'StatefulSet'] as const) {
    for (const { metadata, spec, status } of store.list(kind, null)) {
      if (metadata.deletionTimestamp !== undefined) seen.set(`terminating ${kind.toLowerCase()} ${metadata.namespace ?? ''}/${metadata.name}`, 'seen');
      const of = `${metadata.namespace ?? ''}/${metadata.name}`;
      seen.set(`workload ${of} replicas`, String(spec?.replicas ?? 1));
      if ((status?.replicas ?? 0) === 0) seen.set(`pods ${of} none`, 'seen');
      for (const condition of status?.conditions ?? []) seen.set(`condition ${of} ${condition.type}`, `${condition.status} ${(condition as { reason?: string }).reason ?? ''}`);
      for (const [field, value] of Object.entries(placed(spec?.template.spec))) seen.set(`pod-spec ${of} ${field}`, sorted(value));
      seen.set(`template ${of}`, sorted(spec?.template));
      const pod = spec?.template.spec;
      seen.set(`placement ${of}`, sorted([pod?.nodeSelector, pod?.affinity, pod?.tolerations, pod?.nodeName]));
      seen.set(`strategy ${of}`, sorted((spec as { strategy?: object; updateStrategy?: object } | undefined)?.strategy ?? (spec as { updateStrategy?: object } | undefined)?.updateStrategy));
    }
  }
  for (const { metadata, spec } of store.list('Service', null)) {
    const of = `${metadata.namespace ?? ''}/${metadata.name}`;
    seen.set(`service ${of}`, 'there');
    seen.set(`service ${of} ports`, JSON.stringify(spec?.ports?.map(({ port }) => port)));
    const slices = store.list('EndpointSlice', metadata.namespace ?? '').filter((slice) => slice.metadata.labels?.['kubernetes.io/service-name'] === metadata.name);
    if (!slices.some(({ endpoints }) => endpoints.some(({ conditions }) => conditions?.ready === true))) seen.set(`endpoints ${of} none`, 'seen');
    seen.set(`endpoints ${of} ports`, JSON.stringify(slices.flatMap(({ ports }) => ports?.map(({ port }) => port))));
  }
  for (const object of store.customKinds().flatMap((kind) => store.list(kind, null))) {
    const of = `${shownKind(object.kind).toLowerCase()} ${object.metadata.namespace ?? ''}/${object.metadata.name}`;
    seen.set(of, sorted(object.spec));
    for (const { type, status, reason } of (object.status as { conditions?: readonly { type: string; status: string; reason: string }[] } | undefined)?.conditions ?? []) seen.set(`${of} ${type}`, `${status} ${reason}`);
  }
  for (const kind of ['Node', 'PersistentVolumeClaim', 'PersistentVolume', 'HorizontalPodAutoscaler', 'Ingress', 'NetworkPolicy', 'ResourceQuota', 'LimitRange', 'ValidatingWebhookConfiguration', 'MutatingWebhookConfiguration', 'PriorityClass', 'StorageClass', 'RoleBinding', 'ClusterRoleBinding', 'Role', 'CronJob', 'ConfigMap', 'Secret', 'Namespace'] as const) {
    for (const object of store.list(kind, null)) {
      const { metadata, status, ...rest } = object as typeof object & { status?: { phase?: string; conditions?: readonly { type: string; status: string; reason?: string }[] } };
      const of = `${kind.toLowerCase()} ${metadata.namespace === undefined ? '' : `${metadata.namespace}/`}${metadata.name}`;
      seen.set(of, sorted([rest, metadata.labels, metadata.annotations, metadata.deletionTimestamp !== undefined]));
      if (kind === 'CronJob' && (object as { status?: { active?: readonly object[] } }).status?.active?.length !== undefined) seen.set(`${of} active`, 'seen');
      if (status?.phase !== undefined) seen.set(`${of} phase`, status.phase);
      for (const condition of status?.conditions ?? []) seen.set(`${of} ${condition.type}`, `${condition.status} ${condition.reason ?? ''}`);
    }
  }
}

/** What a template says of its pods and of their first container, field by field. */
function placed(spec: PodSpec | undefined): Record<string, unknown> {
  const { containers, ...rest } = spec ?? { containers: [] };
  return { ...rest, ...Object.fromEntries(Object.entries(containers[0] ?? {}).map(([field, value]) => [`container.${field}`, value as unknown])) };
}

/** Signals that are in the sick world and not in the well one, by name, sorted. A metric's says where it went. */
export function symptomsOf(sick: Sight, well: Sight): string[] {
  const found: string[] = [];
  for (const [name, value] of sick) {
    const normal = well.get(name);
    if (value === normal) continue;
    if (typeof value === 'number') {
      const from = typeof normal === 'number' ? normal : 0;
      const floor = FLOOR[name.split(' ')[0] ?? ''] ?? 0;
      if (Math.abs(value - from) > floor && (value > from * 1.4 || value < from / 1.4)) found.push(`${name} ${value > from ? 'rises' : 'falls'}`);
    } else found.push(name);
  }
  for (const [name, value] of well) if (!sick.has(name) && value !== 'seen' && typeof value === 'string') found.push(`${name} gone`);
  return found.toSorted((one, other) => (one < other ? -1 : one > other ? 1 : 0));
}

/** Lines that pods of a workload wrote in one world and not in the other: what differs by number, name or time counts as the same. */
export function newLines(sick: Cluster, well: Cluster): string[] {
  const found = new Set<string>();
  // What any pod warns of on a calm day is no sign of anything, whichever pod says it today.
  const chatter = new Set(workloadsOf(well).flatMap((workload) => linesOf(well, workload)).filter((line) => line.startsWith('WARN') && !line.includes('request=')));
  for (const workload of workloadsOf(sick)) {
    const ordinary = new Set(linesOf(well, workload));
    for (const line of linesOf(sick, workload)) if (!ordinary.has(line) && !chatter.has(line) && !/^(?:INFO|DEBUG)/.test(line)) found.add(`log ${workload} ${line}`);
  }
  return [...found];
}

function workloadsOf(cluster: Cluster): string[] {
  return [...new Set(cluster.plane.store.list('Pod', null).map((pod) => `${pod.metadata.namespace ?? ''}/${workloadOf(pod)}`))];
}

function linesOf(cluster: Cluster, workload: string): string[] {
  const [namespace = '', name = ''] = workload.split('/');
  return cluster.plane.store.list('Pod', namespace).filter((pod) => workloadOf(pod) === name).flatMap((pod) => [false, true].flatMap((previous) => cluster.podLogs(namespace, pod.metadata.name, previous)))
    .map(({ text }) => plainLine(text));
}

/** A line without what differs from one to the next: ids, numbers and times. */
export function plainLine(text: string): string {
  return text.replaceAll(/request=\S+/g, 'request=…').replaceAll(/\b[0-9a-f]{8}\b/g, '…').replaceAll(/\d+/g, '#');
}
