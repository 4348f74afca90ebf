import type { Agenda } from '../../time/agenda.ts';
import type { AgendaEntry } from '../agenda-entry.ts';
import type { ClusterClock } from '../cluster-clock.ts';
import type { Network } from '../containers/network.ts';
import type { Ref } from '../objects.ts';
import type { ObjectStore } from '../store.ts';
import type { Conditions } from '../traffic/conditions.ts';
import type { NodeFlow } from '../traffic/machines.ts';
import type { Host } from './host.ts';

/** What the machines of a cluster live in. */
export interface HostWorld {
  readonly agenda: Agenda<AgendaEntry>;
  readonly store: ObjectStore;
  readonly clock: ClusterClock;
  readonly conditions: Conditions;
  readonly kubelet: HostKubelet;
  network(): Network;
  /** What the traffic makes of the node's cores. */
  flow(node: string): NodeFlow | undefined;
  /** What a node or one of its pods uses now. */
  usage(node: string): { readonly cpuMilli: number; readonly memoryMiB: number } | null;
  podUsage(namespace: string, pod: string): { readonly cpuMilli: number; readonly memoryMiB: number } | null;
  /** Another machine of the cluster. */
  host(node: string): Host | null;
  /** Turns a machine off and on again. */
  reboot(node: string): void;
}

/** What a machine does to the kubelet on it. */
interface HostKubelet {
  /** Its process is gone; what it started runs on. */
  silence(node: string): boolean;
  speak(node: string): boolean;
  /** It reports these conditions from now on. */
  press(node: string, conditions: Readonly<Record<'MemoryPressure' | 'DiskPressure', boolean>>): void;
  addressOf(node: string): string;
  /** Of its pods, such as `10.244.1.0/24`. */
  networkOf(node: string): string;
  /** `silent` where the node has no power. */
  answers(node: string): 'yes' | 'refuses' | 'silent';
  /** The container runtime ends a container, whatever the kubelet thinks. */
  killContainer(pod: Ref, container: string, reason: string, exitCode: number): boolean;
}
