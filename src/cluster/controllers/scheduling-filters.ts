import type { Taint, Toleration } from 'kubernetes-types/core/v1';
import { hasLabels } from '../labels.ts';
import type { KindMap } from '../objects.ts';
import { cpuMillis, quantityBytes } from '../quantity.ts';

/** A node as the scheduler sees it: what it has, and what its pods have asked for. */
export interface NodeLoad {
  readonly node: KindMap['Node'];
  readonly cpuMillis: number;
  readonly memoryBytes: number;
  readonly pods: number;
  readonly used: { cpuMillis: number; memoryBytes: number; pods: number };
  /** Pods by the uid of their controller. */
  readonly byOwner: Map<string, number>;
}

export interface PodRequest {
  readonly cpuMillis: number;
  readonly memoryBytes: number;
}

/** Why a node will not do. `preemptible`: room could be made by evicting lower priorities. */
export interface FilterReason {
  readonly text: string;
  readonly preemptible: boolean;
}

/** What a pod's containers ask for together. */
export function podRequest(pod: KindMap['Pod']): PodRequest {
  let cpu = 0;
  let memory = 0;
  for (const { resources } of pod.spec?.containers ?? []) {
    cpu += cpuMillis(resources?.requests?.['cpu']);
    memory += quantityBytes(resources?.requests?.['memory']);
  }
  return { cpuMillis: cpu, memoryBytes: memory };
}

/** Why the pod cannot go to the node, as the scheduler's plugins say it: the first plugin's reasons; none where it can. */
export function filterNode(load: NodeLoad, pod: KindMap['Pod'], request: PodRequest): FilterReason[] {
  const { node } = load;
  const tolerations = pod.spec?.tolerations ?? [];
  if (node.spec?.unschedulable === true && !tolerations.some((toleration) => tolerates(toleration, UNSCHEDULABLE))) {
    return [{ text: 'node(s) were unschedulable', preemptible: false }];
  }
  for (const taint of node.spec?.taints ?? []) {
    if (taint.effect === 'PreferNoSchedule' || tolerations.some((toleration) => tolerates(toleration, taint))) continue;
    return [{ text: `node(s) had untolerated taint {${taint.key}: ${taint.value ?? ''}}`, preemptible: false }];
  }
  const wanted = pod.spec?.nodeSelector;
  if (wanted !== undefined && !hasLabels(wanted, node.metadata.labels)) {
    return [{ text: "node(s) didn't match Pod's node affinity/selector", preemptible: false }];
  }
  const reasons: FilterReason[] = [];
  if (load.used.pods + 1 > load.pods) reasons.push({ text: 'Too many pods', preemptible: true });
  if (request.cpuMillis > 0 && load.used.cpuMillis + request.cpuMillis > load.cpuMillis) {
    reasons.push({ text: 'Insufficient cpu', preemptible: request.cpuMillis <= load.cpuMillis });
  }
  if (request.memoryBytes > 0 && load.used.memoryBytes + request.memoryBytes > load.memoryBytes) {
    reasons.push({ text: 'Insufficient memory', preemptible: request.memoryBytes <= load.memoryBytes });
  }
  return reasons;
}

/** `0/3 nodes are available: 3 Insufficient cpu. preemption: …`, reasons in order of their text. */
export function failureMessage(nodes: number, failures: ReadonlyMap<string, { count: number; preemptible: boolean }>): string {
  if (nodes === 0) return 'no nodes available to schedule pods';
  const reasons = [...failures].map(([text, { count }]) => `${count} ${text}`).sort((left, right) => (left < right ? -1 : 1));
  let victims = 0;
  for (const { count, preemptible } of failures.values()) if (preemptible) victims = Math.max(victims, count);
  const helpless = nodes - victims;
  const preemption = [
    ...(victims > 0 ? [`${victims} No preemption victims found for incoming pod`] : []),
    ...(helpless > 0 ? [`${helpless} Preemption is not helpful for scheduling`] : []),
  ].sort((left, right) => (left < right ? -1 : 1));
  return `0/${nodes} nodes are available: ${reasons.join(', ')}. preemption: 0/${nodes} nodes are available: ${preemption.join(', ')}.`;
}

const UNSCHEDULABLE: Taint = { key: 'node.kubernetes.io/unschedulable', effect: 'NoSchedule' };

function tolerates(toleration: Toleration, taint: Taint): boolean {
  if (toleration.effect !== undefined && toleration.effect !== '' && toleration.effect !== taint.effect) return false;
  if (toleration.key !== undefined && toleration.key !== '' && toleration.key !== taint.key) return false;
  return toleration.operator === 'Exists' || (toleration.value ?? '') === (taint.value ?? '');
}
