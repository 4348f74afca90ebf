import type { ClusterContext } from '../context.ts';
import type { KindMap, Ref } from '../objects.ts';
import type { ContainerRuntime } from '../runtime.ts';
import { PodWorker, type Host } from './pod-worker.ts';

type Pod = KindMap['Pod'];

/** The kubelets of all nodes: they run what was assigned to them. */
export class Kubelet {
  readonly #cluster: ClusterContext;
  readonly #runtime: ContainerRuntime;
  readonly #workers = new Map<string, PodWorker>();
  readonly #hosts = new Map<string, Host>();

  constructor(cluster: ClusterContext, runtime: ContainerRuntime) {
    this.#cluster = cluster;
    this.#runtime = runtime;
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

  /** The runtime calls this when a pod may answer its probes otherwise than before; they are asked at their next turn. */
  healthChanged(podUid: string): void {
    this.#workers.get(podUid)?.healthChanged();
  }

  #podChanged(pod: Pod, previous: Pod | null): void {
    const uid = pod.metadata.uid as string;
    const worker = this.#workers.get(uid);
    if (pod.metadata.deletionTimestamp !== undefined) {
      // The worker acts on the agenda, never inside of somebody's write.
      if (previous?.metadata.deletionGracePeriodSeconds === pod.metadata.deletionGracePeriodSeconds) return;
      const grace = pod.metadata.deletionGracePeriodSeconds ?? 0;
      this.#cluster.agenda.addAfter(NOTICE_MS, { due: () => (worker ?? this.#run(pod)).terminate(grace) });
    } else if (worker === undefined) this.#run(pod);
    else if (previous?.spec !== pod.spec) this.#cluster.agenda.addAfter(NOTICE_MS, { due: () => worker.specChanged(pod) });
  }

  #run(pod: Pod): PodWorker {
    const worker = new PodWorker(this.#cluster, this.#runtime, this.#hostOf(pod.spec?.nodeName as string), pod);
    this.#workers.set(pod.metadata.uid as string, worker);
    return worker;
  }

  #abandon(pod: Pod): void {
    const uid = pod.metadata.uid as string;
    const worker = this.#workers.get(uid);
    if (worker === undefined) return;
    this.#workers.delete(uid);
    worker.abandon(pod);
  }

  #hostOf(name: string): Host {
    let host = this.#hosts.get(name);
    if (host === undefined) {
      host = new NodeHost(name, this.#hosts.size, this.#cluster);
      this.#hosts.set(name, host);
    }
    return host;
  }
}

const NOTICE_MS = 8;

/** One node's addresses and images. Pods get addresses of 10.244.N.0/24, in turn, as the host-local plugin gives them. */
class NodeHost implements Host {
  readonly name: string;
  readonly ip: string;
  readonly images = new Map<string, string>();
  readonly #nth: number;
  readonly #cluster: ClusterContext;
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
