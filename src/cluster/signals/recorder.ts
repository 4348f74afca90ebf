import type { SimMs } from '../../time/sim-time.ts';
import type { Flow } from '../traffic/flow.ts';
import type { DatabaseFlow, PodFlow, ServiceFlow, ServiceRoute, Variant } from '../traffic/graph.ts';
import { WINDOW_MS } from '../traffic/traffic.ts';
import { Histogram } from './histogram.ts';
import { keepWindow } from './keep-window.ts';
import type { Metric, Metrics, Series } from './metrics.ts';
import type { Windows } from './windows.ts';

/** Turns the state of the flow into metrics and log material, once a window. */
export class Recorder {
  readonly #flow: Flow;
  readonly #metrics: Metrics;
  readonly #windows: Windows;
  readonly #latencies = new Map<ServiceFlow, Histogram>();
  readonly #workloads = new Map<string, Workload>();
  /** Series by what they are measured of, so that no name is put together twice. */
  readonly #series = new Map<object, Map<Metric, Series>>();

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
    for (const service of this.#flow.places.services.values()) this.#recordService(service);
    this.#gatherWorkloads();
    for (const workload of this.#workloads.values()) this.#recordWorkload(workload);
    for (const database of this.#flow.places.databases.values()) this.#recordDatabase(database);
    for (const topic of this.#flow.topics.groups.values()) this.#record('topic.lag', topic, topic.lag + topic.blockedLag);
    this.#windows.add(keepWindow(this.#flow.layout, endMs));
    this.#metrics.closeWindow();
  }

  #record(metric: Metric, of: { readonly key: string }, value: number): void {
    let series = this.#series.get(of);
    if (series === undefined) {
      series = new Map();
      this.#series.set(of, series);
    }
    let one = series.get(metric);
    if (one === undefined) {
      one = this.#metrics.series(metric, of.key);
      series.set(metric, one);
    }
    one.set(this.#metrics.windows, value);
  }

  #recordService(service: ServiceFlow): void {
    let done = 0;
    let failed = 0;
    for (const route of service.routes) {
      done += route.done;
      failed += route.failed;
      route.done = 0;
      route.failed = 0;
    }
    // Nobody reaches a name that does not resolve; what users ask of it still counts.
    if (done <= 0 || (!service.exists && service.patienceMs === Infinity)) return;
    this.#record('http.rate', service, (done * 1000) / WINDOW_MS);
    this.#record('http.errors', service, failed / done);
    const latencies = this.#latencies.get(service);
    if (latencies === undefined || latencies.total === 0) return;
    this.#record('http.p50', service, latencies.quantile(0.5));
    this.#record('http.p95', service, latencies.quantile(0.95));
    this.#record('http.p99', service, latencies.quantile(0.99));
    latencies.halve();
  }

  /** Sums up the pods of each workload, and what they call. A workload without pods is measured as having none. */
  #gatherWorkloads(): void {
    for (const workload of this.#workloads.values()) reset(workload);
    const workloadOf = new Map<Variant, Workload>();
    for (const pod of this.#flow.layout.pods) {
      let workload = this.#workloads.get(pod.workloadKey);
      if (workload === undefined) {
        workload = newWorkload(pod.workloadKey, pod.variant.program.kind !== 'database');
        this.#workloads.set(pod.workloadKey, workload);
      }
      addPod(workload, pod);
      workloadOf.set(pod.variant, workload);
    }
    for (const [variant, workload] of workloadOf) {
      for (const route of variant.routes) {
        for (const op of route.ops) {
          const rate = route.startedPerS * op.nowShare;
          if (rate <= 0) continue;
          if (op.kind === 'cache') this.#record('cache.hit', op.cache, op.nowHit);
          if (op.kind === 'call') addCall(workload, op.target, rate, op.ms, op.fail);
        }
      }
    }
  }

  #recordWorkload(workload: Workload): void {
    this.#record('pods.ready', workload, workload.ready);
    this.#record('cpu.cores', workload, workload.demand);
    this.#record('cpu.share', workload, workload.limit > 0 ? workload.demand / workload.limit : 0);
    if (workload.serves) {
      this.#record('threads.busy', workload, workload.places > 0 ? workload.busy / workload.places : 0);
      this.#record('queue.length', workload, workload.queued);
    }
    for (const pool of workload.pools.values()) {
      this.#record('pool.used', pool, pool.used);
      this.#record('pool.size', pool, pool.size);
      if (pool.pods > 0) this.#record('pool.wait', pool, pool.waitMs / pool.pods);
    }
    for (const call of workload.calls.values()) {
      if (call.ratePerS === 0) continue;
      this.#record('call.rate', call, call.ratePerS);
      this.#record('call.ms', call, call.ms / call.ratePerS);
      this.#record('call.errors', call, call.errors / call.ratePerS);
    }
  }

  #recordDatabase(database: DatabaseFlow): void {
    let busy = 0;
    let waitMs = 0;
    let pods = 0;
    for (const workload of this.#workloads.values()) {
      const pool = workload.pools.get(database.key);
      if (pool === undefined) continue;
      busy += pool.used;
      waitMs += pool.waitMs;
      pods += pool.pods;
    }
    this.#record('db.connections', database, database.up ? database.open : 0);
    this.#record('db.limit', database, database.maxConnections);
    this.#record('db.busy', database, busy);
    this.#record('db.wait', database, pods > 0 ? waitMs / pods : 0);
    let share = 0;
    for (const pod of database.service.pods) share += Math.min(1, pod.cpuDemand / pod.cores) / database.service.pods.length;
    this.#record('db.cpu', database, share);
  }
}

/** The pods of one Deployment or StatefulSet, summed up. */
interface Workload {
  readonly key: string;
  /** Whether it answers requests itself; a database's threads say nothing. */
  readonly serves: boolean;
  busy: number;
  places: number;
  queued: number;
  demand: number;
  limit: number;
  ready: number;
  readonly pools: Map<string, WorkloadPool>;
  readonly calls: Map<string, WorkloadCalls>;
}

interface WorkloadPool {
  readonly key: string;
  used: number;
  size: number;
  waitMs: number;
  pods: number;
}

interface WorkloadCalls {
  readonly key: string;
  ratePerS: number;
  ms: number;
  errors: number;
}

function newWorkload(key: string, serves: boolean): Workload {
  return { key, serves, busy: 0, places: 0, queued: 0, demand: 0, limit: 0, ready: 0, pools: new Map(), calls: new Map() };
}

function reset(workload: Workload): void {
  workload.busy = 0;
  workload.places = 0;
  workload.queued = 0;
  workload.demand = 0;
  workload.limit = 0;
  workload.ready = 0;
  for (const pool of workload.pools.values()) {
    pool.used = 0;
    pool.size = 0;
    pool.waitMs = 0;
    pool.pods = 0;
  }
  for (const call of workload.calls.values()) {
    call.ratePerS = 0;
    call.ms = 0;
    call.errors = 0;
  }
}

function addPod(workload: Workload, pod: PodFlow): void {
  workload.busy += pod.threads.utilisation * pod.threads.places;
  workload.places += pod.threads.places;
  workload.queued += pod.threads.backlog;
  workload.demand += Math.min(pod.cpuDemand, pod.cores);
  workload.limit += pod.cores;
  if (pod.serving) workload.ready++;
  for (const { plan, station, granted, fail } of pod.pools) {
    let pool = workload.pools.get(plan.database.key);
    if (pool === undefined) {
      pool = { key: `${workload.key}→${plan.database.key}`, used: 0, size: 0, waitMs: 0, pods: 0 };
      workload.pools.set(plan.database.key, pool);
    }
    pool.used += Math.min(station.utilisation, 1) * station.places;
    pool.size += granted;
    pool.waitMs += Math.min(plan.acquireTimeoutMs, station.backlogWaitMs + station.chanceWaitMs) * (1 - fail) + plan.acquireTimeoutMs * fail;
    pool.pods++;
  }
}

function addCall(workload: Workload, target: string, ratePerS: number, ms: number, fail: number): void {
  let calls = workload.calls.get(target);
  if (calls === undefined) {
    calls = { key: `${workload.key}→${target}`, ratePerS: 0, ms: 0, errors: 0 };
    workload.calls.set(target, calls);
  }
  calls.ratePerS += ratePerS;
  calls.ms += ratePerS * ms;
  calls.errors += ratePerS * fail;
}
