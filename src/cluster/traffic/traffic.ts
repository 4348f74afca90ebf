import type { Agenda } from '../../time/agenda.ts';
import { Die } from '../../time/dice.ts';
import type { SimMs } from '../../time/sim-time.ts';
import type { AgendaEntry } from '../agenda-entry.ts';
import type { LoadSpec, TrafficSpec } from '../spec.ts';
import { Metrics, WINDOW_MS } from '../signals/metrics.ts';
import { Recorder } from '../signals/recorder.ts';
import { Windows } from '../signals/windows.ts';
import type { ObjectStore } from '../store.ts';
import { Conditions, type Lever } from './conditions.ts';
import { Flow } from './flow.ts';
import { emptyLayout, refresh, routeOf, type ServiceRoute, serviceOf } from './layout.ts';
import { Tracer } from './tracer.ts';

/** Length of a tick of the flow. */
const TICK_MS = 1_000;
/** How often tracers walk, and how many for each load each time. */
const TRACE_EVERY_MS = 5_000;
const TRACERS = 10;

/** One stream of users. */
export interface LoadFlow {
  readonly spec: LoadSpec;
  readonly route: ServiceRoute;
  readonly die: Die;
  /** Rate without retries, rolled anew for each window. */
  ratePerS: number;
  retryPerS: number;
  /** Share of answers that come too late to count as good, as the last tracers met it. */
  slowShare: number;
}

/** Requests of users to one Service: how many, and how many of them failed or came too late. */
export interface LevelCount {
  total: number;
  bad: number;
}

/**
 * The traffic of a cluster: users, the programs in its pods, what these call. It reads the cluster's objects and the
 * conditions outside, and is driven by the agenda alone, one tick a simulated second.
 */
export class Traffic implements AgendaEntry {
  readonly conditions = new Conditions((lever, target) => this.#conditionChanged(lever, target));
  readonly flow: Flow;
  readonly tracer: Tracer;
  readonly loads: readonly LoadFlow[];
  readonly windows = new Windows();
  readonly metrics: Metrics;
  /** Since the drill last took them, by `namespace/service`: for the services that users reach. */
  readonly levels = new Map<string, LevelCount>();
  readonly #agenda: Agenda<AgendaEntry>;
  readonly #store: ObjectStore;
  readonly #spec: TrafficSpec;
  readonly #recorder: Recorder;
  readonly #tooSlowMs: (service: string) => number;
  readonly #onWindow: (atMs: SimMs) => void;
  #stale = true;
  #nextTraceMs: SimMs = 0;
  #nextWindowMs: SimMs = 0;

  /** `tooSlowMs` says from which latency on a Service's answer counts as bad. `onWindow` is called after each window is closed. */
  constructor(options: {
    readonly agenda: Agenda<AgendaEntry>;
    readonly seed: number;
    readonly spec: TrafficSpec;
    readonly store: ObjectStore;
    readonly startMs: SimMs;
    readonly tooSlowMs: (service: string) => number;
    readonly onWindow: (atMs: SimMs) => void;
  }) {
    this.#agenda = options.agenda;
    this.#store = options.store;
    this.#spec = options.spec;
    this.#tooSlowMs = options.tooSlowMs;
    this.#onWindow = options.onWindow;
    this.metrics = new Metrics(options.startMs);
    this.flow = new Flow(emptyLayout(), options.spec, this.conditions);
    this.#recorder = new Recorder(this.flow, this.metrics, this.windows);
    this.tracer = new Tracer(this.flow, new Die(options.seed, 'traffic/tracer'), (route, tookMs, weight) => this.#recorder.visited(route, tookMs, weight));
    this.loads = options.spec.load.map((spec, at) => ({
      spec,
      route: routeOf(serviceOf(this.flow.layout, spec.service), spec.route),
      die: new Die(options.seed, `traffic/load/${at}`),
      ratePerS: spec.ratePerS,
      retryPerS: 0,
      slowShare: 0,
    }));
    this.#nextTraceMs = options.startMs;
    this.#nextWindowMs = options.startMs + WINDOW_MS;
    options.store.watch((_, object) => {
      if (object.kind !== 'Event' && object.kind !== 'Node' && object.kind !== 'Deployment' && object.kind !== 'ReplicaSet') this.#stale = true;
    });
    options.agenda.add(options.startMs, this);
  }

  /** One tick. Called by the agenda alone. */
  due(atMs: SimMs): void {
    const { layout } = this.flow;
    let lost = 0;
    if (this.#stale) {
      this.#stale = false;
      lost = refresh(layout, this.#store, this.#spec, atMs);
      if (atMs === this.metrics.startMs) for (const pod of layout.pods) pod.warmth = 1;
    }
    for (const load of this.loads) load.route.nextRatePerS += load.ratePerS * this.conditions.product('load', load.spec.service) + load.retryPerS;
    this.flow.step(TICK_MS);
    if (atMs >= this.#nextTraceMs) {
      this.#nextTraceMs += TRACE_EVERY_MS;
      this.#trace();
    }
    this.#countLevels(lost);
    if (atMs >= this.#nextWindowMs) {
      this.#nextWindowMs += WINDOW_MS;
      this.#recorder.closeWindow(atMs);
      for (const load of this.loads) rollRate(load);
      this.#onWindow(atMs);
    }
    this.#agenda.add(atMs + TICK_MS, this);
  }

  /** The level since the last call for each Service that users reach, and starts counting anew. */
  takeLevel(service: string): LevelCount {
    const level = this.levels.get(service) ?? { total: 0, bad: 0 };
    this.levels.set(service, { total: 0, bad: 0 });
    return level;
  }

  #conditionChanged(lever: Lever, target: string): void {
    this.flow.conditionsChanged();
    if (lever === 'cache-loss') for (const pod of this.flow.layout.services.get(target)?.pods ?? []) pod.warmth = 0;
  }

  #trace(): void {
    for (const load of this.loads) {
      const tooSlowMs = this.#tooSlowMs(load.spec.service);
      let slow = 0;
      let good = 0;
      for (let nth = 0; nth < TRACERS; nth++) {
        const { tookMs, failed } = this.tracer.request(load.route, load.ratePerS);
        if (failed) continue;
        good++;
        if (tookMs > tooSlowMs) slow++;
      }
      load.slowShare = good === 0 ? 0 : slow / good;
    }
  }

  #countLevels(lost: number): void {
    let all = 0;
    for (const load of this.loads) all += load.route.ratePerS;
    for (const load of this.loads) {
      const { route, spec } = load;
      const ended = (route.ratePerS * TICK_MS) / 1000;
      const cut = all > 0 ? Math.min(ended, (lost * route.ratePerS) / all) : 0;
      const badShare = route.failShare + (1 - route.failShare) * load.slowShare;
      let level = this.levels.get(spec.service);
      if (level === undefined) {
        level = { total: 0, bad: 0 };
        this.levels.set(spec.service, level);
      }
      level.total += ended;
      level.bad += Math.min(ended, ended * badShare + cut);
      load.retryPerS = route.failShare * spec.retries * load.ratePerS;
    }
  }
}

/** The rate of the next window: the sum of four uniform rolls is near enough to a normal one. */
function rollRate(load: LoadFlow): void {
  const { die, spec } = load;
  const deviation = (die.fraction() + die.fraction() + die.fraction() + die.fraction() - 2) * 1.732;
  load.ratePerS = Math.max(0, spec.ratePerS * (1 + spec.noise * deviation));
}
