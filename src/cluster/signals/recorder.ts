import type { SimMs } from '../../time/sim-time.ts';
import type { DatabaseFlow, Flow } from '../traffic/flow.ts';
import { type PodFlow, type ServiceFlow, type ServiceRoute, serviceOf } from '../traffic/layout.ts';
import { poolMs } from '../traffic/pod-flow.ts';
import type { Variant } from '../traffic/program.ts';
import { Histogram } from './histogram.ts';
import { type Metrics, WINDOW_MS } from './metrics.ts';
import type { RouteRecord, Windows } from './windows.ts';

/** Turns the state of the flow into metrics and log material, once a window. */
export class Recorder {
  readonly #flow: Flow;
  readonly #metrics: Metrics;
  readonly #windows: Windows;
  readonly #latencies = new Map<ServiceFlow, Histogram>();

  constructor(flow: Flow, metrics: Metrics, windows: Windows) {
    this.#flow = flow;
    this.#metrics = metrics;
    this.#windows = windows;
  }

  /** A tracer that stands for `weight` requests met this latency at a route. */
  visited(route: ServiceRoute, tookMs: number, weight: number): void {
    let histogram = this.#latencies.get(route.service);
    if (histogram === undefined) {
      histogram = new Histogram();
      this.#latencies.set(route.service, histogram);
    }
    histogram.add(tookMs, weight);
  }

  closeWindow(endMs: SimMs): void {
    for (const service of this.#flow.layout.services.values()) this.#recordService(service);
    this.#recordWorkloads();
    for (const database of this.#flow.databases.values()) this.#recordDatabase(database);
    this.#recordCalls();
    this.#keepForLogs(endMs);
    this.#metrics.closeWindow();
  }

  #recordService(service: ServiceFlow): void {
    let done = 0;
    let failed = 0;
    for (const route of service.routes.values()) {
      done += route.done;
      failed += route.failed;
      route.done = 0;
      route.failed = 0;
    }
    const latencies = this.#latencies.get(service);
    if (done > 0) {
      const metrics = this.#metrics;
      metrics.record('http.rate', service.key, (done * 1000) / WINDOW_MS);
      metrics.record('http.errors', service.key, failed / done);
      if (latencies !== undefined && latencies.total > 0) {
        metrics.record('http.p50', service.key, latencies.quantile(0.5));
        metrics.record('http.p95', service.key, latencies.quantile(0.95));
        metrics.record('http.p99', service.key, latencies.quantile(0.99));
      }
    }
    latencies?.clear();
  }

  #recordWorkloads(): void {
    const metrics = this.#metrics;
    for (const [name, pods] of groupPods(this.#flow.layout.pods)) {
      let busy = 0;
      let places = 0;
      let queued = 0;
      let demand = 0;
      let limit = 0;
      let ready = 0;
      for (const pod of pods) {
        busy += pod.threads.utilisation * pod.threads.places;
        places += pod.threads.places;
        queued += pod.threads.backlog;
        demand += Math.min(pod.cpuDemand, pod.cores);
        limit += pod.cores;
        if (pod.serving) ready++;
      }
      metrics.record('pods.ready', name, ready);
      metrics.record('cpu.cores', name, demand);
      metrics.record('cpu.share', name, limit > 0 ? demand / limit : 0);
      if ((pods[0] as PodFlow).variant.program.kind !== 'database') {
        metrics.record('threads.busy', name, places > 0 ? busy / places : 0);
        metrics.record('queue.length', name, queued);
      }
      this.#recordPools(name, pods);
    }
  }

  #recordPools(name: string, pods: readonly PodFlow[]): void {
    const plans = (pods[0] as PodFlow).variant.pools;
    plans.forEach((plan, at) => {
      let used = 0;
      let size = 0;
      let wait = 0;
      for (const pod of pods) {
        const pool = pod.pools[at];
        if (pool === undefined) continue;
        used += pool.station.utilisation * pool.station.places;
        size += pool.granted;
        wait += Math.min(plan.acquireTimeoutMs, pool.station.backlogWaitMs + pool.station.chanceWaitMs) * (1 - pool.fail) + plan.acquireTimeoutMs * pool.fail;
      }
      const subject = `${name}→${plan.database}`;
      this.#metrics.record('pool.used', subject, used);
      this.#metrics.record('pool.size', subject, size);
      this.#metrics.record('pool.wait', subject, wait / pods.length);
    });
  }

  #recordDatabase(database: DatabaseFlow): void {
    const metrics = this.#metrics;
    let busy = 0;
    let wait = 0;
    let weight = 0;
    for (const pod of this.#flow.layout.pods) {
      pod.variant.pools.forEach((plan, at) => {
        const pool = pod.pools[at];
        if (plan.database !== database.key || pool === undefined) return;
        busy += pool.station.utilisation * pool.station.places;
        wait += Math.min(plan.acquireTimeoutMs, pool.station.backlogWaitMs + pool.station.chanceWaitMs) * (1 - pool.fail) + plan.acquireTimeoutMs * pool.fail;
        weight++;
      });
    }
    metrics.record('db.connections', database.key, database.up ? database.open : 0);
    metrics.record('db.limit', database.key, database.maxConnections);
    metrics.record('db.busy', database.key, busy);
    metrics.record('db.wait', database.key, weight > 0 ? wait / weight : 0);
    let share = 0;
    const { pods } = serviceOf(this.#flow.layout, database.key);
    for (const pod of pods) share += Math.min(1, pod.cpuDemand / pod.cores) / pods.length;
    metrics.record('db.cpu', database.key, share);
  }

  /** What each workload's calls meet at their targets, as its own client metrics would say. */
  #recordCalls(): void {
    const sums = new Map<string, { rate: number; ms: number; errors: number }>();
    const workloads = new Map<Variant, string>();
    for (const pod of this.#flow.layout.pods) workloads.set(pod.variant, `${pod.namespace}/${pod.workload}`);
    for (const variant of this.#flow.layout.variants) {
      for (const route of variant.routes) {
        for (const op of route.ops) {
          const rate = route.startedPerS * op.nowShare;
          if (op.kind === 'cache' && rate > 0) this.#metrics.record('cache.hit', op.target, op.nowHit);
          if (op.kind !== 'call' || rate <= 0) continue;
          const key = `${workloads.get(variant) ?? ''}→${op.target}`;
          const sum = sums.get(key) ?? { rate: 0, ms: 0, errors: 0 };
          sum.rate += rate;
          sum.ms += rate * op.ms;
          sum.errors += rate * op.fail;
          sums.set(key, sum);
        }
      }
    }
    for (const [key, sum] of sums) {
      this.#metrics.record('call.rate', key, sum.rate);
      this.#metrics.record('call.ms', key, sum.ms / sum.rate);
      this.#metrics.record('call.errors', key, sum.errors / sum.rate);
    }
  }

  #keepForLogs(endMs: SimMs): void {
    const { layout } = this.#flow;
    const index = new Map(layout.variants.map((variant, at) => [variant, at]));
    const samples = new Map<Variant, PodFlow>();
    const counts = new Map<Variant, number>();
    for (const pod of layout.pods) {
      samples.set(pod.variant, pod);
      counts.set(pod.variant, (counts.get(pod.variant) ?? 0) + (pod.serving ? 1 : 0));
    }
    this.#windows.add({
      endMs,
      pods: layout.pods.map((pod) => ({ namespace: pod.namespace, name: pod.name, run: pod.run, variant: index.get(pod.variant) as number, serving: pod.serving })),
      variants: layout.variants.map((variant) => ({ variant, pods: counts.get(variant) ?? 0, routes: variant.routes.map((_, at) => routeRecord(variant, at, samples.get(variant))) })),
    });
  }
}

function routeRecord(variant: Variant, at: number, pod: PodFlow | undefined): RouteRecord {
  const route = variant.routes[at] as Variant['routes'][number];
  const ops = new Float64Array(route.ops.length * 3);
  route.ops.forEach((op, nth) => {
    ops[nth * 3] = route.startedPerS * op.nowShare;
    ops[nth * 3 + 1] = op.ms;
    ops[nth * 3 + 2] = op.fail;
  });
  let tookMs = route.callMs + route.cpuMs;
  let noConnection = 0;
  pod?.pools.forEach((pool, nth) => {
    const share = route.poolShare[nth] as number;
    tookMs += share * poolMs(pod, nth, route);
    noConnection = Math.max(noConnection, share > 0 ? pool.fail : 0);
  });
  return { startedPerS: route.startedPerS, failShare: route.failShare, tookMs, noConnection, ops };
}

function groupPods(pods: readonly PodFlow[]): Map<string, PodFlow[]> {
  const groups = new Map<string, PodFlow[]>();
  for (const pod of pods) {
    const name = `${pod.namespace}/${pod.workload}`;
    const group = groups.get(name);
    if (group === undefined) groups.set(name, [pod]);
    else group.push(pod);
  }
  return groups;
}
