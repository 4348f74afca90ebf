import type { Taint } from 'kubernetes-types/core/v1';
import { runAfter } from '../agenda-entry.ts';
import type { ClusterContext } from '../context.ts';
import { refOf, releasePod, requestDeletion } from '../deletion.ts';
import { sayStarted } from '../kubelet/start-events.ts';
import { withLife } from '../kubelet/node-status.ts';
import { leaseOf, NODE_LEASES, noteLife } from '../node-leases.ts';
import type { KindMap } from '../objects.ts';
import { WorkQueue } from '../work-queue.ts';
import { withConditionTaints } from './node-taints.ts';
import { tolerates } from './scheduling-filters.ts';

type Node = KindMap['Node'];
type Pod = KindMap['Pod'];

/** Marks nodes whose kubelet fell silent, evicts what ran there, and clears up after nodes that were removed. */
export class NodeLifecycle {
  readonly #cluster: ClusterContext;
  /** Tickets of what is to come for silent nodes, by their names. */
  readonly #pending = new Map<string, number>();
  /** Names of nodes whose conditions may call for other taints. */
  readonly #conditions: WorkQueue;

  constructor(cluster: ClusterContext) {
    this.#cluster = cluster;
    this.#conditions = new WorkQueue(cluster.agenda, CONDITIONS_MS, (name) => this.#taint(name));
  }

  /** Follows the store from now on. */
  start(): void {
    this.#cluster.store.watchKind('Node', (type, node, previous) => {
      if (type === 'ADDED') runAfter(this.#cluster.agenda, LEASE_MS, () => this.#lease(node.metadata.name));
      if (type === 'MODIFIED' && (previous?.status?.conditions !== node.status?.conditions || previous?.spec !== node.spec)) this.#conditions.mark(node.metadata.name);
      if (type === 'DELETED') runAfter(this.#cluster.agenda, ORPHANED_MS, () => this.#removePods(node.metadata.name));
      else if (noExecute(node).length > 0 && previous?.spec?.taints !== node.spec?.taints) {
        for (const pod of this.#cluster.store.podsOnNode(node.metadata.name)) this.#endure(pod, node);
      }
    });
    this.#cluster.store.watchKind('Pod', (type, pod, previous) => {
      const placed = type !== 'DELETED' && pod.spec?.nodeName !== undefined && previous?.spec?.nodeName === undefined;
      const node = placed ? this.#cluster.store.get('Node', '', pod.spec?.nodeName ?? '') : undefined;
      if (node?.spec?.taints !== undefined) this.#endure(pod, node);
    });
  }

  /** A pod on a node with `NoExecute` taints is evicted when it has borne them as long as it would, if they are there still. */
  #endure(pod: Pod, node: Node): void {
    const seconds = enduranceSeconds(pod, node);
    if (seconds === Infinity) return;
    runAfter(this.#cluster.agenda, Math.max(TAINT_NOTICE_MS, seconds * 1000), () => {
      const now = this.#cluster.store.get('Node', '', node.metadata.name);
      const there = this.#cluster.store.byUid(pod.metadata.uid as string);
      if (now === undefined || there?.kind !== 'Pod' || there.metadata.deletionTimestamp !== undefined) return;
      if (noExecute(now).some((taint) => noExecute(node).some(({ key, timeAdded }) => key === taint.key && timeAdded === taint.timeAdded)) && enduranceSeconds(there, now) <= seconds) this.#evict(there);
    });
  }

  #lease(name: string): void {
    const { store } = this.#cluster;
    const node = store.get('Node', '', name);
    if (node !== undefined && store.get('Namespace', '', NODE_LEASES) !== undefined && store.get('Lease', NODE_LEASES, name) === undefined) store.create(leaseOf(node));
  }

  #taint(name: string): void {
    const { store, clock, agenda } = this.#cluster;
    const node = store.get('Node', '', name);
    if (node === undefined) return;
    const tainted = withConditionTaints(node, clock.now());
    if (tainted !== node) store.update(tainted);
    if (isOutOfService(node)) runAfter(agenda, OUT_OF_SERVICE_MS, () => this.#removeTerminating(name));
  }

  /** Of a node that people say is out of service for good, nobody waits for pods that are to go. */
  #removeTerminating(name: string): void {
    const { store } = this.#cluster;
    const node = store.get('Node', '', name);
    if (node === undefined || !isOutOfService(node)) return;
    for (const pod of Array.from(store.podsOnNode(name))) if (pod.metadata.deletionTimestamp !== undefined) releasePod(store, pod);
  }

  /** The node's kubelet posts no status any more: after 40 s it counts as lost, five minutes later its pods are evicted. */
  fellSilent(name: string): void {
    if (this.#pending.has(name)) return;
    noteLife(this.#cluster.store, this.#cluster.clock, name, false);
    this.#pending.set(name, runAfter(this.#cluster.agenda, GRACE_MS, () => this.#markLost(name)));
  }

  /** The node's kubelet posts its status again. */
  cameBack(name: string): void {
    const ticket = this.#pending.get(name);
    if (ticket !== undefined) this.#cluster.agenda.cancel(ticket);
    this.#pending.delete(name);
    const { store, clock, events } = this.#cluster;
    noteLife(store, clock, name, true);
    const node = store.get('Node', '', name);
    if (node === undefined || readiness(node) === 'True') return;
    const ready = store.update(withLife(node, true, clock.now()));
    sayStarted(events, ready);
    events.record(ready, 'Normal', 'NodeReady', `Node ${name} status is now: NodeReady`, { component: 'kubelet', host: name });
  }

  #markLost(name: string): void {
    const { store, clock, events } = this.#cluster;
    const node = store.get('Node', '', name);
    if (node === undefined) return;
    const lost = store.update(withLife(node, false, clock.now()));
    events.record(lost, 'Normal', 'NodeNotReady', `Node ${name} status is now: NodeNotReady`, SOURCE);
    for (const pod of Array.from(store.podsOnNode(name))) {
      const conditions = (pod.status?.conditions ?? []).map((condition) =>
        condition.type === 'Ready' && condition.status === 'True' ? Object.assign({}, condition, { status: 'False', lastTransitionTime: clock.now() }) : condition,
      );
      events.record(store.update({ ...pod, status: { ...pod.status, conditions } }), 'Warning', 'NodeNotReady', 'Node is not ready', SOURCE);
    }
    this.#pending.delete(name);
  }

  #evict(pod: Pod): void {
    const { store, clock, events } = this.#cluster;
    events.record(pod, 'Normal', 'TaintManagerEviction', `Marking for deletion Pod ${pod.metadata.namespace ?? ''}/${pod.metadata.name}`, { component: 'taint-eviction-controller' });
    const condition = { type: 'DisruptionTarget', status: 'True', reason: 'DeletionByTaintManager', message: 'Taint manager: deleting due to NoExecute taint', lastTransitionTime: clock.now() };
    const marked = store.update<Pod>({ ...pod, status: { ...pod.status, conditions: [...(pod.status?.conditions ?? []), condition] } });
    requestDeletion(store, clock, marked, null);
  }

  #removePods(name: string): void {
    const { store } = this.#cluster;
    if (store.get('Node', '', name) !== undefined) return;
    for (const pod of Array.from(store.podsOnNode(name))) store.remove(refOf(pod));
  }
}

const SOURCE = { component: 'node-controller' };
/** `--node-monitor-grace-period`. */
const GRACE_MS = 40_000;
const TAINT_NOTICE_MS = 10;
const ORPHANED_MS = 40_000;
const LEASE_MS = 3;
const CONDITIONS_MS = 5;
/** How often the collector of pods looks. */
const OUT_OF_SERVICE_MS = 20_000;

function isOutOfService(node: Node): boolean {
  return readiness(node) !== 'True' && (node.spec?.taints ?? []).some(({ key }) => key === 'node.kubernetes.io/out-of-service');
}

function readiness(node: KindMap['Node']): string | undefined {
  return node.status?.conditions?.find(({ type }) => type === 'Ready')?.status;
}

function noExecute(node: Node): readonly Taint[] {
  return (node.spec?.taints ?? []).filter(({ effect }) => effect === 'NoExecute');
}

/** How long a pod bears its node's `NoExecute` taints: 0 where it does not bear one, Infinity where it bears all for good. */
function enduranceSeconds(pod: Pod, node: Node): number {
  let least = Infinity;
  for (const taint of noExecute(node)) {
    const bearing = (pod.spec?.tolerations ?? []).filter((toleration) => tolerates(toleration, taint));
    if (bearing.length === 0) return 0;
    for (const { tolerationSeconds } of bearing) if (tolerationSeconds !== undefined) least = Math.min(least, Math.max(0, tolerationSeconds));
  }
  return least;
}
