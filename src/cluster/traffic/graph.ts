import type { Histogram } from '../signals/histogram.ts';
import type { CacheExpiry, ProgramSpec, VersionSpec } from '../spec.ts';
import type { BatchFlow } from './batch.ts';
import type { Connecting } from './connecting.ts';
import type { Certificate } from '../certificates/certificate.ts';
import type { ErlangTable } from './erlang.ts';
import type { Hardship } from './hardship.ts';
import type { Humps } from './humps.ts';
import type { LockFlow } from './lock.ts';
import type { NodeFlow } from './machines.ts';
import type { PortTable } from './ports.ts';
import type { Stall, Throttled } from './quota.ts';
import type { Sharing } from './sharing.ts';
import type { Station } from './station.ts';
import type { Way } from './ways.ts';
import type { Wear } from './wear.ts';

/*
 * The graph that requests flow through, as plain data. Its places are found by name (`places.ts`), its programs built from
 * their descriptions (`program.ts`), its pods kept in step with the store (`layout.ts`); the flow changes what is in them
 * from tick to tick (`flow.ts`).
 */

/** What a tick works on: made again whenever the objects behind it change; what flows is carried over. */
export interface Layout {
  pods: PodFlow[];
  variants: Variant[];
}

/** One running pod in the flow. */
export interface PodFlow {
  readonly uid: string;
  readonly name: string;
  readonly namespace: string;
  readonly workload: string;
  /** `namespace/workload`. */
  readonly workloadKey: string;
  /** Container start, as the kubelet's restart count tells it apart. */
  readonly run: number;
  readonly startedAtMs: number;
  readonly environment: ReadonlyMap<string, string>;
  readonly cores: number;
  /** Whether that is a limit, which the kernel enforces. */
  readonly limited: boolean;
  readonly node: NodeFlow;
  /** Of the cores that it gets now. */
  cpuTable: ErlangTable;
  /** What its variant was found by: the image as written, and the flags it reads. */
  image: string | undefined;
  flags: Readonly<Record<string, string>>;
  /** Whether it finds Services by their names. */
  resolves: boolean;
  /** Ports that its environment names, and those of them that the Services do not have. */
  readonly namedPorts: readonly string[];
  closed: string;
  variant: Variant;
  threads: Station;
  /** Requests that arrive in this tick, and how long each holds a thread, by route: mean in ms and variance in ms². */
  arriving: Float64Array;
  holdMs: Float64Array;
  holdVariance: Float64Array;
  pools: PoolFlow[];
  /** By route, what work on several threads at once does; null where there is none. And the throttling that came of it in this tick. */
  stalls: Stall[] | null;
  readonly throttled: Throttled;
  /** Ports that it may connect from, towards each destination. */
  readonly localPorts: number;
  /** Share of what arrived in this tick that found the queue full. */
  refusedShare: number;
  /** Share of what arrived in this tick that newer ones will always be served before. */
  starvedShare: number;
  /** Turns away the routes that its program can do without. */
  shedding: boolean;
  /** CPU asked for, in cores, and work that waits for CPU, in core-milliseconds. */
  cpuDemand: number;
  cpuBacklog: number;
  /** CPU time of a piece of work that began lately, in ms. */
  cpuPieceMs: number;
  /** CPU time that one request of users asks for in all its visits, summed over tracers, the latest most, and its squares. */
  visitedMs: number;
  visitedSquares: number;
  /** How many times as long CPU work takes as on an idle core, in the mean, and how that varies by chance. */
  stretch: number;
  readonly sharing: Sharing;
  /** What conditions outside do to it, and what it has used up since it was started. */
  hardship: Hardship;
  readonly wear: Wear;
  /** Share of its cores that it gets, and how many times as long work takes even without company. */
  given: number;
  pace: number;
  /** 0 right after a cold start, 1 when caches and JIT are warm. */
  warmth: number;
  /** Databases: query work asked for in this tick, in cores, and queries a second. */
  queryDemand: number;
  queriesPerS: number;
  /** Databases: cores that went into new connections in the last tick. */
  connectCores: number;
  /** Databases: statements that clients can have under way at once, by the connections of their pools; Infinity elsewhere. */
  atOnce: number;
  /** Connections lost to a leak. */
  leaked: number;
  /** The certificate that it shows its callers, as it read it when it started; null where it speaks plainly. */
  certificate: Certificate | null;
  /** What it does by itself before it ends; null for a program that serves. */
  batch: BatchFlow | null;
  /** Behind a Service that leads only to pods on its callers' own nodes. */
  local: boolean;
  /** Takes part in any Service's endpoints. */
  serving: boolean;
  /** How long its callers wait in its queue before they leave: users their patience, programs for ever. */
  patienceMs: number;
}

/** A pod's pool of connections to one database. */
export interface PoolFlow {
  plan: PoolPlan;
  readonly station: Station;
  readonly arriving: Float64Array;
  readonly holdMs: Float64Array;
  /** Connections that the database granted, at most the plan's size. */
  granted: number;
  readonly connecting: Connecting;
  /** Share of those who want a connection and give up waiting. */
  fail: number;
}

/** A Service and the pods that it sends requests to. */
export interface ServiceFlow {
  /** `namespace/service`. */
  readonly key: string;
  /** False where no such Service exists: its name does not resolve. */
  exists: boolean;
  /** Whoever calls it hears nothing at all, not even that nobody is there. */
  silent: boolean;
  /** Nobody listens where its pods are asked. */
  refuses: boolean;
  /** Whoever calls it reaches only pods on the node that they are on. */
  local: boolean;
  pods: PodFlow[];
  /** Found on first use; kept while the drill runs. */
  readonly routes: ServiceRoute[];
  /** What the way to it adds to each call, and the share of calls that it loses. */
  extraMs: number;
  loss: number;
  /** Caches: factor on what they have. */
  hitFactor: number;
  /** The shortest patience of users who reach it directly; Infinity where programs alone call it. */
  patienceMs: number;
  /** What tracers met at its routes. */
  readonly latencies: Histogram;
}

/** One route of a Service: what its callers meet. */
export interface ServiceRoute {
  readonly service: ServiceFlow;
  readonly name: string;
  /** Requests a second that arrive in this tick, and those that callers began for the next. */
  ratePerS: number;
  nextRatePerS: number;
  /** An answer takes `detMs` plus an exponential time of mean `spreadMs`. */
  detMs: number;
  spreadMs: number;
  /** The same where some take a way of their own. */
  readonly humps: Humps;
  failShare: number;
  /** Of all, the share that is turned away at once: {@link detMs} is that of the others. */
  refusedShare: number;
  /** Of all, the share that nobody ever answers. */
  starvedShare: number;
  /** Since the last window: requests that ended, and those that failed. */
  done: number;
  failed: number;
  /** Index of the route in the program of each of the Service's pods, in their order; −1 where it has none. */
  at: number[];
}

/** A database as its clients find it. */
export interface DatabaseFlow {
  readonly key: string;
  readonly service: ServiceFlow;
  /** How many times as long a query takes as on an idle, warm server, and its squared coefficient of variation. */
  stretch: number;
  scv: number;
  /** What conditions make of each statement: a factor on its work, and the wait for a disk. */
  factor: number;
  diskMs: number;
  /** The same, of its own upkeep. */
  upkeepMs: number;
  /** How far it is behind, as a replica of another, which takes no writes. */
  behindMs: number;
  readOnly: boolean;
  /** Writes that it is asked for. */
  writesPerS: number;
  up: boolean;
  maxConnections: number;
  /** Connections that are open. */
  open: number;
  /** How many connections each of its processes takes where somebody has set that in it; null for what its image says. */
  connectionsSet: number | null;
  /** After so long it gives up waiting for a lock, or a statement at all; Infinity where it never does. */
  lockTimeoutMs: number;
  statementTimeoutMs: number;
}

/** A party outside of the cluster, now. */
export interface ExternalFlow {
  readonly target: string;
  readonly host: string;
  latencyMs: number;
  errors: number;
  /** Requests a second that it takes before it refuses more (429), those that it gets now and in the next tick, and the share refused. */
  quotaPerS: number;
  ratePerS: number;
  nextRatePerS: number;
  refused: number;
}

/**
 * A program as one set of pods runs it: a tag of an image with its settings resolved. Pods with the same image and
 * the same settings share one variant. What a route does is flattened into `ops`, each with the share of requests
 * that reach it; the flow fills in what each costs now.
 */
export interface Variant {
  readonly key: string;
  readonly namespace: string;
  readonly repository: string;
  readonly tag: string;
  readonly program: ProgramSpec;
  readonly version: VersionSpec;
  readonly threads: number;
  /** Requests that may wait for one of them. */
  readonly queue: number;
  /** The newest are served first. */
  readonly lifo: boolean;
  /** By route: whether it is turned away first; null where none is. */
  readonly sheds: readonly boolean[] | null;
  readonly maxConnections: number;
  readonly pools: readonly PoolPlan[];
  readonly routes: readonly RouteFlow[];
  readonly routeIndex: ReadonlyMap<string, number>;
  /** How many pods run it. */
  pods: number;
  readonly breakers: readonly BreakerFlow[];
}

/** A pool of connections to one database that each pod of a variant keeps. */
export interface PoolPlan {
  readonly database: DatabaseFlow;
  readonly size: number;
  readonly acquireTimeoutMs: number;
  readonly connectTimeoutMs: number;
  readonly connectPauseMs: number;
  readonly lifetimeMs: number;
  /** Within a tick, over all pods of the variant: requests that want a connection, and those of them that give up. */
  asked: number;
  denied: number;
  /** Mean wait for a connection. */
  waitMs: number;
}

/** One route of a variant and what it costs at the moment. */
export interface RouteFlow {
  readonly name: string;
  readonly ops: readonly Op[];
  readonly work: readonly Work[];
  readonly takings: readonly Taking[];
  /** Whether any work is done on several threads at once. */
  readonly bursty: boolean;
  // Filled in each tick:
  /** CPU time of a request, in ms, and that which it takes while it holds a connection, by pool, for each connection. */
  cpuMs: number;
  readonly poolCpuMs: Float64Array;
  /** Connections that a request takes, by pool, and how long it holds each, in ms. */
  readonly poolShare: Float64Array;
  readonly poolHoldMs: Float64Array;
  /** Variance of that time, in ms². */
  readonly poolVariance: Float64Array;
  /** Of those who get a connection, the share that fails while it holds it. */
  readonly poolFail: Float64Array;
  /** Time in calls outside of any pool, mean in ms and variance in ms². */
  callMs: number;
  callVariance: number;
  /** Share of requests that fail, but for failing to get a connection. */
  failShare: number;
  /** Requests a second that began, over all pods of the variant. */
  startedPerS: number;
}

/** CPU time that all requests take, or those that the cache at that place of `ops` misses. */
export interface Work {
  readonly ms: number;
  readonly behindCache: number;
  /** The pool whose connection is held meanwhile, or −1. */
  readonly pool: number;
  /** On how many threads at once, and the share of requests that get there now; null for one. */
  readonly burst: { readonly threads: number; share: number } | null;
}

/** A connection of a pool that all requests take, or those that the cache at that place of `ops` misses. */
export interface Taking {
  readonly pool: number;
  readonly behindCache: number;
}

/** Something that a request does away from its own CPU. The fields of {@link OpNow} are filled in each tick. */
export type Op = OpNow & OpPlace & (CallOp | QueryOp | CacheOp);

/** Where in a request a step stands. */
interface OpPlace {
  /** How often a request that gets here does it; below 1 it is a share of them. */
  readonly share: number;
  /** The cache whose misses alone get here, as an index of `ops`, or −1. */
  readonly behindCache: number;
  /** The pool whose connection is held meanwhile, or −1. */
  readonly pool: number;
  /** Whether the request fails with it. */
  readonly critical: boolean;
}

/**
 * What a step costs now: share of requests that get here, and that would if none had failed before; ms and variance in ms²
 * each time; share that fails, and of those the share that came too late; tries each time.
 */
export interface OpNow {
  nowShare: number;
  wanted: number;
  ms: number;
  variance: number;
  fail: number;
  late: number;
  attempts: number;
  /** What lies between. */
  way: Way;
}

export interface CallOp {
  readonly kind: 'call';
  /** `namespace/service` or `external/NAME`. */
  readonly target: string;
  readonly route: string;
  readonly to: ServiceRoute | ExternalFlow;
  /** Until the caller gives up. */
  readonly timeoutMs: number;
  readonly retries: number;
  /** Mean pause before the first retry; each further one is twice as long. */
  readonly backoffMs: number;
  /** Retries for each first try, at most. */
  readonly budget: number;
  readonly breaker: BreakerFlow | null;
  /** Where each call opens a connection of its own. */
  readonly ports: PortTable | null;
}

/** The circuit breakers of all pods of a variant, which see the same. */
export interface BreakerFlow {
  readonly failures: number;
  readonly openMs: number;
  state: 'closed' | 'open' | 'half-open';
  /** Until it lets a few through. */
  leftMs: number;
  /** Share of calls that it lets through, and of those the share that failed, in the last tick. */
  through: number;
  failed: number;
  /** Calls a second that were wanted, of all the pods. */
  wantedPerS: number;
}

export interface QueryOp {
  readonly kind: 'query';
  readonly target: string;
  readonly database: DatabaseFlow;
  readonly workMs: number;
  readonly lock: LockFlow | null;
  readonly writes: boolean;
  /** The table that it works on. */
  readonly table: string;
  /** It fails where the database lags behind by more. */
  readonly freshMs: number;
}

export interface CacheOp {
  readonly kind: 'cache';
  readonly target: string;
  readonly cache: ServiceFlow;
  readonly workMs: number;
  /** Share of look-ups that a warm cache answers, and that it answers now. */
  readonly hit: number;
  nowHit: number;
  readonly expiry: CacheExpiry | null;
  /** How long the source takes to answer a miss, and the share of misses that it answers, as of the last tick: only those fill the cache. */
  missMs: number;
  filled: number;
}

/** Whether a call goes to a party outside of the cluster. */
export function isOutside(to: ServiceRoute | ExternalFlow): to is ExternalFlow {
  return 'host' in to;
}
