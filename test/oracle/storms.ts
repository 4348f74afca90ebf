import type { CallSpec, ClusterSpec } from '../../src/cluster/spec.ts';
import { Die } from '../../src/time/dice.ts';
import { node, plain, program, workload } from './a-random-shop.ts';
import { aClusterOf, advance, clusterAt } from './compare.ts';
import { Oracle } from './oracle.ts';
import { worldOf } from './world.ts';

/**
 * A front that calls a back with a time-out and retries, and a spike of load that passes. Whether the pair recovers
 * afterwards or stays stuck in its own retries is what model and oracle have to agree on.
 */
export interface Storm {
  readonly seed: number;
  readonly pods: number;
  readonly cores: number;
  readonly threads: number;
  readonly workMs: number;
  readonly timeoutMs: number;
  readonly retries: number;
  /** CPU that users ask of the back in peace, as a share of its cores. */
  readonly load: number;
  readonly spike: { readonly factor: number; readonly lengthMs: number };
}

export type Outcome = 'recovers' | 'stays stuck';

export function aStorm(seed: number): Storm {
  const die = new Die(seed, 'storm');
  return {
    seed, pods: 1 + die.roll(3), cores: 1 + die.roll(3), threads: 16 + die.roll(49), workMs: 15 + die.roll(26), timeoutMs: 250 + die.roll(1_750), retries: die.roll(5),
    load: die.between(0.15, 0.9), spike: { factor: die.between(1.2, 8), lengthMs: Math.round(die.between(2_000, 40_000)) },
  };
}

/**
 * How far a storm is from where its outcome flips: below 0.2 it lies in the boundary band, where chance decides and no
 * agreement is asked. What sustains a storm is the load with all its retries against the cores; what starts it is a
 * backlog of the spike that outlasts the time-out.
 */
export function margin({ load, retries, spike, timeoutMs, pods, cores, threads, workMs }: Storm): number {
  const sustains = load * (1 + retries);
  const perMs = (pods * cores) / workMs;
  // Requests that are inside or wait when the spike ends, at most what there is room for, against those that make everybody late.
  const built = Math.max(0, Math.min(spike.lengthMs * perMs * (load * spike.factor - 1), pods * (512 + threads)));
  const late = timeoutMs * perMs;
  const starts = load * spike.factor < 1 ? load * spike.factor : load * spike.factor * (built / late);
  return Math.min(Math.abs(Math.log(sustains)), sustains < 1 ? Infinity : Math.abs(Math.log(Math.max(starts, 1e-3))));
}

const CALM_MS = 60_000;
const AFTER_MS = 90_000;
const LOOK_MS = 30_000;

function ratePerS({ load, pods, cores, workMs }: Storm): number {
  return (load * pods * cores * 1_000) / workMs;
}

/** The storm by the model; `more` is what else the front heeds when it calls. */
export function byModel(storm: Storm, more: Partial<CallSpec> = {}): Outcome {
  const { cluster, agenda } = aClusterOf(stormSpec(storm, more));
  advance(agenda, CALM_MS);
  const end = cluster.traffic.conditions.adjust('load', 'default/front', storm.spike.factor);
  advance(agenda, CALM_MS + storm.spike.lengthMs);
  end();
  advance(agenda, CALM_MS + storm.spike.lengthMs + AFTER_MS + LOOK_MS);
  return cluster.traffic.places.route('default/front', 'default').failShare > 0.5 ? 'stays stuck' : 'recovers';
}

/** The storm request by request. */
export function byOracle(storm: Storm): Outcome {
  const { cluster } = clusterAt(stormSpec(storm), 20_000);
  const oracle = new Oracle(worldOf(cluster), { seed: storm.seed });
  const { queue } = oracle;
  queue.run(CALM_MS);
  oracle.loadFactor = storm.spike.factor;
  queue.run(CALM_MS + storm.spike.lengthMs);
  oracle.loadFactor = 1;
  queue.run(CALM_MS + storm.spike.lengthMs + AFTER_MS);
  oracle.forget();
  queue.run(CALM_MS + storm.spike.lengthMs + AFTER_MS + LOOK_MS);
  const ended = oracle.latencies.get('default/front/default')?.length ?? 0;
  return ended === 0 || (oracle.failures.get('default/front/default') ?? 0) / ended > 0.5 ? 'stays stuck' : 'recovers';
}

function stormSpec(storm: Storm, more: Partial<CallSpec> = {}): ClusterSpec {
  const { pods, cores, threads, workMs, timeoutMs, retries } = storm;
  return {
    name: `storm-${storm.seed}`,
    objects: [node(1), node(2), node(3), ...workload('front', 2, 16), ...workload('back', pods, cores)],
    traffic: {
      load: [{ service: 'default/front', route: 'default', ratePerS: ratePerS(storm), noise: 0, patienceMs: 1e9, retries: 0 }],
      programs: {
        'example/front': program('service', 4_096, { default: [{ do: 'cpu', ms: 0.2 }, { do: 'call', call: { to: 'back', route: 'default', times: 1, timeoutMs: plain(timeoutMs), retries: plain(retries), onFailure: 'fail', ...more } }] }),
        'example/back': program('service', threads, { default: [{ do: 'cpu', ms: workMs }] }),
      },
      externals: {}, alerts: [],
    },
  };
}
