import type { ClusterSpec, ProgramSpec, Step } from '../../src/cluster/spec.ts';
import { Die } from '../../src/time/dice.ts';
import { node, plain, program, workload } from './a-random-shop.ts';
import { anEquippedShop } from './an-equipped-shop.ts';
import { aClusterOf, advance, type Running } from './compare.ts';
import { Oracle } from './oracle.ts';
import { worldOf } from './world.ts';

/** Something that takes its time, by model and oracle. */
export interface Course {
  readonly name: string;
  readonly unit: 'messages' | 's' | '% of calls';
  readonly model: number;
  readonly oracle: number;
}

const CALM_MS = 60_000;
const STEP_MS = 1_000;
/** Hits are counted over so many steps. */
const OVER = 4;

/** A wave of messages: how many wait at most, and how long after it until all but a tenth of them are done with. */
export function measuredWave(seed: number): Course[] {
  const die = new Die(seed, 'wave');
  const [partitions, pods, cores, workMs] = [2 + die.roll(7), 1 + die.roll(3), 1 + die.roll(3), 5 + die.roll(30)];
  const perS = Math.min(partitions, pods * cores * 0.8) * (1_000 / (workMs + 3));
  const [usual, wave, lengthMs] = [perS * die.between(0.2, 0.6), perS * die.between(1.3, 3), 20_000 + die.roll(60_000)];
  const consumer: ProgramSpec = { ...program('worker', 32, { handle: [{ do: 'cpu', ms: workMs }] }), consumes: [{ from: 'bus', topic: 'orders', route: 'handle', partitions, retentionMs: 3_600_000, rebalanceMs: 3_000 }] };
  const running = aClusterOf(small({ 'example/front': program('service', 64, { default: [] }), 'example/bus': program('service', 64, { orders: [] }), 'example/worker': consumer }, { worker: [pods, cores] }, 1));
  const { cluster, agenda } = running;
  const { conditions, flow } = cluster.traffic;
  conditions.adjust('messages', 'default/bus/orders', usual);
  advance(agenda, CALM_MS);
  const oracle = new Oracle(worldOf(cluster), { seed });
  oracle.queue.run(CALM_MS);
  const end = conditions.adjust('messages', 'default/bus/orders', wave);
  const lags = (untilMs: number): { model: number; oracle: number } => {
    advance(agenda, untilMs);
    oracle.queue.run(untilMs);
    return { model: [...flow.topics.groups.values()][0]?.lag ?? 0, oracle: oracle.topics[0]?.lag ?? 0 };
  };
  const peak = lags(CALM_MS + lengthMs);
  end();
  const gone = { model: 0, oracle: 0 };
  for (let atMs = CALM_MS + lengthMs + STEP_MS; atMs < CALM_MS + lengthMs + 900_000; atMs += STEP_MS) {
    const now = lags(atMs);
    for (const who of ['model', 'oracle'] as const) if (gone[who] === 0 && now[who] < peak[who] / 10) gone[who] = (atMs - CALM_MS - lengthMs) / 1_000;
    if (gone.model > 0 && gone.oracle > 0) break;
  }
  return [{ name: `wave ${seed}: lag at its end`, unit: 'messages', ...peak }, { name: `wave ${seed}: until a tenth is left`, unit: 's', ...gone }];
}

/** A cache is emptied: how long until it answers three quarters of what it answered before, over some seconds. */
export function measuredFlush(seed: number): Course[] {
  const die = new Die(seed, 'flush');
  const [ratePerS, hit, things, cores] = [50 + die.roll(300), die.between(0.6, 0.97), 1_000 + die.roll(5_000), 4 + die.roll(5)];
  const queryMs = (die.between(0.3, 1.6) * cores * 1_000) / ratePerS;
  const miss: Step[] = [{ do: 'transaction', on: 'db', pool: plain(20), acquireTimeoutMs: plain(2_000), steps: [{ do: 'query', ms: queryMs, lock: null }] }];
  const running = aClusterOf(small({
    'example/front': program('service', 512, { default: [{ do: 'cpu', ms: 1 }, { do: 'cached', on: 'store', hit, ms: 1, miss }] }),
    'example/store': { ...program('cache', 256, {}), cold: { factor: 1, requests: things } }, 'example/db': program('database', 64, {}),
  }, { front: [2, 4], db: [1, cores] }, ratePerS));
  const { cluster, agenda } = running;
  advance(agenda, CALM_MS);
  const oracle = new Oracle(worldOf(cluster), { seed });
  oracle.queue.run(CALM_MS);
  cluster.traffic.conditions.adjust('cache-loss', 'default/store', 1)();
  const shelf = oracle.shelf('default/store');
  shelf.flush();
  const warm = { model: 0, oracle: 0 };
  const looks: [asked: number, found: number][] = [];
  for (let atMs = CALM_MS + STEP_MS; atMs < CALM_MS + 900_000 && (warm.model === 0 || warm.oracle === 0); atMs += STEP_MS) {
    looks.push([shelf.asked, shelf.found]);
    const [asked, found] = looks[Math.max(0, looks.length - OVER)] as (typeof looks)[number];
    advance(agenda, atMs);
    oracle.queue.run(atMs);
    const now = { model: hitOf(running), oracle: (shelf.found - found) / Math.max(1, shelf.asked - asked) };
    for (const who of ['model', 'oracle'] as const) if (warm[who] === 0 && now[who] >= 0.75 * hit) warm[who] = (atMs - CALM_MS) / 1_000;
  }
  return [{ name: `flush ${seed}: until three quarters of the hits are back`, unit: 's', ...warm }];
}

function hitOf({ cluster }: Running): number {
  for (const { routes } of cluster.traffic.flow.layout.variants) for (const { ops } of routes) for (const op of ops) if (op.kind === 'cache') return op.nowHit;
  return 0;
}

/** A party that fails: the share of calls that breakers do not let through. */
export function measuredBreaker(seed: number): Course[] {
  const ratePerS = 20 + (seed % 7) * 15;
  const spec = anEquippedShop(seed, ratePerS);
  const { cluster, agenda } = aClusterOf({ ...spec, traffic: { ...spec.traffic, externals: { ...spec.traffic.externals, partner: { latencyMs: 60, errors: 0.9, host: 'partner.example' } } } });
  advance(agenda, CALM_MS);
  const oracle = new Oracle(worldOf(cluster), { seed });
  oracle.queue.run(CALM_MS);
  oracle.forget();
  const lookMs = 240_000;
  oracle.queue.run(CALM_MS + lookMs);
  const [breaker] = cluster.traffic.flow.layout.variants.flatMap(({ breakers }) => breakers);
  let stopped = 0;
  for (let atMs = CALM_MS + STEP_MS; atMs <= CALM_MS + lookMs; atMs += STEP_MS) {
    advance(agenda, atMs);
    stopped += (1 - (breaker?.through ?? 1)) * STEP_MS;
  }
  const call = spec.traffic.programs['example/cart']?.routes['default']?.flatMap((step) => (step.do === 'call' && step.call.breaker !== undefined ? step.call : []))[0];
  return call === undefined ? [] : [{ name: `breaker ${seed}: not let through`, unit: '% of calls', model: (100 * stopped) / lookMs, oracle: 100 * oracle.stoppedShare(call) }];
}

function small(programs: Readonly<Record<string, ProgramSpec>>, sizes: Readonly<Record<string, readonly [pods: number, cores: number]>>, ratePerS: number): ClusterSpec {
  const names = Object.keys(programs).map((image) => image.slice('example/'.length));
  return {
    name: 'over-time', objects: [node(1), node(2), node(3), ...names.flatMap((name) => workload(name, ...(sizes[name] ?? ([1, 4] as const))))],
    traffic: { load: [{ service: 'default/front', route: 'default', ratePerS, noise: 0, patienceMs: 1e9, retries: 0 }], programs, externals: {}, alerts: [] },
  };
}
