import type { Op, PodFlow, RouteFlow, Variant } from '../../traffic/graph.ts';
import { servedShare, varianceOf } from '../../traffic/pod-flow.ts';
import { PERIOD_MS, throttledByChance } from '../../traffic/quota.ts';
import { exp } from '../../../time/exact-math.ts';
import { type RouteRecord, STEP_FIELDS } from '../windows.ts';
import { Counters } from './counters.ts';
import { LatencyMeter } from './latency-meter.ts';

const CPU_S = 0;
const PERIODS = 1;
const THROTTLED_PERIODS = 2;
const THROTTLED_S = 3;

/** What one run of a pod's container has counted since it was started. */
export class PodMeter {
  readonly pod: PodFlow;
  /** Requests that it served, by route. */
  readonly served = new Map<string, LatencyMeter>();
  /** Requests that it made, by whom it asked. */
  readonly made = new Map<string, LatencyMeter>();
  /** Statements, by database. */
  readonly queried = new Map<string, LatencyMeter>();
  /** Requests that gave up waiting for a connection, by database. */
  readonly denied = new Map<string, Counters>();
  readonly #cpu = new Counters(4);

  constructor(pod: PodFlow) {
    this.pod = pod;
  }

  /** One tick, after the flow has taken it. */
  tick(tickMs: number): void {
    const { pod } = this;
    this.#tickCpu(tickMs);
    for (const meters of [this.served, this.made, this.queried, this.denied]) for (const meter of meters.values()) meter.beginTick();
    const { kind } = pod.variant.program;
    if (kind === 'database' || kind === 'cache') return;
    pod.variant.routes.forEach((route, at) => this.#tickRoute(route, at));
    for (const pool of pod.pools) {
      let asked = 0;
      for (const arriving of pool.arriving) asked += arriving;
      counters(this.denied, pool.plan.database.key).add(0, asked * pool.fail);
    }
  }

  /** What routes did in a window that is over; `seconds` of it are this pod's. */
  before(variant: Variant, routes: readonly RouteRecord[], seconds: number): void {
    this.#cpu.beginTick();
    routes.forEach(({ startedPerS, failShare, noConnection, detMs, spreadMs, steps }, nth) => {
      const route = variant.routes[nth];
      if (route === undefined) return;
      const count = startedPerS * seconds;
      const good = count * (1 - failShare) * (1 - noConnection);
      latency(this.served, route.name).add(good, count - good, detMs + spreadMs, spreadMs * spreadMs);
      this.#cpu.add(CPU_S, (count * route.cpuMs) / 1000);
      route.ops.forEach((op, step) => {
        const [perS, ms, fail, , attempts] = steps.subarray(step * STEP_FIELDS) as unknown as [number, number, number, number, number];
        if (!(perS > 0) || op.kind === 'cache') return;
        const meter = op.kind === 'call' ? latency(this.made, op.target) : latency(this.queried, op.target);
        meter.add(perS * seconds * (1 - fail), perS * seconds * (attempts - 1 + fail), ms / Math.max(1, attempts), op.variance);
      });
    });
    for (const meters of [this.served, this.made, this.queried]) for (const meter of meters.values()) meter.beginTick();
    this.#cpu.beginTick();
  }

  /** Seconds of CPU, and what the kernel's quota cost; `since` as of {@link Counters.read}. */
  cpu(since: number): { readonly cpuS: number; readonly periods: number; readonly throttledPeriods: number; readonly throttledS: number } {
    return { cpuS: this.#cpu.read(CPU_S, since), periods: Math.floor(this.#cpu.read(PERIODS, since)), throttledPeriods: Math.floor(this.#cpu.read(THROTTLED_PERIODS, since)), throttledS: this.#cpu.read(THROTTLED_S, since) };
  }

  #tickCpu(tickMs: number): void {
    const { pod } = this;
    const load = pod.cores > 0 ? pod.cpuDemand / (pod.cores * Math.max(1e-6, Math.min(1, pod.given))) : 0;
    this.#cpu.beginTick();
    this.#cpu.add(CPU_S, (Math.min(pod.cpuDemand, pod.cores) * tickMs) / 1000);
    this.#cpu.add(PERIODS, tickMs / PERIOD_MS);
    // A period is throttled where its work does not fit: always beyond the limit, else as often as too much comes at once.
    const byChance = pod.limited ? throttledByChance(load, pod.cpuPieceMs, pod.cores * pod.given * PERIOD_MS) : 0;
    const periods = tickMs / PERIOD_MS;
    const throttled = 1 - (1 - byChance) * exp(-pod.throttled.periods / periods);
    this.#cpu.add(THROTTLED_PERIODS, throttled * periods);
    this.#cpu.add(THROTTLED_S, (byChance * Math.max(0.1, Math.min(1, load - 0.5)) * tickMs + pod.throttled.ms) / 1000);
  }

  #tickRoute(route: RouteFlow, at: number): void {
    const { pod } = this;
    const ended = pod.threads.left[at] as number;
    const began = pod.threads.admitted[at] as number;
    const spared = servedShare(pod, at);
    const meanMs = pod.threads.backlogWaitMs + pod.threads.chanceWaitMs + (pod.holdMs[at] as number);
    latency(this.served, route.name).add(ended * spared, ended * (1 - spared), meanMs, varianceOf(pod, at));
    for (const op of route.ops) this.#tickOp(op, began);
  }

  #tickOp(op: Op, began: number): void {
    const times = began * op.nowShare;
    if (!(times > 0) || op.kind === 'cache') return;
    const meter = op.kind === 'call' ? latency(this.made, op.target) : latency(this.queried, op.target);
    // Each try before the last one failed too.
    meter.add(times * (1 - op.fail), times * (op.attempts - 1 + op.fail), op.ms / Math.max(1, op.attempts), op.variance);
  }
}

function latency(meters: Map<string, LatencyMeter>, key: string): LatencyMeter {
  let meter = meters.get(key);
  if (meter === undefined) {
    meter = new LatencyMeter();
    meters.set(key, meter);
  }
  return meter;
}

function counters(all: Map<string, Counters>, key: string): Counters {
  let one = all.get(key);
  if (one === undefined) {
    one = new Counters(1);
    all.set(key, one);
  }
  return one;
}
