import { runAfter } from '../agenda-entry.ts';
import type { ClusterContext } from '../context.ts';
import { releasePod } from '../deletion.ts';
import type { KindMap, Ref } from '../objects.ts';
import type { ContainerRuntime } from '../runtime.ts';
import { misfit } from './node-fit.ts';
import { registeredNode } from './node-status.ts';
import type { Host } from './pod-scope.ts';
import { PodWorker } from './pod-worker.ts';

type Pod = KindMap['Pod'];

/** Who is told of a kubelet that falls silent, and of one that speaks again. */
interface NodeMonitor {
  fellSilent(node: string): void;
  cameBack(node: string): void;
}

/** The kubelets of all nodes: they run what was assigned to them. */
export class Kubelet {
  readonly #cluster: ClusterContext;
  readonly #runtime: ContainerRuntime;
  readonly #workers = new Map<string, PodWorker>();
  readonly #hosts = new Map<string, NodeHost>();
  readonly #monitor: NodeMonitor;

  constructor(cluster: ClusterContext, runtime: ContainerRuntime, monitor: NodeMonitor) {
    this.#monitor = monitor;
    this.#cluster = cluster;
    this.#runtime = runtime;
    cluster.store.watchKind('Node', (type, node) => {
      if (type === 'ADDED') runAfter(cluster.agenda, REGISTER_MS, () => this.#register(node.metadata.name));
    });
    cluster.store.watchKind('Pod', (type, pod, previous) => {
      if (type === 'DELETED') this.#abandon(pod);
      else if (pod.spec?.nodeName !== undefined) this.#podChanged(pod, previous);
    });
  }

  /** Ends a container's process, as the kernel does; false where it does not run. */
  killContainer(ref: Ref, container: string, reason: string, exitCode: number): boolean {
    const pod = this.#cluster.store.get('Pod', ref.namespace, ref.name);
    return this.#workers.get(pod?.metadata.uid ?? '')?.kill(container, reason, exitCode) ?? false;
  }

  /** A node loses its power: everything on it ends, unannounced. False where it had none or there is no such node. */
  failNode(name: string): boolean {
    const { store } = this.#cluster;
    const host = this.#hostOf(name);
    if (host.failed || store.get('Node', '', name) === undefined) return false;
    host.failed = true;
    for (const pod of store.podsOnNode(name)) this.#abandon(pod);
    this.#monitor.fellSilent(name);
    return true;
  }

  /** A node that failed is up again: what was assigned to it starts anew, what was to be deleted is gone. */
  recoverNode(name: string): boolean {
    const { store } = this.#cluster;
    const host = this.#hostOf(name);
    if (!host.failed) return false;
    host.failed = false;
    this.#monitor.cameBack(name);
    for (const pod of Array.from(store.podsOnNode(name))) {
      if (pod.metadata.deletionTimestamp === undefined) this.#run(pod);
      else releasePod(store, pod);
    }
    return true;
  }

  /** The runtime calls this when a pod may answer its probes otherwise than before; they are asked at their next turn. */
  healthChanged(podUid: string): void {
    this.#workers.get(podUid)?.healthChanged();
  }

  #podChanged(pod: Pod, previous: Pod | null): void {
    const uid = pod.metadata.uid as string;
    if (this.#hostOf(pod.spec?.nodeName as string).failed) return;
    const worker = this.#workers.get(uid);
    if (worker === undefined && this.#cluster.store.get('Node', '', pod.spec?.nodeName as string) === undefined) return this.#homeless(pod);
    if (pod.metadata.deletionTimestamp !== undefined) {
      // The worker acts on the agenda, never inside of somebody's write.
      if (previous?.metadata.deletionGracePeriodSeconds === pod.metadata.deletionGracePeriodSeconds) return;
      const grace = pod.metadata.deletionGracePeriodSeconds ?? 0;
      runAfter(this.#cluster.agenda, NOTICE_MS, () => this.#workers.get(uid)?.terminate(grace));
    } else if (worker === undefined) this.#run(pod, previous === null);
    else if (pod.spec?.readinessGates !== undefined && gatesOf(pod) !== gatesOf(previous)) runAfter(this.#cluster.agenda, NOTICE_MS, () => worker.gatesChanged());
    else if (previous?.spec !== pod.spec) runAfter(this.#cluster.agenda, NOTICE_MS, () => worker.specChanged(pod));
  }

  /** Nobody runs what was assigned to a node that is not there; what is to go, goes without asking it. */
  #homeless({ metadata }: Pod): void {
    if (metadata.deletionTimestamp === undefined) return;
    runAfter(this.#cluster.agenda, NOTICE_MS, () => {
      const pod = this.#cluster.store.byUid(metadata.uid as string);
      if (pod?.kind === 'Pod') releasePod(this.#cluster.store, pod);
    });
  }

  /** `unscheduled`: it came with its node, and nobody asked whether it fits there. */
  #run(pod: Pod, unscheduled = false): void {
    const worker = new PodWorker(this.#cluster, this.#runtime, this.#hostOf(pod.spec?.nodeName as string), pod);
    this.#workers.set(pod.metadata.uid as string, worker);
    const failure = unscheduled ? misfit(this.#cluster.store, pod) : null;
    if (failure !== null) runAfter(this.#cluster.agenda, NOTICE_MS, () => worker.reject(failure));
  }

  #abandon(pod: Pod): void {
    const uid = pod.metadata.uid as string;
    const worker = this.#workers.get(uid);
    if (worker === undefined) return;
    this.#workers.delete(uid);
    worker.abandon(pod);
  }

  #register(name: string): void {
    const { store, clock } = this.#cluster;
    const node = store.get('Node', '', name);
    if (node !== undefined) store.update(registeredNode(node, this.#hostOf(name).ip, clock.now()));
  }

  #hostOf(name: string): NodeHost {
    let host = this.#hosts.get(name);
    if (host === undefined) {
      host = new NodeHost(name, this.#hosts.size, this.#cluster);
      this.#hosts.set(name, host);
    }
    return host;
  }
}

/** What others say of a pod's readiness, to be compared. */
function gatesOf(pod: Pod | null): string {
  return (pod?.spec?.readinessGates ?? []).map(({ conditionType }) => pod?.status?.conditions?.find(({ type }) => type === conditionType)?.status ?? '').join(' ');
}

const NOTICE_MS = 8;
const REGISTER_MS = 2;

/** One node's addresses and images. Pods get addresses of 10.244.N.0/24, in turn, as the host-local plugin gives them. */
class NodeHost implements Host {
  readonly name: string;
  readonly ip: string;
  readonly images = new Map<string, string>();
  readonly #nth: number;
  readonly #cluster: ClusterContext;
  /** True while it has no power. */
  failed = false;
  #last = 1;
  #wrapped = false;

  constructor(name: string, nth: number, cluster: ClusterContext) {
    this.name = name;
    this.#nth = nth;
    this.#cluster = cluster;
    const node = cluster.store.get('Node', '', name);
    this.ip = node?.status?.addresses?.find(({ type }) => type === 'InternalIP')?.address ?? `192.168.${Math.floor(nth / 200)}.${10 + (nth % 200)}`;
  }

  podIp(): string {
    this.#turn();
    if (this.#wrapped) {
      const taken = new Set<string | undefined>();
      for (const pod of this.#cluster.store.podsOnNode(this.name)) taken.add(pod.status?.podIP);
      while (taken.has(this.#address()) && taken.size < 253) this.#turn();
    }
    return this.#address();
  }

  #turn(): void {
    if (this.#last >= 254) this.#wrapped = true;
    this.#last = this.#last >= 254 ? 2 : this.#last + 1;
  }

  #address(): string {
    return `10.${244 + Math.floor(this.#nth / 256)}.${this.#nth % 256}.${this.#last}`;
  }
}
