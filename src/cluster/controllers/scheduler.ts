import { Die } from '../../time/dice.ts';
import { runAfter } from '../agenda-entry.ts';
import type { ClusterContext } from '../context.ts';
import type { KindMap } from '../objects.ts';
import { cpuMillis, quantityBytes } from '../quantity.ts';
import { WorkQueue } from '../work-queue.ts';
import { controllerOf } from '../pods.ts';
import { filterNode, failureMessage, podRequest, type NodeLoad, type PodRequest } from './scheduling-filters.ts';

type Pod = KindMap['Pod'];
type Node = KindMap['Node'];

/** Gives each pod a node with room, and says what is in the way where there is none. */
export class Scheduler {
  readonly #cluster: ClusterContext;
  readonly #queue: WorkQueue;
  readonly #die: Die;
  readonly #nodes = new Map<string, NodeLoad>();
  /** What each bound pod takes, by uid, so that it can be given back. */
  readonly #bound = new Map<string, { node: string; request: PodRequest; owner: string }>();
  /** Pods that found no node, by uid: they are tried again when a node or a pod changes. */
  readonly #unschedulable = new Set<string>();
  #retrying = false;

  constructor(cluster: ClusterContext) {
    this.#cluster = cluster;
    this.#die = new Die(cluster.seed, 'cluster/scheduler');
    this.#queue = new WorkQueue(cluster.agenda, SCHEDULE_DELAY_MS, (uid) => this.#schedule(uid));
  }

  /** Follows the store from now on. */
  start(): void {
    const { store } = this.#cluster;
    store.watchKind('Node', (type, node, previous) => {
      if (type === 'DELETED') this.#nodes.delete(node.metadata.name);
      else this.#noteNode(node);
      if (previous === null || previous.spec !== node.spec || previous.status !== node.status || previous.metadata.labels !== node.metadata.labels) this.#retry();
    });
    store.watchKind('Pod', (type, pod, previous) => {
      const uid = pod.metadata.uid as string;
      const ended = type === 'DELETED' || pod.status?.phase === 'Succeeded' || pod.status?.phase === 'Failed';
      if (ended) this.#release(uid);
      else if (pod.spec?.nodeName !== undefined) {
        if (previous?.spec?.nodeName === undefined) this.#take(pod);
      } else if (type === 'ADDED') this.#queue.mark(uid);
    });
  }

  #noteNode(node: Node): void {
    const name = node.metadata.name;
    const allocatable = node.status?.allocatable ?? node.status?.capacity ?? {};
    const load = this.#nodes.get(name);
    this.#nodes.set(name, {
      node,
      cpuMillis: cpuMillis(allocatable['cpu']),
      memoryBytes: quantityBytes(allocatable['memory']),
      pods: quantityBytes(allocatable['pods'] ?? '110'),
      used: load?.used ?? { cpuMillis: 0, memoryBytes: 0, pods: 0 },
      byOwner: load?.byOwner ?? new Map<string, number>(),
    });
  }

  #take(pod: Pod): void {
    const node = pod.spec?.nodeName as string;
    const request = podRequest(pod);
    const owner = controllerOf(pod)?.uid ?? '';
    this.#bound.set(pod.metadata.uid as string, { node, request, owner });
    this.#unschedulable.delete(pod.metadata.uid as string);
    this.#charge(node, request, owner, 1);
  }

  #release(uid: string): void {
    this.#unschedulable.delete(uid);
    const bound = this.#bound.get(uid);
    if (bound === undefined) return;
    this.#bound.delete(uid);
    this.#charge(bound.node, bound.request, bound.owner, -1);
    this.#retry();
  }

  #charge(node: string, request: PodRequest, owner: string, by: 1 | -1): void {
    const load = this.#nodes.get(node);
    if (load === undefined) return;
    load.used.cpuMillis += by * request.cpuMillis;
    load.used.memoryBytes += by * request.memoryBytes;
    load.used.pods += by;
    load.byOwner.set(owner, (load.byOwner.get(owner) ?? 0) + by);
  }

  /** Tries again what found no node, after the pods' back-off: room that appears bit by bit is looked at once a second. */
  #retry(): void {
    if (this.#retrying || this.#unschedulable.size === 0) return;
    this.#retrying = true;
    runAfter(this.#cluster.agenda, RETRY_DELAY_MS, () => {
      this.#retrying = false;
      for (const uid of this.#unschedulable) this.#queue.mark(uid);
    });
  }

  #schedule(uid: string): void {
    const { store } = this.#cluster;
    const pod = store.byUid(uid);
    if (pod?.kind !== 'Pod' || pod.spec?.nodeName !== undefined || pod.metadata.deletionTimestamp !== undefined) return;
    const request = podRequest(pod);
    const failures = new Map<string, { count: number; preemptible: boolean }>();
    let best: { name: string; score: number } | null = null;
    const owner = controllerOf(pod)?.uid ?? '';
    for (const [name, load] of this.#nodes) {
      const reasons = filterNode(load, pod, request);
      for (const { text, preemptible } of reasons) {
        const seen = failures.get(text);
        failures.set(text, { count: (seen?.count ?? 0) + 1, preemptible });
      }
      if (reasons.length > 0) continue;
      const score = scoreOf(load, request, owner) + this.#die.fraction() * 0.01;
      if (best === null || score > best.score) best = { name, score };
    }
    if (best === null) this.#refuse(pod, failureMessage(this.#nodes.size, failures));
    else this.#bind(pod, best.name);
  }

  #bind(pod: Pod, node: string): void {
    const { store, clock, events } = this.#cluster;
    const scheduled = { type: 'PodScheduled', status: 'True', lastTransitionTime: clock.now() };
    const bound = store.update({
      ...pod,
      spec: { ...pod.spec, containers: pod.spec?.containers ?? [], nodeName: node },
      status: { ...pod.status, conditions: [scheduled] },
    });
    const where = `${pod.metadata.namespace ?? ''}/${pod.metadata.name}`;
    events.record(bound, 'Normal', 'Scheduled', `Successfully assigned ${where} to ${node}`, SOURCE);
  }

  #refuse(pod: Pod, message: string): void {
    const { store, clock, events } = this.#cluster;
    this.#unschedulable.add(pod.metadata.uid as string);
    const [condition] = pod.status?.conditions ?? [];
    if (condition?.message !== message) {
      const lastTransitionTime = condition?.lastTransitionTime ?? clock.now();
      const refused = { type: 'PodScheduled', status: 'False', reason: 'Unschedulable', message, lastTransitionTime };
      store.update({ ...pod, status: { ...pod.status, conditions: [refused] } });
    }
    events.record(pod, 'Warning', 'FailedScheduling', message, SOURCE);
  }
}

const SOURCE = { component: 'default-scheduler' };
const SCHEDULE_DELAY_MS = 6;
const RETRY_DELAY_MS = 1000;

/** Higher is better: room left, and few pods of the same owner. In the manner of the default plugins' weights. */
function scoreOf(load: NodeLoad, request: PodRequest, owner: string): number {
  const cpu = load.cpuMillis === 0 ? 1 : (load.used.cpuMillis + Math.max(100, request.cpuMillis)) / load.cpuMillis;
  const memory = load.memoryBytes === 0 ? 1 : (load.used.memoryBytes + Math.max(209_715_200, request.memoryBytes)) / load.memoryBytes;
  const siblings = load.byOwner.get(owner) ?? 0;
  return 1 - (cpu + memory) / 2 + 2 / (1 + siblings);
}
