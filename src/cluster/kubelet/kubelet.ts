import { runAfter } from '../agenda-entry.ts';
import type { ClusterContext } from '../context.ts';
import { releasePod, requestDeletion } from '../deletion.ts';
import type { KindMap, Ref } from '../objects.ts';
import type { ContainerRuntime } from '../runtime.ts';
import { AddressRange } from './address-range.ts';
import { misfit } from './node-fit.ts';
import { newNode, registeredNode, withPressure } from './node-status.ts';
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
      else if (type === 'DELETED') this.#hostOf(node.metadata.name).removed = node;
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
    host.wake();
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
    this.#returns(host);
    for (const pod of Array.from(store.podsOnNode(name))) this.#resume(pod);
    return true;
  }

  /** Its process on a node is gone: what runs there runs on, and nobody tends it. False where it was gone before. */
  silence(name: string): boolean {
    const host = this.#hostOf(name);
    if (host.failed || host.silent || this.#cluster.store.get('Node', '', name) === undefined) return false;
    host.silent = true;
    this.#monitor.fellSilent(name);
    return true;
  }

  /** It is there again, and takes up what it finds. */
  speak(name: string): boolean {
    const host = this.#hostOf(name);
    if (!host.silent) return false;
    const late = host.wake();
    this.#returns(host);
    for (const step of late) step();
    for (const pod of Array.from(this.#cluster.store.podsOnNode(name))) {
      const worker = this.#workers.get(pod.metadata.uid as string);
      if (worker === undefined) this.#resume(pod);
      else if (pod.metadata.deletionTimestamp !== undefined) worker.terminate(pod.metadata.deletionGracePeriodSeconds ?? 0);
      else {
        worker.specChanged(pod);
        worker.gatesChanged();
      }
    }
    return true;
  }

  /** How it answers whoever calls it: not at all without power, and with a refusal where only its process is gone. */
  answers(name: string): 'yes' | 'refuses' | 'silent' {
    const host = this.#hosts.get(name);
    return host?.failed === true ? 'silent' : host?.silent === true ? 'refuses' : 'yes';
  }

  addressOf(name: string): string {
    return this.#hostOf(name).ip;
  }

  /** `10.244.1.0/24`: where the pods of a node have their addresses. */
  networkOf(name: string): string {
    return this.#hostOf(name).network;
  }

  /** It finds its node short of something, or not any more, by the thresholds that it was given; what it can do without must go. */
  press(name: string, short: Readonly<Record<'MemoryPressure' | 'DiskPressure', boolean>>): void {
    const { store, clock, events } = this.#cluster;
    const node = store.get('Node', '', name);
    const pressed = node === undefined ? undefined : withPressure(node, short, clock.now());
    if (node === undefined || pressed === undefined || pressed === node) return;
    store.update(pressed);
    const low = short.MemoryPressure ? 'memory' : short.DiskPressure ? 'ephemeral-storage' : null;
    if (low === null) return;
    for (const pod of Array.from(store.podsOnNode(name))) {
      if (pod.metadata.deletionTimestamp !== undefined || pod.metadata.ownerReferences === undefined || pod.metadata.ownerReferences[0]?.kind === 'DaemonSet') continue;
      events.record(pod, 'Warning', 'Evicted', `The node was low on resource: ${low}. `, { component: 'kubelet', host: name });
      requestDeletion(store, clock, pod, null);
    }
  }

  #returns(host: NodeHost): void {
    this.#monitor.cameBack(host.name);
    if (this.#cluster.store.get('Node', '', host.name) === undefined && host.removed !== null) this.#cluster.store.create(newNode(host.removed));
  }

  /** What was assigned to a node that was away starts anew; what was to be deleted is gone, and what ends once has ended. */
  #resume(pod: Pod): void {
    if (pod.metadata.deletionTimestamp !== undefined) return releasePod(this.#cluster.store, pod);
    if (hasEnded(pod)) return;
    const ended = pod.spec?.restartPolicy === 'Never' && (pod.status?.containerStatuses ?? []).some(({ state }) => state?.waiting === undefined);
    if (ended) this.#cluster.store.update(cutShort(pod, this.#cluster.clock.now()));
    else this.#run(pod);
  }

  /** The runtime calls this when a pod may answer its probes otherwise than before; they are asked at their next turn. */
  healthChanged(podUid: string): void {
    this.#workers.get(podUid)?.healthChanged();
  }

  #podChanged(pod: Pod, previous: Pod | null): void {
    const uid = pod.metadata.uid as string;
    if (this.#hostOf(pod.spec?.nodeName as string).away) return;
    const worker = this.#workers.get(uid);
    if (worker === undefined && this.#cluster.store.get('Node', '', pod.spec?.nodeName as string) === undefined) return this.#homeless(pod);
    if (pod.metadata.deletionTimestamp !== undefined) {
      // The worker acts on the agenda, never inside of somebody's write.
      if (previous?.metadata.deletionGracePeriodSeconds === pod.metadata.deletionGracePeriodSeconds) return;
      const grace = pod.metadata.deletionGracePeriodSeconds ?? 0;
      runAfter(this.#cluster.agenda, NOTICE_MS, () => {
        const now = this.#cluster.store.byUid(uid);
        if (hasEnded(pod) && !this.#workers.has(uid) && now?.kind === 'Pod') releasePod(this.#cluster.store, now);
        else this.#workers.get(uid)?.terminate(grace);
      });
    } else if (worker === undefined) {
      if (!hasEnded(pod)) this.#run(pod, previous === null);
    }
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

function hasEnded({ status }: Pod): boolean {
  return status?.phase === 'Succeeded' || status?.phase === 'Failed';
}

/** A pod that is not to be started again, as its kubelet finds it when its node has lost its power. */
function cutShort(pod: Pod, now: string): Pod {
  const containerStatuses = (pod.status?.containerStatuses ?? []).map((status) => (status.state?.running === undefined ? status : { ...status, ready: false, started: false, state: { terminated: { exitCode: 255, reason: 'Unknown', startedAt: status.state.running.startedAt ?? now, finishedAt: now, ...(status.containerID === undefined ? {} : { containerID: status.containerID }) } } }));
  const conditions = (pod.status?.conditions ?? []).map((condition) => (condition.type === 'Ready' || condition.type === 'ContainersReady' ? { ...condition, status: 'False', reason: 'PodFailed', lastTransitionTime: now } : condition));
  return { ...pod, status: { ...pod.status, phase: 'Failed', conditions, containerStatuses } };
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
  /** True while no kubelet runs on it. */
  silent = false;
  /** Its object, where somebody deleted it. */
  removed: KindMap['Node'] | null = null;
  #parked: (() => void)[] = [];
  readonly #range = new AddressRange();
  #last = 1;
  #wrapped = false;

  constructor(name: string, nth: number, cluster: ClusterContext) {
    this.name = name;
    this.#nth = nth;
    this.#cluster = cluster;
    const node = cluster.store.get('Node', '', name);
    this.ip = node?.status?.addresses?.find(({ type }) => type === 'InternalIP')?.address ?? `192.168.${Math.floor(nth / 200)}.${10 + (nth % 200)}`;
  }

  get away(): boolean {
    return this.failed || this.silent;
  }

  park(step: () => void): void {
    this.#parked.push(step);
  }

  /** Its kubelet is to run again; returns what was to be done meanwhile. */
  wake(): (() => void)[] {
    this.silent = false;
    return this.#parked.splice(0);
  }

  podIp(uid: string): string | { readonly range: string } {
    const cidr = this.#cluster.store.get('Node', '', this.name)?.spec?.podCIDR;
    if (cidr !== undefined) return this.#range.next(cidr, uid, this.#cluster.store);
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

  get network(): string {
    return `10.${244 + Math.floor(this.#nth / 256)}.${this.#nth % 256}.0/24`;
  }

  #address(): string {
    return `10.${244 + Math.floor(this.#nth / 256)}.${this.#nth % 256}.${this.#last}`;
  }
}
