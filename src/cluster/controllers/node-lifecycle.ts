import { runAfter } from '../agenda-entry.ts';
import type { ClusterContext } from '../context.ts';
import { refOf, requestDeletion } from '../deletion.ts';
import { withLife } from '../kubelet/node-status.ts';
import type { KindMap } from '../objects.ts';

/** Marks nodes whose kubelet fell silent, evicts what ran there, and clears up after nodes that were removed. */
export class NodeLifecycle {
  readonly #cluster: ClusterContext;
  /** Tickets of what is to come for silent nodes, by their names. */
  readonly #pending = new Map<string, number>();

  constructor(cluster: ClusterContext) {
    this.#cluster = cluster;
  }

  /** Follows the store from now on. */
  start(): void {
    this.#cluster.store.watchKind('Node', (type, node) => {
      if (type === 'DELETED') runAfter(this.#cluster.agenda, ORPHANED_MS, () => this.#removePods(node.metadata.name));
    });
  }

  /** The node's kubelet posts no status any more: after 40 s it counts as lost, five minutes later its pods are evicted. */
  fellSilent(name: string): void {
    if (this.#pending.has(name)) return;
    this.#pending.set(name, runAfter(this.#cluster.agenda, GRACE_MS, () => this.#markLost(name)));
  }

  /** The node's kubelet posts its status again. */
  cameBack(name: string): void {
    const ticket = this.#pending.get(name);
    if (ticket !== undefined) this.#cluster.agenda.cancel(ticket);
    this.#pending.delete(name);
    const { store, clock, events } = this.#cluster;
    const node = store.get('Node', '', name);
    if (node === undefined || readiness(node) === 'True') return;
    const ready = store.update(withLife(node, true, clock.now()));
    events.record(ready, 'Normal', 'NodeReady', `Node ${name} status is now: NodeReady`, { component: 'kubelet', host: name });
  }

  #markLost(name: string): void {
    const { store, clock, events, agenda } = this.#cluster;
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
    this.#pending.set(name, runAfter(agenda, TOLERATED_MS, () => this.#evict(name)));
  }

  #evict(name: string): void {
    const { store, clock, events } = this.#cluster;
    for (const pod of Array.from(store.podsOnNode(name))) {
      if (pod.metadata.deletionTimestamp !== undefined) continue;
      events.record(pod, 'Normal', 'TaintManagerEviction', `Marking for deletion Pod ${pod.metadata.namespace ?? ''}/${pod.metadata.name}`, { component: 'taint-eviction-controller' });
      requestDeletion(store, clock, pod, null);
    }
  }

  #removePods(name: string): void {
    const { store } = this.#cluster;
    if (store.get('Node', '', name) !== undefined) return;
    for (const pod of Array.from(store.podsOnNode(name))) store.remove(refOf(pod));
  }
}

const SOURCE = { component: 'node-controller' };
/** `--node-monitor-grace-period`, and the tolerations of `unreachable` that admission gives every pod. */
const GRACE_MS = 40_000;
const TOLERATED_MS = 300_000;
const ORPHANED_MS = 40_000;

function readiness(node: KindMap['Node']): string | undefined {
  return node.status?.conditions?.find(({ type }) => type === 'Ready')?.status;
}
