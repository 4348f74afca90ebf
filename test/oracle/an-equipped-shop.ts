import type { CallSpec, ClusterSpec, LoadSpec, ProgramSpec, Step } from '../../src/cluster/spec.ts';
import type { KubeObject } from '../../src/cluster/objects.ts';
import type { Conditions } from '../../src/cluster/traffic/conditions.ts';
import { Die } from '../../src/time/dice.ts';
import { plain, program, workload } from './a-random-shop.ts';

const ZONES = ['north', 'south'];
const NODES = 4;
type Programs = Record<string, ProgramSpec>;

/**
 * A shop of a seed with what production puts around calls: back-off, budgets, breakers, bounded queues that shed, a broker and
 * its consumers, a cache whose things end, a party that is down and one that counts, two zones with a slow line between them.
 */
export function anEquippedShop(seed: number, ratePerS: number): ClusterSpec {
  const die = new Die(seed, 'equipped-shop');
  const names = ['front', 'list', 'cart', 'bus', 'worker'];
  const objects: KubeObject[] = [...Array.from({ length: NODES }, (_, nth) => zonedNode(nth)), ...workload('db', 1, 4 + die.roll(5)), ...workload('store', 1, 2)];
  for (const name of names) objects.push(...workload(name, 1 + die.roll(4), 1 + die.roll(3)));
  const programs: Programs = {
    'example/db': program('database', 64, {}), 'example/store': { ...program('cache', 256, { default: [{ do: 'cpu', ms: 0.2 }] }), cold: { factor: 1, requests: 200 + die.roll(800) } },
    'example/front': { ...service(die, frontRoutes(die)), sheds: ['brief'] },
    'example/list': service(die, { default: [works(die, 2, 12), ...(die.roll(2) === 0 ? [cached(die)] : [transaction(die)])] }),
    'example/cart': service(die, { default: [works(die, 2, 20), calls('external/partner', die, { breaker: { failures: 0.5, openMs: plain(2_000 + die.roll(18_000)) }, timeoutMs: plain(2_000), onFailure: 'degrade' }), ...(die.roll(2) === 0 ? [transaction(die)] : [])] }),
    'example/bus': service(die, { orders: [{ do: 'cpu', ms: 1 }] }),
    'example/worker': { ...program('worker', 8 + die.roll(25), { handle: [works(die, 4, 20), transaction(die)] }), consumes: [{ from: 'bus', topic: 'orders', route: 'handle', partitions: 4 + die.roll(9), retentionMs: 3_600_000, rebalanceMs: 3_000 }] },
  };
  return {
    name: `equipped-${seed}`, objects,
    traffic: {
      load: [load('default', ratePerS * 0.6), load('brief', ratePerS * 0.4)], programs, alerts: [],
      externals: {
        partner: { latencyMs: 20 + die.roll(150), errors: die.roll(3) === 0 ? 0.85 + die.fraction() * 0.15 : die.roll(4) / 100, host: 'partner.example' },
        maps: { latencyMs: 10 + die.roll(60), errors: 0, host: 'maps.example', limitPerS: ratePerS * 0.4 * die.between(0.4, 1.6) },
      },
    },
  };
}

/** What is wrong around it, for as long as it runs. */
export function hardships(seed: number, conditions: Conditions): void {
  const die = new Die(seed, 'equipped-shop/hardships');
  conditions.adjust('zone-latency', 'north~south', 1 + die.roll(15));
  if (die.roll(2) === 0) conditions.adjust('node-latency', `node-${die.roll(NODES)}`, 1 + die.roll(5));
  if (die.roll(2) === 0) conditions.adjust('way-loss', 'default/front→default/list', die.roll(20) / 1_000);
  if (die.roll(2) === 0) {
    conditions.adjust('connection-churn', 'default/front', die.between(0.1, 0.8));
    conditions.adjust('dns-latency', 'cluster', 5 + die.roll(30));
    conditions.adjust('dns-errors', 'cluster', die.roll(10) / 1_000);
  }
  if (die.roll(3) === 0) conditions.adjust('cpu-limit', 'default/list', 0.5);
  if (die.roll(3) === 0) conditions.adjust('work-latency', 'default/cart', 1 + die.roll(30));
}

function frontRoutes(die: Die): ProgramSpec['routes'] {
  const first = [works(die, 1, 8), calls('list', die)];
  return { default: [...first, calls('cart', die), calls('bus', die, { route: 'orders', times: 0.5, onFailure: 'fail' }), calls('external/maps', die, { times: 0.4, retries: plain(1), onFailure: 'degrade' })], brief: first };
}

function service(die: Die, routes: ProgramSpec['routes']): ProgramSpec {
  return { ...program('service', 16 + die.roll(49), routes), queue: plain(8 + die.roll(120)) };
}

function works(die: Die, least: number, most: number): Step {
  return { do: 'cpu', ms: least + die.roll(most - least + 1) };
}

/** A call with a time-out that bites now and then, one or two retries after a pause, and a budget for them. */
function calls(to: string, die: Die, more: Partial<CallSpec> = {}): Step {
  const budget = die.roll(3) === 0 ? {} : { budget: 0.1 + die.roll(4) / 10 };
  return { do: 'call', call: { to, route: 'default', times: 1, timeoutMs: plain(300 + die.roll(1_500)), retries: plain(1 + die.roll(2)), backoffMs: plain(20 + die.roll(300)), onFailure: die.roll(2) === 0 ? 'fail' : 'degrade', ...budget, ...more } };
}

function transaction(die: Die): Step {
  return { do: 'transaction', on: 'db', pool: plain(6 + die.roll(15)), acquireTimeoutMs: plain(5_000), steps: [{ do: 'query', ms: 1 + die.roll(6), lock: null }] };
}

function cached(die: Die): Step {
  return { do: 'cached', on: 'store', hit: die.between(0.6, 0.95), ms: 1, expiry: { ttlMs: 5_000 + die.roll(55_000), coalesced: die.roll(2) === 0 }, miss: [transaction(die)] };
}

function load(route: string, ratePerS: number): LoadSpec {
  return { service: 'default/front', route, ratePerS, noise: 0, patienceMs: 60_000, retries: 0 };
}

function zonedNode(nth: number): KubeObject {
  return { apiVersion: 'v1', kind: 'Node', metadata: { name: `node-${nth}`, labels: { 'topology.kubernetes.io/zone': ZONES[nth % ZONES.length] as string } }, status: { capacity: { cpu: '64', memory: '64Gi', pods: '110' } } } as KubeObject;
}
