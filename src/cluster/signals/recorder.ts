import type { SimMs } from '../../time/sim-time.ts';
import type { Flow } from '../traffic/flow.ts';
import type { DatabaseFlow, PodFlow, ServiceFlow, Variant } from '../traffic/graph.ts';
import { WINDOW_MS } from '../traffic/traffic.ts';
import { Gauge, gauges } from './gauge.ts';
import { keepWindow } from './keep-window.ts';
import type { Metric, Metrics } from './metrics.ts';
import type { Windows } from './windows.ts';

/** Turns the state of the flow into metrics and log material, once a window. */
export class Recorder {
  readonly #flow: Flow;
  readonly #metrics: Metrics;
  readonly #windows: Windows;
  readonly #workloads = new Map<string, Workload>();
  #crew: Crew = { pods: [], workloads: [], callers: [] };
  readonly #services = new Map<ServiceFlow, Gauges<typeof OF_SERVICE>>();
  readonly #databases = new Map<DatabaseFlow, Gauges<typeof OF_DATABASE>>();
  readonly #caches = new Map<ServiceFlow, Gauge>();
  readonly #topics = new Map<string, Gauge>();

  constructor(flow: Flow, metrics: Metrics, windows: Windows) {
    this.#flow = flow;
    this.#metrics = metrics;
    this.#windows = windows;
  }

  closeWindow(endMs: SimMs): void {
    for (const service of this.#flow.places.services.values()) this.#recordService(service);
    this.#gatherWorkloads();
    for (const workload of this.#workloads.values()) this.#recordWorkload(workload);
    for (const database of this.#flow.places.databases.values()) this.#recordDatabase(database);
    for (const topic of this.#flow.topics.groups.values()) this.#gauge(this.#topics, topic.key, 'topic.lag', topic.key).set(topic.lag + topic.blockedLag);
    this.#windows.add(keepWindow(this.#flow, endMs));
    this.#metrics.closeWindow();
  }

  #gauge<Of>(known: Map<Of, Gauge>, of: Of, metric: Metric, subject: string): Gauge {
    let gauge = known.get(of);
    if (gauge === undefined) known.set(of, (gauge = new Gauge(this.#metrics, metric, subject)));
    return gauge;
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
    let measured = this.#services.get(service);
    if (measured === undefined) this.#services.set(service, (measured = gauges(this.#metrics, service.key, OF_SERVICE)));
    measured.rate.set((done * 1000) / WINDOW_MS);
    measured.errors.set(failed / done);
    const { latencies } = service;
    if (latencies.total === 0) return;
    measured.p50.set(latencies.quantile(0.5));
    measured.p95.set(latencies.quantile(0.95));
    measured.p99.set(latencies.quantile(0.99));
    latencies.halve();
  }

  /** Sums up the pods of each workload, and what they call. A workload without pods is measured as having none. */
  #gatherWorkloads(): void {
    if (this.#crew.pods !== this.#flow.layout.pods) this.#crew = this.#crewOf(this.#flow.layout.pods);
    const { pods, workloads, callers } = this.#crew;
    for (const workload of this.#workloads.values()) reset(workload);
    for (let nth = 0; nth < pods.length; nth++) addPod(this.#metrics, workloads[nth] as Workload, pods[nth] as PodFlow);
    for (const { variant, workload } of callers) {
      for (const route of variant.routes) {
        for (const op of route.ops) {
          const rate = route.startedPerS * op.nowShare;
          if (rate <= 0) continue;
          if (op.kind === 'cache') this.#gauge(this.#caches, op.cache, 'cache.hit', op.cache.key).set(op.nowHit);
          if (op.kind === 'call') addCall(this.#metrics, workload, op.target, rate, op.ms, op.fail);
        }
      }
    }
  }

  /** Whose pods they are: found once, until the layout changes. */
  #crewOf(pods: readonly PodFlow[]): Crew {
    const workloadOf = new Map<Variant, Workload>();
    const workloads = pods.map((pod) => {
      let workload = this.#workloads.get(pod.workloadKey);
      if (workload === undefined) {
        workload = newWorkload(this.#metrics, pod.workloadKey, pod.variant.program.kind !== 'database');
        this.#workloads.set(pod.workloadKey, workload);
      }
      workloadOf.set(pod.variant, workload);
      return workload;
    });
    return { pods, workloads, callers: [...workloadOf].map(([variant, workload]) => ({ variant, workload })) };
  }

  #recordWorkload(workload: Workload): void {
    const { measured } = workload;
    measured.ready.set(workload.ready);
    measured.cores.set(workload.demand);
    measured.share.set(workload.limit > 0 ? workload.demand / workload.limit : 0);
    if (workload.serves) {
      measured.busy.set(workload.places > 0 ? workload.busy / workload.places : 0);
      measured.queued.set(workload.queued);
    }
    for (const pool of workload.pools.values()) {
      pool.measured.used.set(pool.used);
      pool.measured.size.set(pool.size);
      if (pool.pods > 0) pool.measured.wait.set(pool.waitMs / pool.pods);
    }
    for (const call of workload.calls.values()) {
      if (call.ratePerS === 0) continue;
      call.measured.rate.set(call.ratePerS);
      call.measured.ms.set(call.ms / call.ratePerS);
      call.measured.errors.set(call.errors / call.ratePerS);
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
    let measured = this.#databases.get(database);
    if (measured === undefined) this.#databases.set(database, (measured = gauges(this.#metrics, database.key, OF_DATABASE)));
    measured.connections.set(database.up ? database.open : 0);
    measured.limit.set(database.maxConnections);
    measured.busy.set(busy);
    measured.wait.set(pods > 0 ? waitMs / pods : 0);
    let share = 0;
    for (const pod of database.service.pods) share += Math.min(1, pod.cpuDemand / pod.cores) / database.service.pods.length;
    measured.cpu.set(share);
  }
}

const OF_SERVICE = { rate: 'http.rate', errors: 'http.errors', p50: 'http.p50', p95: 'http.p95', p99: 'http.p99' } as const;
const OF_DATABASE = { connections: 'db.connections', limit: 'db.limit', busy: 'db.busy', wait: 'db.wait', cpu: 'db.cpu' } as const;
const OF_WORKLOAD = { ready: 'pods.ready', cores: 'cpu.cores', share: 'cpu.share', busy: 'threads.busy', queued: 'queue.length' } as const;
const OF_POOL = { used: 'pool.used', size: 'pool.size', wait: 'pool.wait' } as const;
const OF_CALLS = { rate: 'call.rate', ms: 'call.ms', errors: 'call.errors' } as const;

type Gauges<Named> = Readonly<Record<keyof Named, Gauge>>;

/** The pods of one Deployment or StatefulSet, summed up. */
interface Workload {
  readonly key: string;
  readonly measured: Gauges<typeof OF_WORKLOAD>;
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

/** The pods of a layout with their workloads, in their order, and which workload a variant's calls are counted for. */
interface Crew {
  readonly pods: readonly PodFlow[];
  readonly workloads: readonly Workload[];
  readonly callers: readonly { readonly variant: Variant; readonly workload: Workload }[];
}

interface WorkloadPool {
  readonly measured: Gauges<typeof OF_POOL>;
  used: number;
  size: number;
  waitMs: number;
  pods: number;
}

interface WorkloadCalls {
  readonly measured: Gauges<typeof OF_CALLS>;
  ratePerS: number;
  ms: number;
  errors: number;
}

function newWorkload(metrics: Metrics, key: string, serves: boolean): Workload {
  return { key, measured: gauges(metrics, key, OF_WORKLOAD), serves, busy: 0, places: 0, queued: 0, demand: 0, limit: 0, ready: 0, pools: new Map(), calls: new Map() };
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

function addPod(metrics: Metrics, workload: Workload, pod: PodFlow): void {
  workload.busy += pod.threads.utilisation * pod.threads.places;
  workload.places += pod.threads.places;
  workload.queued += pod.threads.backlog;
  workload.demand += Math.min(pod.cpuDemand, pod.cores);
  workload.limit += pod.cores;
  if (pod.serving) workload.ready++;
  for (const { plan, station, granted, fail } of pod.pools) {
    let pool = workload.pools.get(plan.database.key);
    if (pool === undefined) {
      pool = { measured: gauges(metrics, `${workload.key}→${plan.database.key}`, OF_POOL), used: 0, size: 0, waitMs: 0, pods: 0 };
      workload.pools.set(plan.database.key, pool);
    }
    pool.used += Math.min(station.utilisation, 1) * station.places;
    pool.size += granted;
    pool.waitMs += Math.min(plan.acquireTimeoutMs, station.backlogWaitMs + station.chanceWaitMs) * (1 - fail) + plan.acquireTimeoutMs * fail;
    pool.pods++;
  }
}

function addCall(metrics: Metrics, workload: Workload, target: string, ratePerS: number, ms: number, fail: number): void {
  let calls = workload.calls.get(target);
  if (calls === undefined) {
    calls = { measured: gauges(metrics, `${workload.key}→${target}`, OF_CALLS), ratePerS: 0, ms: 0, errors: 0 };
    workload.calls.set(target, calls);
  }
  calls.ratePerS += ratePerS;
  calls.ms += ratePerS * ms;
  calls.errors += ratePerS * fail;
}
