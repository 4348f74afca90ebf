import type { PodSpec, Toleration, Volume } from 'kubernetes-types/core/v1';
import type { KindMap } from '../../../../cluster/objects.ts';
import { controllerOf } from '../call.ts';
import type { Call } from '../call.ts';
import { age, longInstant } from '../../../../cluster/printers/age.ts';
import { describeContainers } from './containers.ts';
import { describeEvents } from './events.ts';
import type { DescriptionWriter } from './writer.ts';

export function describePod(call: Call, pod: KindMap['Pod'], writer: DescriptionWriter): void {
  const { metadata, spec, status } = pod;
  writer.row(0, 'Name:', metadata.name);
  writer.row(0, 'Namespace:', metadata.namespace ?? '');
  writer.row(0, 'Priority:', String(spec?.priority ?? 0));
  writer.row(0, 'Service Account:', spec?.serviceAccountName ?? 'default');
  writer.row(0, 'Node:', spec?.nodeName === undefined ? '<none>' : `${spec.nodeName}/${status?.hostIP ?? ''}`);
  if (status?.startTime !== undefined) writer.row(0, 'Start Time:', longInstant(status.startTime));
  writer.map(0, 'Labels', metadata.labels);
  writer.map(0, 'Annotations', metadata.annotations, ': ');
  if (metadata.deletionTimestamp === undefined) {
    writer.row(0, 'Status:', status?.phase ?? 'Unknown');
  } else {
    writer.row(0, 'Status:', `Terminating (lasts ${age(metadata.deletionTimestamp, call.nowUnixMs)})`);
    writer.row(0, 'Termination Grace Period:', `${metadata.deletionGracePeriodSeconds ?? 30}s`);
  }
  if (status?.reason !== undefined) writer.row(0, 'Reason:', status.reason);
  if (status?.message !== undefined) writer.row(0, 'Message:', status.message);
  writer.row(0, 'IP:', status?.podIP ?? '');
  const ips = status?.podIPs ?? (status?.podIP === undefined ? [] : [{ ip: status.podIP }]);
  writer.row(0, 'IPs:', ...(ips.length === 0 ? ['<none>'] : []));
  for (const { ip } of ips) writer.row(1, 'IP:', ip ?? '');
  const owner = controllerOf(pod);
  if (owner !== null) writer.row(0, 'Controlled By:', `${owner.kind}/${owner.name}`);
  describeContainers(writer, spec?.containers ?? [], status?.containerStatuses ?? []);
  describePodConditions(writer, pod);
  describeScheduling(writer, spec, 0);
  describeEvents(call, pod, writer);
}

function describePodConditions(writer: DescriptionWriter, { status }: KindMap['Pod']): void {
  const conditions = status?.conditions ?? [];
  if (conditions.length === 0) return;
  writer.row(0, 'Conditions:');
  writer.row(1, 'Type', 'Status');
  for (const condition of conditions) writer.row(1, `${condition.type} `, `${condition.status} `);
}

/** Volumes, QoS class (of a pod alone), node selectors and tolerations. */
function describeScheduling(writer: DescriptionWriter, spec: PodSpec | undefined, level: 0 | 1): void {
  const volumes = spec?.volumes ?? [];
  writer.row(level, 'Volumes:', ...(volumes.length === 0 ? ['<none>'] : []));
  for (const volume of volumes) describeVolume(writer, volume, level);
  if (level === 0) writer.row(0, 'QoS Class:', qosClass(spec));
  writer.map(level, 'Node-Selectors', spec?.nodeSelector);
  const tolerations = spec?.tolerations ?? [];
  if (tolerations.length === 0) writer.row(level, 'Tolerations:', '<none>');
  for (const [at, toleration] of tolerations.entries()) writer.row(at === 0 ? level : 0, at === 0 ? 'Tolerations:' : '', tolerationText(toleration));
}

function describeVolume(writer: DescriptionWriter, volume: Volume, level: 0 | 1): void {
  writer.row(1, `${level === 1 ? ' ' : ''}${volume.name}:`);
  if (volume.configMap !== undefined) {
    writer.row(2, 'Type:', 'ConfigMap (a volume populated by a ConfigMap)');
    writer.row(2, 'Name:', volume.configMap.name ?? '');
    writer.row(2, 'Optional:', String(volume.configMap.optional ?? false));
  } else if (volume.emptyDir !== undefined) {
    writer.row(2, 'Type:', "EmptyDir (a temporary directory that shares a pod's lifetime)");
  } else if (volume.persistentVolumeClaim !== undefined) {
    writer.row(2, 'Type:', 'PersistentVolumeClaim (a reference to a PersistentVolumeClaim in the same namespace)');
    writer.row(2, 'ClaimName:', volume.persistentVolumeClaim.claimName);
  } else {
    writer.row(2, 'Type:', Object.keys(volume).find((key) => key !== 'name') ?? '<unknown>');
  }
}

function tolerationText({ key, operator, value, effect, tolerationSeconds }: Toleration): string {
  const parts = [`${key ?? ''}${value === undefined || value === '' ? '' : `=${value}`}${effect === undefined || effect === '' ? '' : `:${effect}`}`];
  if (operator === 'Exists') parts.push('op=Exists');
  if (tolerationSeconds !== undefined) parts.push(`for ${tolerationSeconds}s`);
  return parts.join(' ').trim();
}

/** Guaranteed, Burstable or BestEffort, as Kubernetes derives it from requests and limits. */
function qosClass(spec: PodSpec | undefined): string {
  const containers = spec?.containers ?? [];
  const given = containers.map(({ resources }) => resources ?? {});
  if (given.every(({ limits, requests }) => Object.keys({ ...limits, ...requests }).length === 0)) return 'BestEffort';
  const guaranteed = given.every(({ limits, requests }) =>
    ['cpu', 'memory'].every((name) => limits?.[name] !== undefined && (requests?.[name] ?? limits[name]) === limits[name]));
  return guaranteed ? 'Guaranteed' : 'Burstable';
}

/** The Pod Template section of a workload. */
export function describeTemplate(writer: DescriptionWriter, template: NonNullable<KindMap['Deployment']['spec']>['template'] | undefined): void {
  writer.row(0, 'Pod Template:');
  writer.map(1, 'Labels', template?.metadata?.labels);
  if (Object.keys(template?.metadata?.annotations ?? {}).length > 0) writer.map(1, 'Annotations', template?.metadata?.annotations, ': ');
  describeContainers(writer, template?.spec?.containers ?? [], null);
  describeScheduling(writer, template?.spec, 1);
}
