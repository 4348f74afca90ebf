import type { SimMs } from '../../../time/sim-time.ts';
import type { Flow } from '../../traffic/flow.ts';
import type { DatabaseFlow, Op, ServiceFlow } from '../../traffic/graph.ts';
import { Counters } from './counters.ts';
import { NameMeter } from './name-meter.ts';
import { routesOf, type WindowRecord } from '../windows.ts';
import { WINDOW_MS } from '../../traffic/traffic.ts';
import { PodMeter } from './pod-meter.ts';

const HITS = 0;
const MISSES = 1;

/** Counters of a cluster's traffic, as its programs and exporters would keep them. A cluster that nobody measures has none. */
export class Meters {
  /** The present run of each pod's container, by the pod's uid. */
  readonly pods = new Map<string, PodMeter>();
  readonly #databases = new Map<string, Counters>();
  readonly #caches = new Map<string, Counters>();
  readonly #nodes = new Map<string, Counters>();
  /** What the resolver of the cluster was asked. */
  readonly names = new NameMeter();
  readonly #flow: Flow;
  #tickedMs: SimMs = 0;
  #tickMs = 1;

  constructor(flow: Flow) {
    this.#flow = flow;
  }

  /** One tick, after the flow has taken it. */
  tick(tickMs: number, atMs: SimMs): void {
    const { layout: { pods, variants }, machines } = this.#flow;
    this.#tickedMs = atMs;
    this.#tickMs = tickMs;
    const alive = new Set<string>();
    for (const pod of pods) {
      alive.add(pod.uid);
      let meter = this.pods.get(pod.uid);
      // A container that was started anew counts anew.
      if (meter?.pod !== pod) {
        meter = new PodMeter(pod);
        this.pods.set(pod.uid, meter);
      }
      meter.tick(tickMs);
    }
    for (const uid of this.pods.keys()) if (!alive.has(uid)) this.pods.delete(uid);
    for (const one of [...this.#databases.values(), ...this.#caches.values(), ...this.#nodes.values()]) one.beginTick();
    for (const { name, demand, cores } of machines.nodes.values()) counted(this.#nodes, name, 1).add(0, (Math.min(demand, cores) * tickMs) / 1000);
    let calls = 0;
    for (const variant of variants) {
      for (const route of variant.routes) {
        for (const op of route.ops) {
          this.#tickOp(op, (route.startedPerS * tickMs) / 1000);
          calls += (route.startedPerS * op.nowShare * op.attempts * tickMs) / 1000;
        }
      }
    }
    this.names.tick(calls, this.#flow.names);
  }

  /** Counts what programs did before anybody counted along, by what is kept of it. */
  catchUp(windows: readonly WindowRecord[]): void {
    const { pods } = this.#flow.layout;
    for (const pod of pods) this.pods.set(pod.uid, new PodMeter(pod));
    for (const window of windows) {
      for (const record of window.plan.pods) {
        const pod = pods.find(({ name, namespace, run }) => name === record.name && namespace === record.namespace && run === record.run);
        const serving = window.plan.variants.get(record.variant)?.pods ?? 0;
        if (pod === undefined || !record.serving || serving === 0) continue;
        this.pods.get(pod.uid)?.before(record.variant, routesOf(window, record.variant), WINDOW_MS / 1000 / serving);
      }
    }
  }

  /** How much of another tick has passed at that time since the last one. */
  since(atMs: SimMs): number {
    return Math.max(0, (atMs - this.#tickedMs) / this.#tickMs);
  }

  /** Statements that a database has run. */
  statements(database: DatabaseFlow, since: number): number {
    return Math.floor(this.#databases.get(database.key)?.read(0, since) ?? 0);
  }

  /** Look-ups that a cache has answered, and that it could not. */
  lookUps(cache: ServiceFlow, since: number): { readonly hits: number; readonly misses: number } {
    const counters = this.#caches.get(cache.key);
    return { hits: Math.floor(counters?.read(HITS, since) ?? 0), misses: Math.floor(counters?.read(MISSES, since) ?? 0) };
  }

  /** Seconds of CPU that a node has worked. */
  nodeCpuS(node: string, since: number): number {
    return this.#nodes.get(node)?.read(0, since) ?? 0;
  }

  #tickOp(op: Op, began: number): void {
    const times = began * op.nowShare;
    if (!(times > 0)) return;
    if (op.kind === 'query') counted(this.#databases, op.database.key, 1).add(0, times);
    if (op.kind !== 'cache') return;
    const cache = counted(this.#caches, op.cache.key, 2);
    cache.add(HITS, times * op.nowHit);
    cache.add(MISSES, times * (1 - op.nowHit));
  }
}

function counted(all: Map<string, Counters>, key: string, count: number): Counters {
  let one = all.get(key);
  if (one === undefined) {
    one = new Counters(count);
    all.set(key, one);
  }
  return one;
}
