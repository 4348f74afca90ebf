import type { ConsumerSpec, LoadSpec, Setting, Step } from '../../src/cluster/spec.ts';
import type { Cluster } from '../../src/cluster/cluster.ts';
import type { Conditions } from '../../src/cluster/traffic/conditions.ts';
import type { PodFlow } from '../../src/cluster/traffic/graph.ts';
import { isOn, numberOf } from '../../src/cluster/traffic/settings.ts';
import { type WayOf, wayBetween } from './ways.ts';

/** What the oracle simulates: pods behind names, what their programs do, who asks. Plain data, resolved from the same description as the model's. */
export interface World {
  readonly services: ReadonlyMap<string, readonly PodOf[]>;
  readonly externals: ReadonlyMap<string, PartyOf>;
  readonly loads: readonly Pick<LoadSpec, 'service' | 'route' | 'ratePerS' | 'patienceMs' | 'retries'>[];
  readonly topics: readonly TopicOf[];
  /** What lies between a pod and one that it calls by a Service; `to` is null where that is outside. */
  way(from: PodOf, service: string, to: PodOf | null): WayOf;
  /** Factor on the work of a database's statements. */
  statementFactor(database: string): number;
}

/** A party outside: requests a second beyond `limitPerS` are answered with 429. */
interface PartyOf {
  readonly latencyMs: number;
  readonly errors: number;
  readonly limitPerS: number;
}

export interface TopicOf {
  /** `namespace/broker` and the route of it that produces; the Service whose pods consume. */
  readonly broker: string;
  readonly spec: ConsumerSpec;
  readonly consumers: readonly PodOf[];
  /** Messages a second that somebody else produces. */
  strangersPerS(): number;
}

export interface PodOf {
  readonly name: string;
  readonly namespace: string;
  /** `namespace/workload`, and where it runs. */
  readonly workload: string;
  readonly node: string;
  readonly zone: string;
  readonly cores: number;
  readonly threads: number;
  /** Requests that may wait for a thread, and routes that are turned away from half of that on. */
  readonly queue: number;
  readonly sheds: ReadonlySet<string>;
  readonly cpuFactor: number;
  readonly errors: number;
  /** Each request holds its thread so much longer. */
  readonly delayMs: number;
  /** How much slower it is right after its start, and how many requests warm it up. */
  readonly cold: { readonly factor: number; readonly requests: number } | null;
  readonly routes: Readonly<Record<string, readonly Step[]>>;
  /** Connections that it keeps to a database, by `namespace/service`. */
  readonly connections: ReadonlyMap<string, PoolOf>;
  /** Databases: CPU that a new connection costs, in ms. */
  readonly connectMs: number;
  number(setting: Setting): number;
  isOn(env: string, byDefault: string): boolean;
}

/** A pool of connections, how long it waits for a new one, and how long it pauses in the mean before it asks again. */
export interface PoolOf {
  readonly size: number;
  readonly connectTimeoutMs: number;
  readonly connectPauseMs: number;
}

/** The world that a cluster's model stands in now. */
export function worldOf(cluster: Cluster): World {
  const { conditions, loads, flow } = cluster.traffic;
  const { places } = flow;
  const known = new Map<PodFlow, PodOf>();
  const podOf = (pod: PodFlow): PodOf => {
    const made = known.get(pod) ?? describedPod(pod, conditions);
    known.set(pod, made);
    return made;
  };
  return {
    services: new Map([...places.services].map(([key, { pods }]) => [key, pods.map(podOf)])),
    externals: new Map([...places.externals].map(([key, { latencyMs, errors, quotaPerS }]) => [key, { latencyMs, errors, limitPerS: quotaPerS }])),
    loads: loads.map(({ spec }) => spec),
    topics: [...flow.topics.groups.values()].map(({ key, spec, pods }) => ({ broker: key.slice(0, key.lastIndexOf('/')), spec, consumers: pods.map(podOf), strangersPerS: () => conditions.sum('messages', key) })),
    way: (from, service, to) => wayBetween(conditions, from, service, to),
    statementFactor: (database) => conditions.product('query-factor', database),
  };
}

function describedPod(pod: PodFlow, conditions: Conditions): PodOf {
  const { variant, workloadKey } = pod;
  const { program, version } = variant;
  const surroundings = { environment: pod.environment, flags: pod.flags };
  return {
    name: pod.name, namespace: pod.namespace, workload: workloadKey, node: pod.node.name, zone: pod.node.zone,
    cores: pod.cores * conditions.product('cpu-limit', workloadKey), threads: variant.threads, queue: variant.queue, sheds: new Set(program.sheds),
    cpuFactor: version.cpuFactor * conditions.product('cpu-factor', workloadKey), errors: 1 - (1 - version.errors) * (1 - conditions.share('work-errors', workloadKey)),
    delayMs: conditions.sum('work-latency', workloadKey), cold: program.cold, routes: program.routes,
    connections: new Map(pod.pools.map(({ plan, granted }) => [plan.database.key, { size: Math.round(granted), connectTimeoutMs: plan.connectTimeoutMs, connectPauseMs: plan.connectPauseMs }])), connectMs: program.connectMs ?? 0,
    number: (setting) => numberOf(setting, surroundings), isOn: (env, byDefault) => isOn(env, byDefault, surroundings),
  };
}
