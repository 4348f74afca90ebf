import { describe, expect, test } from 'vitest';
import { erlangTable } from '../../src/cluster/traffic/erlang.ts';
import type { Setting, Step } from '../../src/cluster/spec.ts';
import { Oracle } from './oracle.ts';
import { mean } from './statistics.ts';
import { OPEN_WAY } from './ways.ts';
import type { World } from './world.ts';

/** The oracle itself is held to what is known exactly: Erlang's formula for c servers and Poisson arrivals. */

const plain = (value: number): Setting => ({ default: value, env: null });

function aServer({ cores, threads, steps, ratePerS }: { cores: number; threads: number; steps: readonly Step[]; ratePerS: number }): World {
  const pod = { name: 'web-0', namespace: 'shop', workload: 'shop/web', node: 'node-1', zone: '', cores, threads, queue: 512, sheds: new Set<string>(), cpuFactor: 1, errors: 0, delayMs: 0, cold: null, routes: { default: steps }, connections: new Map(), connectMs: 0, number: ({ default: value }: Setting) => value, isOn: () => true };
  return { services: new Map([['shop/web', [pod]]]), externals: new Map([['external/other', { latencyMs: 10, errors: 0, limitPerS: Infinity }]]), topics: [], way: () => OPEN_WAY, statementFactor: () => 1, loads: [{ service: 'shop/web', route: 'page', ratePerS, patienceMs: 1e9, retries: 0 }] };
}

/** Mean latency over many requests, the first ones left out. */
function measured(world: World, requests: number): number {
  const oracle = new Oracle(world, { seed: 11, certain: 0, outsideCertain: 0 });
  const seconds = requests / (world.loads[0]?.ratePerS ?? 1);
  oracle.queue.run(20_000);
  oracle.forget();
  oracle.queue.run(20_000 + seconds * 1000);
  return mean(oracle.latencies.get('shop/web/page') ?? []);
}

describe('the oracle meets Erlang C within one per cent', { timeout: 60_000 }, () => {
  test.each([[1, 0.5], [2, 0.7], [8, 0.8], [16, 0.85]])('%i threads at %f: first come, first served', (threads, load) => {
    const holdMs = 10;
    const steps: Step[] = [{ do: 'call', call: { to: 'external/other', route: '', times: 1, timeoutMs: plain(1e9), retries: plain(0), onFailure: 'fail' } }];
    const told = holdMs * (1 + erlangTable(threads).meanWait(load));
    expect(Math.abs(measured(aServer({ cores: 1, threads, steps, ratePerS: (threads * load * 1000) / holdMs }), 1_000_000) / told - 1)).toBeLessThan(0.01);
  });

  test.each([[1, 0.5], [4, 0.8]])('%i cores at %f: shared by all who work', (cores, load) => {
    const told = 10 * (1 + erlangTable(cores).meanWait(load));
    expect(Math.abs(measured(aServer({ cores, threads: 100_000, steps: [{ do: 'cpu', ms: 10 }], ratePerS: cores * load * 100 }), 1_000_000) / told - 1)).toBeLessThan(0.01);
  });
});
