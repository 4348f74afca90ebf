import type { Taint, Toleration } from 'kubernetes-types/core/v1';
import { compareTexts } from '../../time/text-order.ts';
import type { KindMap } from '../objects.ts';
import { podRequests } from '../pod-resources.ts';
import { cpuMillis, quantityBytes } from '../quantity.ts';
import { matchesNode } from './node-affinity.ts';

/** A node as the scheduler sees it: what it has, and what its pods have asked for. */
export interface NodeLoad {
  readonly node: KindMap['Node'];
  readonly cpuMillis: number;
  readonly memoryBytes: number;
  readonly pods: number;
  readonly used: { cpuMillis: number; memoryBytes: number; pods: number };
  /** What pods asked for of anything else, by the resource's name; and the host ports that they hold. */
  readonly others: Map<string, number>;
  /** Pods by the uid of their controller. */
  readonly byOwner: Map<string, number>;
}

export interface PodRequest {
  readonly cpuMillis: number;
  readonly memoryBytes: number;
  /** Other resources, and `port/TCP/80/0.0.0.0` for each host port; null where there is none of either. */
  readonly others: ReadonlyMap<string, number> | null;
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
  let plain = pod.spec?.initContainers === undefined && pod.spec?.overhead === undefined;
  for (const { resources, ports } of pod.spec?.containers ?? []) {
    const requests = resources?.requests;
    for (const resource in requests) {
      if (resource === 'cpu') cpu += cpuMillis(requests[resource]);
      else if (resource === 'memory') memory += quantityBytes(requests[resource]);
      else plain = false;
    }
    if (ports !== undefined) for (const port of ports) if (port.hostPort !== undefined) plain = false;
  }
  return plain ? { cpuMillis: cpu, memoryBytes: memory, others: null } : wholeRequest(pod);
}

function wholeRequest(pod: KindMap['Pod']): PodRequest {
  const { cpu = 0, memory = 0, ...rest } = podRequests(pod);
  const overhead = pod.spec?.overhead ?? {};
  const others = new Map(Object.entries(rest));
  for (const { ports } of pod.spec?.containers ?? []) {
    for (const { hostPort, protocol, hostIP } of ports ?? []) if (hostPort !== undefined) others.set(portKey(protocol ?? 'TCP', hostPort, hostIP), 1);
  }
  return { cpuMillis: Math.ceil(cpu * 1000 - 1e-9) + cpuMillis(overhead['cpu']), memoryBytes: Math.ceil(memory) + quantityBytes(overhead['memory']), others };
}

/** `port/TCP/80/0.0.0.0`: a port of the node on one of its addresses, or on all of them. */
function portKey(protocol: string, hostPort: number, hostIp: string | undefined): string {
  return `port/${protocol}/${hostPort}/${hostIp === undefined || hostIp === '' ? EVERY_ADDRESS : hostIp}`;
}

const EVERY_ADDRESS = '0.0.0.0';

/** Whether a port of the node is held: on the same address, or where either is on every address. */
export function isHeld(held: ReadonlyMap<string, number>, key: string): boolean {
  if ((held.get(key) ?? 0) > 0) return true;
  const port = key.slice(0, key.lastIndexOf('/') + 1);
  if (!key.endsWith(`/${EVERY_ADDRESS}`)) return (held.get(port + EVERY_ADDRESS) ?? 0) > 0;
  for (const [other, count] of held) if (count > 0 && other.startsWith(port)) return true;
  return false;
}

/** Why the pod cannot go to the node, as the scheduler's plugins say it: the first plugin's reasons; none where it can. */
export function filterNode(load: NodeLoad, pod: KindMap['Pod'], request: PodRequest): FilterReason[] {
  const refusal = nodeRefusal(load.node, pod);
  return refusal === null ? roomReasons(load, request) : [{ text: refusal, preemptible: false }];
}

/** Why a node does not want a pod, or the pod not the node, whatever room there is; or null. */
export function nodeRefusal(node: KindMap['Node'], pod: KindMap['Pod']): string | null {
  const tolerations = pod.spec?.tolerations ?? [];
  if (node.spec?.unschedulable === true && !tolerations.some((toleration) => tolerates(toleration, UNSCHEDULABLE))) return 'node(s) were unschedulable';
  const taint = untolerated(node, pod);
  if (taint !== null) return `node(s) had untolerated taint {${taint.key}: ${taint.value ?? ''}}`;
  return matchesNode(pod, node) ? null : "node(s) didn't match Pod's node affinity/selector";
}

/** The first taint that keeps a pod off a node, or null. */
export function untolerated(node: KindMap['Node'], pod: KindMap['Pod']): Taint | null {
  for (const taint of node.spec?.taints ?? []) {
    if (taint.effect !== 'PreferNoSchedule' && pod.spec?.tolerations?.some((toleration) => tolerates(toleration, taint)) !== true) return taint;
  }
  return null;
}

function roomReasons(load: NodeLoad, request: PodRequest): FilterReason[] {
  const reasons: FilterReason[] = [];
  const allocatable = load.node.status?.allocatable ?? load.node.status?.capacity ?? {};
  if (request.others !== null) {
    for (const name of request.others.keys()) {
      if (name.startsWith('port/') && isHeld(load.others, name)) return [{ text: "node(s) didn't have free ports for the requested pod ports", preemptible: true }];
    }
  }
  if (load.used.pods + 1 > load.pods) reasons.push({ text: 'Too many pods', preemptible: true });
  if (request.cpuMillis > 0 && load.used.cpuMillis + request.cpuMillis > load.cpuMillis) {
    reasons.push({ text: 'Insufficient cpu', preemptible: request.cpuMillis <= load.cpuMillis });
  }
  if (request.memoryBytes > 0 && load.used.memoryBytes + request.memoryBytes > load.memoryBytes) {
    reasons.push({ text: 'Insufficient memory', preemptible: request.memoryBytes <= load.memoryBytes });
  }
  if (request.others !== null) {
    for (const [name, amount] of request.others) {
      if (name.startsWith('port/') || amount === 0) continue;
      const there = quantityBytes(allocatable[name]);
      if ((load.others.get(name) ?? 0) + amount > there) reasons.push({ text: `Insufficient ${name}`, preemptible: amount <= there });
    }
  }
  return reasons;
}

/**
 * `0/3 nodes are available: 3 Insufficient cpu. preemption: …`, reasons in order of their text. `preemption` replaces
 * what is said of making room: null says nothing, as where room is being made.
 */
export function failureMessage(nodes: number, failures: ReadonlyMap<string, { count: number; preemptible: boolean }>, preemption?: string | null): string {
  if (nodes === 0) return 'no nodes available to schedule pods';
  const reasons = [...failures].map(([text, { count }]) => `${count} ${text}`).sort(compareTexts);
  let victims = 0;
  for (const { count, preemptible } of failures.values()) if (preemptible) victims = Math.max(victims, count);
  const said = preemption === undefined ? hopeless(nodes, victims) : preemption;
  return `0/${nodes} nodes are available: ${reasons.join(', ')}.${said === null ? '' : ` preemption: ${said}`}`;
}

/** What is said where evicting others would not help: of `victims` nodes that nobody there is of less priority. */
export function hopeless(nodes: number, victims: number): string {
  const helpless = nodes - victims;
  const reasons = [
    ...(victims > 0 ? [`${victims} No preemption victims found for incoming pod`] : []),
    ...(helpless > 0 ? [`${helpless} Preemption is not helpful for scheduling`] : []),
  ].sort(compareTexts);
  return `0/${nodes} nodes are available: ${reasons.join(', ')}.`;
}

const UNSCHEDULABLE: Taint = { key: 'node.kubernetes.io/unschedulable', effect: 'NoSchedule' };

/** Whether a toleration bears a taint. */
export function tolerates(toleration: Toleration, taint: Taint): boolean {
  if (toleration.effect !== undefined && toleration.effect !== '' && toleration.effect !== taint.effect) return false;
  if (toleration.key !== undefined && toleration.key !== '' && toleration.key !== taint.key) return false;
  return toleration.operator === 'Exists' || (toleration.value ?? '') === (taint.value ?? '');
}
