import { erlangTable } from '../../src/cluster/traffic/erlang.ts';
import type { Setting, Step } from '../../src/cluster/spec.ts';
import { Oracle } from './oracle.ts';
import { mean, quantile } from './statistics.ts';
import { OPEN_WAY } from './ways.ts';
import type { PodOf, World } from './world.ts';

/** What is known exactly about a system of queues, and what the oracle measures of it over so many requests. */
export interface ClosedForm {
  readonly name: string;
  readonly told: number;
  measured(requests: number): number;
}

const HOLD_MS = 10;
const plain = (value: number): Setting => ({ default: value, env: null });
const call = (to: string): Step => ({ do: 'call', call: { to, route: '', times: 1, timeoutMs: plain(1e9), retries: plain(0), onFailure: 'fail' } });
/** Holds a thread for a while and no core. */
const holds = call('external/other');
const works: Step = { do: 'cpu', ms: HOLD_MS };

/** Each is exact for Poisson arrivals. Sources: Erlang 1917; Pollaczek 1930, Khinchine 1932; Jackson 1957; Baskett, Chandy, Muntz, Palacios 1975. */
export const CLOSED_FORMS: readonly ClosedForm[] = [
  ...([[1, 0.5], [2, 0.7], [8, 0.8], [16, 0.85]] as const).map(([threads, load]) => form(`M/M/${threads} at ${load}, mean of ${threads} threads in ms`, HOLD_MS * (1 + erlangTable(threads).meanWait(load)), { threads, steps: [holds], load, exponential: true })),
  ...([[1, 0.5], [4, 0.8]] as const).map(([cores, load]) => form(`M/M/${cores} at ${load}, mean of ${cores} shared cores in ms`, HOLD_MS * (1 + erlangTable(cores).meanWait(load)), { cores, steps: [works], load, exponential: true })),
  form('M/M/1 at 0.5, 99th percentile in ms', (HOLD_MS * Math.log(100)) / 0.5, { threads: 1, steps: [holds], load: 0.5, exponential: true }, p99),
  form('M/M/2 with room for 4 more at 0.9, share that is turned away', lossOf(2, 6, 0.9), { threads: 2, queue: 4, steps: [holds], load: 0.9, exponential: true }, lost),
  form('M/M/1 without any room at 1.5, share that is turned away', lossOf(1, 1, 1.5), { threads: 1, queue: 0, steps: [holds], load: 1.5, exponential: true }, lost),
  form('M/G/1 at 0.8, mean in ms (Pollaczek and Khinchine)', HOLD_MS * (1 + ((0.8 / 0.2) * (1 + 0.15 * 0.15)) / 2), { threads: 1, steps: [holds], load: 0.8, exponential: false }),
  form('M/G/1 shared at 0.7, mean in ms: as if it were exponential', HOLD_MS / 0.3, { cores: 1, steps: [works], load: 0.7, exponential: false }),
  form('tandem of two shared cores at 0.5 and 0.5, mean in ms', (2 * HOLD_MS) / 0.5 + 0.5, { cores: 1, steps: [works, call('back')], load: 0.5, exponential: true }),
];

interface Server {
  readonly cores?: number;
  readonly threads?: number;
  readonly queue?: number;
  readonly steps: readonly Step[];
  readonly load: number;
  /** All of the time of a piece of work, or only a part as in the model. */
  readonly exponential: boolean;
}

type Measure = (oracle: Oracle) => number;

function form(name: string, told: number, server: Server, measure: Measure = average): ClosedForm {
  return { name, told, measured: (requests) => simulated(server, requests, measure) };
}

function simulated(server: Server, requests: number, measure: Measure): number {
  const { cores = 1, threads = Infinity, load, exponential } = server;
  const ratePerS = ((threads < Infinity ? threads : cores) * load * 1_000) / HOLD_MS;
  const oracle = new Oracle(worldOf(server, ratePerS), { seed: 11, ...(exponential ? { certain: 0, outsideCertain: 0 } : {}) });
  oracle.queue.run(20_000);
  oracle.forget();
  oracle.queue.run(20_000 + (requests / ratePerS) * 1_000);
  return measure(oracle);
}

function worldOf({ cores = 1, threads = 100_000, queue = 1e9, steps }: Server, ratePerS: number): World {
  const pod: PodOf = {
    name: 'web-0', namespace: 'shop', workload: 'shop/web', node: 'node-1', zone: '', cores, threads, queue, sheds: new Set(), cpuFactor: 1, errors: 0, delayMs: 0, cold: null,
    routes: { default: steps }, connections: new Map(), connectMs: 0, number: ({ default: value }) => value, isOn: () => true,
  };
  return {
    services: new Map([['shop/web', [pod]], ['shop/back', [{ ...pod, name: 'back-0', routes: { default: [works] } }]]]),
    externals: new Map([['external/other', { latencyMs: HOLD_MS, errors: 0, limitPerS: Infinity }]]), topics: [],
    loads: [{ service: 'shop/web', route: 'page', ratePerS, patienceMs: 1e9, retries: 0 }], way: () => OPEN_WAY, statementFactor: () => 1,
  };
}

function average(oracle: Oracle): number {
  return mean(oracle.latencies.get('shop/web/page') ?? []);
}

function p99(oracle: Oracle): number {
  return quantile(oracle.latencies.get('shop/web/page') ?? [], 0.99);
}

function lost({ failures, latencies }: Oracle): number {
  return (failures.get('shop/web/page') ?? 0) / (latencies.get('shop/web/page') ?? []).length;
}

/** Share of arrivals that find M/M/c/K full. */
function lossOf(servers: number, room: number, utilisation: number): number {
  let weight = 1;
  let total = 1;
  for (let inside = 1; inside <= room; inside++) {
    weight *= (utilisation * servers) / Math.min(inside, servers);
    total += weight;
  }
  return weight / total;
}
