import { matchesNode } from '../controllers/node-affinity.ts';
import { isHeld, podRequest } from '../controllers/scheduling-filters.ts';
import type { KindMap } from '../objects.ts';
import { cpuMillis, quantityBytes } from '../quantity.ts';
import type { ObjectStore } from '../store.ts';

type Pod = KindMap['Pod'];

/**
 * Why a kubelet will not run a pod that somebody put on its node past the scheduler; null where it will. The predicates
 * and their words: kubernetes/pkg/kubelet/lifecycle/predicate.go.
 */
export function misfit(store: ObjectStore, pod: Pod): { readonly reason: string; readonly message: string } | null {
  const node = store.get('Node', '', pod.spec?.nodeName ?? '');
  if (node === undefined) return null;
  const failed = (predicate: string, words: string): { reason: string; message: string } => ({ reason: predicate, message: `Pod was rejected: Predicate ${predicate} failed: ${words}` });
  if (!matchesNode(pod, node)) return failed('NodeAffinity', "node(s) didn't match Pod's node affinity/selector");
  const request = podRequest(pod);
  const held = new Map<string, number>();
  const used = { cpu: 0, memory: 0 };
  for (const other of store.podsOnNode(node.metadata.name)) {
    if (other.metadata.uid === pod.metadata.uid || other.status?.phase === 'Succeeded' || other.status?.phase === 'Failed') continue;
    const its = podRequest(other);
    used.cpu += its.cpuMillis;
    used.memory += its.memoryBytes;
    for (const name of its.others?.keys() ?? []) if (name.startsWith('port/')) held.set(name, 1);
  }
  for (const name of request.others?.keys() ?? []) if (name.startsWith('port/') && isHeld(held, name)) return failed('NodePorts', "node(s) didn't have free ports for the requested pod ports");
  const { cpu, memory } = node.status?.allocatable ?? node.status?.capacity ?? {};
  return short('cpu', request.cpuMillis, used.cpu, cpu === undefined ? Infinity : cpuMillis(cpu)) ?? short('memory', request.memoryBytes, used.memory, memory === undefined ? Infinity : quantityBytes(memory));
}

function short(resource: string, requested: number, used: number, capacity: number): { readonly reason: string; readonly message: string } | null {
  if (requested === 0 || used + requested <= capacity) return null;
  return { reason: `OutOf${resource}`, message: `Pod was rejected: Node didn't have enough resource: ${resource}, requested: ${requested}, used: ${used}, capacity: ${capacity}` };
}
