import { budgetSelects } from '../labels.ts';
import type { KindMap } from '../objects.ts';
import type { ObjectStore } from '../store.ts';
import { Neighbours, minds } from './pod-affinity.ts';
import { filterNode, podRequest, type NodeLoad, type PodRequest } from './scheduling-filters.ts';

type Pod = KindMap['Pod'];

/**
 * Whom to evict for a pod that found no room: on each node as few as will do, of less priority than the pod, the most
 * important kept, those whose disruption budgets allow none to go before others; the node whose victims break the fewest
 * budgets and matter least. Null where no node helps.
 * Source: https://kubernetes.io/docs/concepts/scheduling-eviction/pod-priority-preemption/
 */
export function chooseVictims(store: ObjectStore, pod: Pod, request: PodRequest, candidates: readonly NodeLoad[], repelling: ReadonlySet<string>): { node: string; victims: readonly Pod[] } | null {
  let best: { node: string; victims: readonly Pod[]; rank: readonly number[] } | null = null;
  for (const load of candidates) {
    const victims = victimsOn(store, pod, request, load, repelling);
    if (victims === null) continue;
    const rank = [violations(store, victims), Math.max(...victims.map(priorityOf)), victims.reduce((sum, victim) => sum + priorityOf(victim), 0), victims.length];
    if (best === null || lower(rank, best.rank)) best = { node: load.node.metadata.name, victims, rank };
  }
  return best;
}

function victimsOn(store: ObjectStore, pod: Pod, request: PodRequest, load: NodeLoad, repelling: ReadonlySet<string>): Pod[] | null {
  const lesser = [...store.podsOnNode(load.node.metadata.name)].filter((other) => !ended(other) && priorityOf(other) < priorityOf(pod));
  if (lesser.length === 0) return null;
  // The most important first, of those alike the oldest.
  lesser.sort((left, right) => priorityOf(right) - priorityOf(left) || ((left.metadata.creationTimestamp ?? '') < (right.metadata.creationTimestamp ?? '') ? -1 : 1));
  const fits = (gone: readonly Pod[]): boolean => {
    if (filterNode(without(load, gone), pod, request).length > 0) return false;
    const uids = new Set(gone.map(({ metadata }) => metadata.uid as string));
    return (!minds(pod) && repelling.size === 0) || new Neighbours(pod, store, repelling, uids).problem(load.node) === null;
  };
  if (!fits(lesser)) return null;
  let victims: readonly Pod[] = lesser;
  const guarded = lesser.filter((other) => violations(store, [other]) > 0);
  for (const spared of [...guarded, ...lesser.filter((other) => !guarded.includes(other))]) {
    const others = victims.filter((other) => other !== spared);
    if (fits(others)) victims = others;
  }
  return victims.length === 0 ? null : [...victims];
}

/** How many of the pods would go against a disruption budget if they all went. */
function violations(store: ObjectStore, pods: readonly Pod[]): number {
  const left = new Map<string, number>();
  let broken = 0;
  for (const { metadata } of pods) {
    const budgets = store.list('PodDisruptionBudget', metadata.namespace ?? '').filter(({ spec }) => budgetSelects(spec?.selector, metadata.labels));
    let breaks = false;
    for (const { metadata: { uid = '' }, status } of budgets) {
      const allowed = (left.get(uid) ?? status?.disruptionsAllowed ?? 0) - 1;
      left.set(uid, allowed);
      breaks ||= allowed < 0;
    }
    if (breaks) broken++;
  }
  return broken;
}

function without(load: NodeLoad, gone: readonly Pod[]): NodeLoad {
  const used = { ...load.used };
  const others = new Map(load.others);
  for (const pod of gone) {
    const request = podRequest(pod);
    used.cpuMillis -= request.cpuMillis;
    used.memoryBytes -= request.memoryBytes;
    used.pods--;
    for (const [name, amount] of request.others ?? []) others.set(name, (others.get(name) ?? 0) - amount);
  }
  return { ...load, used, others };
}

function priorityOf(pod: Pod): number {
  return pod.spec?.priority ?? 0;
}

function ended(pod: Pod): boolean {
  return pod.status?.phase === 'Succeeded' || pod.status?.phase === 'Failed';
}

function lower(left: readonly number[], right: readonly number[]): boolean {
  for (let at = 0; at < left.length; at++) {
    if (left[at] !== right[at]) return (left[at] as number) < (right[at] as number);
  }
  return false;
}
