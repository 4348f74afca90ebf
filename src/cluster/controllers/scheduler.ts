import { Die } from '../../time/dice.ts';
import { runAfter } from '../agenda-entry.ts';
import type { ClusterContext } from '../context.ts';
import type { KindMap } from '../objects.ts';
import { cpuMillis, quantityBytes } from '../quantity.ts';
import { WorkQueue } from '../work-queue.ts';
import { requestDeletion } from '../deletion.ts';
import { controllerOf } from '../pods.ts';
import { nodePreference } from './node-affinity.ts';
import { minds, Neighbours } from './pod-affinity.ts';
import { chooseVictims } from './preemption.ts';
import { filterNode, failureMessage, hopeless, podRequest, tolerates, type FilterReason, type NodeLoad, type PodRequest } from './scheduling-filters.ts';
import { claimsProblem, SELECTED_NODE, unboundClaims, volumesProblem } from './scheduling-volumes.ts';

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
  /** Bound pods that want others kept away, by uid. */
  readonly #repelling = new Set<string>();
  /** Unbound pods for which room is being made on a node, by uid. */
  readonly #nominees = new Set<string>();
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
      } else if (type === 'ADDED' || ungated(pod, previous)) this.#queue.mark(uid);
    });
    store.watchKind('PersistentVolumeClaim', () => this.#retry());
    store.watchKind('PersistentVolume', () => this.#retry());
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
      others: load?.others ?? new Map<string, number>(),
      byOwner: load?.byOwner ?? new Map<string, number>(),
    });
  }

  #take(pod: Pod): void {
    const node = pod.spec?.nodeName as string;
    const request = podRequest(pod);
    const owner = controllerOf(pod)?.uid ?? '';
    this.#bound.set(pod.metadata.uid as string, { node, request, owner });
    this.#unschedulable.delete(pod.metadata.uid as string);
    this.#nominees.delete(pod.metadata.uid as string);
    this.#charge(node, request, owner, 1);
    if (pod.spec?.affinity?.podAntiAffinity !== undefined) this.#repelling.add(pod.metadata.uid as string);
  }

  #release(uid: string): void {
    this.#unschedulable.delete(uid);
    this.#nominees.delete(uid);
    this.#repelling.delete(uid);
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
    if (request.others !== null) for (const [name, amount] of request.others) load.others.set(name, (load.others.get(name) ?? 0) + by * amount);
    load.byOwner.set(owner, (load.byOwner.get(owner) ?? 0) + by);
  }

  /** Tries again what found no node, after the pods' back-off: room that appears bit by bit is looked at once a second. */
  #retry(): void {
    if (this.#retrying || this.#unschedulable.size === 0) return;
    this.#retrying = true;
    runAfter(this.#cluster.agenda, RETRY_DELAY_MS, () => {
      this.#retrying = false;
      for (const uid of this.#byPriority()) this.#queue.mark(uid);
    });
  }

  /** What waits: higher priorities first, those alike in the order in which they came. */
  #byPriority(): string[] {
    const waiting = [...this.#unschedulable].map((uid, at) => ({ uid, at, priority: this.#priorityOf(uid) }));
    return waiting.sort((left, right) => right.priority - left.priority || left.at - right.at).map(({ uid }) => uid);
  }

  #priorityOf(uid: string): number {
    const pod = this.#cluster.store.byUid(uid);
    return pod?.kind === 'Pod' ? (pod.spec?.priority ?? 0) : 0;
  }

  #schedule(uid: string): void {
    const { store } = this.#cluster;
    const pod = store.byUid(uid);
    if (pod?.kind !== 'Pod' || pod.spec?.nodeName !== undefined || pod.metadata.deletionTimestamp !== undefined) return;
    if ((pod.spec?.schedulingGates ?? []).length > 0) return this.#gate(pod);
    if (pod.spec?.schedulerName !== undefined && pod.spec.schedulerName !== 'default-scheduler') return;
    const unbound = pod.spec?.volumes === undefined ? null : claimsProblem(store, pod);
    if (unbound !== null) return this.#refuse(pod, `0/${this.#nodes.size} nodes are available: ${unbound}. preemption: ${hopeless(this.#nodes.size, 0)}`);
    const request = podRequest(pod);
    const neighbours = minds(pod) || this.#repelling.size > 0 ? new Neighbours(pod, store, this.#repelling) : null;
    const { best, failures, candidates } = this.#choose(pod, request, neighbours);
    if (best !== null) return this.#place(pod, best);
    if (pod.spec?.preemptionPolicy === 'Never') return this.#refuse(pod, failureMessage(this.#nodes.size, failures, 'not eligible due to preemptionPolicy=Never.'));
    const evicting = this.#preempt(pod, request, candidates);
    this.#refuse(pod, failureMessage(this.#nodes.size, failures, evicting ? null : undefined));
  }

  /** The best node for a pod; where none will do, why, and on which of them evicting others might help. */
  #choose(pod: Pod, request: PodRequest, neighbours: Neighbours | null): Choice {
    const failures = new Map<string, { count: number; preemptible: boolean }>();
    const candidates: NodeLoad[] = [];
    let best: { name: string; score: number } | null = null;
    const owner = controllerOf(pod)?.uid ?? '';
    for (const [name, load] of this.#nodes) {
      const reasons = this.#reasonsAgainst(load, pod, request, neighbours);
      for (const { text, preemptible } of reasons) {
        const seen = failures.get(text);
        failures.set(text, { count: (seen?.count ?? 0) + 1, preemptible });
      }
      if (reasons.length > 0) {
        if (reasons.every(({ preemptible }) => preemptible)) candidates.push(load);
        continue;
      }
      const liking = (neighbours?.preference(load.node) ?? 0) + 2 * nodePreference(pod, load.node) - disliked(load.node, pod);
      const score = scoreOf(load, request, owner) + liking + this.#die.fraction() * 0.01;
      if (best === null || score > best.score) best = { name, score };
    }
    return { best: best?.name ?? null, failures, candidates };
  }

  #reasonsAgainst(load: NodeLoad, pod: Pod, request: PodRequest, neighbours: Neighbours | null): FilterReason[] {
    const reasons = filterNode(this.#nominees.size === 0 ? load : this.#withNominees(load, pod), pod, request);
    if (reasons.length > 0) return reasons;
    const volumes = pod.spec?.volumes === undefined ? null : volumesProblem(this.#cluster.store, pod, load.node);
    if (volumes !== null) return [{ text: volumes, preemptible: false }];
    const problem = neighbours?.problem(load.node) ?? null;
    return problem === null ? [] : [problem];
  }

  /** A node as it is when the pods have come for which room is being made there, of those that matter as much as this one. */
  #withNominees(load: NodeLoad, pod: Pod): NodeLoad {
    const used = { ...load.used };
    const others = new Map(load.others);
    for (const uid of this.#nominees) {
      const nominee = this.#cluster.store.byUid(uid);
      const counts = nominee?.kind === 'Pod' && nominee.status?.nominatedNodeName === load.node.metadata.name && uid !== pod.metadata.uid && (nominee.spec?.priority ?? 0) >= (pod.spec?.priority ?? 0);
      if (!counts) continue;
      const request = podRequest(nominee);
      used.cpuMillis += request.cpuMillis;
      used.memoryBytes += request.memoryBytes;
      used.pods++;
      for (const [name, amount] of request.others ?? []) others.set(name, (others.get(name) ?? 0) + amount);
    }
    return { ...load, used, others };
  }

  /** Makes room by evicting pods of less priority; false where that is impossible or under way. */
  #preempt(pod: Pod, request: PodRequest, candidates: readonly NodeLoad[]): boolean {
    const { store, clock, events } = this.#cluster;
    const nominated = pod.status?.nominatedNodeName;
    const dying = nominated === undefined ? [] : [...store.podsOnNode(nominated)].filter((other) => other.metadata.deletionTimestamp !== undefined && (other.spec?.priority ?? 0) < (pod.spec?.priority ?? 0));
    if (dying.length > 0) return true;
    const chosen = chooseVictims(store, pod, request, candidates, this.#repelling);
    if (chosen === null) return false;
    for (const victim of chosen.victims) {
      events.record(victim, 'Normal', 'Preempted', `Preempted by pod ${pod.metadata.uid ?? ''} on node ${chosen.node}`, SOURCE);
      const message = 'default-scheduler: preempting to accommodate a higher priority pod';
      const condition = { type: 'DisruptionTarget', status: 'True', reason: 'PreemptionByScheduler', message, lastTransitionTime: clock.now() };
      requestDeletion(store, clock, store.update<Pod>({ ...victim, status: { ...victim.status, conditions: [...(victim.status?.conditions ?? []), condition] } }), null);
    }
    const fresh = store.byUid(pod.metadata.uid as string) as Pod;
    this.#nominees.add(fresh.metadata.uid as string);
    store.update<Pod>({ ...fresh, status: { ...fresh.status, nominatedNodeName: chosen.node } });
    return true;
  }

  /** Claims that wait for their first pod learn its node; the pod follows when they are bound. */
  #place(pod: Pod, node: string): void {
    const { store } = this.#cluster;
    const waiting = pod.spec?.volumes === undefined ? [] : unboundClaims(store, pod);
    if (waiting.length === 0) return this.#bind(pod, node);
    this.#unschedulable.add(pod.metadata.uid as string);
    for (const claim of waiting) {
      if (claim.metadata.annotations?.[SELECTED_NODE] === node) continue;
      store.update({ ...claim, metadata: { ...claim.metadata, annotations: { ...claim.metadata.annotations, [SELECTED_NODE]: node } } });
    }
  }

  #gate(pod: Pod): void {
    const { store } = this.#cluster;
    const message = 'Scheduling is blocked due to non-empty scheduling gates';
    if (pod.status?.conditions?.[0]?.message === message) return;
    store.update({ ...pod, status: { ...pod.status, conditions: [{ type: 'PodScheduled', status: 'False', reason: 'SchedulingGated', message }] } });
  }

  #bind(pod: Pod, node: string): void {
    const { store, clock, events } = this.#cluster;
    const scheduled = { type: 'PodScheduled', status: 'True', lastTransitionTime: clock.now() };
    const { nominatedNodeName: _nominated, ...status } = pod.status ?? {};
    const bound = store.update({
      ...pod,
      spec: { ...pod.spec, containers: pod.spec?.containers ?? [], nodeName: node },
      status: { ...status, conditions: [scheduled] },
    });
    const where = `${pod.metadata.namespace ?? ''}/${pod.metadata.name}`;
    events.record(bound, 'Normal', 'Scheduled', `Successfully assigned ${where} to ${node}`, SOURCE);
  }

  #refuse(stale: Pod, message: string): void {
    const { store, clock, events } = this.#cluster;
    const pod = store.byUid(stale.metadata.uid as string) as Pod;
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

interface Choice {
  readonly best: string | null;
  readonly failures: ReadonlyMap<string, { count: number; preemptible: boolean }>;
  readonly candidates: readonly NodeLoad[];
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

/** What taints that only ask to stay away take from a node. */
function disliked(node: Node, pod: Pod): number {
  let count = 0;
  for (const taint of node.spec?.taints ?? []) {
    if (taint.effect === 'PreferNoSchedule' && !(pod.spec?.tolerations ?? []).some((toleration) => tolerates(toleration, taint))) count++;
  }
  return count * 3;
}

/** Whether the last gate of a pod was just taken away. */
function ungated(pod: Pod, previous: Pod | null): boolean {
  return (previous?.spec?.schedulingGates ?? []).length > 0 && (pod.spec?.schedulingGates ?? []).length === 0;
}
