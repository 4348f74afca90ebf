import type { KindMap } from '../objects.ts';
import { cpuMillis } from '../quantity.ts';
import type { ObjectStore } from '../store.ts';
import type { Conditions } from './conditions.ts';
import type { PodFlow } from './graph.ts';

/** A node as its pods feel it. */
export interface NodeFlow {
  readonly name: string;
  zone: string;
  region: string;
  cores: number;
  /** Cores that something beside its pods takes. */
  taken: number;
  /** Cores that were asked for in the last tick, by whomever. */
  demand: number;
  /** Share of the cores asked for that its pods get. */
  given: number;
  /** Share of its connection table that is taken by others than its pods. */
  connections: number;
  /** Entries that the table has room for. */
  table: number;
}

const USUAL_TABLE = 131_072;

const ZONE = 'topology.kubernetes.io/zone';
const REGION = 'topology.kubernetes.io/region';

/** Keeps the nodes in step with the store. Pods without a node have one that nothing is wrong with. */
export class Machines {
  readonly nodes = new Map<string, NodeFlow>();
  readonly #conditions: Conditions;

  constructor(conditions: Conditions) {
    this.#conditions = conditions;
  }

  refresh(store: ObjectStore): void {
    for (const node of store.list('Node', null)) this.#see(node);
  }

  node(name: string): NodeFlow {
    let node = this.nodes.get(name);
    if (node === undefined) {
      node = { name, zone: '', region: '', cores: Infinity, taken: 0, demand: 0, given: 1, connections: 0, table: USUAL_TABLE };
      this.nodes.set(name, node);
      this.#disturb(node);
    }
    return node;
  }

  /** To be called when a condition outside has changed. */
  disturb(): void {
    for (const node of this.nodes.values()) this.#disturb(node);
  }

  /** What each pod gets of its node's cores, by what all of them asked for in this tick. */
  step(pods: readonly PodFlow[]): void {
    for (const node of this.nodes.values()) node.demand = node.taken;
    for (const { node, cpuDemand, cores } of pods) node.demand += Math.min(cpuDemand, cores);
    for (const node of this.nodes.values()) node.given = node.demand > node.cores ? node.cores / node.demand : 1;
  }

  #see({ metadata, status }: KindMap['Node']): void {
    const node = this.node(metadata.name);
    node.zone = metadata.labels?.[ZONE] ?? '';
    node.region = metadata.labels?.[REGION] ?? '';
    const cores = cpuMillis(status?.capacity?.['cpu']) / 1000;
    node.cores = cores > 0 ? cores : Infinity;
  }

  #disturb(node: NodeFlow): void {
    node.taken = this.#conditions.sum('node-cpu', node.name);
    node.connections = this.#conditions.sum('conntrack', node.name);
    node.table = USUAL_TABLE + this.#conditions.sum('conntrack-table', node.name);
  }
}
