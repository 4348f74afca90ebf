import type { KindMap } from '../../../../cluster/objects.ts';
import type { Call } from '../call.ts';
import { age, longInstant } from '../../../../cluster/printers/age.ts';
import { sortedEntries } from '../../../../cluster/printers/fields.ts';
import { cpuMillis, quantityBytes } from '../../../../cluster/quantity.ts';
import { nodeRoles } from '../../../../cluster/printers/tables.ts';
import { describeEvents } from './events.ts';
import type { DescriptionWriter } from './writer.ts';

type Pod = KindMap['Pod'];

export function describeNode(call: Call, node: KindMap['Node'], writer: DescriptionWriter): void {
  const { metadata, spec, status } = node;
  writer.row(0, 'Name:', metadata.name);
  writer.row(0, 'Roles:', nodeRoles(node));
  writer.map(0, 'Labels', metadata.labels);
  writer.map(0, 'Annotations', metadata.annotations, ': ');
  writer.row(0, 'CreationTimestamp:', longInstant(metadata.creationTimestamp));
  const taints = (spec?.taints ?? []).map(({ key, value, effect }) => `${key}${value === undefined || value === '' ? '' : `=${value}`}:${effect}`);
  for (const [at, taint] of (taints.length === 0 ? ['<none>'] : taints).entries()) writer.row(0, at === 0 ? 'Taints:' : '', taint);
  writer.row(0, 'Unschedulable:', String(spec?.unschedulable ?? false));
  const conditions = status?.conditions ?? [];
  if (conditions.length > 0) {
    writer.row(0, 'Conditions:');
    writer.row(1, 'Type', 'Status', 'LastHeartbeatTime', 'LastTransitionTime', 'Reason', 'Message');
    writer.row(1, '----', '------', '-----------------', '------------------', '------', '-------');
    for (const one of conditions) writer.row(1, `${one.type} `, `${one.status} `, longInstant(one.lastHeartbeatTime), longInstant(one.lastTransitionTime), one.reason ?? '', one.message ?? '');
  }
  writer.row(0, 'Addresses:');
  for (const { type, address } of status?.addresses ?? []) writer.row(1, `${type}:`, address);
  for (const [label, record] of [['Capacity:', status?.capacity], ['Allocatable:', status?.allocatable]] as const) {
    writer.row(0, label);
    for (const [name, quantity] of sortedEntries(record)) writer.row(1, `${name}:`, quantity);
  }
  const info = status?.nodeInfo;
  if (info !== undefined) {
    writer.row(0, 'System Info:');
    for (const [label, value] of [
      ['Kernel Version', info.kernelVersion], ['OS Image', info.osImage], ['Operating System', info.operatingSystem], ['Architecture', info.architecture],
      ['Container Runtime Version', info.containerRuntimeVersion], ['Kubelet Version', info.kubeletVersion],
    ] as const) writer.row(1, `${label}:`, value ?? '');
  }
  if (spec?.podCIDR !== undefined) writer.row(0, 'PodCIDR:', spec.podCIDR);
  const pods = call.api.list('Pod', null).filter((pod) => pod.spec?.nodeName === metadata.name && pod.status?.phase !== 'Succeeded' && pod.status?.phase !== 'Failed');
  describePods(call, node, pods, writer);
  describeEvents(call, node, writer);
}

function describePods(call: Call, node: KindMap['Node'], pods: readonly Pod[], writer: DescriptionWriter): void {
  const sums = { cpuRequests: 0, cpuLimits: 0, memoryRequests: 0, memoryLimits: 0 };
  const cpu = cpuMillis(node.status?.allocatable?.['cpu']);
  const memory = quantityBytes(node.status?.allocatable?.['memory']);
  writer.row(0, 'Non-terminated Pods:', `(${pods.length} in total)`);
  writer.row(1, 'Namespace', 'Name', '', 'CPU Requests', 'CPU Limits', 'Memory Requests', 'Memory Limits', 'Age');
  writer.row(1, '---------', '----', '', '------------', '----------', '---------------', '-------------', '---');
  for (const pod of pods) {
    const own = resourcesOf(pod);
    for (const key of Object.keys(sums) as (keyof typeof sums)[]) sums[key] += own[key];
    writer.row(
      1, pod.metadata.namespace ?? '', pod.metadata.name, '', cpuShare(own.cpuRequests, cpu), cpuShare(own.cpuLimits, cpu),
      memoryShare(own.memoryRequests, memory), memoryShare(own.memoryLimits, memory), age(pod.metadata.creationTimestamp, call.nowUnixMs),
    );
  }
  writer.row(0, 'Allocated resources:');
  writer.row(1, '(Total limits may be over 100 percent, i.e., overcommitted.)');
  writer.row(1, 'Resource', 'Requests', 'Limits');
  writer.row(1, '--------', '--------', '------');
  writer.row(1, 'cpu', cpuShare(sums.cpuRequests, cpu), cpuShare(sums.cpuLimits, cpu));
  writer.row(1, 'memory', memoryShare(sums.memoryRequests, memory), memoryShare(sums.memoryLimits, memory));
}

function resourcesOf(pod: Pod): { readonly cpuRequests: number; readonly cpuLimits: number; readonly memoryRequests: number; readonly memoryLimits: number } {
  const sum = (read: (resources: { limits?: Record<string, string>; requests?: Record<string, string> }) => number): number =>
    (pod.spec?.containers ?? []).reduce((total, { resources }) => total + read(resources ?? {}), 0);
  return {
    cpuRequests: sum(({ requests }) => cpuMillis(requests?.['cpu'])),
    cpuLimits: sum(({ limits }) => cpuMillis(limits?.['cpu'])),
    memoryRequests: sum(({ requests }) => quantityBytes(requests?.['memory'])),
    memoryLimits: sum(({ limits }) => quantityBytes(limits?.['memory'])),
  };
}

function cpuShare(milli: number, allocatable: number): string {
  return `${milli === 0 ? '0' : milli % 1000 === 0 ? String(milli / 1000) : `${milli}m`} (${percent(milli, allocatable)})`;
}

function memoryShare(bytes: number, allocatable: number): string {
  return `${bytes === 0 ? '0' : `${Math.round(bytes / 1_048_576)}Mi`} (${percent(bytes, allocatable)})`;
}

export function percent(part: number, whole: number): string {
  return whole > 0 ? `${Math.trunc((part / whole) * 100)}%` : '0%';
}
