import type { Agenda } from '../../time/agenda.ts';
import { Die } from '../../time/dice.ts';
import { DAY_MS, type SimMs } from '../../time/sim-time.ts';
import type { AgendaEntry } from '../agenda-entry.ts';
import type { Certificate } from '../certificates/certificate.ts';
import { isMeshKind } from '../mesh/mesh-kinds.ts';
import { Mesh } from '../mesh/mesh.ts';
import type { MetricPages } from '../signals/metric-pages.ts';
import { controllerAnswers, Entrance } from '../signals/entrance.ts';
import type { LoadSpec, TrafficSpec } from '../spec.ts';
import type { Walk } from '../signals/traces.ts';
import type { ObjectStore } from '../store.ts';
import type { Builds } from './builds.ts';
import type { BatchEnd } from './batch.ts';
import { Conditions, type Lever } from './conditions.ts';
import { Flow } from './flow.ts';
import type { PodFlow, ServiceRoute } from './graph.ts';
import { refresh } from './layout.ts';
import { edgeEndsMs, edgeRefuses } from './edge-certificate.ts';
import { ingressTarget } from './ingresses.ts';
import { type LoadFlow, rollRate } from './load-flow.ts';
import { hasShape, shapeOf } from './load-shape.ts';
import { Places } from './places.ts';
import { certificateTurns } from './shown-certificate.ts';
import { backendOf, GlobalBalancers, type Spread } from './regions.ts';
import type { Said } from './replication.ts';
import { Tracer } from './tracer.ts';

/** Length of one window of measurement, and of the rate that users keep. */
export const WINDOW_MS = 15_000;
/** Length of a tick of the flow while things move, and while they hardly do. */
const TICK_MS = 1_000;
const CALM_TICK_MS = 5_000;
/** Less than this share of change in a tick is calm. */
const CALM = 0.02;
/** So many ticks come soon after something changed from outside. */
const RESTLESS_TICKS = 4;
/** While one of these moves, nothing is calm. */
const WEARING: readonly Lever[] = ['leak', 'heap-growth', 'file-leak', 'threads-stuck'];
/** How often tracers walk, and how many for each load each time. */
const TRACE_EVERY_MS = WINDOW_MS;
const TRACERS = 10;
/** Of all that walk at one time, so many are kept whole, for the traces that people look at. The loads take turns. */
const KEPT_WALKS = 2;

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
  readonly places: Places;
  readonly flow: Flow;
  readonly globals: GlobalBalancers;
  readonly tracer: Tracer;
  /** What calls go through, where somebody has installed it. */
  readonly mesh: Mesh;
  readonly loads: readonly LoadFlow[];
  /** What the ingress controller counts; null where users come without one. */
  readonly entrance: Entrance | null;
  /** Since the drill last took them, by `namespace/service`: for the services that users reach. */
  readonly levels = new Map<string, LevelCount>();
  /** Told of each walk that is kept whole. */
  onWalk: (walk: Walk) => void = () => undefined;
  /** Called after each tick of the flow; null where nobody counts along. */
  onTick: ((tickMs: number, atMs: SimMs) => void) | null = null;
  /** Told when the flow has been brought in step with the cluster's objects. */
  onRefresh: () => void = () => undefined;
  /** What programs serve at `/metrics`; null where nobody measures them. */
  pages: MetricPages | null = null;
  readonly #agenda: Agenda<AgendaEntry>;
  readonly #store: ObjectStore;
  readonly #spec: TrafficSpec;
  readonly #startMs: SimMs;
  readonly #epochMs: number;
  /** When certificates begin or end, by the clock of some node. */
  #certificateTurnsMs: readonly SimMs[] = [];
  readonly #tooSlowMs: (service: string) => number;
  readonly #onWindow: (atMs: SimMs) => void;
  #keptNext = 0;
  readonly #onOutOfMemory: (pod: PodFlow) => void;
  readonly #onBatchEnd: (end: BatchEnd) => void;
  readonly #onSaid: (said: Said) => void;
  #stale = true;
  /** Ticks that come with the next second, whatever the last one moved: news travel a call a tick. */
  #restless = 0;
  #tickedMs: SimMs;
  #dueMs: SimMs;
  #ticket: number;
  #nextTraceMs: SimMs = 0;
  #nextWindowMs: SimMs = 0;

  /**
   * `tooSlowMs` says from which latency on a Service's answer counts as bad. `onWindow` is called at the end of each window, and
   * `onOutOfMemory` for a pod whose container the kernel is to end, `onBatchEnd` for one whose work is done, `onSaid` of what
   * one logs that its requests do not tell.
   */
  constructor(options: {
    readonly agenda: Agenda<AgendaEntry>;
    readonly seed: number;
    readonly spec: TrafficSpec;
    readonly builds: Builds;
    readonly store: ObjectStore;
    readonly startMs: SimMs;
    /** Unix time in ms of simulated time 0. */
    readonly epochMs: number;
    readonly tooSlowMs: (service: string) => number;
    readonly onWindow: (atMs: SimMs) => void;
    readonly onOutOfMemory: (pod: PodFlow) => void;
    readonly onBatchEnd: (end: BatchEnd) => void;
    readonly onSaid: (said: Said) => void;
  }) {
    this.#agenda = options.agenda;
    this.#store = options.store;
    this.#spec = options.spec;
    this.#tooSlowMs = options.tooSlowMs;
    this.#onWindow = options.onWindow;
    this.#onOutOfMemory = options.onOutOfMemory;
    this.#onBatchEnd = options.onBatchEnd;
    this.#onSaid = options.onSaid;
    this.#startMs = options.startMs;
    this.#epochMs = options.epochMs;
    this.places = new Places(options.spec, this.conditions);
    this.flow = new Flow(this.places, this.conditions, options.builds);
    this.mesh = new Mesh(options.store);
    this.flow.goThrough(this.mesh);
    this.tracer = new Tracer(new Die(options.seed, 'traffic/tracer'), { learns: true });
    this.globals = new GlobalBalancers(options.spec, this.places, this.conditions);
    this.loads = options.spec.load.map((spec, at) => ({
      spec,
      route: this.places.route(spec.service, spec.route),
      reaches: this.places.route(spec.service, spec.route),
      spread: this.globals.spreadOf(spec),
      shutOut: false,
      cut: 0,
      die: new Die(options.seed, `traffic/load/${at}`),
      ratePerS: spec.ratePerS,
      factor: 1,
      retryPerS: 0,
      slowShare: 0,
      wanted: 0,
      good: 0,
    }));
    this.entrance = options.spec.load.some(({ ingress }) => ingress !== undefined) ? new Entrance(this.loads) : null;
    for (const { route, spec } of this.loads) route.service.patienceMs = Math.min(route.service.patienceMs, spec.patienceMs);
    this.#nextTraceMs = options.startMs;
    this.#nextWindowMs = options.startMs + WINDOW_MS;
    this.#tickedMs = options.startMs - TICK_MS;
    this.#dueMs = options.startMs;
    this.#ticket = options.agenda.add(options.startMs, this);
    this.#follow(options.store);
  }

  /** What changes where requests go, or who may be trusted. */
  #follow(store: ObjectStore): void {
    if (this.entrance !== null) {
      store.watchKind('Secret', (_, { type }) => {
        if (type === 'kubernetes.io/tls') this.#notice();
      });
    }
    store.watch((_, { kind }) => {
      if (kind !== 'Pod' && kind !== 'Service' && kind !== 'EndpointSlice' && kind !== 'ConfigMap' && kind !== 'NetworkPolicy' && kind !== 'Ingress' && !isMeshKind(kind) && !(kind === 'Namespace' && this.mesh.acts)) return;
      if (isMeshKind(kind)) this.mesh.refresh();
      this.#notice();
    });
  }

  #notice(): void {
    this.#stale = true;
    this.#hurry();
  }

  /** One tick. Called by the agenda alone. */
  due(atMs: SimMs): void {
    const tickMs = atMs - this.#tickedMs;
    this.#tickedMs = atMs;
    for (const turnMs of this.#certificateTurnsMs) if (turnMs > atMs - tickMs && turnMs <= atMs) this.#stale = true;
    const lost = this.#stale ? this.#refresh(atMs) : 0;
    for (const load of this.loads) {
      if (hasShape(load.spec)) load.factor = this.#factorOf(load.spec, atMs);
      const ratePerS = load.ratePerS * load.factor + load.retryPerS;
      if (load.spread !== null) this.#sendAbroad(load.spread, ratePerS);
      else if (load.reaches !== null) load.reaches.nextRatePerS += ratePerS;
    }
    const moving = this.globals.step(atMs, tickMs);
    this.flow.upkeep.step((((this.#epochMs + atMs) % DAY_MS) + DAY_MS) % DAY_MS);
    const moved = this.flow.step(tickMs);
    this.onTick?.(tickMs, atMs);
    for (const pod of this.flow.outOfMemory) this.#onOutOfMemory(pod);
    for (const end of this.flow.batches.settle((pod) => atMs - pod.startedAtMs)) this.#onBatchEnd(end);
    if (atMs >= this.#nextTraceMs) {
      this.#nextTraceMs += TRACE_EVERY_MS;
      this.#trace(atMs);
    }
    this.#countLevels(tickMs, lost);
    this.entrance?.tick(tickMs);
    if (atMs >= this.#nextWindowMs) {
      this.#nextWindowMs += WINDOW_MS;
      this.entrance?.closeWindow(atMs);
      this.#onWindow(atMs);
      for (const load of this.loads) rollRate(load);
    }
    if (moved >= CALM || moving) this.#restless = 1;
    const calm = --this.#restless < 0 && !WEARING.some((lever) => this.conditions.moves(lever));
    this.#dueMs = nextMultiple(atMs, calm ? CALM_TICK_MS : TICK_MS);
    this.#ticket = this.#agenda.add(this.#dueMs, this);
  }

  /** What gets lost on the way reaches nobody. */
  #sendAbroad(spread: Spread, ratePerS: number): void {
    for (const [at, route] of spread.routes.entries()) {
      const share = spread.shares[at] as number;
      if (share > 0) route.nextRatePerS += ratePerS * share * (1 - this.globals.lossTo(spread, at));
    }
  }

  /** Something changed that a calm flow would notice late: the next tick comes with the next second, if not now. */
  #hurry(): void {
    this.#restless = RESTLESS_TICKS;
    const { nowMs } = this.#agenda;
    const soonMs = nextMultiple(nowMs, TICK_MS);
    if (nowMs < this.#startMs || this.#dueMs <= soonMs) return;
    this.#agenda.cancel(this.#ticket);
    this.#dueMs = soonMs;
    this.#ticket = this.#agenda.add(soonMs, this);
  }

  /** Brings the flow in step with the cluster's objects; returns how many requests were inside what is gone. */
  #refresh(atMs: SimMs): number {
    this.#stale = false;
    const { layout } = this.flow;
    const lost = refresh(layout, this.places, this.flow.machines, this.#store, this.#spec, atMs);
    if (atMs === this.#startMs) for (const pod of layout.pods) pod.warmth = 1;
    this.flow.topics.refresh(layout, this.places);
    this.onRefresh();
    this.flow.batches.refresh(layout);
    this.flow.ports.refresh(layout);
    this.globals.refresh(this.#store);
    for (const said of this.flow.replication.refresh()) this.#onSaid(said);
    const doorShut = this.entrance !== null && !controllerAnswers(this.#store);
    for (const load of this.loads) {
      const { ingress } = load.spec;
      load.shutOut = ingress !== undefined && (doorShut || edgeRefuses(this.#store, ingress.host, this.#epochMs + atMs));
      load.reaches = this.#reachedBy(load);
    }
    this.flow.disturb(this.#epochMs + atMs);
    this.flow.grantConnections(atMs === this.#startMs);
    const ends = this.loads.flatMap(({ spec: { ingress } }) => (ingress === undefined ? [] : (edgeEndsMs(this.#store, ingress.host) ?? [])));
    this.#certificateTurnsMs = [...certificateTurns(layout.pods, this.conditions, this.#epochMs), ...ends.map((endMs) => endMs + 1 - this.#epochMs)];
    return lost;
  }

  /** The database behind a Service takes over from the one that it follows. */
  promote(service: string): void {
    for (const said of this.flow.replication.promote(service)) this.#onSaid(said);
    this.#hurry();
  }

  /** Programs that showed one certificate show another from now on, as if they had read it at their start. */
  reshow(from: string, to: Certificate): void {
    for (const pod of this.flow.layout.pods) if (pod.certificate?.pem === from) pod.certificate = to;
    this.#notice();
  }

  /** The level since the last call for each Service that users reach, and starts counting anew. */
  takeLevel(service: string): LevelCount {
    const level = this.levels.get(service) ?? { total: 0, bad: 0 };
    this.levels.set(service, { total: 0, bad: 0 });
    return level;
  }

  /** Where the Ingresses send a load's users. */
  #reachedBy({ spec, route, shutOut }: LoadFlow): ServiceRoute | null {
    if (shutOut) return null;
    const service = spec.ingress === undefined ? spec.service : ingressTarget(this.#store, spec.ingress.host, spec.ingress.path);
    if (service === null) return null;
    const reached = service === spec.service ? route : this.places.route(service, spec.route);
    return this.mesh.acts && this.mesh.refusesUsers(reached.service.pods, service, spec.route, spec.ingress === undefined) ? null : reached;
  }

  /** What the time of day and conditions outside make of a stream of users. */
  #factorOf(spec: LoadSpec, atMs: SimMs): number {
    const factor = this.conditions.product('load', spec.service);
    return hasShape(spec) ? factor * shapeOf(spec, (((this.#epochMs + atMs) % DAY_MS) + DAY_MS) % DAY_MS) : factor;
  }

  #conditionChanged(lever: Lever, target: string): void {
    this.places.disturb();
    this.flow.disturb(this.#epochMs + this.#agenda.nowMs);
    for (const load of this.loads) load.factor = this.#factorOf(load.spec, this.#agenda.nowMs);
    if (lever === 'clock-skew') this.#stale = true;
    if (lever === 'cache-loss') for (const pod of this.places.service(target).pods) pod.warmth = 0;
    this.#hurry();
  }

  #trace(atMs: SimMs): void {
    const keepFrom = this.#keptNext;
    this.#keptNext = (keepFrom + KEPT_WALKS) % Math.max(1, this.loads.length);
    for (const [at, load] of this.loads.entries()) {
      if (load.spread === null && load.reaches !== load.route) continue;
      const kept = (at - keepFrom + this.loads.length) % this.loads.length;
      const tooSlowMs = this.#tooSlowMs(load.spec.service);
      let slow = 0;
      let good = 0;
      for (let nth = 0; nth < TRACERS; nth++) {
        const to = load.spread === null ? 0 : backendOf(load.spread, (nth + 0.5) / TRACERS);
        const route = load.spread?.routes[to] ?? load.route;
        const walkedMs = nth === 0 && kept < KEPT_WALKS ? this.#walkKept(load, route, kept, atMs) : this.tracer.request(route, load.ratePerS, load.spec.patienceMs);
        const tookMs = walkedMs + (load.spread?.roundTripMs[to] ?? 0);
        const left = tookMs >= load.spec.patienceMs;
        if (this.tracer.failed && !left) continue;
        good++;
        if (left || tookMs > tooSlowMs) slow++;
      }
      load.slowShare = good === 0 ? 0 : slow / good;
    }
  }

  #walkKept({ spec, ratePerS }: LoadFlow, route: ServiceRoute, nth: number, atMs: SimMs): number {
    const { tookMs, failed, spans } = this.tracer.walk(route, ratePerS, spec.patienceMs);
    this.onWalk({ windowMs: atMs, nth, service: route.service.key, route: spec.route, failed, spans });
    return tookMs;
  }

  #countLevels(tickMs: number, lost: number): void {
    let all = 0;
    for (const load of this.loads) all += load.route.ratePerS;
    for (const load of this.loads) {
      const { route, spec } = load;
      if (load.spread !== null) {
        this.#countAbroad(load, load.spread, tickMs);
        continue;
      }
      const astray = load.reaches === route ? 0 : (load.ratePerS * load.factor * tickMs) / 1000;
      const ended = (route.ratePerS * tickMs) / 1000;
      const cut = all > 0 ? Math.min(ended, (lost * route.ratePerS) / all) : 0;
      load.cut = cut;
      const badShare = route.failShare + (1 - route.failShare) * load.slowShare;
      const level = this.#levelOf(spec.service);
      level.total += ended + astray;
      const bad = Math.min(ended, ended * badShare + cut);
      level.bad += bad + astray;
      const wanted = (load.ratePerS * load.factor * tickMs) / 1000;
      load.wanted += wanted;
      load.good += Math.min(wanted, ended - bad);
      load.retryPerS = route.failShare * spec.retries * load.ratePerS * load.factor;
    }
  }

  /** What became of requests that were spread over the world. */
  #countAbroad(load: LoadFlow, spread: Spread, tickMs: number): void {
    let spared = 0;
    for (const [at, route] of spread.routes.entries()) spared += (spread.shares[at] as number) * (1 - this.globals.lossTo(spread, at)) * (1 - route.failShare);
    const level = this.#levelOf(load.spec.service);
    const wanted = (load.ratePerS * load.factor * tickMs) / 1000;
    const ended = wanted + (load.retryPerS * tickMs) / 1000;
    const bad = ended * (1 - spared * (1 - load.slowShare));
    level.total += ended;
    level.bad += bad;
    load.wanted += wanted;
    load.good += Math.min(wanted, ended - bad);
    load.retryPerS = (1 - spared) * load.spec.retries * load.ratePerS * load.factor;
  }

  #levelOf(service: string): LevelCount {
    let level = this.levels.get(service);
    if (level === undefined) {
      level = { total: 0, bad: 0 };
      this.levels.set(service, level);
    }
    return level;
  }
}

function nextMultiple(atMs: SimMs, stepMs: number): SimMs {
  return (Math.floor(atMs / stepMs) + 1) * stepMs;
}
