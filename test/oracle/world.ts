import type { LoadSpec, Setting, Step } from '../../src/cluster/spec.ts';
import type { Cluster } from '../../src/cluster/cluster.ts';
import { isOn, numberOf } from '../../src/cluster/traffic/settings.ts';

/** What the oracle simulates: pods behind names, what their programs do, who asks. Plain data, resolved from the same description as the model's. */
export interface World {
  readonly services: ReadonlyMap<string, readonly PodOf[]>;
  readonly externals: ReadonlyMap<string, { readonly latencyMs: number; readonly errors: number }>;
  readonly loads: readonly Pick<LoadSpec, 'service' | 'route' | 'ratePerS' | 'patienceMs' | 'retries'>[];
}

export interface PodOf {
  readonly name: string;
  readonly namespace: string;
  readonly cores: number;
  readonly threads: number;
  readonly cpuFactor: number;
  readonly errors: number;
  readonly routes: Readonly<Record<string, readonly Step[]>>;
  /** Connections that it may have to a database, by `namespace/service`. */
  readonly connections: ReadonlyMap<string, number>;
  number(setting: Setting): number;
  isOn(env: string, byDefault: string): boolean;
}

/** The world that a cluster's model stands in now. */
export function worldOf(cluster: Cluster): World {
  const { places } = cluster.traffic.flow;
  const services = new Map([...places.services].map(([key, { pods }]) => [key, pods.map((pod): PodOf => {
    const surroundings = { environment: pod.environment, flags: pod.flags };
    return {
      name: pod.name, namespace: pod.namespace, cores: pod.cores, threads: pod.variant.threads, cpuFactor: pod.variant.version.cpuFactor, errors: pod.variant.version.errors,
      routes: pod.variant.program.routes, connections: new Map(pod.pools.map(({ plan, granted }) => [plan.database.key, granted])),
      number: (setting) => numberOf(setting, surroundings), isOn: (env, byDefault) => isOn(env, byDefault, surroundings),
    };
  })]));
  return { services, externals: new Map([...places.externals].map(([key, { latencyMs, errors }]) => [key, { latencyMs, errors }])), loads: cluster.traffic.loads.map(({ spec }) => spec) };
}
