import type { KubeApi } from '../api.ts';
import type { Certificate } from '../certificates/certificate.ts';
import type { Host } from '../nodes/host.ts';
import type { DataServers } from '../data/data-servers.ts';
import type { Ref } from '../objects.ts';
import type { ContainerTarget } from '../processes.ts';
import type { Process } from '../shell/process.ts';
import type { AnyObject } from '../store.ts';
import type { Builds } from '../traffic/builds.ts';
import type { Conditions } from '../traffic/conditions.ts';

/** One kind of thing that can go wrong. Its word is its file's name and what scenarios write as `kind`. */
export interface FaultKind {
  readonly word: string;
  readonly group: FaultGroup;
  /** One sentence: what is wrong in the world, for the DM. */
  readonly summary: string;
  readonly target: FaultTarget;
  /** What the Service that it strikes has to be; any where left out. `entrance`: users send to it. */
  readonly strikes?: 'database' | 'cache' | 'entrance';
  readonly settings: Readonly<Record<string, FaultSetting>>;
  /** What a cluster that does not describe it is given from its beginning, where this fault may come. */
  readonly needs?: 'mesh';
  readonly lore: FaultLore;
  /** Makes the world so and returns how to make it as it was: exactly, whatever else began or ended between. */
  begin(world: FaultWorld, target: string, settings: FaultSettings): () => void;
}

/** What people know of a fault: how it looks, what helps, what only seems to. */
interface FaultLore {
  /** In a responder's words. */
  readonly symptoms: readonly string[];
  /** What stops the pain without curing the cause; [] where nothing but the cure does. */
  readonly mitigations: readonly string[];
  /** The true fix, in words. */
  readonly fix: string;
  readonly example: FaultExample;
}

/** The fault once, in a cluster that suits it, with the lines that cure it there and one that many would try and that does not. */
interface FaultExample {
  readonly target: string;
  /** As an author writes them. */
  readonly settings: Readonly<Record<string, number | string | boolean>>;
  /** Signals that tell of it, as symptom pages name them. */
  readonly signs: readonly string[];
  /** Lines that cure it. */
  readonly cure: readonly string[];
  /** The cause is beyond the reach of responders: it has to end by itself, and the lines are what is left to do then. */
  readonly outside?: true;
  /** Its signs pass by themselves: how soon one has to look. */
  readonly within?: '90s';
  readonly tempting: string;
}

export const FAULT_GROUPS = {
  services: 'Services and routes',
  workloads: 'Workloads and their containers',
  configuration: 'Configuration and secrets',
  resources: 'Resources and limits',
  scheduling: 'Scheduling',
  storage: 'Storage',
  nodes: 'Nodes and the control plane',
  policy: 'Admission, policies and permissions',
  network: 'Network',
  dependencies: 'Databases, caches, brokers and other parties',
  programs: 'Programs',
  load: 'Load',
} as const;
export type FaultGroup = keyof typeof FAULT_GROUPS;

/**
 * What a fault aims at, with how its target is handed on: `external/NAME`; a Service `NAMESPACE/NAME`; a lock
 * `NAMESPACE/SERVICE/LOCK`; a workload `deployment/NAMESPACE/NAME`; `NAMESPACE/NAME` of an object; of a custom
 * one with its definition before it, `widgets.example.com/NAMESPACE/NAME`; a node's, namespace's
 * or zone's name; `cluster` for all of it.
 */
export type FaultTarget = 'external' | 'service' | 'lock' | 'workload' | 'configmap' | 'secret' | 'claim' | 'ingress' | 'autoscaler' | 'cronjob' | 'custom' | 'node' | 'namespace' | 'zone' | 'cluster';

export type FaultSettings = Readonly<Record<string, number | string | boolean>>;

export interface FaultSetting {
  /** `duration` is given in ms; `share` lies in 0 to 1; `factor` and `number` are above 0; `count` is whole and not below 0. */
  readonly type: 'duration' | 'share' | 'factor' | 'number' | 'count' | 'text' | 'switch';
  readonly required: boolean;
  readonly summary: string;
  /** What it is where the author says nothing. */
  readonly fallback?: number | string | boolean;
  /** The only texts that it may be. */
  readonly oneOf?: readonly string[];
  /** A text that names an object: as a target is written. */
  readonly names?: 'service' | 'workload';
  /** A text that is the tag of an image. */
  readonly tag?: true;
}

/** What faults may move: the traffic's conditions, the cluster's own API as a person or a pipeline uses it, and its machines. */
export interface FaultWorld {
  readonly conditions: Conditions;
  /** What pipelines build and push. */
  readonly builds: Builds;
  /** What databases, caches and brokers hold. */
  readonly data: DataServers;
  readonly api: KubeApi;
  readonly machines: Machines;
  /** Calls that each pod of a workload `namespace/name` makes a second, in the mean; with null, those of all pods together. */
  callsPerS(workload: string | null): number;
  /** Writes into the change log, as everybody who changes something does; `details` are what one reads who opens the entry. */
  note(who: string, what: string, details?: readonly string[]): void;
  /** Says that an object is now as its repository has it: what a pipeline wrote is no drift. */
  declare(ref: Ref): void;
  /** A pipeline has deployed an object: where that belongs to a Helm release, it was an upgrade of it. */
  deployed(ref: Ref): void;
  /** Puts an object back past admission: what ends a fault asks nobody. */
  restore(object: AnyObject): void;
  /** Programs that show one certificate show another from now on, as if it had been there when they started. */
  reshow(from: Certificate, to: Certificate): void;
  /** Unix time in ms, by the right clock. */
  unixMs(): number;
}

/** What happens to machines and processes without anybody's request. */
interface Machines {
  failNode(name: string): boolean;
  recoverNode(name: string): boolean;
  /** Ends a container's process: by a signal, or for want of memory. */
  killContainer(pod: Ref, container: string, reason?: 'Error' | 'OOMKilled'): boolean;
  /** Starts a process in a running container, as somebody with a shell in it; `ended` is called when somebody ends it. Null where the container does not run. */
  runIn(target: ContainerTarget, command: readonly string[], ended: () => void): Process | null;
  /** The machine behind a node: its kernel, services, files, network and clock; null where there is no such node. */
  host(node: string): Host | null;
  /** Calls back every so often until what it returns is called. */
  every(periodMs: number, due: () => void): () => void;
}
