import { Die } from '../../time/dice.ts';
import { runAfter } from '../agenda-entry.ts';
import type { EventSource } from '../event-recorder.ts';
import { flat } from '../flat-text.ts';
import type { ClusterContext } from '../context.ts';
import type { KindMap } from '../objects.ts';
import type { ContainerRuntime } from '../runtime.ts';
import type { ContainerModel } from './container-model.ts';
import { podStatus } from './pod-status.ts';

type Pod = KindMap['Pod'];

/** The node that a pod runs on, as its worker needs it. */
export interface Host {
  readonly name: string;
  readonly ip: string;
  /** Images that were pulled before, with their ids. */
  readonly images: Map<string, string>;
  /** True while no kubelet runs there: nothing is reported, and what is to be done waits. */
  readonly silent: boolean;
  park(step: () => void): void;
  /** An address for a pod; else the range in which there is none left. */
  podIp(uid: string): string | { readonly range: string };
}

/** What all that works on one pod shares: its containers, its node, its dice, its status and its events. */
export class PodScope {
  readonly cluster: ClusterContext;
  readonly runtime: ContainerRuntime;
  readonly host: Host;
  readonly uid: string;
  readonly die: Die;
  readonly containers: ContainerModel[];
  readonly #startTime: string;
  readonly #source: EventSource;
  podIp: string | null = null;
  /** Why the kubelet gave the whole pod up, or null. */
  failure: { readonly reason: string; readonly message: string } | null = null;

  constructor(cluster: ClusterContext, runtime: ContainerRuntime, host: Host, pod: Pod, containers: ContainerModel[]) {
    this.cluster = cluster;
    this.runtime = runtime;
    this.host = host;
    this.uid = pod.metadata.uid as string;
    this.die = new Die(cluster.seed, `kubelet/${this.uid}`);
    this.containers = containers;
    this.#source = { component: 'kubelet', host: host.name };
    this.#startTime = pod.status?.startTime ?? cluster.clock.now();
  }

  pod(): Pod | null {
    const pod = this.cluster.store.byUid(this.uid);
    return pod?.kind === 'Pod' ? pod : null;
  }

  /** Gives the pod its network; where its node has no address left it says so, and has none. */
  takeAddress(pod: Pod): void {
    const given = pod.spec?.hostNetwork === true ? this.host.ip : this.host.podIp(this.uid);
    if (typeof given === 'string') this.podIp = given;
    else this.event('Warning', 'FailedCreatePodSandBox', `Failed to create pod sandbox: rpc error: code = Unknown desc = failed to setup network for sandbox "${this.hex(8)}": plugin type="flannel" failed (add): failed to delegate add: failed to allocate for range 0: no IP addresses available in range set: ${given.range}`, null);
  }

  /** The pod with the address that it has and that its status may not say yet. */
  withAddress(pod: Pod): Pod {
    return this.podIp === null || pod.status?.podIP !== undefined ? pod : { ...pod, status: { ...pod.status, podIP: this.podIp, hostIP: this.host.ip } };
  }

  /** `name_namespace(uid)`, as the kubelet writes pods. */
  get where(): string {
    const pod = this.pod();
    return `${pod?.metadata.name ?? ''}_${pod?.metadata.namespace ?? ''}(${this.uid})`;
  }

  writeStatus(): void {
    const pod = this.pod();
    if (pod === null || this.host.silent) return;
    const place = { hostIp: this.host.ip, podIp: this.podIp, startTime: this.#startTime };
    const status = podStatus(pod, this.containers, place, this.cluster.clock.now(), this.failure);
    this.cluster.store.update({ ...pod, status });
  }

  /** A container waits, and says why. */
  wait(container: ContainerModel, reason: string, message: string): void {
    container.state = { waiting: { reason, message } };
    this.writeStatus();
  }

  event(type: 'Normal' | 'Warning', reason: string, message: string, container: ContainerModel | null): void {
    const pod = this.pod();
    if (pod !== null && !this.host.silent) this.cluster.events.record(pod, type, reason, message, this.#source, container === null ? undefined : container.fieldPath);
  }

  after(delayMs: number, step: () => void): number {
    return runAfter(this.cluster.agenda, delayMs, () => (this.host.silent ? this.host.park(step) : step()));
  }

  /** Takes a container's next step off the agenda. */
  cancel(container: ContainerModel): void {
    if (container.ticket !== null) this.cluster.agenda.cancel(container.ticket);
    container.ticket = null;
  }

  hex(words: number): string {
    return flat(...Array.from({ length: words }, () => this.die.hex()));
  }
}
